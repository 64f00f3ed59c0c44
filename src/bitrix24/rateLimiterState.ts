import * as v from 'valibot';

/** A leaky bucket: each request adds one, `drain` leave each second, and one that does not fit gets 503. */
export interface RateLimit {
  size: number;
  drain: number;
}

/** The limits of a usual portal and of one on the Enterprise plan. docs/bitrix24.md, section 4. */
export interface RateLimits {
  usual: RateLimit;
  large: RateLimit;
}

export const bitrix24Limits: RateLimits = {
  usual: { size: 50, drain: 2 },
  large: { size: 250, drain: 5 },
};

/**
 * Whose request goes first. `prompt`: a small push or what somebody waits for. `mass`: one of many requests, which
 * leaves some of the bucket free for prompt ones. `background`: leaves only while the bucket is empty.
 */
export type Lane = 'prompt' | 'mass' | 'background';

/** Requests by which a `mass` push leaves the bucket free. */
export const massReserve = 2;
/** Requests by which everybody leaves it free, because clocks and networks are not exact. */
const margin = 0.75;
/** The pause after a 503, in times that one request takes to leave the bucket: doubled up to the longest. */
const [firstPause, longestPause] = [2, 16];
/** Requests on their way at first, while nobody knows how full others have made the bucket. */
const firstFlight = 5;
/** After that long without an answer, one more request may leave. */
const silentMs = 2_000;
/** After so long without requests, the level counts as unknown again. */
const forgottenMs = 60_000;
/** For so long after a 503, requests start one by one and the larger limit is not tried. */
const carefulMs = 3_600_000;
/** A portal is tried for the larger limit this often at most, and each trial request waited for this long. */
const [trialEveryMs, trialMs] = [3_600_000, 30_000];
/** The number of requests beyond the usual bucket's size that must pass before the bucket counts as the large one. */
const trialProof = 10;
/** While answers are awaited: those to another window may let this one go on. */
const lookAgainMs = 250;
/** A clock that was set back by less is no reason to forget what is known. */
const clockStepMs = 1_000;
/** Bitrix24 counts a method's operating time in a window of ten minutes, and tells times in whole seconds. */
export const operatingWindowMs = 600_000;
/** One second more, since the portal tells times in whole seconds. */
export const longestHoldMs = operatingWindowMs + 1_000;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const time = v.pipe(v.number(), v.finite(), v.minValue(0));
const timeByMethod = v.record(v.string(), time);

/** Times are Unix ms; 0 stands for never. */
const bucketSchema = v.object({
  version: v.literal(1),
  writtenAt: time,
  /** When the bucket will be empty, by what all windows have sent. */
  emptyAt: time,
  isLarge: v.boolean(),
  /** The number of the latest pause. A request that left before it says nothing about what holds now. */
  pause: count,
  pausedUntil: time,
  pauseMs: time,
  refusedAt: time,
  /** Requests sent, and taken by the portal, since the level was last unknown. */
  sent: count,
  passed: count,
  sentAt: time,
  /** The last attempt to learn whether the bucket is the large one, and until when its answer is waited for. */
  triedAt: time,
  trialUntil: time,
  /** Until when a method must not be called. */
  holds: timeByMethod,
  /** When a method's operating time is counted anew. */
  resets: timeByMethod,
});

/** What all windows of a machine know about one portal's bucket. */
export type BucketState = v.InferOutput<typeof bucketSchema>;

/** undefined if the value is not the state of a bucket. */
export function parseBucket(value: unknown): BucketState | undefined {
  return v.is(bucketSchema, value) ? value : undefined;
}

/** The state of a portal that nothing is known about. */
export function newBucket(now: number): BucketState {
  return {
    ...{ version: 1, writtenAt: now, emptyAt: now, isLarge: false },
    ...{ pause: 0, pausedUntil: 0, pauseMs: 0, refusedAt: 0, sent: 0, passed: 0, sentAt: 0 },
    ...{ triedAt: 0, trialUntil: 0, holds: {}, resets: {} },
  };
}

/** Leave for one request. */
export interface Permit {
  /** Number of the pause that it comes after. */
  pause: number;
  /** The request leaves ahead of its time, to learn whether the bucket is the large one. */
  isTrial: boolean;
}

/**
 * The arithmetic of one portal's leaky bucket.
 *
 * - The level is computed from what the windows have sent. It is unknown for a portal not spoken to for a minute:
 *   others behind the same address may have filled the bucket. So at first five requests may be on their way, and
 *   each answer allows two more, until as many passed as the bucket holds; only one, if there was a 503 within the hour.
 * - A 503 means that the bucket is full, so nobody sends until the pause is over: 1 s, doubled while the 503 go on, at
 *   most 8 s. Other 503 to requests that left before the pause change nothing.
 * - The larger limit is learnt by trial, once an hour at most: when the usual bucket is full by our count and there was
 *   no 503 within the hour, one request leaves ahead of its time. If it passes, so does the next, until ten more than
 *   the usual bucket holds have passed. The first 503 ends the trial, and later takes the larger limit back.
 */
