import { setImmediate } from 'node:timers/promises';

/** Interrupts long work now and then, because all extensions share one thread. */
export class Breather {
  readonly #sliceMs: number;
  #since = performance.now();

  constructor(sliceMs = 10) {
    this.#sliceMs = sliceMs;
  }

  /** True once the time slice is used up. Cheap enough to be asked in every step of a loop. */
  get due(): boolean {
    return performance.now() - this.#since > this.#sliceMs;
  }

  async breathe(): Promise<void> {
    await setImmediate();
    this.#since = performance.now();
  }
}
