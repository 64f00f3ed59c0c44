import type { OperatingState } from './controlApi';

/** A caller's calls of a method within one minute. `startedAt` is the first of them, in Unix ms. */
interface Bucket {
  minute: number;
  startedAt: number;
  seconds: number;
}

/** The callers that a portal tells apart: its one application and its one webhook. */
export type OperatingCaller = 'application' | 'webhook';

const WINDOW_MS = 600_000;
const MINUTE_MS = 60_000;

/**
 * Counts the operating time of each method and caller in ten buckets of a minute. A bucket is dropped ten minutes
 * after its first call. A method whose time is above the limit is blocked until enough was dropped. How long a call
 * takes is reckoned and not measured, so that tests can rely on it. Source: docs/bitrix24.md, section 4.
 */
export class OperatingTime {
  /** Seconds within ten minutes; 0 for no limit. */
  limit = 480;
  /** Seconds reckoned for the first call of a method in a request. A portal counts only what takes more than 0.1. */
  secondsPerCall = 0.11;
  /** Seconds reckoned for each further command of the same method in a batch. */
  secondsPerCommand = 0.01;
  readonly #now: () => number;
  /** The buckets of each method that a caller has used. */
  readonly #buckets = new Map<OperatingCaller, Map<string, Bucket[]>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Seconds that count at present. */
  used(caller: OperatingCaller, method: string): number {
    return this.#current(caller, method).reduce((sum, { seconds }) => sum + seconds, 0);
  }

  isBlocked(caller: OperatingCaller, method: string): boolean {
    return this.limit > 0 && this.used(caller, method) > this.limit;
  }

  add(caller: OperatingCaller, method: string, seconds: number): void {
    if (seconds <= 0) {
      return;
    }
    const now = this.#now();
    const buckets = this.#current(caller, method);
    const minute = Math.floor(now / MINUTE_MS);
    const last = buckets.at(-1);
    if (last?.minute === minute) {
      last.seconds += seconds;
    } else {
      buckets.push({ minute, startedAt: now, seconds });
    }
    const methods = this.#buckets.get(caller) ?? new Map<string, Bucket[]>();
    this.#buckets.set(caller, methods.set(method, buckets));
  }

  /** @returns when the oldest bucket is dropped, in whole Unix seconds; ten minutes from now if there is none. */
  resetAt(caller: OperatingCaller, method: string): number {
    const [oldest] = this.#current(caller, method);
    return Math.floor(((oldest?.startedAt ?? this.#now()) + WINDOW_MS) / 1000);
  }

  state(): OperatingState {
    const { limit, secondsPerCall, secondsPerCommand } = this;
    return {
      limit,
      secondsPerCall,
      secondsPerCommand,
      used: this.#uses('application'),
      usedByWebhook: this.#uses('webhook'),
    };
  }

  patch(patch: Partial<OperatingState>): void {
    this.limit = patch.limit ?? this.limit;
    this.secondsPerCall = patch.secondsPerCall ?? this.secondsPerCall;
    this.secondsPerCommand = patch.secondsPerCommand ?? this.secondsPerCommand;
    this.#set('application', patch.used ?? {});
    this.#set('webhook', patch.usedByWebhook ?? {});
  }

  #set(caller: OperatingCaller, used: Readonly<Record<string, number>>): void {
    for (const [method, seconds] of Object.entries(used)) {
      this.#buckets.get(caller)?.delete(method);
      this.add(caller, method, seconds);
    }
  }

  #uses(caller: OperatingCaller): Record<string, number> {
    const methods = [...(this.#buckets.get(caller)?.keys() ?? [])];
    return Object.fromEntries(
      methods
        .map((method): [string, number] => [method, this.used(caller, method)])
        .filter(([, seconds]) => seconds > 0),
    );
  }

  /** The buckets that still count, the oldest first. */
  #current(caller: OperatingCaller, method: string): Bucket[] {
    const after = this.#now() - WINDOW_MS;
    const buckets = this.#buckets.get(caller)?.get(method) ?? [];
    return buckets.filter(({ startedAt }) => startedAt > after);
  }
}
