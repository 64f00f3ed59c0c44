import type { Accounts } from '../accounts/account';
import { readPresence } from '../bitrix24/presence';
import type { DeliveryFact, DeliveryScope } from '../bitrix24/presence';
import type { Clock } from '../common/clock';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';
import { hintsOf } from './deliveryRules';
import type { DeliveryCheck } from './deliveryRules';

export interface DeliveryHintsDeps {
  accounts: Pick<Accounts, 'client' | 'get'>;
  clock: Pick<Clock, 'now'>;
  log: Log;
}

/** What is in memory about one account. */
interface Cache {
  /** By id, in the order in which they were learned. */
  people: Map<number, { fact: DeliveryFact; at: number }>;
  missing: readonly DeliveryScope[];
  /** When `missing` was learned, Unix ms. */
  missingAt: number;
  /** The portal is not asked again before this time after a failure, Unix ms. */
  quietUntil: number;
}

/** People come online and leave by the minute. */
const freshMs = 3 * 60_000;
const quietMs = 20_000;
const peopleAtMost = 10_000;

/** The hints whether a push can reach people of an account. They are kept for three minutes, in memory only. */
export class DeliveryHints implements Disposable {
  readonly #deps: DeliveryHintsDeps;
  readonly #caches = new Map<string, Cache>();

  constructor(deps: DeliveryHintsDeps) {
    this.#deps = deps;
  }

  /**
   * The hints by id. An empty list means that nothing is known against a push; an id is absent if nothing is known
   * about it. Asks the portal about those who are not in memory, up to 1,600 people in one request. Never rejects:
   * a failure is logged, and neither it nor an abort adds hints.
   */
  async hints(
    accountId: string,
    ids: readonly number[],
    signal?: AbortSignal,
  ): Promise<Map<number, DeliveryCheck[]>> {
    const open = ids.filter((id) => this.peek(accountId, id) === undefined);
    const quietUntil = this.#caches.get(accountId)?.quietUntil ?? 0;
    if (open.length > 0 && this.#deps.clock.now() >= quietUntil && !signal?.aborted) {
      try {
        await this.ask(accountId, open, signal);
      } catch (error) {
        if (!signal?.aborted) {
          this.#deps.log.info(`Whether pushes can arrive could not be asked: ${String(error)}`);
          this.#cacheOf(accountId).quietUntil = this.#deps.clock.now() + quietMs;
        }
      }
    }
    const hints = new Map<number, DeliveryCheck[]>();
    for (const id of ids) {
      const known = this.peek(accountId, id);
      if (known) {
        hints.set(id, known);
      }
    }
    return hints;
  }

  /** The hints in memory; undefined if nothing is known. */
  peek(accountId: string, id: number): DeliveryCheck[] | undefined {
    const now = this.#deps.clock.now();
    const known = this.#caches.get(accountId)?.people.get(id);
    return known && now - known.at < freshMs ? hintsOf(known.fact, now) : undefined;
  }

  /** The scopes whose lack was noticed in the last three minutes; with them the portal would say more. */
  missingScopes(accountId: string): readonly DeliveryScope[] {
    const cache = this.#caches.get(accountId);
    return cache && this.#deps.clock.now() - cache.missingAt < freshMs ? cache.missing : [];
  }

  /** Asks the portal in any case. Throws Bitrix24Error. */
  async ask(
    accountId: string,
    ids: readonly number[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<number, DeliveryFact>> {
    const { accounts } = this.#deps;
    const client = await accounts.client(accountId);
    // Bitrix24 hides some people from callers who are not administrators.
    const seesAll = (await accounts.get(accountId))?.administrator !== false;
    const cache = this.#cacheOf(accountId);
    const { facts, missing } = await readPresence(client, ids, {
      signal,
      // For one person it costs nothing to try whether a scope was granted meanwhile.
      without: ids.length > 1 ? this.missingScopes(accountId) : [],
    });
    const now = this.#deps.clock.now();
    cache.missing = missing;
    cache.missingAt = now;
    cache.quietUntil = 0;
    for (const [id, fact] of facts) {
      if (fact.unknown && !seesAll) {
        fact.unknown = 'likely';
      }
      cache.people.delete(id);
      cache.people.set(id, { fact, at: now });
    }
    for (const id of cache.people.keys()) {
      if (cache.people.size <= peopleAtMost) {
        break;
      }
      cache.people.delete(id);
    }
    return facts;
  }

  /** Deletes what is in memory about an account's people when the account is removed. */
  forget(accountId: string): Promise<void> {
    this.#caches.delete(accountId);
    return Promise.resolve();
  }

  dispose(): void {
    this.#caches.clear();
  }

  #cacheOf(accountId: string): Cache {
    const empty: Cache = { people: new Map(), missing: [], missingAt: 0, quietUntil: 0 };
    const cache = this.#caches.get(accountId) ?? empty;
    this.#caches.set(accountId, cache);
    return cache;
  }
}
