import assert from 'node:assert/strict';
import { fillIn, pluralForm } from '../../../src/common/plural';

describe('plural forms', () => {
  for (const [locale, sentence, expected] of [
    ['en', 'one|other', ['other', 'one', 'other', 'other', 'other']],
    ['ru', 'one|few|many', ['many', 'one', 'few', 'many', 'one']],
    ['ru', 'the same', ['the same', 'the same', 'the same', 'the same', 'the same']],
    // Languages without a bundle read English, whose two forms serve them.
    ['pl', 'one|other', ['other', 'one', 'other', 'other', 'other']],
    ['ja', 'one|other', ['other', 'other', 'other', 'other', 'other']],
  ] as const) {
    it(`follow ${locale} in "${sentence}"`, () => {
      assert.deepEqual(
        [0, 1, 3, 11, 21].map((count) => pluralForm(sentence, count, new Intl.PluralRules(locale))),
        expected,
      );
    });
  }

  it('are filled in as text, in any order', () => {
    assert.equal(fillIn('{1} of {0}, {2}', ['a {1}', '$&']), '$& of a {1}, {2}');
  });
});
