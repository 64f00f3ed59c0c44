import assert from 'node:assert/strict';
import { checkDraft } from '../../../src/push/checkDraft';
import { newDraft } from '../../../src/push/draft';
import type { DraftContent } from '../../../src/push/draft';
import { anAccount } from '../../support/builders';

const codes = (text: string, more: Partial<DraftContent> = {}) =>
  checkDraft(newDraft({ text, recipients: [{ id: 3 }], ...more }), anAccount()).map(
    ({ code }) => code,
  );

describe('a text that nobody can see', () => {
  for (const [what, text] of [
    ['white space', ' \t\n\u00a0\u2003\u3000'],
    ['a zero-width space', '\u200b'],
    ['joiners and marks of direction', '\u200d\u200c\u200e\u202e\u2066\ufeff'],
    ['an empty Braille pattern', '\u2800\u2800'],
    ['Hangul fillers', '\u3164\u115f\u1160\uffa0'],
    ['variation selectors', '\ufe0f\ufe00\u{e0100}'],
    ['tags', '\u{e0041}\u{e007f}'],
    ['soft hyphens and control characters', '\u00ad\u0000\u0007\u001b'],
    ['invisible operators and a grapheme joiner', '\u2061\u2064\u034f\u180e'],
    ['all of them', ' \u200b\u2800\ufe0f\n\u3164 '],
  ] as const) {
    it(`is empty: ${what} (trial 6.10)`, () => {
      assert.deepEqual(codes(text), ['TEXT_EMPTY']);
      assert.deepEqual(codes(text, { mode: 'literal' }), ['TEXT_EMPTY']);
      const location = { label: 'a.ts:1', included: true };
      assert.deepEqual(codes(text, { location }), ['TEXT_EMPTY'], 'a place alone says nothing');
    });
  }

  it('is empty for the person of whom nothing is known (trial 6.10)', () => {
    const draft = newDraft({ text: '\u200b{name}', recipients: [{ id: 3 }] });
    const found = checkDraft(draft, anAccount(), [{ id: 3 }]);
    assert.deepEqual(found, [{ field: 'text', code: 'TEXT_EMPTY' }]);
  });

  for (const text of ['.', '❤\ufe0f', '👩\u200d🚀', '\u200bx', '—', '\u0e34']) {
    it(`is not “${text}”`, () => {
      assert.deepEqual(codes(text), []);
    });
  }
});
