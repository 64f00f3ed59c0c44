import { Bitrix24Error } from './errors';
import { bitrix24Plans, LeakyBucket } from './leakyBucket';
import type { BucketState, Lane, Permit, Plans } from './leakyBucket';
import type { Wait } from './pauses';
import { cancelledError } from './unlessAborted';

/** A value that all windows of the machine read and change; one in memory serves where there is one window. */
export interface SharedState<T> {
  read(): Promise<T | undefined>;
  /** Gives the current value to `change` and stores `next` of what it makes of it, with nobody in between. */
  update<R>(change: (current: T | undefined) => { next?: T; result: R }): Promise<R>;
}

export interface PacerDeps {
  /** By the portal's member_id. */
  state: (portal: string) => SharedState<BucketState>;
  clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<void> };
  log?: { info(message: string): void; warn(message: string): void } | undefined;
  plans?: Plans | undefined;
  /** What to believe of a portal that nothing is known about; default: it is a usual one. */
  large?: boolean | undefined;
}

export interface PacedRequest {
  /** The portal's member_id. */
  portal: string;
  /** Methods that it calls, of a batch those of its commands. */
  methods: readonly string[];
  lane?: Lane | undefined;
  signal?: AbortSignal | undefined;
  /** Called when a wait of more than half a second begins, and when it turns out to be another one. */
  onWait?: ((wait: Wait) => void) | undefined;
  /** The turn that the portal refused: the request keeps its place. */
  again?: Turn | undefined;
}

/** A method's time in an answer. Bitrix24: `time`. */
export interface MethodTime {
  method: string;
  /** Seconds of this call. */
  duration: number;
  /** Seconds of the method's budget that are used up. */
  operating: number;
  /** Unix ms. */
  resetAt: number;
}

/** One request that may go now. Its end is told by one of these, at once; nothing said means that no answer came. */
export interface Turn {
  readonly place: number;
  /** The portal took it, whatever it answered. */
  passed(times?: readonly MethodTime[]): void;
  /** QUERY_LIMIT_EXCEEDED. */
  refused(): void;
}

interface Waiter {
  place: number;
  methods: readonly string[];
  lane: Lane;
  onWait: ((wait: Wait) => void) | undefined;
  go: (turn: Turn) => void;
  fail: (error: Bitrix24Error) => void;
  told: number;
  /** A permit of the prompt lane was asked for it. */
  asked: boolean;
}

/** Permits are taken for so long ahead at most, so that a small push does not wait for what others have taken. */
const horizonMs = 250;
/** What was read from the shared state is used that long. */
const freshMs = 100;
/** While no permit was to be had: an answer to another window may let more go. */
const lookAgainMs = 250;
/** No longer at a stretch, should the clock be moved. */
const longestSleepMs = 5_000;
const worthTellingMs = 500;
/** A wait that turns out to be that much longer or shorter is told anew. */
const otherWaitMs = 2_000;
/** Of a mass send, one request goes after so many prompt ones. */
const promptInARow = 5;
/** Bitrix24: a method may take 480 s within ten minutes. */
const operatingLimit = 480;
const operatingWindowMs = 600_000;
/** From this part of the limit on, a method is slowed down, so that its time lasts until it is counted anew. */
const operatingCare = 0.8;

/**
 * Gives each request to a portal its turn: in the order of their coming, prompt ones before those of a mass send,
 * at the rate that the portal's bucket allows all windows together. See {@link LeakyBucket} for the rules.
 */
export class Pacer {
  readonly #deps: PacerDeps;
  readonly #lines = new Map<string, Line>();

  constructor(deps: PacerDeps) {
    this.#deps = deps;
  }

  /** Rejects with Bitrix24Error (cancelled, not sent) when the signal aborts first. */
  turn(request: PacedRequest): Promise<Turn> {
    return this.#line(request.portal).turn(request);
  }

  /** No request that calls the method goes before `until`, Unix ms: it met OPERATION_TIME_LIMIT. */
  hold(portal: string, method: string, until: number): void {
    this.#line(portal).hold([[method.toLowerCase(), until]]);
  }

  /** When the method's operating time is counted anew, Unix ms, as the windows were last told. */
  resetAt(portal: string, method: string): number | undefined {
    return this.#line(portal).resetAt(method.toLowerCase());
  }

