import assert from 'node:assert/strict';
import { runProperty, sharesOf } from '../../faults/fuzz';

/** The short form of `npm run faults fuzz`. */
describe('whatever comes in', function () {
  // Hundreds of cases in one test, on a machine that may be busy.
  this.timeout(60_000);
  for (const { property, cases } of sharesOf(600)) {
    it(`holds: ${property.name}`, async () => {
      const { failure } = await runProperty(property, cases);
      assert.equal(failure, undefined);
    });
  }
});
