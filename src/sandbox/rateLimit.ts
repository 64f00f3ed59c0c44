/**
 * Limits the requests of each source address by a leaky bucket: a request adds 1, `drain` leaks out each
 * second, and a request that would overflow gets HTTP 503. Source: docs/bitrix24.md, section 4.
 */
export class RateLimit {
  size: number;
  drain: number;
  readonly #now: () => number;
  /** Levels by source address; `at` is Unix ms. */
  readonly #levels = new Map<string, { level: number; at: number }>();

  constructor(size: number, drain: number, now: () => number) {
    this.size = size;
    this.drain = drain;
    this.#now = now;
  }

  /** Counts a request. @returns false if it is one too many; a refused request is not counted. */
  pour(address: string): boolean {
    if (this.size === 0) {
      return true;
    }
    const level = this.level(address);
    if (level + 1 > this.size) {
      return false;
    }
    this.setLevel(level + 1, address);
    return true;
  }

  level(address: string): number {
    const known = this.#levels.get(address);
    if (known === undefined) {
      return 0;
    }
    // The time may be negative when the sandbox's clock was set back.
    const seconds = Math.max(0, (this.#now() - known.at) / 1000);
    return Math.max(0, known.level - seconds * this.drain);
  }

  setLevel(level: number, address: string): void {
    this.#levels.set(address, { level, at: this.#now() });
  }
}
