import type { Accounts } from '../accounts/account';
import type { Transport } from '../bitrix24/transport';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';
import { hasUnsentRest } from './push';
import type { Push } from './push';
import type { PushStore } from './pushStore';

export interface WaitingPushesDeps {
  store: Pick<PushStore, 'hasUnsent' | 'open' | 'onDidChange'>;
  /** Whether the portal's host answers anything. */
  isReachable: (host: string) => Promise<boolean>;
  /** Offers to send these pushes: at least one, all to the same portal. */
  offer: (pushes: readonly Push[], host: string) => void;
  /** Whether this window is in front. */
  isFocused: () => boolean;
  log: Log;
  /** When to look again while something waits, ms. */
  againMs?: number;
  /** Time that passes, ms, whatever the clock is set to. */
  elapsed?: () => number;
}

const pauseMs = 60_000;
const reachableWithinMs = 5_000;

/**
 * Offers pushes that the network kept from leaving, once it is back. It looks when the window comes to the front;
 * once a minute while the window stays there, something waits and nothing new has begun to wait; and when a portal
 * has answered something else.
 */
export class WaitingPushes implements Disposable {
  readonly #deps: WaitingPushesDeps;
  readonly #offered = new Set<string>();
  readonly #storeChanged: Disposable;
  readonly #elapsed: () => number;
  #lookedAt = -Infinity;
  #again: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(deps: WaitingPushesDeps) {
    this.#deps = deps;
    this.#elapsed = deps.elapsed ?? (() => performance.now());
    // Perhaps one more waits now.
    this.#storeChanged = deps.store.onDidChange(() => {
      this.#lookedAt = -Infinity;
      this.#lookAgain();
    });
  }

  /** Looks because the window came to the front. Never rejects. */
  async focused(): Promise<void> {
    if (this.#elapsed() - this.#lookedAt >= pauseMs) {
      await this.#look();
    } else {
      this.#lookAgain();
    }
  }

  /** Looks because the portal has answered something. Never rejects. */
  async answered(host: string): Promise<void> {
    await this.#quietly(async () => {
      const pushes = (await this.#pushesByHost()).get(host);
      if (pushes) {
        this.#offer(pushes, host);
      }
    });
  }

  /** Offers none of these: the user has been told about them in another way. */
  told(pushes: readonly Push[]): void {
    pushes.forEach(({ id }) => this.#offered.add(id));
  }

  dispose(): void {
    this.#disposed = true;
    this.#storeChanged.dispose();
    clearTimeout(this.#again);
  }

  async #look(): Promise<void> {
    const { isReachable } = this.#deps;
    this.#lookedAt = this.#elapsed();
    await this.#quietly(async () => {
      for (const [host, pushes] of await this.#pushesByHost()) {
        if (await isReachable(host)) {
          this.#offer(pushes, host);
        } else {
          this.#lookAgain();
        }
      }
    });
  }

  /** Looks in a while if the window is in front then; else it looks when the window comes there. */
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

  /** Pushes that this window has not offered. It reads nothing when the names say that none waits. */
  async #pushesByHost(): Promise<Map<string, Push[]>> {
    const groups = new Map<string, Push[]>();
    const { store } = this.#deps;
    for (const push of (await store.hasUnsent()) ? await store.open() : []) {
      const { id, host, endedAt } = push;
      if (endedAt !== undefined && hasUnsentRest(push) && !this.#offered.has(id)) {
        groups.set(host, [...(groups.get(host) ?? []), push]);
      }
    }
    return groups;
  }

  #offer(pushes: readonly Push[], host: string): void {
    this.told(pushes);
    this.#deps.offer(pushes, host);
  }

  async #quietly(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#deps.log.warn(`Pushes that wait could not be looked at: ${String(error)}`);
    }
  }
}

/** Asks the portal for anything, without a token, and only a portal that one is signed in to. */
export function createIsReachable(deps: {
  accounts: Pick<Accounts, 'list'>;
  transport: Transport;
}): WaitingPushesDeps['isReachable'] {
  return async (host) => {
    const account = (await deps.accounts.list()).find((one) => one.host === host);
    if (!account) {
      return false;
    }
    try {
      const url = new URL('/rest/', account.portal);
      await deps.transport.send({ method: 'GET', url, timeoutMs: reachableWithinMs });
      return true;
    } catch {
      return false;
    }
  };
}
