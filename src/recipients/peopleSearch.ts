import { Bitrix24Error } from '../bitrix24/errors';
import { peopleByIds, searchPeople } from '../bitrix24/people';
import type { Person } from '../bitrix24/people';
import type { Accounts } from '../accounts/account';
import type { Log } from '../common/log';
import type { Recipient } from './recipient';

/** Someone found on the portal. */
export type PersonHit = Recipient;

export interface PeopleFound {
  hits: PersonHit[];
  /** The application may not look people up; ids and "Me" still work. This scope would help. */
  missingScope?: 'user';
}

/** `hits` names everybody found, the dismissed too. */
export interface IdsResolved extends PeopleFound {
  /** Ids that nobody on the portal has. */
  unknown: number[];
  /** Ids of people who were dismissed. */
  inactive: number[];
}

export interface PeopleSearchDeps {
  accounts: Pick<Accounts, 'current' | 'get' | 'client'>;
  log: Log;
}

/** Who can be chosen, asked from the portal as one types. Throws Bitrix24Error; cancelled by the signal. */
export class PeopleSearch {
  readonly #deps: PeopleSearchDeps;

  constructor(deps: PeopleSearchDeps) {
    this.#deps = deps;
  }

  /** Active people whose name, position or department matches. `accountId` undefined: the current account. */
  async search(
    accountId: string | undefined,
    query: string,
    signal: AbortSignal,
  ): Promise<PeopleFound> {
    const wanted = query.trim();
    const account = await this.#account(accountId);
    if (wanted === '' || !account) {
      return { hits: [] };
    }
    const client = await this.#deps.accounts.client(account.id);
    return await withoutScope({ hits: [] }, async () => {
      const people = await searchPeople(client, wanted, { signal });
      return { hits: people.filter(({ active }) => active).map(hitOf) };
    });
  }

  /** The user of the account; no network. */
  async me(accountId: string | undefined): Promise<Recipient | undefined> {
    const account = await this.#account(accountId);
    return account && { id: account.userId, name: account.userName };
  }

  /** Names for ids; tells ids that would get nothing, because the server does not. */
  async resolveIds(
    accountId: string | undefined,
    ids: readonly number[],
    signal: AbortSignal,
  ): Promise<IdsResolved> {
    const nobody: IdsResolved = { hits: [], unknown: [], inactive: [] };
    const account = await this.#account(accountId);
    if (ids.length === 0 || !account) {
      return nobody;
    }
    const client = await this.#deps.accounts.client(account.id);
    return await withoutScope(nobody, async () => {
      const people = await peopleByIds(client, ids, { signal });
      const found = new Set(people.map(({ id }) => id));
      return {
        hits: people.map(hitOf),
        unknown: ids.filter((id) => !found.has(id)),
        inactive: people.filter(({ active }) => !active).map(({ id }) => id),
      };
    });
  }

  #account(id: string | undefined): ReturnType<Accounts['current']> {
    return id === undefined ? this.#deps.accounts.current() : this.#deps.accounts.get(id);
  }
}

/**
 * The ids in "17" or "3, 5; 7": positive whole numbers and nothing else, each once, in the order typed.
 * Empty when the text is anything else, e.g. a name.
 */
export function parseIds(text: string): number[] {
  const words = text.split(/[\s,;]+/u).filter((word) => word !== '');
  const ids = words.map((word) => (/^#?\d+$/u.test(word) ? Number(word.replace('#', '')) : NaN));
  return ids.every((id) => Number.isSafeInteger(id) && id > 0) ? [...new Set(ids)] : [];
}

/** Bitrix24: insufficient_scope. Not an error for someone who looks for a name: ids are left. */
async function withoutScope<T extends PeopleFound>(nobody: T, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Bitrix24Error && error.is('insufficient_scope')) {
      return { ...nobody, missingScope: 'user' };
    }
    throw error;
  }
}

function hitOf({ id, name, position, photo }: Person): PersonHit {
  // Someone without a name is shown by id everywhere.
  return { id, name: name === `#${id}` ? undefined : name, position, photo };
}
