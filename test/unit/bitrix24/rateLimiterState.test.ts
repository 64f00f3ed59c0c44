import assert from 'node:assert/strict';
import {
  bitrix24Limits,
  Bucket,
  newBucket,
  parseBucket,
} from '../../../src/bitrix24/rateLimiterState';
import type { BucketState, Lane, Permit } from '../../../src/bitrix24/rateLimiterState';

const now = 1_790_000_000_000;
const hour = 3_600_000;

/** The bucket as it is at this moment, after what the state tells. */
const bucketOf = (patch: Partial<BucketState> = {}, at = now) =>
  new Bucket(bitrix24Limits, { ...newBucket(now), ...patch }, at);

/** A portal that has taken as many requests as its bucket holds, and that was tried for a large one lately. */
const known = { sent: 50, passed: 50, sentAt: now, triedAt: now - hour / 2 };

/** All that may leave at this moment, and when to ask again. */
function takeAll(bucket: Bucket, lane: Lane = 'prompt'): { permits: Permit[]; againMs: number } {
  const permits: Permit[] = [];
  for (let count = 0; count < 1_000; count += 1) {
    const permit = bucket.take(lane);
    if (typeof permit === 'number') {
      return { permits, againMs: permit - bucket.state.writtenAt };
    }
    permits.push(permit);
  }
  throw new Error('it never ends');
}

function taken(bucket: Bucket, lane: Lane = 'prompt'): Permit {
  const permit = bucket.take(lane);
  assert.ok(typeof permit === 'object', 'not yet');
  return permit;
}

/** The same bucket later; what was in it has gone by a part. */
const later = ({ state }: Bucket, ms: number) =>
  new Bucket(bitrix24Limits, state, state.writtenAt + ms);

