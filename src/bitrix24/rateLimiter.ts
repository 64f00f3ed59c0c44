import { cancelledError } from './abort';
import { Bitrix24Error } from './errors';
import {
  bitrix24Limits,
  Bucket,
  longestHoldMs,
  massReserve,
  operatingWindowMs,
} from './rateLimiterState';
import type { BucketState, Lane, Permit, RateLimits } from './rateLimiterState';

/** A value that all windows of the machine share. */
export interface SharedState<T> {
  /** Gives the current value to `change` and stores the `next` that it returns, with nobody in between. */
  update<R>(change: (current: T | undefined) => { next?: T; result: R }): Promise<R>;
}

/** A wait that the portal's limits ask for. */
export interface Wait {
  /** Unix ms. */
  until: number;
  /** QUERY_LIMIT_EXCEEDED or OPERATION_TIME_LIMIT. */
  code: string;
}

export interface RateLimiterDeps {
  /** The shared state of a portal, by its member_id. */
  state: (portal: string) => SharedState<BucketState>;
  clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> };
  log: { info(message: string): void; warn(message: string): void };
  /** Other limits than Bitrix24's, for measurements against a faster portal. */
  limits?: RateLimits;
}

export interface TurnRequest {
  /** The methods that the request calls; for a batch, those of its commands. */
  methods: readonly string[];
  lane?: Lane | undefined;
  signal?: AbortSignal | undefined;
  /** Called when a wait of over half a second begins or changes, and with undefined when it is over. */
  onWait?: ((wait: Wait | undefined) => void) | undefined;
  /** The request's earlier turn, when it has to be sent again: it keeps its place in the queue. */
  again?: Turn | undefined;
}

/** Operating time of a method as an answer tells it (`time`). */
export interface MethodTime {
  method: string;
  /** Seconds that this call took. */
  duration: number;
  /** Seconds of the method's operating time that are used up. */
  operating: number;
  /** When the portal starts to count anew, Unix ms. */
  resetAt: number;
}

/** One request that may leave now. One of the methods is called once an answer came; neither, if none came. */
export interface Turn {
  readonly place: number;
  /** How often the portal has answered QUERY_LIMIT_EXCEEDED to this request. */
  readonly refusals: number;
  /** The portal took the request, whatever it answered. */
  passed(times?: readonly MethodTime[]): void;
  /** The portal answered QUERY_LIMIT_EXCEEDED. Returns false if the request should be given up. */
  refused(): boolean;
}

const lanes = ['prompt', 'mass', 'background'] as const;
/** After so many prompt requests in a row, one of a waiting mass push goes. */
const promptInARow = 5;
/** A request is given up after so many 503: about a minute of pauses. */
const mostRefusals = 9;
/** A window that has just been served asks again after this time, so that windows take turns. */
const politeMs = 5;
/** The longest sleep at a stretch, in case the clock is moved. */
const longestSleepMs = 5_000;
/** Shorter waits are not shown, and smaller changes of a wait neither. */
const [worthShowingMs, otherWaitMs] = [500, 2_000];
/** Seconds that a method may take within ten minutes. docs/bitrix24.md, section 4. */
const operatingLimit = 480;
/** From this part of the limit on, a method is slowed down so that its time lasts until it is counted anew. */
const operatingCare = 0.8;

/**
 * Decides when each request to a portal may leave, for all windows of the machine together, and how long they pause
 * after a 503. Requests leave in the order in which they came, prompt ones before those of a mass push, and those of the
 * background last.
 */
export class RateLimiter {
  readonly #deps: RateLimiterDeps;
  readonly #portals = new Map<string, PortalLimiter>();

  constructor(deps: RateLimiterDeps) {
    this.#deps = deps;
  }

