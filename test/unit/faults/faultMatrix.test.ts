import assert from 'node:assert/strict';
import type { Bitrix24Error } from '../../../src/bitrix24/errors';
import type { Transport } from '../../../src/bitrix24/transport';
import { faultCases } from '../../faults/faultCases';
import type { FaultCase } from '../../faults/faultCases';
import { cornersOf, runCell, shortCorners } from '../../faults/faultMatrix';
import { FaultStage } from '../../faults/faultStage';

/** The short form of `npm run faults matrix`. */
describe('a push, whatever goes wrong with a request', function () {
  // Several pushes each, some with megabytes, on a machine that may be busy.
  this.timeout(30_000);
  let stage: FaultStage;
  before(async () => {
    stage = await FaultStage.open();
  });
  after(() => stage.close());

  for (const fault of faultCases) {
    it(`is sent once, or the truth is told: ${fault.name}`, async () => {
      for (const { shape, place } of cornersOf(fault, shortCorners)) {
        const { failures } = await runCell(stage, fault, shape, place);
        assert.deepEqual(failures, [], `${shape}, ${place}`);
      }
    });
  }
});

/** What the cells are worth: clients that break the promise fail them. */
describe('a client that', function () {
  this.timeout(30_000);
  const cutAfter = faultCases.find(({ name }) => name === 'cut after processing')!;
  const cutBefore = faultCases.find(({ name }) => name === 'cut before processing')!;
  const failuresOf = async (fault: FaultCase, wrap: (wire: Transport) => Transport) => {
    const stage = await FaultStage.open(wrap);
    try {
      return (await runCell(stage, fault, 'one push', 'first call')).failures;
    } finally {
      await stage.close();
    }
  };

  it('repeats a lost call is found out', async () => {
    const failures = await failuresOf(cutAfter, (wire) => ({
      send: (request) => wire.send(request).catch(() => wire.send(request)),
    }));
    assert.ok(failures.includes('somebody got 2 of one push'), failures.join());
  });

  it('takes a lost call for a success is found out', async () => {
    const failures = await failuresOf(cutBefore, (wire) => ({
      send: (request) =>
        wire
          .send(request)
          .catch(() => ({ status: 200, headers: new Map(), body: '{"result":true}' })),
    }));
    assert.ok(failures.includes('1001 is accepted and got 0'), failures.join());
  });

  it('takes a lost call for one that was not sent is found out', async () => {
    const failures = await failuresOf(cutAfter, (wire) => ({
      send: (request) =>
        wire.send(request).catch((error: unknown) => {
          throw (error as Bitrix24Error).with({ phase: 'notSent' });
        }),
    }));
    assert.ok(failures.includes('1001 is notSent and got 1'), failures.join());
  });
});
