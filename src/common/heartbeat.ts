import type { Disposable } from './dispose';

/**
 * Shows other processes every `everyMs` that this one lives, for example by touching a file, until it is disposed. It
 * does not keep the process alive. After a beat that failed, which `onError` hears of, the next one is tried all the same.
 */
export function heartbeat(
  everyMs: number,
  beat: () => Promise<unknown>,
  onError?: (error: unknown) => void,
): Disposable {
  const timer = setInterval(() => void beat().catch((error: unknown) => onError?.(error)), everyMs);
  timer.unref();
  return { dispose: () => clearInterval(timer) };
}

/**
 * Measures for how long the heartbeats of others have been missing, by this process's own time awake: a time between
 * two looks that is longer than `longestGapMs` was a laptop's sleep, and no heart beat then, theirs or ours.
 */
export class SilenceWatch {
  readonly #longestGapMs: number;
  readonly #seen = new Map<string, { touchedAt: number; silentMs: number; lookedAt: number }>();

  constructor(longestGapMs: number) {
    this.#longestGapMs = longestGapMs;
  }

  /**
   * Notes what a look at `name` found and returns for how many ms this watch has seen the same `touchedAt`.
   * `now` is in ms of any clock that the caller keeps to.
   */
  silentMs(name: string, touchedAt: number, now: number): number {
    const seen = this.#seen.get(name);
    let silentMs = 0;
    if (seen?.touchedAt === touchedAt) {
      const gap = Math.max(now - seen.lookedAt, 0);
      silentMs = seen.silentMs + Math.min(gap, this.#longestGapMs);
    }
    this.#seen.set(name, { touchedAt, silentMs, lookedAt: now });
    return silentMs;
  }

  /** Forgets all other names. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.#seen.keys()) {
      if (!names.has(name)) {
        this.#seen.delete(name);
      }
    }
  }
}
