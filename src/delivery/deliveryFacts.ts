import type { Accounts } from '../accounts/account';
import { readPresence } from '../bitrix24/presence';
import type { DeliveryFact, DeliveryScope } from '../bitrix24/presence';
import type { Clock } from '../common/clock';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';
import { hintsOf } from './deliveryHint';
import type { DeliveryHint } from './deliveryHint';

export interface DeliveryFactsDeps {
  accounts: Pick<Accounts, 'client' | 'get'>;
  clock: Pick<Clock, 'now'>;
  log: Log;
}

interface Known {
  /** In the order in which they were learned. */
  people: Map<number, { fact: DeliveryFact; at: number }>;
  missing: readonly DeliveryScope[];
  /** When `missing` was learned, Unix ms. */
  missingAt: number;
  /** After a failure the portal is left alone until then, Unix ms. */
  quietUntil: number;
}

/** Who is where changes by the minute. */
const freshMs = 3 * 60_000;
const quietMs = 20_000;
/** More are not kept in memory. */
const keptAtMost = 10_000;

/**
 * What the portal tells about whether a push can arrive, by account: asked in few requests, kept for a few minutes in
 * memory only.
 */
export class DeliveryFacts implements Disposable {
  readonly #deps: DeliveryFactsDeps;
  readonly #known = new Map<string, Known>();

  constructor(deps: DeliveryFactsDeps) {
    this.#deps = deps;
  }

  /**
   * By id; an empty list: nothing that is known speaks against a push. Who is absent is somebody of whom nothing is
   * known. Never rejects: trouble is logged and gives no hints, and so does an abort. One request for up to 1,600
   * people, none for those asked about in the last minutes.
   */
  async hints(
    accountId: string,
    ids: readonly number[],
    signal?: AbortSignal,
  ): Promise<Map<number, DeliveryHint[]>> {
    const open = ids.filter((id) => this.peek(accountId, id) === undefined);
    const quiet = this.#known.get(accountId)?.quietUntil ?? 0;
    if (open.length > 0 && this.#deps.clock.now() >= quiet && !signal?.aborted) {
      try {
        await this.look(accountId, open, signal);
      } catch (error) {
        if (!signal?.aborted) {
          this.#deps.log.info(`Whether pushes can arrive could not be asked: ${String(error)}`);
          this.#of(accountId).quietUntil = this.#deps.clock.now() + quietMs;
        }
      }
    }
    const hints = new Map<number, DeliveryHint[]>();
    for (const id of ids) {
      const known = this.peek(accountId, id);
      if (known) {
        hints.set(id, known);
      }
    }
    return hints;
  }

  /** What is known without asking; undefined: nothing. */
  peek(accountId: string, id: number): DeliveryHint[] | undefined {
    const now = this.#deps.clock.now();
    const known = this.#known.get(accountId)?.people.get(id);
    return known && now - known.at < freshMs ? hintsOf(known.fact, now) : undefined;
  }

  /** Scopes that would tell more, as far as is known. */
  missingScopes(accountId: string): readonly DeliveryScope[] {
    const known = this.#known.get(accountId);
    return known && this.#deps.clock.now() - known.missingAt < freshMs ? known.missing : [];
  }

  /** Asks now. Throws Bitrix24Error. */
  async look(
    accountId: string,
    ids: readonly number[],
    signal?: AbortSignal,
  ): Promise<ReadonlyMap<number, DeliveryFact>> {
    const { accounts } = this.#deps;
    const client = await accounts.client(accountId);
    // Bitrix24 hides some people from others than administrators.
    const seesAll = (await accounts.get(accountId))?.administrator !== false;
    const known = this.#of(accountId);
    const { facts, missing } = await readPresence(client, ids, {
      signal,
      // For one person it costs nothing to see whether a scope has come meanwhile.
      without: ids.length > 1 ? this.missingScopes(accountId) : [],
    });
    const now = this.#deps.clock.now();
    known.missing = missing;
    known.missingAt = now;
    known.quietUntil = 0;
    for (const [id, fact] of facts) {
      if (fact.unknown && !seesAll) {
        fact.unknown = 'likely';
      }
      known.people.delete(id);
      known.people.set(id, { fact, at: now });
    }
    for (const id of known.people.keys()) {
      if (known.people.size <= keptAtMost) {
        break;
      }
      known.people.delete(id);
    }
    return facts;
  }

  /** With an account goes what is known about its people. */
  forget(accountId: string): Promise<void> {
    this.#known.delete(accountId);
    return Promise.resolve();
  }

  dispose(): void {
    this.#known.clear();
  }

  #of(accountId: string): Known {
    const known = this.#known.get(accountId) ?? {
      people: new Map<number, { fact: DeliveryFact; at: number }>(),
      missing: [],
      missingAt: 0,
      quietUntil: 0,
    };
    this.#known.set(accountId, known);
    return known;
  }
}
