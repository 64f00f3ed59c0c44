import { Bitrix24Error } from '../bitrix24/errors';
import { peopleByIds } from '../bitrix24/peopleById';
import { searchPeople } from '../bitrix24/peopleByText';
import type { Person } from '../bitrix24/person';
import type { Event } from 'vscode';
import type { Accounts } from '../accounts/account';
import type { Log } from '../common/log';
import type { Directories, ReadOutcome } from './directory/directories';
import type { ReadProgress } from './directory/directoryReader';
import type { RecentRecipients } from './recentRecipients';
import type { Recipient } from './recipient';

/** Someone found on the portal. */
export type PersonHit = Recipient;

export interface PeopleFound {
  hits: PersonHit[];
  /** Best first; otherwise in the portal's own order. */
  ranked?: true;
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
  /** Everybody on the portal, once they were read; without it the portal alone is asked. */
  directories?: Pick<
    Directories,
    | 'peek'
    | 'prepare'
    | 'read'
    | 'missingScope'
    | 'reading'
    | 'stop'
    | 'onDidChange'
    | 'onDidProgress'
  >;
  /** Who was used often and lately comes first. */
  recents?: Pick<RecentRecipients, 'weights'>;
  log: Log;
}

/**
 * Who can be chosen as one types: out of the directory, and until it is there, or where it knows nobody, from the
 * portal. Throws Bitrix24Error; cancelled by the signal.
 */
export class PeopleSearch {
  readonly #deps: PeopleSearchDeps;

  /** Fires with the account's id when {@link local} may answer otherwise than before. */
  readonly onDidChange: Event<string>;
  /** Fires with the account's id when {@link reading} has changed. */
  readonly onDidProgress: Event<string>;

  constructor(deps: PeopleSearchDeps) {
    this.#deps = deps;
    this.onDidChange = deps.directories?.onDidChange ?? never;
    this.onDidProgress = deps.directories?.onDidProgress ?? never;
  }

  /** How far everybody has been read, while that goes on. */
  reading(accountId: string): ReadProgress | undefined {
    return this.#deps.directories?.reading(accountId);
  }

  /** Reads everybody anew, however lately that was; throws Bitrix24Error. It goes on when nobody waits for it. */
  async refresh(accountId: string): Promise<ReadOutcome | undefined> {
    return await this.#deps.directories?.read(accountId);
  }

  /** Ends what {@link refresh} or {@link prepare} began. */
  stopReading(accountId: string): void {
    this.#deps.directories?.stop(accountId);
  }

  /** Somebody is about to search: gets the directory ready in the background. */
  prepare(accountId: string): void {
    const { directories, log } = this.#deps;
    directories?.prepare(accountId).catch((error: unknown) => {
      log.warn(`The directory of people could not be opened: ${String(error)}`);
    });
  }

  /** What the directory knows, at once and without network, best first; undefined while there is none. */
  local(accountId: string, query: string): PersonHit[] | undefined {
    const boost = this.#deps.recents?.weights(accountId);
    return this.#deps.directories
      ?.peek(accountId)
      ?.search(query, boost && { boost })
      .people.map(hitOf);
  }

  /** Somebody in the directory, at once and without network. */
  known(accountId: string, id: number): PersonHit | undefined {
    const person = this.#deps.directories?.peek(accountId)?.person(id);
    return person && hitOf(person);
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
    const known = this.local(account.id, wanted);
    if (known && known.length > 0) {
      return { hits: known, ranked: true };
    }
    const client = await this.#deps.accounts.client(account.id);
    return await withoutScope({ hits: [] }, async () => {
      const people = await searchPeople(client, wanted, { signal });
      this.#scopeIsThere(account.id);
      const hits = people.filter(({ active }) => active).map(hitOf);
      // The directory may have come meanwhile.
      const better = this.local(account.id, wanted) ?? [];
      const ids = new Set(better.map(({ id }) => id));
      return better.length > 0
        ? { hits: [...better, ...hits.filter(({ id }) => !ids.has(id))], ranked: true }
        : { hits };
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
    const directory = this.#deps.directories?.peek(account.id);
    const known = ids.flatMap((id) => directory?.person(id) ?? []).map(hitOf);
    const knownIds = new Set(known.map(({ id }) => id));
    const open = ids.filter((id) => !knownIds.has(id));
    if (open.length === 0) {
      return { ...nobody, hits: known };
    }
    const client = await this.#deps.accounts.client(account.id);
    return await withoutScope({ ...nobody, hits: known }, async () => {
      const people = await peopleByIds(client, open, { signal });
      const found = new Set(people.map(({ id }) => id));
      return {
        hits: [...known, ...people.map(hitOf)],
        unknown: open.filter((id) => !found.has(id)),
        inactive: people.filter(({ active }) => !active).map(({ id }) => id),
      };
    });
  }

  /** The application has got the scope that the last reading of the directory lacked. */
  #scopeIsThere(accountId: string): void {
    const { directories, log } = this.#deps;
    if (directories?.missingScope(accountId)) {
      directories.read(accountId).catch((error: unknown) => {
        log.warn(`The people of the portal could not be read: ${String(error)}`);
      });
    }
  }

  #account(id: string | undefined): ReturnType<Accounts['current']> {
    return id === undefined ? this.#deps.accounts.current() : this.#deps.accounts.get(id);
  }
}

const never: Event<string> = () => ({ dispose: () => undefined });

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
