import * as v from 'valibot';

/** Bitrix24: each request pours one in, `drain` leak out each second, what does not fit is 503. */
export interface Plan {
  size: number;
  drain: number;
}

/** `usual` is every plan's; `large` is Enterprise's. Per portal and source address. */
export interface Plans {
  usual: Plan;
  large: Plan;
}

export const bitrix24Plans: Plans = {
  usual: { size: 50, drain: 2 },
  large: { size: 250, drain: 5 },
};

/** A small push goes before a mass send, which leaves room for it. */
export type Lane = 'prompt' | 'mass';

/** Requests that a mass send leaves room for. */
const massRoom = 2;
/** Clocks and networks are not exact. */
const margin = 1;
/** Requests on the wire at first, when nobody knows how full others have made the bucket. */
const firstFlight = 5;
/** A bucket that refused us in this time may be shared with others: then one request goes ahead. */
const suspiciousMs = 3_600_000;
/** A portal is tried for a large bucket that often at most. */
const tryAgainMs = 3_600_000;
/** So many more than the usual bucket holds must pass, one after another, before it is taken for a large one. */
const proof = 10;
/** After that long without an answer, the next one may go. */
const silentMs = 2_000;
/** What is known of the level is worth nothing after such a time without requests. */
const forgottenMs = 60_000;
/** How long one request on trial is waited for. */
const trialMs = 30_000;

/** Pauses, in leaks. */
const [firstPause, longestPause] = [2, 16];
/** Full buckets that may have been promised: windows take their next turn ahead of time. */
const promised = 2;
/** Bitrix24 counts operating time in ten minutes; its times have no fractions. */
const longestHoldMs = 601_000;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const time = v.pipe(v.number(), v.finite(), v.minValue(0));

const bucketSchema = v.object({
  version: v.literal(1),
  /** When this was written. Times are Unix ms. */
  at: time,
  /** When everything that was let through will have leaked out. */
  emptyAt: time,
  large: v.boolean(),
  /** Counts the pauses: who left before the present one says nothing about it. */
  pause: count,
  pausedUntil: time,
  pauseMs: time,
  /** The last 503; 0 for none. */
  refusedAt: time,
  /** Let through, and answered, since the level was last unknown. */
  issued: count,
  passed: count,
  issuedAt: time,
  /** The last attempt to learn whether the bucket is large; 0 for none. */
  triedAt: time,
  /** Until when one request on trial is waited for; 0 for none. */
  trialUntil: time,
  /** Lower-case method to when it may be called next: its operating time runs out. */
  methods: v.record(v.string(), time),
  /** Lower-case method to when its operating time is counted anew, as an answer last told. */
  resets: v.optional(v.record(v.string(), time), {}),
});

/** What all windows of a machine know about one portal's bucket. */
export type BucketState = v.InferOutput<typeof bucketSchema>;

/** One request that may go. */
export interface Permit {
  /** Unix ms. */
  at: number;
  /** Worth nothing after another pause. */
  pause: number;
  /** Sent ahead of its time, to learn whether the bucket is large. */
  trial: boolean;
}

/** undefined for what is no state of a bucket. */
export function parseBucket(value: unknown): BucketState | undefined {
  const parsed = v.safeParse(bucketSchema, value);
  return parsed.success ? parsed.output : undefined;
}

/**
 * The leaky bucket of one portal as arithmetic on a small state, so that all windows share it through a file.
 *
 * - The level is known from what we let through. Of a portal not spoken to for a minute it is not: others behind
 *   the same address may have filled its bucket. So five requests may be on the wire, and each answer lets two more
 *   go, until as many passed as a bucket holds; one, if it refused us within the hour.
 * - One 503 says that the bucket is full: everything that was let through but has not left is void, and nobody
 *   sends before the pause is over (1 s, doubled while it goes on, at most 8 s). More 503 of that time say nothing.
 * - A large bucket is learnt by trial, at most once an hour: when the usual one is full by our count and nobody was
 *   refused within the hour, one request goes ahead of its time; passes it, the next one, until ten more than the
 *   usual bucket holds have passed. The first 503 ends the trial, and takes the large bucket back at any time.
 */
export class LeakyBucket {
  readonly #plans: Plans;

  constructor(plans: Plans) {
    this.#plans = plans;
  }

