import { setImmediate } from 'node:timers/promises';

const sliceMs = 10;

/** Interrupts long work now and then, because all extensions share one thread. */
export class Breather {
  #since = performance.now();

  /** Waits for a moment once the time slice is used up. Cheap enough to be called in every step of a loop. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#since > sliceMs) {
      await setImmediate();
      this.#since = performance.now();
    }
  }
}
