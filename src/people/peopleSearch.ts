import { Bitrix24Error } from '../bitrix24/errors';
import { peopleByIds } from '../bitrix24/peopleById';
import { searchPeople } from '../bitrix24/peopleByText';
import type { Person } from '../bitrix24/person';
import type { Accounts } from '../accounts/account';
import type { Log } from '../common/log';
import { plainIds } from '../common/plainIds';
import type { Directories } from './directory/directories';
import type { RecentRecipients } from './recentRecipients';
import type { Recipient } from './recipient';

export interface PeopleFound {
  hits: Recipient[];
  /** True if the hits come best first; otherwise they have the portal's own order. */
  ranked?: true;
  /** The application may not look people up; ids and "Me" still work. This scope would help. */
  missingScope?: 'user';
}

/** What is known about ids. `hits` contains everybody who was found, dismissed people too. */
export interface IdsResolved extends PeopleFound {
  /** Ids that belong to nobody on the portal. */
  unknown: number[];
  /** Ids of dismissed people. */
  inactive: number[];
}

export interface PeopleSearchDeps {
  accounts: Pick<Accounts, 'client'>;
  directories: Pick<Directories, 'peek' | 'prepare' | 'read' | 'missingScope'>;
  /** People who were used often or lately come first. */
  recents: Pick<RecentRecipients, 'weights'>;
  log: Log;
}

/**
 * Finds people as the user types: in the directory, or on the portal if there is no directory or it knows nobody.
 * Throws Bitrix24Error; the signal cancels it.
 */
export class PeopleSearch {
  readonly #deps: PeopleSearchDeps;

  constructor(deps: PeopleSearchDeps) {
    this.#deps = deps;
  }

  /** Opens the directory in the background, before somebody searches. */
  prepare(accountId: string): void {
    const { directories, log } = this.#deps;
    directories.prepare(accountId).catch((error: unknown) => {
      log.warn(`The directory of people could not be opened: ${String(error)}`);
    });
  }

  /** Searches the directory in memory, best first. undefined if it is not open. */
  local(accountId: string, query: string): Recipient[] | undefined {
    const boost = this.#deps.recents.weights(accountId);
    return this.#deps.directories.peek(accountId)?.search(query, { boost }).people.map(recipientOf);
  }

  /** The person with this id from the directory in memory. */
  known(accountId: string, id: number): Recipient | undefined {
    const person = this.#deps.directories.peek(accountId)?.person(id);
    return person && recipientOf(person);
  }

  /** Active people whose name, position or department matches. */
  async search(accountId: string, query: string, signal: AbortSignal): Promise<PeopleFound> {
    const wanted = query.trim();
    if (wanted === '') {
      return { hits: [] };
    }
    const known = this.local(accountId, wanted);
    if (known && known.length > 0) {
      return { hits: known, ranked: true };
    }
    const client = await this.#deps.accounts.client(accountId);
    return await withoutScope({ hits: [] }, async () => {
      const people = await searchPeople(client, wanted, { signal });
      this.#scopeIsThere(accountId);
      const hits = people.filter(({ active }) => active).map(recipientOf);
      // The directory may have been opened while the portal was asked.
      const better = this.local(accountId, wanted) ?? [];
      const ids = new Set(better.map(({ id }) => id));
      return better.length > 0
        ? { hits: [...better, ...hits.filter(({ id }) => !ids.has(id))], ranked: true }
        : { hits };
    });
  }

  /** Finds names for ids, and ids that would get no push, because the server accepts those without an error. */
  async resolveIds(
    accountId: string,
    ids: readonly number[],
    signal: AbortSignal,
  ): Promise<IdsResolved> {
    const nobody: IdsResolved = { hits: [], unknown: [], inactive: [] };
    const directory = this.#deps.directories.peek(accountId);
    const known = ids.flatMap((id) => directory?.person(id) ?? []).map(recipientOf);
    const knownIds = new Set(known.map(({ id }) => id));
    const open = ids.filter((id) => !knownIds.has(id));
    if (open.length === 0) {
      return { ...nobody, hits: known };
    }
    const client = await this.#deps.accounts.client(accountId);
    return await withoutScope({ ...nobody, hits: known }, async () => {
      const people = await peopleByIds(client, open, { signal });
      const found = new Set(people.map(({ id }) => id));
      return {
        hits: [...known, ...people.map(recipientOf)],
        unknown: open.filter((id) => !found.has(id)),
        inactive: people.filter(({ active }) => !active).map(({ id }) => id),
      };
    });
  }

  /** Reads the directory if that failed before because the application lacked a scope that it has now. */
  #scopeIsThere(accountId: string): void {
    const { directories, log } = this.#deps;
    if (directories.missingScope(accountId)) {
      directories.read(accountId).catch((error: unknown) => {
        log.warn(`The people of the portal could not be read: ${String(error)}`);
      });
    }
  }
}

/**
 * Parses ids such as "17" or "3, 5; 7": positive whole numbers, without duplicates, in the order typed. Returns an
 * empty list if the text has anything else in it, e.g. a name.
 */
export function parseIds(text: string): number[] {
  return [...new Set(plainIds(text))];
}

/** Turns the error `insufficient_scope` (docs/bitrix24.md, REST calls and errors) into a result, because ids still work. */
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

/** What a list shows of a person. */
export function recipientOf({ id, name, position, photo }: Person): Recipient {
  // The name `#ID` is left out, because somebody without a name is shown by id.
  return { id, name: name === `#${id}` ? undefined : name, position, photo };
}
