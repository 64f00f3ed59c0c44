/** Bitrix24's limit of requests: each pours 1 in, `drain` leaks out each second, an overflow is 503. */
export class RateLimit {
  size: number;
  drain: number;
  readonly #now: () => number;
  /** By source address. */
  readonly #levels = new Map<string, { level: number; at: number }>();

  constructor(size: number, drain: number, now: () => number) {
    this.size = size;
    this.drain = drain;
    this.#now = now;
  }

  /** false: too many requests; a refused request pours nothing in. */
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
    // A clock that was set back does not fill the bucket.
    const seconds = Math.max(0, (this.#now() - known.at) / 1000);
    return Math.max(0, known.level - seconds * this.drain);
  }

  setLevel(level: number, address: string): void {
    this.#levels.set(address, { level, at: this.#now() });
  }
}
