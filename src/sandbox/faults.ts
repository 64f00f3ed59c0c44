import type { Fault } from './controlApi';

/** Holds the faults that have not been played yet, and counts the matching calls for each. */
export class FaultPlan {
  #entries: { fault: Fault; seen: number }[] = [];
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  add(faults: readonly Fault[]): void {
    this.#entries.push(...faults.map((fault) => ({ fault, seen: 0 })));
    this.#changed();
  }

  clear(): void {
    this.#entries = [];
    this.#changed();
  }

  list(): Fault[] {
    return this.#entries.map(({ fault }) => fault);
  }

  /** Counts a call of this method for every matching fault. @returns the fault to play for this call, or null. */
  take(method: string): Fault | null {
    let playing: Fault | null = null;
    for (const entry of this.#entries.filter(({ fault }) => matches(fault, method))) {
      entry.seen++;
      if (entry.seen >= (entry.fault.call ?? 1)) {
        playing ??= entry.fault;
      }
    }
    const before = this.#entries.length;
    this.#entries = this.#entries.filter(({ fault, seen }) => {
      const times = fault.times ?? 1;
      return times === 0 || seen < (fault.call ?? 1) + times - 1;
    });
    if (this.#entries.length !== before) {
      this.#changed();
    }
    return playing;
  }

  /** @returns true if a fault wants this port closed, so that connections are really refused. */
  refuses(port: 'portal' | 'authServer'): boolean {
    return this.#entries.some(
      ({ fault }) =>
        fault.action === 'refuse' &&
        fault.times === 0 &&
        (fault.call ?? 1) === 1 &&
        (fault.method === '*' || (port === 'authServer' && fault.method === 'oauth.token')),
    );
  }
}

function matches(fault: Fault, method: string): boolean {
  return fault.method === '*' || fault.method.toLowerCase() === method;
}
