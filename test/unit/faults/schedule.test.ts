import assert from 'node:assert/strict';
import { ScheduleKillStage } from '../../faults/scheduleKills';

/** What the cases are worth: a window that breaks the promise fails them. */
describe('a window with a scheduled push that', function () {
  // Processes of their own, on a machine that may be busy.
  this.timeout(30_000);
  const soon = 6 * 60_000;
  let stage: ScheduleKillStage;
  before(async () => {
    stage = await ScheduleKillStage.open();
  });
  after(() => stage.close());

  it('keeps the promise is not found out', async () => {
    assert.deepEqual((await stage.kill('taken at its time', soon)).faults, []);
    assert.deepEqual((await stage.kill('out of the schedule', soon)).faults, []);
  });

  it('sends what it has not taken is found out', async () => {
    const { faults } = await stage.kill('answer recorded', soon, 'untaken');
    assert.ok(faults.includes('it was sent, and is in the schedule still'), faults.join());
  });

  it('forgets it as soon as it takes it is found out', async () => {
    const { faults } = await stage.kill('before it is recorded', soon, 'forgetful');
    assert.ok(faults.includes('it is lost'), faults.join());
  });
});