  /** What holds now; `known` is what was stored, `large` what is believed of a portal that nothing is stored about. */
  state(known: BucketState | undefined, now: number, large = false): BucketState {
    if (known === undefined) {
      return {
        ...{ version: 1, at: now, emptyAt: now, large, pause: 0, pausedUntil: 0, pauseMs: 0 },
        ...{ refusedAt: 0, issued: 0, passed: 0, issuedAt: 0, triedAt: 0, trialUntil: 0 },
        methods: {},
        resets: {},
      };
    }
    // A clock that was set back: what is written lies in the future by as much.
    const ahead = Math.max(0, known.at - now);
    // What lies further ahead than any rule here puts it is damage, and must not stop anybody for long.
    const back = (at: number, mostAhead = 0) => Math.min(Math.max(0, at - ahead), now + mostAhead);
    const toCome = (times: Record<string, number>) =>
      Object.fromEntries(
        Object.entries(times)
          .map(([method, at]) => [method, back(at, longestHoldMs)] as const)
          .filter(([, at]) => at > now),
      );
    const pauseMs = longestPause * (1000 / this.#plans.usual.drain);
    const fullMs = this.#plan(known).size * this.step(known);
    const state = {
      ...known,
      emptyAt: Math.max(now, back(known.emptyAt, promised * fullMs)),
      pausedUntil: back(known.pausedUntil, pauseMs),
      pauseMs: Math.min(known.pauseMs, pauseMs),
      refusedAt: back(known.refusedAt),
      issuedAt: back(known.issuedAt),
      triedAt: back(known.triedAt),
      trialUntil: back(known.trialUntil, trialMs),
      methods: toCome(known.methods),
      resets: toCome(known.resets),
    };
    const forgotten = now - Math.max(state.issuedAt, state.refusedAt) > forgottenMs;
    return forgotten && state.emptyAt <= now
      ? { ...state, at: now, issued: 0, passed: 0 }
      : { ...state, at: now };
  }

  /** Permits for `wanted` requests: those of the next `horizonMs`, or the next one. Changes `state`. */
  take(
    state: BucketState,
    {
      now,
      lane,
      wanted,
      horizonMs,
    }: { now: number; lane: Lane; wanted: number; horizonMs: number },
  ): Permit[] {
    const { size } = this.#plan(state);
    const step = this.step(state);
    const room = size - margin - (lane === 'mass' ? massRoom : 0);
    const permits: Permit[] = [];
    const flight = this.#flight(state, now);
    while (permits.length < Math.min(wanted, flight)) {
      const emptyAt = Math.max(state.emptyAt, now) + step;
      let at = Math.max(now, state.pausedUntil, emptyAt - room * step);
      const trial = at > now && permits.length === 0 && this.mayTry(state, now);
      if (trial) {
        at = now;
        state.triedAt = now;
        state.trialUntil = now + trialMs;
      } else if (at > now + horizonMs && permits.length > 0) {
        break;
      }
      permits.push({ at, pause: state.pause, trial });
      state.emptyAt = emptyAt;
      state.issued += 1;
      state.issuedAt = now;
    }
    return permits;
  }

  /** Permits that nobody needed any more. Changes `state`. */
  giveBack(state: BucketState, permits: readonly Permit[], now: number): void {
    const good = permits.filter(({ pause }) => pause === state.pause);
    state.emptyAt = Math.max(now, state.emptyAt - good.length * this.step(state));
    state.issued = Math.max(0, state.issued - good.length);
    if (good.some(({ trial }) => trial)) {
      state.trialUntil = 0;
    }
  }

  /** Whether the shared state has to hear of it when a request has passed. */
  wantsPasses(state: BucketState): boolean {
    return state.passed < this.#plan(state).size || state.pauseMs > 0;
  }

  /** The portal took `count` requests. Changes `state`. */
  passed(state: BucketState, count: number, now: number, trial = false): void {
    state.passed += count;
    if (state.passed >= this.#plan(state).size) {
      state.pauseMs = 0;
    }
    if (trial && !state.large) {
      state.trialUntil = 0;
      const level = (state.emptyAt - now) / this.step(state);
      if (level >= this.#plans.usual.size + proof) {
        state.large = true;
        state.issued = state.passed = this.#plans.large.size;
        state.emptyAt = now + level * this.step(state);
      }
    }
  }

  /** The portal answered 503 to a request of pause number `pause`. Changes `state`; false: everybody knows already. */
  refused(state: BucketState, pause: number, now: number): boolean {
    if (pause !== state.pause) {
      return false;
    }
    state.large = false;
    const step = this.step(state);
    state.pauseMs = Math.min(
      state.pauseMs > 0 ? state.pauseMs * 2 : firstPause * step,
      longestPause * step,
    );
    state.pause += 1;
    state.pausedUntil = now + state.pauseMs;
    // It holds more than the whole bucket less one.
    state.emptyAt = now + (this.#plan(state).size - 0.5) * step;
    state.refusedAt = now;
    state.issued = 0;
    state.passed = 0;
    if (state.trialUntil > 0) {
      state.trialUntil = 0;
      state.triedAt = now;
    }
    return true;
  }

  /** Whether one request may go ahead of its time, to learn whether the bucket is large. */
  mayTry(state: BucketState, now: number): boolean {
    const trying = state.triedAt > state.refusedAt && now - state.triedAt < trialMs;
    return (
      !state.large &&
      state.passed >= this.#plans.usual.size &&
      state.trialUntil <= now &&
      now - state.refusedAt >= suspiciousMs &&
      (state.triedAt === 0 || trying || now - state.triedAt >= tryAgainMs)
    );
  }

  /** Ms in which one request leaks out. */
  step(state: BucketState): number {
    return 1000 / this.#plan(state).drain;
  }

  /** How many may leave now without an answer to those before. */
  #flight(state: BucketState, now: number): number {
    if (state.passed >= this.#plan(state).size) {
      return Infinity;
    }
    const first = now - state.refusedAt < suspiciousMs ? 1 : firstFlight;
    const left = first + 2 * state.passed - state.issued;
    return left <= 0 && now - state.issuedAt > silentMs ? 1 : left;
  }

  #plan(state: BucketState): Plan {
    return state.large ? this.#plans.large : this.#plans.usual;
  }
}
