import assert from 'node:assert/strict';
import { KillStage } from '../../faults/killMatrix';

/** What the cases are worth: a window that breaks the promise fails them. */
describe('a window that', function () {
  // A process of its own, on a machine that may be busy.
  this.timeout(30_000);
  let stage: KillStage;
  before(async () => {
    stage = await KillStage.open();
  });
  after(() => stage.close());

  it('keeps the promise is not found out', async () => {
    assert.deepEqual(await stage.kill('answer there, not recorded', 'three batches'), []);
  });

  it('keeps the promise with notifications is not found out', async () => {
    const shape = 'three batches of notifications' as const;
    assert.deepEqual(await stage.kill('answer there, not recorded', shape), []);
    assert.deepEqual(await stage.kill('request recorded, not on the wire', shape), []);
  });

  it('records a request only after the wire is found out', async () => {
    const mistake = 'lateRecords' as const;
    const failures = await stage.kill('answer there, not recorded', 'one call', { mistake });
    assert.ok(failures.includes('somebody shown as not sent has it'), failures.join());
  });

  it('does not live to settle the push whose place its own has taken is not found out', async () => {
    const scenario = 'a push that waited' as const;
    assert.deepEqual(await stage.kill('end recorded', 'one call', { scenario }), []);
  });

  for (const point of ['end recorded', 'in the history and among the open pushes'] as const) {
    it(`sends a push that waits from its draft and dies: ${point} (trial 5.1)`, async () => {
      const scenario = 'a push that waited, sent from its draft' as const;
      assert.deepEqual(await stage.kill(point, 'one call', { scenario }), []);
    });
  }

  it('dies in the pause after a 503 has recorded that nothing was sent (trial 9.1)', async () => {
    const scenario = 'a push that is turned away' as const;
    const tally = { runs: 0, accepted: 0, unknown: 0, notSent: 0, draftOnly: 0 };
    const options = { scenario, tally };
    assert.deepEqual(await stage.kill('recorded as turned away', 'one call', options), []);
    assert.deepEqual([tally.notSent, tally.unknown], [130, 0]);
  });

  for (const [point, scenario] of [
    ['waiting for its turn', 'a push'],
    ['recorded as turned away', 'a push that is turned away'],
    ['waiting push claimed', 'a push that waited'],
  ] as const) {
    it(`is stopped while another one takes over does not send: ${point} (trial 5.3)`, async function () {
      if (process.platform !== 'linux') {
        this.skip();
      }
      const options = { scenario, isStopped: true };
      assert.deepEqual(await stage.kill(point, 'one call', options), []);
    });
  }

  it('settles no push whose place its own has taken is found out', async () => {
    const options = { scenario: 'a push that waited', mistake: 'unsettled' } as const;
    const failures = await stage.kill('all done', 'one call', options);
    assert.ok(failures.includes('somebody who has it is offered again'), failures.join());
  });
});
