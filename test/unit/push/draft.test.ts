import assert from 'node:assert/strict';
import {
  draftText,
  emptyDraft,
  fromAccount,
  isEmptyDraft,
  onlyTo,
  pushKey,
} from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';

const draft = (patch: Partial<Draft>): Draft => ({ ...emptyDraft, ...patch });

describe('a draft', () => {
  it('sends its place as a line before the text, when the user wants it', () => {
    const location = { label: 'src/checkout.ts:41-43', included: true };
    assert.equal(draftText(draft({ text: 'сумма += 1; 🚀' })), 'сумма += 1; 🚀');
    assert.equal(draftText(draft({ text: 'a\nb', location })), 'src/checkout.ts:41-43\na\nb');
    assert.equal(draftText(draft({ text: 'a', location: { ...location, included: false } })), 'a');
  });

  it('does not send a place alone', () => {
    assert.equal(draftText(draft({ text: '', location: { label: 'a.ts:1', included: true } })), '');
  });

  it('goes to the same people from another account of a portal, and to nobody from another portal', () => {
    const written = draft({ accountId: 'acme:1', recipients: [{ id: 3 }], text: 'hi' });
    assert.deepEqual(fromAccount(written, 'acme:2'), { ...written, accountId: 'acme:2' });
    assert.deepEqual(fromAccount(written, 'other:1'), {
      ...written,
      accountId: 'other:1',
      recipients: [],
    });
    assert.deepEqual(fromAccount({ ...written, accountId: undefined }, 'acme:2').recipients, [
      { id: 3 },
    ]);
    const departments = [{ id: 7, reach: 'tree' as const }];
    const toIt = { ...written, departments };
    assert.deepEqual(fromAccount(toIt, 'acme:2').departments, departments);
    assert.deepEqual(fromAccount(toIt, 'other:1'), fromAccount(written, 'other:1'));
  });

  it('is empty when neither people nor text would be lost', () => {
    assert.equal(isEmptyDraft(draft({ avatar: 'https://a/b.png', accountId: 'a' })), true);
    assert.equal(isEmptyDraft(draft({ text: ' ' })), false);
    assert.equal(isEmptyDraft(draft({ recipients: [{ id: 1 }] })), false);
    assert.equal(isEmptyDraft(draft({ departments: [{ id: 7, reach: 'direct' }] })), false);
    assert.equal(isEmptyDraft(draft({ departments: [] })), true);
  });

  const base = draft({ accountId: 'a', recipients: [{ id: 1 }, { id: 2 }], text: 'hi' });
  for (const [what, other, same] of [
    [
      'names and order of people',
      { recipients: [{ id: 2, name: 'B' }, { id: 1 }, { id: 1 }] },
      true,
    ],
    ['one person less', { recipients: [{ id: 1 }] }, false],
    ['a department', { departments: [{ id: 1, reach: 'tree' }] }, false],
    ['no departments in so many words', { departments: [] }, true],
    ['the text', { text: 'hi ' }, false],
    ['the avatar', { avatar: 'https://a/b.png' }, false],
    ['the account', { accountId: 'b' }, false],
    ['a place that goes along', { location: { label: 'a.ts:1', included: true } }, false],
    ['a place that stays', { location: { label: 'a.ts:1', included: false } }, true],
  ] as const) {
    it(`is ${same ? 'the same push' : 'another push'} when it differs in ${what}`, () => {
      const changed = draft({ ...base, ...structuredClone(other) } as Draft);
      assert.equal(pushKey(changed) === pushKey(base), same);
    });
  }

  it('means the current account when it names none', () => {
    assert.equal(pushKey({ ...base, accountId: undefined }, 'a'), pushKey(base));
  });

  it('is another push when its text is read another way, and the same when that makes no difference', () => {
    const key = (text: string, mode: Draft['mode']) => pushKey(draft({ text, mode }));
    assert.notEqual(key('{name}', 'personal'), key('{name}', 'literal'));
    assert.notEqual(key('{name}', 'personal'), key('{name|x}', 'personal'));
    assert.equal(key('hi', 'personal'), key('hi', 'literal'));
    assert.equal(key('{{hi}}', 'personal'), key('{hi}', 'literal'));
  });

  it('is the same push when it differs in names and order of departments, another when in their reach', () => {
    const [a, b] = [
      { id: 7, name: 'IT', reach: 'tree' as const },
      { id: 70, reach: 'direct' as const },
    ];
    const key = (departments: Draft['departments']) => pushKey({ ...base, departments });
    assert.equal(key([a, b]), key([b, { ...a, name: undefined }, b]));
    assert.notEqual(key([a]), key([{ ...a, reach: 'direct' }]));
  });

  it('can go to some of its people', () => {
    const all = draft({ recipients: [{ id: 1, name: 'A' }, { id: 2 }, { id: 3 }] });
    assert.deepEqual(onlyTo(all, [3, 1, 9]).recipients, [{ id: 1, name: 'A' }, { id: 3 }]);
    const toIt = { ...all, departments: [{ id: 7, reach: 'tree' as const }] };
    assert.deepEqual(onlyTo(toIt, [3]), onlyTo(all, [3]));
  });
});
