import assert from 'node:assert/strict';
import { mustConfirm, mustTypeCount, typedCount } from '../../../src/push/confirmPolicy';

describe('the confirmation policy', () => {
  for (const [policy, one, several] of [
    ['always', true, true],
    ['several', false, true],
    ['never', false, false],
    // Settings are typed by hand: nonsense must not switch the question off.
    ['Never', false, true],
    [undefined, false, true],
    [false, false, true],
  ] as const) {
    it(`${String(policy)}: ${one ? 'asks' : 'does not ask'} for one, ${several ? 'asks' : 'does not ask'} for several`, () => {
      assert.deepEqual([mustConfirm(policy, 1), mustConfirm(policy, 2)], [one, several]);
    });
  }
});

describe('typing how many', () => {
  it('is asked above the number of the setting; nonsense counts as the default', () => {
    for (const [above, people, asked] of [
      [100, 100, false],
      [100, 101, true],
      [5, 6, true],
      [0, 1, false],
      [0, 2, true],
      [undefined, 101, true],
      ['9999', 101, true],
      [-1, 100, false],
      [Number.NaN, 101, true],
    ] as const) {
      assert.equal(mustTypeCount(above, people), asked, `${above}, ${people}`);
    }
  });

  it('takes digits, however they are grouped', () => {
    for (const text of ['1312', ' 1 312 ', '1,312', '1.312', '1\u00a0312', '1’312']) {
      assert.equal(typedCount(text), 1312, text);
    }
    for (const text of ['', '-1', '1e3', 'all', '13x', '1312!']) {
      assert.equal(typedCount(text), undefined, text);
    }
  });
});
