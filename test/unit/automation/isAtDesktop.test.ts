import assert from 'node:assert/strict';
import { createIsAtDesktop } from '../../../src/automation/isAtDesktop';
import type { DeliveryFact } from '../../../src/bitrix24/presence';
import { anAccount } from '../../support/builders';
import { ManualClock } from '../../support/manualClock';
import { silentLog } from '../../support/silentLog';

describe('whether its user works in the desktop app', () => {
  const clock = new ManualClock();
  const now = clock.now();
  const ask = (fact: Partial<DeliveryFact> | undefined) =>
    createIsAtDesktop({
      hints: {
        ask: (account, ids) => {
          assert.deepEqual([account, ids], ['acme:1', [1]]);
          return Promise.resolve(new Map(fact ? [[1, { id: 1, ...fact }]] : []));
        },
      },
      ...{ clock, log: silentLog },
    })(anAccount());

  it('is so only while they use it, and no phone', async () => {
    assert.equal(await ask({ desktopAt: now - 1_000, idle: false }), true);
    assert.equal(await ask({ desktopAt: now - 1_000, idle: true }), false);
    assert.equal(await ask({ desktopAt: now - 400_000 }), false);
    assert.equal(await ask({ desktopAt: now, mobileAt: now }), false);
    assert.equal(await ask({}), false);
    assert.equal(await ask(undefined), false);
  });

  it('is not so where the portal does not say', async () => {
    const failing = createIsAtDesktop({
      hints: { ask: () => Promise.reject(new Error('offline')) },
      ...{ clock, log: silentLog },
    });
    assert.equal(await failing(anAccount()), false);
  });
});
