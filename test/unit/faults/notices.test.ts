import assert from 'node:assert/strict';
import { play } from '../../faults/noticeCrowd';
import { NoticeKillStage } from '../../faults/noticeKills';

/** What the cases are worth: a window that breaks the promise fails them. */
describe('a window with things to tell that', function () {
  // Processes of their own, on a machine that may be busy.
  this.timeout(30_000);
  let stage: NoticeKillStage;
  before(async () => {
    stage = await NoticeKillStage.open();
  });
  after(() => stage.close());

  it('keeps the promise is not found out', async () => {
    assert.deepEqual(await stage.kill({ task: 'send', point: 'recorded, nothing sent' }), []);
  });

  it('does not note which push a thing went into is found out', async () => {
    const failures = await stage.kill({
      ...{ task: 'send', point: 'answer recorded', mistake: 'unjoined' },
    });
    assert.ok(failures.includes('first-thing is on the phone 2 times'), failures.join());
    assert.ok(failures.includes('first-thing is in the history 2 times'), failures.join());
  });

  it('forgets a thing before its push is recorded is found out', async () => {
    const failures = await stage.kill({
      ...{ task: 'send', point: 'before it is recorded', mistake: 'forgotten' },
    });
    assert.ok(failures.includes('first-thing is missing in the history'), failures.join());
    assert.ok(failures.includes('first-thing never gets to the phone'), failures.join());
  });
});

describe('windows with things to tell that', function () {
  this.timeout(60_000);

  it('count their pushes apart are found out', async () => {
    const crowd = { windows: 2, things: 60, kills: 0, hours: 1 };
    const { faults } = await play({ ...crowd, apart: true });
    assert.deepEqual(faults, ['40 pushes within an hour']);
  });
});
