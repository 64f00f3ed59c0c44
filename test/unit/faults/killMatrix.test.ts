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

  it('records a request only after the wire is found out', async () => {
    const mistake = 'lateRecords' as const;
    const failures = await stage.kill('answer there, not recorded', 'one call', { mistake });
    assert.ok(failures.includes('somebody shown as not sent has it'), failures.join());
  });

  it('does not live to settle the push whose place its own has taken is not found out', async () => {
    const scenario = 'a push that waited' as const;
    assert.deepEqual(await stage.kill('end recorded', 'one call', { scenario }), []);
  });

  it('settles no push whose place its own has taken is found out', async () => {
    const options = { scenario: 'a push that waited', mistake: 'unsettled' } as const;
    const failures = await stage.kill('all done', 'one call', options);
    assert.ok(failures.includes('somebody who has it is offered again'), failures.join());
  });
});
