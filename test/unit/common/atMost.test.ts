import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { atMost } from '../../../src/common/atMost';

describe('work at most so much at a time', () => {
  it('begins the next piece when one ends, well or badly', async () => {
    const inTurn = atMost(2);
    const ends: ((isGood: boolean) => void)[] = [];
    const work = () =>
      inTurn(
        () =>
          new Promise<number>((resolve, reject) => {
            const number = ends.length;
            ends.push((isGood) => (isGood ? resolve(number) : reject(new Error('bad'))));
          }),
      );
    const all = [work(), work(), work(), work()];
    const settled = Promise.allSettled(all);
    assert.equal(ends.length, 2);
    ends[1]?.(false);
    await setImmediate();
    assert.equal(ends.length, 3);
    ends[0]?.(true);
    await setImmediate();
    assert.equal(ends.length, 4);
    ends[2]?.(true);
    ends[3]?.(true);
    assert.deepEqual(
      (await settled).map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
    );
    const last = work();
    assert.equal(ends.length, 5, 'all places are free again');
    ends[4]?.(true);
    await last;
  });
});
