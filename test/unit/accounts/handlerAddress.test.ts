import assert from 'node:assert/strict';
import { handlerPort } from '../../../src/accounts/handlerAddress';

describe('the port of the handler', () => {
  it('is the one of the setting, or the usual one where that is no port', () => {
    assert.deepEqual([0, 3000, 65_535].map(handlerPort), [0, 3000, 65_535]);
    for (const odd of [undefined, null, '3000', '/tmp/socket', -1, 65_536, 1.5, NaN, {}]) {
      assert.equal(handlerPort(odd), 24_042);
    }
  });
});
