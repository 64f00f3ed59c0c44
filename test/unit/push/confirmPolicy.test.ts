import assert from 'node:assert/strict';
import { mustConfirm } from '../../../src/push/confirmPolicy';

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
