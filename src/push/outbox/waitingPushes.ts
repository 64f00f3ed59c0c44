import type { Clock } from '../../common/clock';
import type { Disposable } from '../../common/dispose';
import type { Log } from '../../common/log';
import type { Outbox } from './outbox';
import type { PushRecord } from './pushRecord';
import { hasUnsentRest } from './recordOutcome';

export interface WaitingPushesDeps {
  outbox: Pick<Outbox, 'hasUnsent' | 'waiting' | 'onDidChange'>;
  /** Whether the portal's host can be reached; without a token. */
  reaches: (host: string) => Promise<boolean>;
  /** Offers to send them. Called with at least one, all of the same portal. */
  offer: (records: readonly PushRecord[], host: string) => void;
  /** Whether this window is in front. */
  isFocused: () => boolean;
  clock: Pick<Clock, 'now'>;
  log: Log;
  /** When to look again while something waits, ms. */
  againMs?: number;
}

const pauseMs = 60_000;

/**
 * Offers pushes that the network kept from leaving, once it is back. It looks when the window comes to the front, and
 * while it stays there and something waits, once a minute where nothing new waits; and when a portal has answered
 * something else.
 */
export class WaitingPushes implements Disposable {
  readonly #deps: WaitingPushesDeps;
  readonly #offered = new Set<string>();
  readonly #outboxChanged: Disposable;
  #lookedAt = -Infinity;
  #again: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(deps: WaitingPushesDeps) {
    this.#deps = deps;
    // Perhaps one more waits now.
    this.#outboxChanged = deps.outbox.onDidChange(() => {
      this.#lookedAt = -Infinity;
      this.#lookAgain();
    });
  }

  /** The window came to the front. Never rejects. */
  async focused(): Promise<void> {
    if (this.#deps.clock.now() - this.#lookedAt >= pauseMs) {
      await this.#look();
    } else {
      this.#lookAgain();
    }
  }

  /** The portal has answered something. Never rejects. */
  async answered(host: string): Promise<void> {
    await this.#quietly(async () => {
      if (await this.#deps.outbox.hasUnsent()) {
        const records = (await this.#byHost()).get(host);
        if (records) {
          this.#offer(records, host);
        }
      }
    });
  }

  /** Those that have been told in another way. */
  told(records: readonly PushRecord[]): void {
    records.forEach(({ id }) => this.#offered.add(id));
  }

  dispose(): void {
    this.#disposed = true;
    this.#outboxChanged.dispose();
    clearTimeout(this.#again);
  }

  async #look(): Promise<void> {
    const { clock, outbox, reaches } = this.#deps;
    this.#lookedAt = clock.now();
    await this.#quietly(async () => {
      if (await outbox.hasUnsent()) {
        for (const [host, records] of await this.#byHost()) {
          if (await reaches(host)) {
            this.#offer(records, host);
          } else {
            this.#lookAgain();
          }
        }
      }
    });
  }

  /** In a while, if the window is in front then; else it looks when it comes there. */
  #lookAgain(): void {
    if (this.#again === undefined && !this.#disposed) {
      this.#again = setTimeout(() => {
        this.#again = undefined;
        if (this.#deps.isFocused()) {
          void this.#look();
        }
      }, this.#deps.againMs ?? pauseMs);
      this.#again.unref();
    }
  }

  /** Those that have not been offered by this window. */
  async #byHost(): Promise<Map<string, PushRecord[]>> {
    const groups = new Map<string, PushRecord[]>();
    for (const record of await this.#deps.outbox.waiting()) {
      const { id, host, endedAt } = record;
      if (endedAt !== undefined && hasUnsentRest(record) && !this.#offered.has(id)) {
        groups.set(host, [...(groups.get(host) ?? []), record]);
      }
    }
    return groups;
  }

  #offer(records: readonly PushRecord[], host: string): void {
    this.told(records);
    this.#deps.offer(records, host);
  }

  async #quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#deps.log.warn(`Pushes that wait could not be looked at: ${String(error)}`);
    }
  }
}
