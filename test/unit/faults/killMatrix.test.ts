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
    assert.deepEqual(await stage.kill('answer there, not noted', 'three batches'), []);
  });

  it('notes a request only after the wire is found out', async () => {
    const late = { lateNotes: true };
    const failures = await stage.kill('answer there, not noted', 'one call', late);
    assert.ok(failures.includes('somebody shown as not sent has it'), failures.join());
  });
});