describe('the arithmetic of a bucket', () => {
  it('lets five leave at first, and two more for each answer', () => {
    const bucket = bucketOf();
    const { permits, againMs } = takeAll(bucket);
    assert.deepEqual([permits.length, againMs], [5, 250]);
    assert.deepEqual(permits[0], { pause: 0, isTrial: false });
    bucket.passed(permits[0]);
    assert.equal(bucket.isLearning, true);
    assert.equal(takeAll(bucket).permits.length, 2);
    assert.deepEqual([bucket.state.sent, bucket.state.passed, bucket.state.sentAt], [7, 1, now]);
  });

  for (const [lane, count, againMs] of [
    ['prompt', 49, 375],
    ['mass', 47, 375],
    ['background', 1, 500],
  ] as const) {
    it(`has room for ${count} once it is known: ${lane}`, () => {
      const bucket = bucketOf(known);
      assert.equal(bucket.isLearning, false);
      const { permits, ...again } = takeAll(bucket, lane);
      assert.deepEqual([permits.length, again], [count, { againMs }]);
      assert.equal(bucket.state.emptyAt, now + count * 500);
      assert.deepEqual(takeAll(later(bucket, againMs), lane), {
        ...{ permits: [{ pause: 0, isTrial: false }], againMs: 500 },
      });
    });
  }

  it('lets nobody leave during a pause', () => {
    const bucket = bucketOf({ ...known, pausedUntil: now + 700 });
    assert.deepEqual(takeAll(bucket), { permits: [], againMs: 700 });
    assert.equal(taken(later(bucket, 700)).isTrial, false);
  });

  it('makes one pause of the refusals before it, and longer ones of those after', () => {
    const bucket = bucketOf(known);
    const [first, second] = [taken(bucket), taken(bucket)];
    assert.equal(bucket.refused(first), true);
    const state = structuredClone(bucket.state);
    assert.deepEqual(state, {
      ...{ ...newBucket(now), pause: 1, pauseMs: 1_000, pausedUntil: now + 1_000 },
      ...{ refusedAt: now, emptyAt: now + 49.5 * 500, sentAt: now, triedAt: known.triedAt },
    });
    assert.equal(bucket.refused(second), false);
    bucket.passed(second);
    assert.deepEqual(bucket.state, state, 'they left before it');
    assert.equal(bucket.isLearning, true);
    let next = bucket;
    for (const pauseMs of [2_000, 4_000, 8_000, 8_000]) {
      next = later(next, next.state.pauseMs);
      next.refused(taken(next));
      assert.deepEqual(
        [next.state.pauseMs, next.state.pausedUntil],
        [pauseMs, next.state.writtenAt + pauseMs],
      );
    }
  });

  it('goes on one by one after a refusal within the hour, until as many passed as it holds', () => {
    const bucket = bucketOf();
    bucket.refused(taken(bucket));
    const after = later(bucket, 1_000);
    const { permits, againMs } = takeAll(after);
    assert.deepEqual([permits.length, againMs], [1, 250]);
    after.passed(permits[0]!);
    assert.equal(after.state.pauseMs, 1_000);
    assert.deepEqual(takeAll(after), { permits: [], againMs: 125 }, 'it is full by our count');
    assert.equal(takeAll(later(after, 10_000)).permits.length, 2);
    const learnt = bucketOf({ ...known, pause: 1, passed: 49, pauseMs: 1_000, refusedAt: now });
    assert.equal(learnt.isLearning, true);
    learnt.passed({ pause: 1, isTrial: false });
    assert.deepEqual([learnt.state.pauseMs, learnt.isLearning], [0, false]);
  });

  for (const [agoMs, count] of [
    [hour - 1, 1],
    [hour, 5],
  ] as const) {
    it(`begins with ${count} when the last refusal is ${agoMs} ms ago`, () => {
      assert.equal(takeAll(bucketOf({ refusedAt: now - agoMs })).permits.length, count);
    });
  }

  for (const [silentMs, count] of [
    [2_000, 0],
    [2_001, 1],
  ] as const) {
    it(`lets ${count} leave when no answer came for ${silentMs} ms`, () => {
      const bucket = bucketOf({ sent: 9, passed: 1, sentAt: now - silentMs });
      const { permits, againMs } = takeAll(bucket);
      assert.deepEqual([permits.length, againMs], [count, 250]);
    });
  }

  it('does not let more leave for the silence than for answers', () => {
    const bucket = bucketOf({ sent: 5, passed: 2, sentAt: now - 5_000 });
    assert.equal(takeAll(bucket).permits.length, 4);
  });

  for (const [patch, passed] of [
    [{ sentAt: now - 60_000 }, 50],
    [{ sentAt: now - 60_001 }, 0],
    [{ sentAt: now - 60_001, refusedAt: now - 60_000 }, 50],
    [{ sentAt: now - 60_001, emptyAt: now + 1 }, 50],
  ] as const) {
    it(`knows of ${passed} that passed: ${JSON.stringify(patch)}`, () => {
      const { state } = bucketOf({ ...known, ...patch });
      assert.deepEqual([state.passed, state.sent], [passed, passed]);
    });
  }

  it('forgets holds and resets that are over, and what was to be empty before', () => {
    const times = { over: now, toCome: now + 1 };
    const { state } = bucketOf({
      holds: times,
      resets: times,
      emptyAt: now - 5,
      writtenAt: now - 9,
    });
    assert.deepEqual([state.holds, state.resets], [{ toCome: now + 1 }, { toCome: now + 1 }]);
    assert.deepEqual([state.emptyAt, state.writtenAt], [now, now]);
  });

  describe('that may be a large one', () => {
    const full = { ...known, emptyAt: now + 49 * 500 };

    for (const [may, what, patch, lane = 'prompt'] of [
      [true, 'an hour after the last trial', { triedAt: now - hour }],
      [false, 'within the hour', { triedAt: now - hour + 1 }],
      [true, 'half a minute after a trial', { triedAt: now - 29_999 }],
      [false, 'and no later', { triedAt: now - 30_000 }],
      [true, 'for a mass push', { triedAt: 0 }, 'mass'],
      [false, 'for the background', { triedAt: 0 }, 'background'],
      [true, 'an hour after a refusal', { triedAt: 0, refusedAt: now - hour }],
      [false, 'within the hour after a refusal', { triedAt: 0, refusedAt: now - hour + 1 }],
      [false, 'while another one is on its way', { triedAt: 0, trialUntil: now + 1 }],
      [true, 'once that is lost', { triedAt: 0, trialUntil: now }],
      [false, 'before as many passed as the usual one holds', { triedAt: 0, passed: 49 }],
      [
        false,
        'when it is taken for large already',
        { triedAt: 0, isLarge: true, passed: 250, emptyAt: now + 300 * 200 },
      ],
    ] as [boolean, string, Partial<BucketState>, Lane?][]) {
      it(`is ${may ? '' : 'not '}tried ${what}`, () => {
        const bucket = bucketOf({ ...full, ...patch });
        const before = structuredClone(bucket.state);
        const permit = bucket.take(lane);
        assert.equal(typeof permit === 'object' && permit.isTrial, may);
        if (may) {
          assert.deepEqual([bucket.state.triedAt, bucket.state.trialUntil], [now, now + 30_000]);
        } else {
          assert.deepEqual(bucket.state, before);
        }
      });
    }

    it('is not tried while the usual one has room', () => {
      for (const emptyAt of [now, now + 48.25 * 500]) {
        assert.equal(taken(bucketOf({ ...full, triedAt: 0, emptyAt })).isTrial, false);
      }
    });

    it('is not tried where there is no larger one', () => {
      const { usual } = bitrix24Limits;
      const state = { ...newBucket(now), ...full, triedAt: 0 };
      const bucket = new Bucket({ usual, large: usual }, state, now);
      assert.equal(typeof bucket.take('prompt'), 'number');
    });

    it('is one after ten more than the usual one holds, each tried after the one before', () => {
      const bucket = bucketOf({ ...full, triedAt: 0 });
      let trials = 0;
      while (!bucket.state.isLarge) {
        const permit = taken(bucket);
        assert.equal(permit.isTrial, true);
        assert.equal(typeof bucket.take('prompt'), 'number', 'the answer is waited for');
        bucket.passed(permit);
        trials += 1;
      }
      assert.equal(trials, 11);
      const { sent, passed, emptyAt, trialUntil } = bucket.state;
      assert.deepEqual([sent, passed, trialUntil, bucket.stepMs], [250, 250, 0, 200]);
      assert.equal(emptyAt, now + 60 * 200);
      assert.equal(takeAll(bucket).permits.length, 189);
    });

    it('is the usual one again after a refusal, and the trial is over', () => {
      const large = bucketOf({ ...full, isLarge: true, sent: 250, passed: 250 });
      large.refused(taken(large));
      assert.deepEqual([large.state.isLarge, large.state.pauseMs], [false, 1_000]);
      assert.equal(large.state.triedAt, full.triedAt, 'that was no trial');
      const trying = bucketOf({ ...full, triedAt: 0 });
      const permit = taken(trying);
      const refused = later(trying, 100);
      refused.refused(permit);
      assert.deepEqual([refused.state.trialUntil, refused.state.triedAt], [0, now + 100]);
    });

    it('stays one when an answer to a trial comes late', () => {
      const large = bucketOf({ ...full, isLarge: true, trialUntil: now + 5, passed: 250 });
      const { emptyAt } = large.state;
      large.passed({ pause: 0, isTrial: true });
      assert.deepEqual([large.state.isLarge, large.state.emptyAt], [true, emptyAt]);
      assert.equal(large.state.trialUntil, now + 5);
    });
  });

  describe('whose stored state', () => {
    const past = ['writtenAt', 'refusedAt', 'sentAt', 'triedAt'] as const;
    const toCome = ['emptyAt', 'pausedUntil', 'trialUntil'] as const;
    const isKept = (patch: Partial<BucketState>) =>
      bucketOf({ pause: 7, ...patch }).state.pause === 7;

    for (const [names, ms] of [
      [past, 1_000],
      [toCome, 601_000],
    ] as const) {
      for (const name of names) {
        it(`says ${name} in more than ${ms} ms is not believed`, () => {
          assert.deepEqual(
            [isKept({ [name]: now + ms }), isKept({ [name]: now + ms + 1 })],
            [true, false],
          );
        });
      }
    }

    it('holds a method for longer than any rule does is not believed, whatever the portal’s clock', () => {
      assert.equal(isKept({ holds: { a: now + 601_000 }, resets: { a: now + 9 * hour } }), true);
      assert.equal(isKept({ holds: { a: 1, b: now + 601_001 } }), false);
    });

    it('has something else than a number in the place of one is not understood', () => {
      const state = newBucket(now);
      assert.deepEqual(parseBucket(state), state);
      assert.equal(parseBucket({ ...state, version: 0 }), undefined);
      assert.equal(parseBucket({ ...state, isLarge: 0 }), undefined);
      for (const name of ['pause', 'sent', 'passed'] as const) {
        assert.ok(parseBucket({ ...state, [name]: 0 }));
        for (const bad of [-1, 0.5, '1', undefined]) {
          assert.equal(parseBucket({ ...state, [name]: bad }), undefined, name);
        }
      }
      for (const name of [...past, ...toCome, 'pauseMs'] as const) {
        assert.ok(parseBucket({ ...state, [name]: 0 }));
        for (const bad of [-1, Infinity, '1', undefined]) {
          assert.equal(parseBucket({ ...state, [name]: bad }), undefined, name);
        }
      }
      for (const name of ['holds', 'resets'] as const) {
        assert.ok(parseBucket({ ...state, [name]: { a: 0.5 } }));
        for (const bad of [{ a: -1 }, { a: '1' }, undefined]) {
          assert.equal(parseBucket({ ...state, [name]: bad }), undefined, name);
        }
      }
    });
  });
});
