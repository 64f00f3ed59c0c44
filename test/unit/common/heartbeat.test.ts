import assert from 'node:assert/strict';
import { SilenceWatch, heartbeat } from '../../../src/common/heartbeat';

describe('a heartbeat', () => {
  it('goes on after a beat that failed, until it is disposed', async () => {
    const errors: unknown[] = [];
    let beats = 0;
    await new Promise<void>((resolve) => {
      const beating = heartbeat(
        1,
        () => {
          beats += 1;
          if (beats === 3) {
            beating.dispose();
            resolve();
          }
          return Promise.reject(new Error(`beat ${beats}`));
        },
        (error) => errors.push(error),
      );
    });
    await new Promise((resolve) => setTimeout(resolve, 10));
    assert.equal(beats, 3);
    assert.deepEqual(errors.map(String), ['Error: beat 1', 'Error: beat 2', 'Error: beat 3']);
  });
});

describe('the watch for missing heartbeats', () => {
  it('counts from the first look, and again from each beat', () => {
    const watch = new SilenceWatch(100);
    assert.equal(watch.silentMs('a', 1, 0), 0);
    assert.equal(watch.silentMs('a', 1, 60), 60);
    assert.equal(watch.silentMs('b', 1, 60), 0);
    assert.equal(watch.silentMs('a', 1, 150), 150);
    assert.equal(watch.silentMs('a', 2, 160), 0);
    assert.equal(watch.silentMs('a', 2, 200), 40);
  });

  it('counts no sleep of the machine, and no clock that was set back', () => {
    const watch = new SilenceWatch(100);
    watch.silentMs('a', 1, 0);
    assert.equal(watch.silentMs('a', 1, 1_000_000), 100);
    assert.equal(watch.silentMs('a', 1, 500), 100);
    assert.equal(watch.silentMs('a', 1, 550), 150);
  });

  it('forgets what is not there any more', () => {
    const watch = new SilenceWatch(100);
    watch.silentMs('a', 1, 0);
    watch.silentMs('b', 1, 0);
    watch.keepOnly(new Set(['b']));
    assert.equal(watch.silentMs('a', 1, 50), 0);
    assert.equal(watch.silentMs('b', 1, 50), 50);
  });
});
