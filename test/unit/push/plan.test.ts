import assert from 'node:assert/strict';
import { budgetOf, checkDraft } from '../../../src/push/checkDraft';
import { byWay, newDraft, templateOf } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import { parseTemplate } from '../../../src/push/personalText';
import type { TextPerson } from '../../../src/push/personalText';
import { planPush } from '../../../src/push/plan';

const people = (count: number, name = (n: number) => `P${n}`): TextPerson[] =>
  Array.from({ length: count }, (_, index) => ({ id: index + 1, firstName: name(index) }));
const plan = (text: string, to: readonly TextPerson[], avatar?: string) =>
  planPush(parseTemplate(text, 'personal'), to, avatar);
const sender = { clientId: 'local.1', senderName: 'Deploy Bot' };

describe('the plan of a push', () => {
  it('is one call for one text, however many people', () => {
    const { requests, summary } = plan('Release', people(10_000));
    assert.deepEqual(summary, { people: 10_000, texts: 1, requests: 1, blanks: 0 });
    assert.equal(requests[0]?.[0]?.ids.length, 10_000);
  });

  it('lets people with equal texts share a push', () => {
    const { requests, summary } = plan(
      'Hi {name}',
      people(312, (n) => `P${n % 40}`),
    );
    assert.deepEqual(summary, { people: 312, texts: 40, requests: 1, blanks: 0 });
    assert.deepEqual(requests[0]?.[0], {
      text: 'Hi P0',
      ids: [1, 41, 81, 121, 161, 201, 241, 281],
    });
  });

  it('needs one request for each fifty texts, and reaches everybody once', () => {
    const { requests, summary } = plan('Hi {name}', people(10_000));
    assert.deepEqual(summary, { people: 10_000, texts: 10_000, requests: 200, blanks: 0 });
    assert.ok(requests.every((request) => request.length === 50));
    assert.equal(new Set(requests.flat().flatMap(({ ids }) => ids)).size, 10_000);
    assert.equal(plan('Hi {name}', people(51)).summary.requests, 2);
  });

  it('counts a person chosen twice once, and those of whom something is not known', () => {
    const { requests, summary } = plan('Hi {name}', [
      { id: 1 },
      { id: 1 },
      { id: 2, firstName: 'B' },
    ]);
    assert.deepEqual(summary, { people: 2, texts: 2, requests: 1, blanks: 1 });
    assert.deepEqual(requests[0]?.[0], { text: 'Hi ', ids: [1] });
  });

  it('keeps texts out of a batch that it would garble', () => {
    const names = ['A', '$result[c0]', 'B', '$TOTAL-x[1]', '$results'];
    const { requests } = plan(
      '{name}',
      people(5, (n) => names[n]!),
    );
    assert.deepEqual(
      requests.map((request) => request.map(({ text }) => text)),
      [['A', 'B', '$results'], ['$result[c0]'], ['$TOTAL-x[1]']],
    );
    const avatar = 'https://a.example/?$result[c0]';
    assert.equal(plan('{name}', people(3), avatar).summary.requests, 3);
  });

  it('is nothing for nobody', () => {
    assert.deepEqual(plan('Hi {name}', []).requests, []);
  });
});

describe('the size of a personal text', () => {
  const draft = (patch: Partial<Draft>): Draft => newDraft({ text: 'Hi {name}', ...patch });

  it('is that of its longest version, on each platform', () => {
    // "<" is dear on both platforms, "/" dearer on Android than on an iPhone, "ж" equal on both.
    const names = ['ж'.repeat(30), '<'.repeat(10), '/'.repeat(18)];
    const budget = budgetOf(
      draft({}),
      sender,
      people(3, (n) => names[n]!),
    );
    const single = names.map((name) =>
      budgetOf(draft({ text: `Hi ${name}`, mode: 'literal' }), sender),
    );
    assert.equal(budget.ios.usedBytes, Math.max(...single.map(({ ios }) => ios.usedBytes)));
    assert.equal(
      budget.android.usedBytes,
      Math.max(...single.map(({ android }) => android.usedBytes)),
    );
    assert.equal(budget.bytes, Math.max(...single.map(({ bytes }) => bytes)));
    assert.notEqual(budget.ios.usedBytes, single[2]?.ios.usedBytes);
    assert.equal(budget.android.usedBytes, single[2]?.android.usedBytes);
  });

  it('is too long when one version is', () => {
    const written = draft({ recipients: [{ id: 1 }, { id: 2 }] });
    const found = people(2, (n) => (n === 1 ? 'ж'.repeat(3_000) : 'B'));
    assert.deepEqual(checkDraft(written, sender, found), [
      { field: 'text', code: 'TEXT_TOO_LONG' },
    ]);
    assert.deepEqual(checkDraft(written, sender, people(2)), []);
  });

  it('is blank when one version is; before anything is known of the people, it is not', () => {
    const written = draft({ text: '{name}', recipients: [{ id: 1 }, { id: 2 }] });
    assert.deepEqual(checkDraft(written, sender), []);
    assert.deepEqual(checkDraft(written, sender, [{ id: 1, firstName: 'A' }, { id: 2 }]), [
      { field: 'text', code: 'TEXT_EMPTY' },
    ]);
    assert.deepEqual(checkDraft(written, sender, [{ id: 1, firstName: '0' }]), [
      { field: 'text', code: 'TEXT_ZERO' },
    ]);
  });

  it('leaves mistakes to the text alone, with their places, in the order of the form', () => {
    const wrong = draft({ text: 'a {x} }', avatar: 'x', recipients: [] });
    assert.deepEqual(checkDraft(wrong, undefined), [
      { field: 'account', code: 'NO_ACCOUNT' },
      { field: 'recipients', code: 'NO_RECIPIENTS' },
      { field: 'text', code: 'PLACEHOLDER_UNKNOWN', offset: 2, length: 3 },
      { field: 'text', code: 'PLACEHOLDER_OPEN', offset: 6, length: 1 },
      { field: 'avatar', code: 'AVATAR_NOT_HTTP' },
    ]);
  });

  it('limits a push, and no notification', () => {
    const long = draft({ text: 'ж'.repeat(5_000), recipients: [{ id: 1 }] });
    assert.equal(checkDraft(long, sender)[0]?.code, 'TEXT_TOO_LONG');
    assert.deepEqual(checkDraft(byWay(long, 'notification'), sender), []);
  });

  it('never reads the place in a file as a placeholder', () => {
    const located = draft({ text: '{name}', location: { label: '{name}.ts:1', included: true } });
    const { requests } = planPush(templateOf(located), people(1));
    assert.equal(requests[0]?.[0]?.text, '{name}.ts:1\nP0');
  });
});
