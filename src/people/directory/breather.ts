import { setImmediate } from 'node:timers/promises';

/** Lets others run in the midst of long work: the extension host is shared. */
export class Breather {
  readonly #sliceMs: number;
  #since = performance.now();

  constructor(sliceMs = 10) {
    this.#sliceMs = sliceMs;
  }

  /** Cheap enough for every step of a loop; pauses only when the slice is used up. */
  get due(): boolean {
    return performance.now() - this.#since > this.#sliceMs;
  }

  async breathe(): Promise<void> {
    await setImmediate();
    this.#since = performance.now();
  }
}