  #line(portal: string): Line {
    let line = this.#lines.get(portal);
    if (!line) {
      line = new Line(this.#deps, portal);
      this.#lines.set(portal, line);
    }
    return line;
  }
}

/** Those of this window who wait for one portal. */
class Line {
  readonly #deps: PacerDeps;
  readonly #bucket: LeakyBucket;
  readonly #shared: SharedState<BucketState>;
  readonly #waiters: Waiter[] = [];
  /** Taken from the shared bucket, by time. */
  #permits: Permit[] = [];
  #known: BucketState;
  #readAt = -Infinity;
  #places = 0;
  #running = false;
  #promptSince = 0;
  /** By method; not yet in the shared state. */
  readonly #resets = new Map<string, number>();
  #passes = 0;
  #trialPassed = false;
  #telling = false;
  #lastNow = 0;
  #wake: (() => void) | undefined;
  #woken = false;
  #alone = false;

  constructor(deps: PacerDeps, portal: string) {
    this.#deps = deps;
    this.#bucket = new LeakyBucket(deps.plans ?? bitrix24Plans);
    this.#shared = deps.state(portal);
    this.#known = this.#bucket.state(undefined, deps.clock.now(), deps.large);
  }

  turn(request: PacedRequest): Promise<Turn> {
    const { signal, again } = request;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(cancelledError());
        return;
      }
      const abort = () => {
        const index = this.#waiters.indexOf(waiter);
        if (index !== -1) {
          this.#waiters.splice(index, 1);
          this.#stir();
          reject(cancelledError());
        }
      };
      const waiter: Waiter = {
        place: again?.place ?? this.#places++,
        methods: request.methods.map((method) => method.toLowerCase()),
        lane: request.lane ?? 'prompt',
        onWait: request.onWait,
        go: (turn) => {
          signal?.removeEventListener('abort', abort);
          resolve(turn);
        },
        fail: (error) => {
          signal?.removeEventListener('abort', abort);
          reject(error);
        },
        told: 0,
        asked: false,
      };
      signal?.addEventListener('abort', abort, { once: true });
      const behind = this.#waiters.findIndex(({ place }) => place > waiter.place);
      this.#waiters.splice(behind === -1 ? this.#waiters.length : behind, 0, waiter);
      this.#stir();
      if (!this.#running) {
        void this.#run();
      }
    });
  }

  resetAt(method: string): number | undefined {
    const at = Math.max(this.#resets.get(method) ?? 0, this.#known.resets[method] ?? 0);
    return at > 0 ? at : undefined;
  }

  hold(holds: readonly (readonly [method: string, until: number])[]): void {
    const add = (state: BucketState) => {
      for (const [method, until] of holds) {
        state.methods[method] = Math.max(state.methods[method] ?? 0, until);
      }
    };
    add(this.#known);
    void this.#change(add).then(() => this.#stir());
  }

  async #run(): Promise<void> {
    this.#running = true;
    try {
      while (this.#waiters.length > 0) {
        await this.#serve();
      }
    } catch (cause) {
      // A mistake of ours: nobody may wait for ever because of it.
      this.#deps.log?.warn(`Turns ended: ${cause instanceof Error ? cause.message : 'unknown'}`);
      const fields = { kind: 'invalid', phase: 'notSent', code: 'INTERNAL_ERROR' } as const;
      this.#waiters.splice(0).forEach(({ fail }) => fail(new Bitrix24Error({ ...fields, cause })));
    } finally {
      this.#running = false;
    }
    await this.#giveBack();
  }

  /** Lets the next one go, or sleeps until there may be one. */
  async #serve(): Promise<void> {
    const { clock } = this.#deps;
    this.#woken = false;
    const now = clock.now();
    if (now < this.#lastNow - 1_000) {
      // The clock was set back: the times of our permits mean nothing now.
      this.#permits = [];
    }
    this.#lastNow = now;
    await this.#look(now);
    let ready = this.#ready(now);
    if (ready.length > 0) {
      await this.#supply(ready, now);
      // What others have written may be news.
      ready = this.#ready(now);
    } else {
      await this.#giveBack();
    }
    const [permit] = this.#permits;
    const waiter = this.#first(ready);
    if (permit && waiter && permit.at <= clock.now()) {
      this.#permits.shift();
      this.#send(waiter, permit);
      return;
    }
    const until = ready.length === 0 ? this.#earliestHold() : (permit?.at ?? now + lookAgainMs);
    this.#tell(ready, now);
    await this.#sleep(Math.min(until - clock.now(), longestSleepMs));
  }

  #send(waiter: Waiter, permit: Permit): void {
    const index = this.#waiters.indexOf(waiter);
    if (index === -1) {
      // Cancelled while we looked.
      this.#permits.unshift(permit);
      return;
    }
    this.#waiters.splice(index, 1);
    this.#promptSince = waiter.lane === 'prompt' ? this.#promptSince + 1 : 0;
    waiter.go({
      place: waiter.place,
      passed: (times = []) => this.#passed(permit, times),
      refused: () => this.#refused(permit),
    });
  }

  #passed(permit: Permit, times: readonly MethodTime[]): void {
    const now = this.#deps.clock.now();
    for (const { method, resetAt } of times) {
      // Told to the other windows with whatever is told them next.
      this.#resets.set(method.toLowerCase(), resetAt);
    }
    const holds = times.flatMap(({ method, duration, operating, resetAt }) => {
      const left = Math.min(resetAt - now, operatingWindowMs);
      if (operating < operatingLimit * operatingCare || left <= 0) {
        return [];
      }
      const budget = Math.max(operatingLimit - operating, 1);
      return [[method.toLowerCase(), now + Math.min((duration * left) / budget, left)] as const];
    });
    if (holds.length > 0) {
      this.hold(holds);
    }
    if (
      permit.pause === this.#known.pause &&
      (permit.trial || this.#bucket.wantsPasses(this.#known))
    ) {
      this.#passes += 1;
      this.#trialPassed ||= permit.trial;
      // Several answers are told together.
      if (!this.#telling) {
        this.#telling = true;
        void this.#change(() => undefined).then(() => {
          this.#telling = false;
          this.#stir();
        });
      }
    }
  }

  #refused(permit: Permit): void {
    // Those on the wire beside it will be refused for the same reason; those not yet sent must not go.
    this.#permits = this.#permits.filter(({ pause }) => pause !== permit.pause);
    this.#passes = 0;
    const now = this.#deps.clock.now();
    this.#bucket.refused(this.#known, permit.pause, now);
    void this.#change((state) => {
      if (this.#bucket.refused(state, permit.pause, now)) {
        this.#deps.log?.info(
          `The portal's bucket is full: a pause of ${Math.ceil(state.pauseMs)} ms`,
        );
      }
    }).then(() => this.#stir());
  }

  /** Those whose methods may be called. */
  #ready(now: number): Waiter[] {
    return this.#waiters.filter(({ methods }) => this.#heldUntil(methods) <= now);
  }

  #heldUntil(methods: readonly string[]): number {
    return Math.max(0, ...methods.map((method) => this.#known.methods[method] ?? 0));
  }

  #earliestHold(): number {
    return Math.min(...this.#waiters.map(({ methods }) => this.#heldUntil(methods)));
  }

  #first(ready: readonly Waiter[]): Waiter | undefined {
    const mass = ready.find(({ lane }) => lane === 'mass');
    if (mass && this.#promptSince >= promptInARow) {
      return mass;
    }
    return ready.find(({ lane }) => lane === 'prompt') ?? mass;
  }

  async #supply(ready: readonly Waiter[], now: number): Promise<void> {
    const prompt = ready.filter(({ lane }) => lane === 'prompt');
    const fresh = prompt.filter(({ asked }) => !asked);
    const [next] = this.#permits;
    const empty = next === undefined;
    const trial = !empty && this.#bucket.mayTry(this.#known, now);
    if (!empty && (next.at <= now || (fresh.length === 0 && !trial))) {
      return;
    }
    for (const waiter of fresh) {
      waiter.asked = true;
    }
    const taken = await this.#change((state, at) => {
      const permits: Permit[] = [];
      const take = (lane: Lane, wanted: number) => {
        if (wanted > 0) {
          permits.push(...this.#bucket.take(state, { now: at, lane, wanted, horizonMs }));
        }
      };
      take('prompt', empty ? prompt.length : fresh.length);
      if (empty && permits.length === prompt.length) {
        take('mass', ready.length - prompt.length);
      } else if (permits.length === 0 && this.#bucket.mayTry(state, at)) {
        take('mass', 1);
      }
      if (permits.some(({ trial }) => trial)) {
        // What waits in our hands would leave beside it, and find the bucket full for the same reason.
        this.#bucket.giveBack(state, this.#permits.splice(0), at);
      }
      return permits;
    });
    this.#permits = [...this.#permits, ...taken]
      .filter(({ pause }) => pause === this.#known.pause)
      .sort((a, b) => a.at - b.at);
  }

  async #giveBack(): Promise<void> {
    if (this.#permits.length > 0) {
      const unused = this.#permits.splice(0);
      await this.#change((state, now) => this.#bucket.giveBack(state, unused, now));
    }
  }

  /** What other windows have written since. */
  async #look(now: number): Promise<void> {
    const [permit] = this.#permits;
    const due = permit !== undefined && permit.at <= now;
    const held = this.#waiters.some(({ methods }) => this.#heldUntil(methods) > now);
    if ((due || held) && !this.#alone && Math.abs(now - this.#readAt) >= freshMs) {
      const state = await this.#shared.read().catch(() => undefined);
      this.#readAt = now;
      if (state && state.at >= this.#known.at) {
        this.#known = this.#bucket.state(state, now);
      }
    }
    this.#permits = this.#permits.filter(({ pause }) => pause === this.#known.pause);
  }

  async #change<R>(change: (state: BucketState, now: number) => R): Promise<R> {
    const { clock, large, log } = this.#deps;
    const apply = (current: BucketState | undefined) => {
      const now = clock.now();
      const next = this.#bucket.state(current, now, large);
      this.#bucket.passed(next, this.#passes, now, this.#trialPassed);
      this.#passes = 0;
      this.#trialPassed = false;
      for (const [method, at] of this.#resets) {
        next.resets[method] = Math.max(next.resets[method] ?? 0, at);
      }
      this.#resets.clear();
      const result = change(next, now);
      this.#known = structuredClone(next);
      this.#readAt = now;
      return { next, result };
    };
    if (!this.#alone) {
      try {
        return await this.#shared.update(apply);
      } catch (error) {
        this.#alone = true;
        log?.warn(
          `The pace is not shared with other windows: ${error instanceof Error ? error.name : 'unknown'}`,
        );
      }
    }
    return apply(this.#known).result;
  }

  #tell(ready: readonly Waiter[], now: number): void {
    const { log } = this.#deps;
    const step = this.#bucket.step(this.#known);
    const last = Math.max(now, this.#known.pausedUntil, this.#permits.at(-1)?.at ?? 0);
    const prompt = ready.filter(({ lane }) => lane === 'prompt');
    const ordered = [...prompt, ...ready.filter(({ lane }) => lane === 'mass')];
    const expected = (index: number) =>
      this.#permits[index]?.at ?? last + (index - this.#permits.length + 1) * step;
    ordered.forEach((waiter, index) => tell(waiter, expected(index), 'QUERY_LIMIT_EXCEEDED'));
    for (const waiter of this.#waiters) {
      const held = this.#heldUntil(waiter.methods);
      if (held > now) {
        tell(waiter, held, 'OPERATION_TIME_LIMIT');
      }
    }
    function tell(waiter: Waiter, until: number, code: string): void {
      if (until - now > worthTellingMs && Math.abs(until - waiter.told) > otherWaitMs) {
        waiter.told = until;
        try {
          waiter.onWait?.({ until, code });
        } catch (error) {
          log?.warn(
            `A wait could not be shown: ${error instanceof Error ? error.name : 'unknown'}`,
          );
        }
      }
    }
  }

  #stir(): void {
    this.#woken = true;
    this.#wake?.();
  }

  async #sleep(ms: number): Promise<void> {
    if (this.#woken || ms <= 0) {
      // Others get a turn at the processor even so.
      await Promise.resolve();
      return;
    }
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    try {
      await this.#deps.clock.sleep(ms, woken.signal);
    } catch {
      // Woken.
    } finally {
      this.#wake = undefined;
    }
  }
}

/** A shared state of one window alone. */
export function memoryState<T>(): SharedState<T> {
  let value: T | undefined;
  return {
    read: () => Promise.resolve(value),
    update: (change) => {
      const { next, result } = change(value);
      value = next === undefined ? value : structuredClone(next);
      return Promise.resolve(result);
    },
  };
}
