import assert from 'node:assert/strict';
import {
  copyOf,
  draftText,
  edited,
  fromAccount,
  isEmptyDraft,
  isSameVersion,
  newDraft,
} from '../../../src/push/draft';
import { toPeople } from '../../../src/push/push';

describe('a draft', () => {
  it('sends its place as a line before the text, when the user wants it', () => {
    const location = { label: 'src/checkout.ts:41-43', included: true };
    assert.equal(draftText(newDraft({ text: 'сумма += 1; 🚀' })), 'сумма += 1; 🚀');
    assert.equal(draftText(newDraft({ text: 'a\nb', location })), 'src/checkout.ts:41-43\na\nb');
    assert.equal(
      draftText(newDraft({ text: 'a', location: { ...location, included: false } })),
      'a',
    );
  });

  it('does not send a place alone', () => {
    assert.equal(
      draftText(newDraft({ text: '', location: { label: 'a.ts:1', included: true } })),
      '',
    );
  });

  it('goes to the same people from another account of a portal, and to nobody from another portal', () => {
    const written = newDraft({ accountId: 'acme:1', recipients: [{ id: 3 }], text: 'hi' });
    const moved = fromAccount(written, 'acme:2');
    assert.deepEqual({ ...moved, version: '' }, { ...written, version: '', accountId: 'acme:2' });
    assert.notEqual(moved.version, written.version);
    assert.ok(
      isSameVersion(fromAccount(written, 'acme:2'), moved),
      'the same wherever it is moved',
    );
    assert.equal(fromAccount(moved, 'acme:2'), moved);
    const elsewhere = fromAccount(written, 'other:1');
    assert.deepEqual([elsewhere.accountId, elsewhere.recipients], ['other:1', []]);
    assert.deepEqual(fromAccount({ ...written, accountId: undefined }, 'acme:2').recipients, [
      { id: 3 },
    ]);
    const departments = [{ id: 7, reach: 'tree' as const }];
    const toIt = { ...written, departments };
    assert.deepEqual(fromAccount(toIt, 'acme:2').departments, departments);
    assert.deepEqual(fromAccount(toIt, 'other:1').departments, []);
  });

  it('is empty when neither people nor text would be lost', () => {
    assert.equal(isEmptyDraft(newDraft({ avatar: 'https://a/b.png', accountId: 'a' })), true);
    assert.equal(isEmptyDraft(newDraft({ text: ' ' })), false);
    assert.equal(isEmptyDraft(newDraft({ recipients: [{ id: 1 }] })), false);
    assert.equal(isEmptyDraft(newDraft({ departments: [{ id: 7, reach: 'direct' }] })), false);
    assert.equal(isEmptyDraft(newDraft({ departments: [] })), true);
  });

  it('keeps its id through edits, and each edit is another version', () => {
    const first = newDraft({ text: 'a' });
    const second = edited(first, { text: 'ab' });
    assert.deepEqual([second.id, second.text], [first.id, 'ab']);
    assert.equal(edited(first, second).id, first.id, 'whatever it is made of');
    assert.notEqual(second.version, first.version);
    assert.deepEqual(
      [isSameVersion(first, second), isSameVersion(first, structuredClone(first))],
      [false, true],
    );
    assert.equal(isSameVersion(edited(second, { text: 'a' }), first), false, 'edited back');
  });

  it('is another one when it is copied', () => {
    const first = newDraft({ text: 'a', recipients: [{ id: 3 }] });
    const copy = copyOf(first, { text: 'b' });
    assert.deepEqual([copy.text, copy.recipients], ['b', first.recipients]);
    assert.notEqual(copy.id, first.id);
    assert.equal(isSameVersion(copy, { ...first, version: copy.version }), false);
  });

  it('can go to some of its people', () => {
    const all = newDraft({
      recipients: [{ id: 1, name: 'A' }, { id: 2 }],
      departments: [{ id: 7, reach: 'tree' }],
    });
    const some = toPeople(all, [{ id: 1, name: 'A', position: 'CEO' }, { id: 9 }]);
    assert.deepEqual(some.recipients, [{ id: 1, name: 'A' }, { id: 9 }]);
    assert.deepEqual([some.departments, some.id], [[], all.id]);
    assert.notEqual(some.version, all.version);
  });
});
