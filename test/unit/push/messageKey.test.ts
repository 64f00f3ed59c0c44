import assert from 'node:assert/strict';
import { copyOf, newDraft } from '../../../src/push/draft';
import type { Draft, DraftContent } from '../../../src/push/draft';
import { messageKey } from '../../../src/push/messageKey';

describe('the key of a message', () => {
  const base = newDraft({ accountId: 'acme:1', recipients: [{ id: 1 }, { id: 2 }], text: 'hi' });
  const keyOf = (patch: Partial<DraftContent>) => messageKey(copyOf(base, patch));

  for (const [what, patch, same] of [
    ['nothing but its id', {}, true],
    [
      'names and order of people',
      { recipients: [{ id: 2, name: 'B' }, { id: 1 }, { id: 1 }] },
      true,
    ],
    ['one person less', { recipients: [{ id: 1 }] }, false],
    ['a department', { departments: [{ id: 1, reach: 'tree' }] }, false],
    ['the text', { text: 'hi ' }, false],
    ['the avatar', { avatar: 'https://a/b.png' }, true],
    ['the account on the same portal', { accountId: 'acme:2' }, true],
    ['the portal', { accountId: 'other:1' }, false],
    ['a place that goes along', { location: { label: 'a.ts:1', included: true } }, false],
    ['a place that stays', { location: { label: 'a.ts:1', included: false } }, true],
  ] as const) {
    it(`is ${same ? 'the same' : 'another one'} for a draft that differs in ${what}`, () => {
      const other = keyOf(structuredClone(patch) as Partial<DraftContent>);
      assert.equal(other === messageKey(base), same);
    });
  }

  it('is 16 hexadecimal digits, which a file name can hold', () => {
    assert.match(messageKey(base), /^[0-9a-f]{16}$/u);
  });

  it('differs where the text is read another way, and not where that makes no difference', () => {
    const key = (text: string, mode: Draft['mode']) => keyOf({ text, mode });
    assert.notEqual(key('{name}', 'personal'), key('{name}', 'literal'));
    assert.notEqual(key('{name}', 'personal'), key('{name|x}', 'personal'));
    assert.equal(key('hi', 'personal'), key('hi', 'literal'));
    assert.equal(key('{{hi}}', 'personal'), key('{hi}', 'literal'));
  });

  it('is the same for other names and another order of departments, not with other sub-departments', () => {
    const [a, b] = [
      { id: 7, name: 'IT', reach: 'tree' as const },
      { id: 70, reach: 'direct' as const },
    ];
    const key = (departments: Draft['departments']) => keyOf({ departments });
    assert.equal(key([a, b]), key([b, { ...a, name: undefined }, b]));
    assert.notEqual(key([a]), key([{ ...a, reach: 'direct' }]));
  });
});