export class Bucket {
  readonly state: BucketState;
  readonly #limits: RateLimits;
  readonly #now: number;

  constructor(limits: RateLimits, stored: BucketState | undefined, now: number) {
    this.#limits = limits;
    this.#now = now;
    const known = stored && isSound(stored, now) ? stored : newBucket(now);
    const emptyAt = Math.max(now, known.emptyAt);
    const toCome = (times: Record<string, number>) =>
      Object.fromEntries(Object.entries(times).filter(([, at]) => at > now));
    const [holds, resets] = [toCome(known.holds), toCome(known.resets)];
    this.state = { ...known, writtenAt: now, emptyAt, holds, resets };
    if (emptyAt === now && now - Math.max(known.sentAt, known.refusedAt) > forgottenMs) {
      this.state.sent = 0;
      this.state.passed = 0;
    }
  }

  get #limit(): RateLimit {
    return this.state.isLarge ? this.#limits.large : this.#limits.usual;
  }

  /** Ms in which one request leaves the bucket. */
  get stepMs(): number {
    return 1000 / this.#limit.drain;
  }

  /** True while answers decide how many requests may leave. */
  get isLearning(): boolean {
    return this.state.passed < this.#limit.size;
  }

  /** Gives leave for one request now; else the time at which to ask again. */
  take(lane: Lane): Permit | number {
    const [state, now] = [this.state, this.#now];
    if (this.#flight() <= 0) {
      return now + lookAgainMs;
    }
    const most = this.#limit.size - margin;
    const capacity = { prompt: most, mass: most - massReserve, background: 1 }[lane];
    const at = Math.max(state.pausedUntil, state.emptyAt - (capacity - 1) * this.stepMs);
    const isTrial = at > now && lane !== 'background' && this.#mayTry();
    if (at > now && !isTrial) {
      return at;
    }
    if (isTrial) {
      state.triedAt = now;
      state.trialUntil = now + trialMs;
    }
    state.emptyAt += this.stepMs;
    state.sent += 1;
    state.sentAt = now;
    return { pause: state.pause, isTrial };
  }

  /** A request was taken. That says nothing any more if it left before the latest pause. */
  passed({ pause, isTrial }: Permit): void {
    const [state, now] = [this.state, this.#now];
    if (pause !== state.pause) {
      return;
    }
    state.passed += 1;
    if (state.passed >= this.#limit.size) {
      state.pauseMs = 0;
    }
    if (isTrial && !state.isLarge) {
      state.trialUntil = 0;
      const level = (state.emptyAt - now) / this.stepMs;
      if (level >= this.#limits.usual.size + trialProof) {
        state.isLarge = true;
        state.sent = state.passed = this.#limit.size;
        state.emptyAt = now + level * this.stepMs;
      }
    }
  }

  /** A request got a 503. Returns false if it left before the latest pause. */
  refused({ pause }: Permit): boolean {
    const [state, now] = [this.state, this.#now];
    if (pause !== state.pause) {
      return false;
    }
    state.isLarge = false;
    const { stepMs } = this;
    const next = state.pauseMs > 0 ? state.pauseMs * 2 : firstPause * stepMs;
    state.pauseMs = Math.min(next, longestPause * stepMs);
    state.pause += 1;
    state.pausedUntil = now + state.pauseMs;
    // The bucket holds more than its size less one.
    state.emptyAt = now + (this.#limit.size - 0.5) * stepMs;
    state.refusedAt = now;
    state.sent = 0;
    state.passed = 0;
    if (state.trialUntil > 0) {
      state.trialUntil = 0;
      state.triedAt = now;
    }
    return true;
  }

  #mayTry(): boolean {
    const { isLarge, passed, refusedAt, triedAt, trialUntil } = this.state;
    const { usual, large } = this.#limits;
    const sinceTrial = this.#now - triedAt;
    return (
      !isLarge &&
      large.size > usual.size &&
      passed >= usual.size &&
      trialUntil <= this.#now &&
      this.#now - refusedAt >= carefulMs &&
      (sinceTrial < trialMs || sinceTrial >= trialEveryMs)
    );
  }

  /** How many requests may leave now without an answer to those before. */
  #flight(): number {
    const { passed, sent, sentAt, refusedAt } = this.state;
    if (passed >= this.#limit.size) {
      return Infinity;
    }
    const first = this.#now - refusedAt < carefulMs ? 1 : firstFlight;
    const left = first + 2 * passed - sent;
    return left <= 0 && this.#now - sentAt > silentMs ? 1 : left;
  }
}

/** False for times further ahead than any rule puts them: the clock was set back, or the state is damaged. */
function isSound(state: BucketState, now: number): boolean {
  const { writtenAt, emptyAt, pausedUntil, refusedAt, sentAt, triedAt, trialUntil } = state;
  // Not the resets: the portal's clock may be ahead of ours.
  const toCome = [emptyAt, pausedUntil, trialUntil, ...Object.values(state.holds)];
  return (
    [writtenAt, refusedAt, sentAt, triedAt].every((at) => at <= now + clockStepMs) &&
    toCome.every((at) => at <= now + longestHoldMs)
  );
}
