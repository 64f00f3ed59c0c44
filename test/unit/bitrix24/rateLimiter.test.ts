import assert from 'node:assert/strict';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import { newBucket, parseBucket } from '../../../src/bitrix24/rateLimiterState';
import type { BucketState } from '../../../src/bitrix24/rateLimiterState';
import type { Lane } from '../../../src/bitrix24/rateLimiterState';
import { memoryState } from '../../../src/bitrix24/rateLimiter';
import type { RateLimiter } from '../../../src/bitrix24/rateLimiter';
import { testLimiter } from '../../support/testClient';
import type { RateLimiterDeps, SharedState, Turn } from '../../../src/bitrix24/rateLimiter';
import type { Wait } from '../../../src/bitrix24/rateLimiter';
import { VirtualClock } from '../../support/virtualClock';
import { failureOf } from './support';

/** A portal as the documentation describes it, written anew: what the client counts is not to judge itself. */
class Portal {
  readonly #clock: VirtualClock;
  size: number;
  drain: number;
  #level = 0;
  #at: number;
  refusals: number[] = [];
  taken: { name: string; at: number }[] = [];

  constructor(clock: VirtualClock, size = 50, drain = 2) {
    this.#clock = clock;
    this.#at = clock.now();
    this.size = size;
    this.drain = drain;
  }