  /** The limiter of one portal, by its member_id. */
  of(portal: string): PortalLimiter {
    let limiter = this.#portals.get(portal);
    if (!limiter) {
      limiter = new PortalLimiter(this.#deps, portal);
      this.#portals.set(portal, limiter);
    }
    return limiter;
  }
}

interface Waiter {
  place: number;
  refusals: number;
  methods: readonly string[];
  lane: Lane;
  onWait: TurnRequest['onWait'];
  /** The end of the wait that was shown, Unix ms; 0 if none was. */
  shownUntil: number;
  settle: (result: Turn | Bitrix24Error) => void;
}

/** The requests of this window that wait for one portal. */
export class PortalLimiter {
  readonly #deps: RateLimiterDeps;
  readonly #limits: RateLimits;
  readonly #shared: SharedState<BucketState>;
  #waiters: Waiter[] = [];
  /** The state as this window last read or wrote it. */
  #known: Bucket;
  #places = 0;
  #isRunning = false;
  #promptInARow = 0;
  /** More mass requests than the reserve holds have been waiting at once. */
  #isCrowd = false;
  readonly #holds = new Map<string, number>();
  readonly #resets = new Map<string, number>();
  #wake = new AbortController();
  /** The shared state has failed: this window counts for itself. */
  #isAlone = false;

  constructor(deps: RateLimiterDeps, portal: string) {
    this.#deps = deps;
    this.#limits = deps.limits ?? bitrix24Limits;
    this.#shared = deps.state(portal);
    this.#known = new Bucket(this.#limits, undefined, deps.clock.now());
  }

