import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/common/clock';

/** Time that passes at once when everybody sleeps; `run` moves it until a promise is settled. */
export class VirtualClock implements Clock {
  #now: number;
  #sleepers: { until: number; wake: () => void }[] = [];
  /** How often somebody was woken by time. */
  wakeUps = 0;

  constructor(now = 1_790_000_000_000) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  /** As when the user, or the network, sets the clock of the machine; who sleeps wakes when he would have. */
  jump(ms: number): void {
    this.#now += ms;
    for (const sleeper of this.#sleepers) {
      sleeper.until += ms;
    }
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const sleeper = { until: this.#now + Math.max(0, ms), wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(signal.reason as Error);
      });
    });
  }

  async run<T>(work: Promise<T>): Promise<T> {
    const state = { done: false };
    const settled = work.finally(() => {
      state.done = true;
    });
    settled.catch(() => undefined);
    for (;;) {
      // Everything that follows from what has happened.
      await setImmediate();
      await setImmediate();
      if (state.done) {
        return settled;
      }
      const next = Math.min(...this.#sleepers.map(({ until }) => until));
      if (next === Infinity) {
        throw new Error('everybody waits for something else than time');
      }
      this.#now = Math.max(this.#now, next);
      const due = this.#sleepers.filter(({ until }) => until <= this.#now);
      this.#sleepers = this.#sleepers.filter(({ until }) => until > this.#now);
      this.wakeUps += due.length;
      due.forEach(({ wake }) => wake());
    }
  }
}