  get level(): number {
    return Math.max(0, this.#level - ((this.#clock.now() - this.#at) / 1000) * this.drain);
  }

  fill(level: number): void {
    this.#level = level;
    this.#at = this.#clock.now();
  }

  async serve(name: string, thereMs = 70, backMs = 70): Promise<boolean> {
    await this.#clock.sleep(thereMs);
    const now = this.#clock.now();
    this.#level = Math.max(0, this.#level - (Math.max(0, now - this.#at) / 1000) * this.drain);
    this.#at = now;
    const fits = this.#level + 1 <= this.size;
    if (fits) {
      this.#level += 1;
      this.taken.push({ name, at: now });
    } else {
      this.refusals.push(now);
    }
    await this.#clock.sleep(backMs);
    return fits;
  }
}

const operating = (used: number, resetAt: number, duration = 2) => ({
  method: 'pull.application.push.add',
  duration,
  operating: used,
  resetAt,
});

function setUp(options: { size?: number; drain?: number } & Partial<RateLimiterDeps> = {}) {
  const { size, drain, ...deps } = options;
  const clock = new VirtualClock();
  const portal = new Portal(clock, size, drain);
  const shared = memoryState<BucketState>();
  const window = () => testLimiter({ state: () => shared, clock, ...deps });
  const call = async (
    limiter: RateLimiter,
    name: string,
    more: { lane?: Lane; signal?: AbortSignal; onWait?: (wait: Wait | undefined) => void } = {},
  ): Promise<number> => {
    const request = { methods: ['pull.application.push.add'], ...more };
    let again: Turn | undefined;
    for (;;) {
      const turn: Turn = await limiter.of('p').turn({ ...request, again });
      if (await portal.serve(name)) {
        turn.passed();
        return clock.now();
      }
      turn.refused();
      again = turn;
    }
  };
  const many = (limiter: RateLimiter, count: number, lane: Lane = 'prompt', prefix = '') =>
    Promise.all(
      Array.from({ length: count }, (_, index) => call(limiter, `${prefix}${index}`, { lane })),
    );
  return { clock, portal, shared, window, call, many };
}

function stored(shared: SharedState<BucketState>): Promise<BucketState | undefined> {
  return shared.update((result) => ({ result }));
}

describe('the turns of requests', () => {
  it('come at once while the bucket has room', async () => {
    const { clock, portal, window, many } = setUp();
    const start = clock.now();
    await clock.run(many(window(), 40));
    assert.ok(clock.now() - start < 1_500, `${clock.now() - start} ms`);
    assert.equal(portal.refusals.length, 0);
  });

  for (const lane of ['prompt', 'mass'] as const) {
    it(`(${lane}) of 500 calls take the time of the bucket, first in first out, with few refusals`, async () => {
      const { clock, portal, window, many } = setUp();
      const start = clock.now();
      await clock.run(many(window(), 500, lane));
      const floor = (500 - 50) * 500;
      assert.ok(clock.now() - start <= floor * 1.01, `${clock.now() - start} ms`);
      assert.ok(portal.refusals.length <= 3, `${portal.refusals.length} refusals`);
      const order = portal.taken.map(({ name }) => Number(name));
      assert.ok(
        order.every((name, index) => Math.abs(name - index) <= 3),
        order.join(' '),
      );
      // No polling: about one time awake for each request of the steady part, beside the portal's own two.
      assert.ok(clock.wakeUps < 500 * 4, `${clock.wakeUps} wake-ups`);
    });
  }

  it('of two windows together take no longer', async () => {
    const { clock, portal, window, many } = setUp();
    const start = clock.now();
    const [one, other] = [window(), window()];
    await clock.run(Promise.all([many(one, 250, 'mass', 'a'), many(other, 250, 'mass', 'b')]));
    assert.ok(clock.now() - start <= 225_000 * 1.01, `${clock.now() - start} ms`);
    assert.ok(portal.refusals.length <= 3, `${portal.refusals.length} refusals`);
    const half = portal.taken.slice(0, 250).filter(({ name }) => name.startsWith('a')).length;
    assert.ok(half > 75 && half < 175, `${half} of the first 250 were of one window`);
  });

  it('find out quickly that others have filled the bucket, and make one pause', async () => {
    const { clock, portal, window, many } = setUp();
    portal.fill(50);
    const start = clock.now();
    await clock.run(many(window(), 200));
    assert.ok(clock.now() - start <= 100_000 * 1.05, `${clock.now() - start} ms`);
    assert.ok(portal.refusals.length <= 6, `${portal.refusals.length} refusals`);
  });

  it('go ahead alone after a refusal within the hour', async () => {
    const { clock, portal, window, many } = setUp();
    portal.fill(50);
    const limiter = window();
    await clock.run(many(limiter, 1));
    await clock.run(clock.sleep(600_000));
    portal.fill(50);
    portal.refusals = [];
    await clock.run(many(limiter, 20));
    assert.equal(portal.refusals.length, 1);
  });

  it('pause once for all windows, not once for each call that was refused', async () => {
    const { clock, portal, window, many, shared } = setUp();
    const [one, other] = [window(), window()];
    await clock.run(many(one, 30));
    portal.fill(50);
    await clock.run(Promise.all([many(one, 20), many(other, 20)]));
    const state = await stored(shared);
    assert.ok(portal.refusals.length >= 2, 'several were on the wire');
    assert.ok(state!.pause <= 2, `${state!.pause} pauses for ${portal.refusals.length} refusals`);
  });

  it('learn nothing from an answer to what left before the pause of another window', async () => {
    const { clock, shared, window } = setUp();
    const [one, other] = [window(), window()];
    const request = { methods: ['user.get'] };
    const [early, late] = [await one.of('p').turn(request), await other.of('p').turn(request)];
    late.refused();
    await clock.run(clock.sleep(1));
    early.passed();
    await clock.run(clock.sleep(1));
    const { pause, passed } = (await stored(shared))!;
    assert.deepEqual([pause, passed], [1, 0]);
  });

  it('do not collapse when the portal was taken for a large one', async () => {
    const { clock, portal, window, many, shared } = setUp();
    const start = clock.now();
    const large = { ...newBucket(start), isLarge: true };
    await shared.update(() => ({ next: large, result: undefined }));
    await clock.run(many(window(), 500));
    assert.ok(clock.now() - start <= 225_000 * 1.1, `${clock.now() - start} ms`);
    assert.ok(portal.refusals.length < 60, `${portal.refusals.length} refusals`);
  });

  it('learn that the bucket is a large one, and go back at one refusal', async () => {
    const { clock, portal, window, many, shared } = setUp({ size: 250, drain: 5 });
    const limiter = window();
    const start = clock.now();
    await clock.run(many(limiter, 1000));
    assert.ok(
      clock.now() - start < 250_000,
      `${clock.now() - start} ms; the usual bucket takes 475 s`,
    );
    assert.equal(portal.refusals.length, 0);
    assert.equal((await stored(shared))!.isLarge, true);
    portal.size = 50;
    portal.drain = 2;
    portal.fill(50);
    await clock.run(many(limiter, 1));
    assert.equal((await stored(shared))!.isLarge, false);
  });

  it('do not take a usual bucket for a large one, and try once an hour at most', async () => {
    const { clock, portal, window, many, shared } = setUp();
    const limiter = window();
    await clock.run(many(limiter, 300));
    assert.equal((await stored(shared))!.isLarge, false);
    assert.equal(portal.refusals.length, 1, 'the trial');
    await clock.run(clock.sleep(120_000));
    await clock.run(many(limiter, 300));
    assert.equal(portal.refusals.length, 1);
  });

  it('wait while one goes ahead of its time, also those that were given before', async () => {
    for (let seed = 1; seed <= 50; seed += 1) {
      const { clock, portal, window } = setUp();
      const limiter = window();
      let [left, noise] = [70, seed * 7_919];
      const send = async (lane: Lane) => {
        left -= 1;
        let [turn, taken]: [Turn | undefined, boolean] = [undefined, false];
        while (!taken) {
          turn = await limiter.of('p').turn({ methods: [], lane, again: turn });
          // Networks and disks take another time each time; the same one for the same seed.
          noise = (noise * 16_807) % 2_147_483_647;
          taken = await portal.serve('', noise % 80, noise % 30);
          turn[taken ? 'passed' : 'refused']();
        }
      };
      const sendOn = async () => {
        while (left > 0) {
          await send('mass');
        }
      };
      const all = async () => {
        while (left > 62) {
          await send('prompt');
        }
        await Promise.all([sendOn(), sendOn()]);
      };
      await clock.run(all());
      assert.equal(portal.taken.length, 70);
      assert.ok(portal.refusals.length <= 1, `seed ${seed}: ${portal.refusals.join(', ')}`);
    }
  });

  it('of a small push come at once in the middle of a mass send, in its window and in another', async () => {
    const { clock, window, call, many } = setUp();
    const [one, other] = [window(), window()];
    const mass = many(one, 200, 'mass');
    await clock.run(clock.sleep(30_000));
    for (const limiter of [one, other]) {
      const start = clock.now();
      await clock.run(call(limiter, 'small'));
      assert.ok(clock.now() - start <= 700, `${clock.now() - start} ms`);
    }
    await clock.run(mass);
  });

  it('of a mass send go on beside a stream of small ones', async () => {
    const { clock, portal, window, many } = setUp();
    const limiter = window();
    const both = Promise.all([
      many(limiter, 100, 'mass', 'mass'),
      many(limiter, 100, 'prompt', 'small'),
    ]);
    await clock.run(both);
    const firstSmall = portal.taken.slice(0, 100).filter(({ name }) => name.startsWith('small'));
    assert.ok(firstSmall.length >= 60 && firstSmall.length < 100, `${firstSmall.length}`);
  });

  it('of a mass send come after every five small ones', async () => {
    const usual = { size: 50, drain: 2 };
    const { clock, portal, window, many } = setUp({ limits: { usual, large: usual } });
    const limiter = window();
    await clock.run(many(limiter, 49));
    portal.taken = [];
    const both = [many(limiter, 2, 'mass', 'mass '), many(limiter, 12, 'prompt', 'small ')];
    await clock.run(Promise.all(both));
    const order = portal.taken.map(({ name }) => name.at(0)).join('');
    assert.equal(order, 'sssssmsssssmss');
  });

  it('in the background come two a second, and leave the bucket to pushes', async () => {
    const { clock, portal, window, call, many } = setUp();
    const [one, other] = [window(), window()];
    const start = clock.now();
    const reading = many(one, 20, 'background', 'read ');
    await clock.run(clock.sleep(3_000));
    const level = portal.level;
    assert.ok(level <= 2, `${level} in the bucket`);
    for (const limiter of [one, other]) {
      const asked = clock.now();
      await clock.run(call(limiter, 'small'));
      assert.ok(clock.now() - asked <= 200, `${clock.now() - asked} ms`);
    }
    await clock.run(reading);
    const ms = clock.now() - start;
    assert.ok(ms >= 9_500 && ms < 12_500, `${ms} ms`);
    assert.equal(portal.refusals.length, 0);
  });

  it('can be left, leave no trace, and say so', async () => {
    const { clock, portal, window, call, many } = setUp();
    const limiter = window();
    const stop = new AbortController();
    const left = Array.from({ length: 300 }, (_, index) =>
      call(limiter, `left ${index}`, { lane: 'mass', signal: stop.signal }).then(
        () => undefined,
        (error: unknown) => error,
      ),
    );
    await clock.run(clock.sleep(5_000));
    stop.abort();
    const ends = await clock.run(Promise.all(left));
    const errors = ends.filter((end) => end !== undefined);
    assert.ok(errors.length > 230);
    assert.ok(errors.every((error) => error instanceof Bitrix24Error && error.phase === 'notSent'));
    const before = portal.taken.length;
    const start = clock.now();
    await clock.run(many(limiter, 1));
    assert.ok(clock.now() - start < 1_000);
    assert.equal(portal.taken.length, before + 1);
  });

  it('show their wait', async () => {
    const { clock, window, call, many } = setUp();
    const limiter = window();
    const mass = many(limiter, 60, 'mass');
    await clock.run(clock.sleep(3_000));
    const waits: Wait[] = [];
    const start = clock.now();
    const end = await clock.run(
      call(limiter, 'last', {
        lane: 'mass',
        onWait: (wait) => waits.push(...(wait ? [wait] : [])),
      }),
    );
    const [first] = waits;
    assert.equal(first?.code, 'QUERY_LIMIT_EXCEEDED');
    const said = first.until - start;
    assert.ok(Math.abs(said - (end - start)) < 2_500, `said ${said}, was ${end - start}`);
    await clock.run(mass);
  });

  it('wait for a method that met its operating limit, and for no other', async () => {
    const { clock, window } = setUp();
    const limiter = window();
    const other = window();
    const until = clock.now() + 300_000;
    limiter.of('p').hold('pull.application.push.add', until);
    await clock.run(clock.sleep(10));
    const waits: Wait[] = [];
    const held = other.of('p').turn({
      methods: ['pull.application.push.add'],
      onWait: (wait) => waits.push(...(wait ? [wait] : [])),
    });
    (await clock.run(other.of('p').turn({ methods: ['user.get'] }))).passed();
    assert.ok(clock.now() < until - 290_000);
    await clock.run(held);
    assert.ok(clock.now() >= until);
    assert.deepEqual(waits, [{ until, code: 'OPERATION_TIME_LIMIT' }]);
  });

  it('slow down before a method’s operating time is used up', async () => {
    const { clock, window } = setUp();
    const limiter = window();
    const request = { methods: ['pull.application.push.add'] };
    const resetAt = clock.now() + 400_000;
    const start = clock.now();
    (await clock.run(limiter.of('p').turn(request))).passed([operating(300, resetAt)]);
    (await clock.run(limiter.of('p').turn(request))).passed([operating(440, resetAt)]);
    assert.ok(clock.now() - start < 100, 'no care needed yet');
    (await clock.run(limiter.of('p').turn(request))).passed();
    // 40 s of budget for 400 s: a call of 2 s every 20 s.
    assert.ok(Math.abs(clock.now() - start - 20_000) < 500, `${clock.now() - start} ms`);
  });

  it('are counted on when the portal’s clock is ahead', async () => {
    const usual = { size: 50, drain: 2 };
    const { clock, portal, window, many } = setUp({ limits: { usual, large: usual } });
    const [one, other] = [window(), window()];
    await clock.run(many(one, 48));
    const turn = await clock.run(one.of('p').turn({ methods: ['user.get'] }));
    turn.passed([operating(1, clock.now() + 3_700_000)]);
    await clock.run(many(other, 5));
    assert.equal(portal.refusals.length, 0);
  });

  it('go on when the clock is set back or forward', async () => {
    for (const jump of [-86_400_000, 86_400_000]) {
      const { clock, portal, window, many } = setUp();
      const limiter = window();
      const mass = many(limiter, 120, 'mass');
      await clock.run(clock.sleep(20_000));
      const before = clock.now() + jump;
      clock.jump(jump);
      await clock.run(mass);
      assert.ok(clock.now() - before < 40_000, `${clock.now() - before} ms after ${jump}`);
      assert.ok(portal.refusals.length < 60);
    }
  });

  it('go on when a window that had taken some is gone', async () => {
    const { clock, window, many } = setUp();
    const dead = window();
    // Takes turns and never says what became of them.
    await clock.run(
      Promise.all(Array.from({ length: 5 }, () => dead.of('p').turn({ methods: ['user.get'] }))),
    );
    const start = clock.now();
    await clock.run(many(window(), 10));
    assert.ok(clock.now() - start < 6_000, `${clock.now() - start} ms`);
  });

  it('are not given to who has cancelled before', async () => {
    const { shared, window } = setUp();
    const signal = AbortSignal.abort();
    const { kind, phase } = await failureOf(window().of('p').turn({ methods: [], signal }));
    assert.deepEqual([kind, phase, await stored(shared)], ['cancelled', 'notSent', undefined]);
  });

  it('keep their place and their count of refusals when they have to be sent again', async () => {
    const { clock, window } = setUp();
    const portal = window().of('p');
    const first = await clock.run(portal.turn({ methods: [] }));
    portal.hold('m', clock.now() + 10_000);
    const order: string[] = [];
    const late = portal.turn({ methods: ['m'] }).then(() => order.push('late'));
    const answers = Array.from({ length: 10 }, () => first.refused());
    assert.deepEqual(answers, [...Array<boolean>(9).fill(true), false]);
    const again = portal.turn({ methods: ['m'], again: first }).then((turn) => {
      order.push('again');
      return turn;
    });
    const { place, refusals } = await clock.run(again);
    await clock.run(late);
    assert.deepEqual([place, refusals, order], [0, 10, ['again', 'late']]);
  });

  describe('of a method', () => {
    const m = 'pull.application.push.add';

    /** A portal that has told the method's operating time. */
    async function told(used: number, resetInMs: number, duration = 2) {
      const { clock, window, ...rest } = setUp();
      const limiter = window();
      const turn = await clock.run(limiter.of('p').turn({ methods: [m] }));
      const now = clock.now();
      turn.passed([operating(used, now + resetInMs, duration)]);
      await clock.run(clock.sleep(0));
      const until = async (name = m) => {
        const at = await limiter.of('p').pausedUntil([name]);
        return at && at - now;
      };
      return { ...rest, clock, now, portalOf: () => limiter.of('p'), window, until };
    }

    for (const [resetInMs, isTold] of [
      [300_000, true],
      [600_000, true],
      [600_001, false],
      [-999, true],
      [-1_000, false],
    ] as const) {
      it(`whose time is counted anew in ${resetInMs} ms: ${isTold ? 'so long' : 'the longest'} wait`, async () => {
        const { now, portalOf, window } = await told(1, resetInMs);
        const until = now + (isTold ? resetInMs + 1_000 : 600_000);
        assert.deepEqual(portalOf().blockedUntil(m), { until, isTold });
        const unknown = { until: now + 600_000, isTold: false };
        assert.deepEqual(portalOf().blockedUntil('user.get'), unknown);
        assert.deepEqual(window().of('p').blockedUntil(m), unknown, 'it has not looked yet');
      });
    }

    for (const [used, resetInMs, duration, heldMs] of [
      [383, 400_000, 2, 0],
      // A 96th of the rest for each second.
      [384, 400_000, 2, 8_333],
      [479.5, 400_000, 2, 400_000],
      [500, 100_000, 0.5, 50_000],
      [470, 3_700_000, 10, 600_000],
      [470, 0, 10, 0],
    ] as const) {
      it(`of which ${used} s are used, ${resetInMs} ms before it is counted anew, wait ${heldMs} ms`, async () => {
        const { until } = await told(used, resetInMs, duration);
        const heard = Math.floor(await until());
        assert.deepEqual([heard, await until('user.get')], [heldMs, 0]);
      });
    }

    it('wait for the longest of its holds, and no longer', async () => {
      const { clock, window } = setUp();
      const portal = window().of('p');
      const until = clock.now() + 2_000;
      portal.hold(m, until);
      portal.hold(m, until - 1_000);
      await clock.run(clock.sleep(0));
      assert.deepEqual([await portal.pausedUntil([m]), await portal.pausedUntil([])], [until, 0]);
      await clock.run(clock.sleep(2_000));
      assert.equal(await portal.pausedUntil([m]), 0);
    });
  });

  it('wait for the end of a pause, which every window can tell, also alone', async () => {
    const { clock, window, shared } = setUp();
    const [one, other] = [window(), window()];
    const until = clock.now() + 1_000;
    (await clock.run(one.of('p').turn({ methods: [] }))).refused();
    await clock.run(clock.sleep(0));
    assert.equal(await other.of('p').pausedUntil([]), until);
    shared.update = () => Promise.reject(new Error('disk'));
    assert.equal(await one.of('p').pausedUntil([]), until);
  });

  it('show a wait of more than half a second, and again when it changes by more than two', async () => {
    const { clock, window } = setUp();
    const portal = window().of('p');
    const start = clock.now();
    const shown: (number | undefined)[] = [];
    const wait = (method: string) =>
      portal.turn({
        ...{ methods: [method], onWait: (told) => shown.push(told && told.until - start) },
      });
    portal.hold('short', start + 500);
    await clock.run(wait('short'));
    assert.deepEqual(shown, [], 'nor its end');
    portal.hold('long', clock.now() + 501);
    await clock.run(wait('long'));
    assert.deepEqual(shown.splice(0), [1_001, undefined]);
    portal.hold('longer', start + 20_000);
    const longer = wait('longer');
    await clock.run(clock.sleep(1));
    portal.hold('longer', start + 22_000);
    await clock.run(clock.sleep(1));
    assert.deepEqual(shown, [20_000]);
    portal.hold('longer', start + 22_001);
    await clock.run(longer);
    assert.deepEqual(shown, [20_000, 22_001, undefined]);
  });

  it('that were cancelled take nothing from those beside them, and hear nothing more', async () => {
    const { clock, window, shared } = setUp();
    const portal = window().of('p');
    const stop = new AbortController();
    const shown: (Wait | undefined)[] = [];
    const onWait = (wait: Wait | undefined) => shown.push(wait);
    const until = clock.now() + 1_000;
    portal.hold('m', until);
    const cancelled = failureOf(portal.turn({ methods: ['m'], signal: stop.signal }));
    const served = new AbortController();
    const turn = portal.turn({ methods: ['m'], signal: served.signal, onWait });
    await clock.run(clock.sleep(1));
    stop.abort();
    assert.equal((await cancelled).kind, 'cancelled');
    await clock.run(turn);
    assert.equal((await stored(shared))?.sent, 1);
    served.abort();
    assert.deepEqual(shown, [{ until, code: 'OPERATION_TIME_LIMIT' }, undefined]);
  });

  it('come when their own hold is over, whatever others wait for', async () => {
    const { clock, window } = setUp();
    const portal = window().of('p');
    const start = clock.now();
    portal.hold('soon', start + 1_000);
    portal.hold('late', start + 4_000);
    const late = portal.turn({ methods: ['late'] });
    await clock.run(portal.turn({ methods: ['soon'] }));
    assert.equal(clock.now(), start + 1_000);
    await clock.run(late);
    assert.equal(clock.now(), start + 4_000);
  });

  it('wait for the longer hold of two windows, whichever was told last', async () => {
    const { clock, window, shared } = setUp();
    const now = clock.now();
    window()
      .of('p')
      .hold('m', now + 10_000);
    window()
      .of('p')
      .hold('m', now + 5_000);
    assert.deepEqual((await stored(shared))?.holds, { m: now + 10_000 });
  });

  for (const [what, before, counts, atOnce] of [
    ['all of a crowd that just fits', 0, { mass: 49 }, 49],
    ['no more of a larger crowd than leave room for prompt ones', 0, { mass: 50 }, 47],
    ['no more of it beside prompt ones', 0, { prompt: 6, mass: 45 }, 47],
    ['none of two alone that would take that room', 47, { mass: 2 }, 0],
    ['nobody of the background behind a crowd', 0, { mass: 6, background: 3 }, 6],
  ] as [string, number, Partial<Record<Lane, number>>, number][]) {
    it(`let ${what} leave at once`, async () => {
      const usual = { size: 50, drain: 2 };
      const { clock, window, many } = setUp({ limits: { usual, large: usual } });
      const limiter = window();
      await clock.run(many(limiter, 50));
      await clock.run(clock.sleep(30_000));
      for (let number = 0; number < before; number += 1) {
        await clock.run(limiter.of('p').turn({ methods: [] }));
      }
      const start = clock.now();
      let left = 0;
      const other = window();
      const turn = async (lane: Lane) => {
        await other.of('p').turn({ methods: [], lane });
        left += clock.now() === start ? 1 : 0;
      };
      const turns = (['prompt', 'mass', 'background'] as const).flatMap((lane) =>
        Array.from({ length: counts[lane] ?? 0 }, () => turn(lane)),
      );
      await clock.run(Promise.all(turns));
      assert.equal(left, atOnce);
    });
  }

  it('show the wait of each by its place, prompt ones first', async () => {
    const { clock, window } = setUp();
    const portal = window().of('p');
    const start = clock.now();
    (await clock.run(portal.turn({ methods: [] }))).refused();
    portal.hold('m', start + 60_000);
    await clock.run(clock.sleep(0));
    const shown: string[] = [];
    const wait = (name: string, lane: Lane, methods: string[] = []) =>
      portal.turn({
        ...{ methods, lane },
        onWait: (told) =>
          told && shown.push(`${name} ${told.until - start} ${told.code.split('_')[0]!}`),
      });
    const all = [
      wait('prompt', 'prompt'),
      wait('background', 'background'),
      wait('mass', 'mass'),
      wait('held', 'prompt', ['m']),
      wait('next', 'prompt'),
    ];
    await clock.run(clock.sleep(1));
    assert.deepEqual(shown, [
      ...['prompt 1000 QUERY', 'next 1500 QUERY', 'mass 2000 QUERY', 'background 2500 QUERY'],
      'held 60000 OPERATION',
    ]);
    await clock.run(Promise.all(all));
  });

  it('are shared no more, but still given, when the shared state fails', async () => {
    const broken: SharedState<BucketState> = {
      update: () => Promise.reject(new Error('disk')),
    };
    const warnings: string[] = [];
    const log = { info: () => undefined, warn: (line: string) => void warnings.push(line) };
    const { clock, window, many } = setUp({ state: () => broken, log });
    const start = clock.now();
    await clock.run(many(window(), 100));
    assert.ok(clock.now() - start < 26_500);
    assert.equal(warnings.length, 1);
  });

  it('are counted in a state that is understood again, and in no other', async () => {
    const { clock, shared, window, many } = setUp();
    await clock.run(many(window(), 3));
    const state = await stored(shared);
    assert.deepEqual(parseBucket(JSON.parse(JSON.stringify(state))), state);
    for (const bad of [
      undefined,
      null,
      7,
      {},
      { ...state, emptyAt: 'soon' },
      { ...state, version: 2 },
      { ...state, writtenAt: -1 },
      { ...state, writtenAt: Infinity },
      { ...state, pause: 1e300 },
      { ...state, sent: 2 ** 53 },
    ]) {
      assert.equal(parseBucket(bad), undefined);
    }
  });

  const far = 1e300;
  const methods = { 'pull.application.push.add': far };
  for (const [damage, withinMs] of [
    [{ emptyAt: far }, 51_000],
    [{ pausedUntil: far, pauseMs: far }, 9_000],
    [{ trialUntil: far, triedAt: far, refusedAt: far, sentAt: far, sent: 999 }, 5_000],
    [{ holds: methods }, 602_000],
    [{ resets: methods }, 1_000],
    [{ writtenAt: far, emptyAt: far }, 1_000],
  ] as const) {
    it(`come although the stored state is damaged: ${JSON.stringify(damage)}`, async () => {
      const { clock, shared, window, call, many } = setUp();
      await clock.run(many(window(), 1));
      const state = (await stored(shared))!;
      const damaged = parseBucket(JSON.parse(JSON.stringify({ ...state, ...damage })));
      assert.ok(damaged);
      await shared.update(() => ({ next: damaged, result: undefined }));
      const start = clock.now();
      await clock.run(call(window(), 'x'));
      assert.ok(clock.now() - start <= withinMs, `${clock.now() - start} ms`);
    });
  }

  it('come although a wait cannot be shown', async () => {
    const warnings: string[] = [];
    const log = { info: () => undefined, warn: (line: string) => void warnings.push(line) };
    const { clock, window, call } = setUp({ log });
    const limiter = window();
    limiter.of('p').hold('pull.application.push.add', clock.now() + 3_000);
    const onWait = () => {
      throw new Error('disposed');
    };
    await clock.run(Promise.all([call(limiter, 'one', { onWait }), call(limiter, 'other')]));
    assert.equal(warnings.length, 1);
  });

  it('are refused, not kept for ever, when counting fails, and come again later', async () => {
    const { clock, window, call } = setUp();
    const limiter = window();
    await clock.run(call(limiter, 'first'));
    const now = clock.now.bind(clock);
    clock.now = () => {
      throw new Error('no clock');
    };
    const { code, phase } = await failureOf(
      limiter
        .of('p')
        .turn({ methods: ['user.get'] })
        .catch((error: unknown) => {
          clock.now = now;
          throw error;
        }),
    );
    assert.deepEqual([code, phase], ['INTERNAL_ERROR', 'notSent']);
    await clock.run(call(limiter, 'x'));
  });
});
