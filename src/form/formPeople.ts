import type { Account } from '../accounts/account';
import type { Log } from '../common/log';
import type { PeopleFound, PeopleSearch } from '../people/peopleSearch';
import type { RecentRecipients } from '../people/recentRecipients';
import type { Recipient } from '../people/recipient';
import { personView } from './formViews';
import type { Person } from './protocol';

export interface FormPeopleDeps {
  people: Pick<PeopleSearch, 'prepare' | 'search' | 'resolveIds'>;
  recents: Pick<RecentRecipients, 'list' | 'last'>;
  log: Log;
  /** The words by which users may find themselves, in their language. */
  meWords(): readonly string[];
}

export interface FormPeopleFound {
  people: Person[];
  missingScope?: PeopleFound['missingScope'];
}

/** How many can be looked through without scrolling far. */
const suggestedAtMost = 8;

/** Remembers what the form has heard of people, by account, and asks for more. */
export class FormPeople {
  readonly #deps: FormPeopleDeps;
  /** People by account and id, with what is wrong with an id. */
  readonly #known = new Map<string, Map<number, Person>>();
  readonly #asked = new Set<string>();
  #abort: AbortController | undefined;

  constructor(deps: FormPeopleDeps) {
    this.#deps = deps;
  }

  /** Gets the portal's people ready in the background, once the form is open. */
  prepare(accountId: string): void {
    this.#deps.people.prepare(accountId);
  }

  /** Returns what is known about an id; the id alone when nothing is. */
  person(accountId: string, id: number): Person {
    return this.#of(accountId).get(id) ?? { id };
  }

  /** Remembers names that a draft brings along. */
  learn(account: Pick<Account, 'id' | 'host'>, people: readonly Recipient[]): void {
    const known = this.#of(account.id);
    for (const { id, name, position, photo } of people) {
      if (name !== undefined && !known.get(id)?.name) {
        known.set(id, personView({ id, name, position, photo }, account.host));
      }
    }
  }

  /** Finds people by the typed letters; without letters, oneself and the recipients of the last pushes. */
  async find(account: Account, query: string): Promise<FormPeopleFound> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    const me: Recipient = { id: account.userId, name: account.userName };
    const wanted = query.trim().toLocaleLowerCase();
    if (wanted === '') {
      const { recents } = this.#deps;
      const often = [...recents.last(account.id), ...recents.list(account.id)];
      return { people: this.#unique(account, [me, ...often]).slice(0, suggestedAtMost) };
    }
    const isMe = this.#deps.meWords().some((word) => word.toLocaleLowerCase() === wanted);
    const found = await this.#deps.people.search(account.id, query, abort.signal);
    return {
      people: this.#unique(account, isMe ? [me, ...found.hits] : found.hits),
      ...(found.missingScope ? { missingScope: found.missingScope } : {}),
    };
  }

  /** The people as the form draws them; their names are remembered. */
  views(account: Account, people: readonly Recipient[]): Person[] {
    this.learn(account, people);
    return people.map(({ id }) => this.person(account.id, id));
  }

  /** Asks for ids that have no name yet, each once; true when something was learnt. */
  async resolve(account: Account, ids: readonly number[]): Promise<boolean> {
    const known = this.#of(account.id);
    const open = ids.filter((id) => !known.has(id) && !this.#asked.has(`${account.id}/${id}`));
    if (open.length === 0) {
      return false;
    }
    open.forEach((id) => this.#asked.add(`${account.id}/${id}`));
    try {
      const found = await this.#deps.people.resolveIds(
        account.id,
        open,
        new AbortController().signal,
      );
      this.learn(account, found.hits);
      found.unknown.forEach((id) => known.set(id, { id, trouble: 'unknown' }));
      found.inactive.forEach((id) =>
        known.set(id, { ...this.person(account.id, id), trouble: 'inactive' }),
      );
      return true;
    } catch (error) {
      // A name is a convenience: the id is sent all the same, and asked for again next time.
      this.#deps.log.debug(`Names of ids could not be read: ${String(error)}`);
      open.forEach((id) => this.#asked.delete(`${account.id}/${id}`));
      return false;
    }
  }

  dispose(): void {
    this.#abort?.abort();
  }

  #unique(account: Account, people: readonly Recipient[]): Person[] {
    this.learn(account, people);
    return [...new Set(people.map(({ id }) => id))].map((id) => this.person(account.id, id));
  }

  #of(accountId: string): Map<number, Person> {
    let known = this.#known.get(accountId);
    if (!known) {
      known = new Map();
      this.#known.set(accountId, known);
    }
    return known;
  }
}
