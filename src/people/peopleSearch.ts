import { Bitrix24Error } from '../bitrix24/errors';
import { peopleByIds } from '../bitrix24/peopleById';
import { searchPeople } from '../bitrix24/peopleByText';
import type { Person } from '../bitrix24/person';
import type { Accounts } from '../accounts/account';
import type { CallControl } from '../bitrix24/portalClient';
import type { Log } from '../common/log';
import { plainIds } from '../common/plainIds';
import type { Directories } from './directory/directories';
import { foldedName } from './directory/words';
import { personMatch } from './ranking';
import type { PersonMatch } from './ranking';
import type { RecentRecipients } from './recentRecipients';
import type { Recipient } from './recipient';

export interface PeopleFound {
  /** Best first. */
  hits: Recipient[];
  /** The application may not look people up; ids and "Me" still work. This scope would help. */
  missingScope?: 'user';
  /** The portal accepts no requests until then (Unix ms), and was not asked. */
  pausedUntil?: number;
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

  /** How the query meets somebody who was found for it. */
  matchOf(accountId: string, query: string, { id, name = '', position }: Recipient): PersonMatch {
    const directory = this.#deps.directories.peek(accountId);
    const person = directory?.person(id) ?? { firstName: name, lastName: '', position };
    const departments = 'departments' in person ? person.departments : [];
    return personMatch(query, person, directory?.departmentNames(departments) ?? []);
  }

  /** Active people whose name, position or department matches. */
  async search(accountId: string, query: string, signal: AbortSignal): Promise<PeopleFound> {
    const wanted = query.trim();
    if (wanted === '') {
      return { hits: [] };
    }
    const known = this.local(accountId, wanted) ?? [];
    if (known.length > 0) {
      return { hits: known };
    }
    const client = await this.#deps.accounts.client(accountId);
    const pause = new AbortController();
    let pausedUntil = await client.pausedUntil('user.search');
    if (pausedUntil > 0) {
      return { hits: [], pausedUntil };
    }
    const options: CallControl = {
      signal: AbortSignal.any([signal, pause.signal]),
      onWait: (wait) => {
        pausedUntil = wait?.until ?? pausedUntil;
        pause.abort();
      },
    };
    try {
      return await withoutScope({ hits: [] }, async () => {
        const people = ranked(wanted, await searchPeople(client, wanted, options));
        this.#scopeIsThere(accountId);
        // The directory may have been opened while the portal was asked.
        const hits = [...(this.local(accountId, wanted) ?? []), ...people.map(recipientOf)];
        return { hits: [...new Map(hits.map((hit) => [hit.id, hit])).values()] };
      });
    } catch (error) {
      if (pause.signal.aborted && !signal.aborted) {
        return { hits: [], pausedUntil };
      }
      throw error;
    }
  }

  /** Finds names for ids, and ids that would get no push, because the server accepts those without an error. */
  async resolveIds(
    accountId: string,
    ids: readonly number[],
    signal: AbortSignal,
  ): Promise<IdsResolved> {
    const known = ids.flatMap((id) => this.known(accountId, id) ?? []);
    const knownIds = new Set(known.map(({ id }) => id));
    const open = ids.filter((id) => !knownIds.has(id));
    const nobody: IdsResolved = { hits: known, unknown: [], inactive: [] };
    if (open.length === 0) {
      return nobody;
    }
    const client = await this.#deps.accounts.client(accountId);
    return await withoutScope(nobody, async () => {
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

/** Sorts what the portal found: names that begin with the query first, then by alphabet. */
function ranked(query: string, people: readonly Person[]): Person[] {
  const wanted = foldedName(query);
  const rank = ({ name }: Person): number => {
    const at = foldedName(name).indexOf(wanted);
    return at === 0 ? 0 : at > 0 ? 1 : 2;
  };
  const order = new Intl.Collator(undefined, { numeric: true });
  return people.toSorted((a, b) => rank(a) - rank(b) || order.compare(a.name, b.name));
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