  /** Resolves when the request may leave. Rejects with Bitrix24Error (cancelled, not sent) if the signal aborts first. */
  turn({ methods, lane = 'prompt', signal, onWait, again }: TurnRequest): Promise<Turn> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(cancelledError());
        return;
      }
      const cancel = () => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        this.#wake.abort();
        waiter.settle(cancelledError());
      };
      const waiter: Waiter = {
        place: again?.place ?? this.#places++,
        refusals: again?.refusals ?? 0,
        ...{ methods, lane, onWait, shownUntil: 0 },
        settle: (result) => {
          signal?.removeEventListener('abort', cancel);
          if (waiter.shownUntil > 0) {
            this.#show(waiter, undefined);
          }
          if (result instanceof Bitrix24Error) {
            reject(result);
          } else {
            resolve(result);
          }
        },
      };
      signal?.addEventListener('abort', cancel, { once: true });
      const behind = this.#waiters.findIndex(({ place }) => place > waiter.place);
      this.#waiters.splice(behind === -1 ? this.#waiters.length : behind, 0, waiter);
      this.#wake.abort();
      if (!this.#isRunning) {
        void this.#run();
      }
    });
  }

  /** Lets no request that calls the method leave before `until`, Unix ms. */
  hold(method: string, until: number): void {
    this.#holds.set(method, Math.max(this.#holds.get(method) ?? 0, until));
    this.#report(() => undefined);
  }

  /**
   * Tells when a method that met OPERATION_TIME_LIMIT may be called again, Unix ms. `isTold`: an answer named the time;
   * otherwise it is the latest time possible.
   */
  blockedUntil(method: string): { until: number; isTold: boolean } {
    const now = this.#deps.clock.now();
    const told = [this.#resets.get(method) ?? 0, this.#known.state.resets[method] ?? 0];
    const until = Math.max(...told) + 1_000;
    const isTold = until > now && until <= now + longestHoldMs;
    return { until: isTold ? until : now + operatingWindowMs, isTold };
  }

  /** The end of the pause after a 503, or of the hold of one of these methods, Unix ms; 0 if there is none. */
  async pausedUntil(methods: readonly string[]): Promise<number> {
    const look = this.#shared.update((current) => ({ result: current }));
    const stored = await look.catch(() => this.#known.state);
    const now = this.#deps.clock.now();
    const bucket = new Bucket(this.#limits, stored, now);
    const until = Math.max(bucket.state.pausedUntil, heldUntilIn(bucket, { methods }));
    return until > now ? until : 0;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      while (this.#waiters.length > 0) {
        await this.#serve();
      }
    } catch (cause) {
      // A mistake of ours must not let anybody wait for ever.
      this.#deps.log.warn(`The rate limiter failed: ${nameOf(cause)}`);
      const fields = { kind: 'invalid', phase: 'notSent', code: 'INTERNAL_ERROR' } as const;
      const error = new Bitrix24Error({ ...fields, cause });
      this.#waiters.splice(0).forEach(({ settle }) => settle(error));
    } finally {
      this.#isRunning = false;
      this.#isCrowd = false;
    }
  }

  /** Lets all requests leave that may, then sleeps until the next one may. */
  async #serve(): Promise<void> {
    const { clock } = this.#deps;
    this.#wake = new AbortController();
    const { leaving, inARow, nextAt } = await this.#change((bucket) => this.#choose(bucket));
    this.#promptInARow = inARow;
    for (const { waiter, permit } of leaving) {
      this.#send(waiter, permit);
    }
    if (this.#waiters.length === 0) {
      return;
    }
    const now = clock.now();
    this.#showWaits(nextAt, now);
    // A crowd that has just been served wakes after those of other windows.
    const lateMs = leaving.length > 0 && this.#isCrowd ? politeMs : 0;
    const ms = Math.max(0, Math.min(nextAt + lateMs - now, longestSleepMs));
    // The sleep ends early, by rejecting, when something has changed.
    await clock.sleep(ms, this.#wake.signal).catch(() => undefined);
  }

  /** The requests that may leave now, and if there is none, the time at which to look again. */
  #choose(bucket: Bucket): {
    leaving: { waiter: Waiter; permit: Permit }[];
    /** Prompt requests that have gone ahead of a waiting mass push, one after another. */
    inARow: number;
    nextAt: number;
  } {
    const { writtenAt: now } = bucket.state;
    const heldUntil = (waiter: Waiter) => heldUntilIn(bucket, waiter);
    const ready = this.#waiters.filter((waiter) => heldUntil(waiter) <= now);
    let mass = ready.filter(({ lane }) => lane === 'mass').length;
    this.#isCrowd ||= mass > massReserve;
    const leaving: { waiter: Waiter; permit: Permit }[] = [];
    let inARow = this.#promptInARow;
    while (ready.length > 0) {
      const isMassDue = inARow >= promptInARow && mass > 0;
      const isWaiting = (lane: Lane) => ready.some((waiter) => waiter.lane === lane);
      const lane = isMassDue ? 'mass' : (lanes.find(isWaiting) ?? 'background');
      const index = ready.findIndex((waiter) => waiter.lane === lane);
      // The last ones of a crowd need not leave anything free, since nothing comes after them.
      const isLast = lane === 'mass' && this.#isCrowd && mass <= massReserve;
      const permit = bucket.take(isMassDue || isLast ? 'prompt' : lane);
      if (typeof permit === 'number') {
        return { leaving, inARow, nextAt: permit };
      }
      for (const waiter of ready.splice(index, 1)) {
        leaving.push({ waiter, permit });
      }
      inARow = lane === 'prompt' && mass > 0 ? inARow + 1 : 0;
      mass -= lane === 'mass' ? 1 : 0;
      if (permit.isTrial) {
        break;
      }
    }
    return { leaving, inARow, nextAt: Math.min(...this.#waiters.map(heldUntil)) };
  }

  #send(waiter: Waiter, permit: Permit): void {
    this.#waiters = this.#waiters.filter((other) => other !== waiter);
    const turn = {
      place: waiter.place,
      refusals: waiter.refusals,
      passed: (times: readonly MethodTime[] = []) => this.#passed(permit, times),
      refused: () => {
        turn.refusals += 1;
        this.#refused(permit);
        return turn.refusals <= mostRefusals;
      },
    };
    waiter.settle(turn);
  }

  #passed(permit: Permit, times: readonly MethodTime[]): void {
    const now = this.#deps.clock.now();
    for (const { method, duration, operating, resetAt } of times) {
      this.#resets.set(method, resetAt);
      const leftMs = Math.min(resetAt - now, operatingWindowMs);
      if (operating >= operatingLimit * operatingCare && leftMs > 0) {
        const leftSeconds = Math.max(operatingLimit - operating, 1);
        this.hold(method, now + Math.min((duration * leftMs) / leftSeconds, leftMs));
      }
    }
    if (permit.isTrial || this.#known.isLearning) {
      this.#report((bucket) => bucket.passed(permit));
    }
  }

  #refused(permit: Permit): void {
    this.#report((bucket) => {
      if (bucket.refused(permit)) {
        const ms = Math.ceil(bucket.state.pauseMs);
        this.#deps.log.info(`The portal's bucket is full: a pause of ${ms} ms`);
      }
    });
  }

  /** Tells the other windows what has happened, and looks again who may leave. */
  #report(change: (bucket: Bucket) => void): void {
    void this.#change(change).then(() => this.#wake.abort());
  }

  /** Changes the shared state, or this window's own where the shared one has failed. */
  async #change<R>(change: (bucket: Bucket) => R): Promise<R> {
    const { clock, log } = this.#deps;
    const apply = (stored: BucketState | undefined) => {
      const bucket = new Bucket(this.#limits, stored, clock.now());
      const { state } = bucket;
      keepLatest(state.holds, this.#holds, state.writtenAt);
      keepLatest(state.resets, this.#resets, state.writtenAt);
      const result = change(bucket);
      this.#known = bucket;
      return { next: state, result };
    };
    if (!this.#isAlone) {
      try {
        return await this.#shared.update(apply);
      } catch (error) {
        this.#isAlone = true;
        log.warn(`The rate limit is not shared with other windows: ${nameOf(error)}`);
      }
    }
    return apply(this.#known.state).result;
  }

  /** Tells each waiting request when its turn is expected, if the next one's is at `nextAt`. */
  #showWaits(nextAt: number, now: number): void {
    const held = (waiter: Waiter) => heldUntilIn(this.#known, waiter);
    const inLane = (wanted: Lane) =>
      this.#waiters.filter((waiter) => waiter.lane === wanted && held(waiter) <= now);
    lanes.flatMap(inLane).forEach((waiter, index) => {
      const until = nextAt + index * this.#known.stepMs;
      this.#showIfNew(waiter, { until, code: 'QUERY_LIMIT_EXCEEDED' }, now);
    });
    for (const waiter of this.#waiters.filter((one) => held(one) > now)) {
      this.#showIfNew(waiter, { until: held(waiter), code: 'OPERATION_TIME_LIMIT' }, now);
    }
  }

  #showIfNew(waiter: Waiter, wait: Wait, now: number): void {
    const isNew = Math.abs(wait.until - waiter.shownUntil) > otherWaitMs;
    if (wait.until - now > worthShowingMs && isNew) {
      waiter.shownUntil = wait.until;
      this.#show(waiter, wait);
    }
  }

  #show(waiter: Waiter, wait: Wait | undefined): void {
    try {
      waiter.onWait?.(wait);
    } catch (error) {
      waiter.onWait = undefined;
      this.#deps.log.warn(`A wait could not be shown: ${nameOf(error)}`);
    }
  }
}

/** A state for one window alone. */
export function memoryState<T>(): SharedState<T> {
  let value: T | undefined;
  return {
    update: (change) => {
      const { next, result } = change(value);
      value = next === undefined ? value : structuredClone(next);
      return Promise.resolve(result);
    },
  };
}

function heldUntilIn({ state }: Bucket, { methods }: Pick<Waiter, 'methods'>): number {
  return Math.max(0, ...methods.map((method) => state.holds[method] ?? 0));
}

function keepLatest(
  times: Record<string, number>,
  others: ReadonlyMap<string, number>,
  now: number,
): void {
  for (const [method, at] of others) {
    if (at > Math.max(now, times[method] ?? 0)) {
      times[method] = at;
    }
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
