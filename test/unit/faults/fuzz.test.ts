import assert from 'node:assert/strict';
import { runProperty, sharesOf } from '../../faults/fuzz';

/** The short form of `npm run faults fuzz`. */
describe('whatever comes in', () => {
  for (const { property, cases } of sharesOf(600)) {
    it(`holds: ${property.name}`, async () => {
      const { failure } = await runProperty(property, cases);
      assert.equal(failure, undefined);
    });
  }
});
