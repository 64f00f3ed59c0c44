import type { Account } from '../accounts/account';
import type { Log } from '../common/log';
import type { PeopleSearch } from '../people/peopleSearch';
import type { Recipient } from '../people/recipient';
import { personView } from './formViews';
import type { Person } from './protocol';

export interface FormPeopleDeps {
  people: Pick<PeopleSearch, 'resolveIds'>;
  log: Log;
}

/** Remembers what the form has heard of people, by account, and asks for names of ids. */
export class FormPeople {
  readonly #deps: FormPeopleDeps;
  /** People by account and id, with what is wrong with an id. */
  readonly #known = new Map<string, Map<number, Person>>();
  readonly #asked = new Set<string>();

  constructor(deps: FormPeopleDeps) {
    this.#deps = deps;
  }

  /** Returns what is known about an id; the id alone when nothing is. */
  person(accountId: string, id: number): Person {
    return this.#known.get(accountId)?.get(id) ?? { id };
  }

  /** Remembers names that a draft brings along. */
  learn(account: Pick<Account, 'id' | 'host'>, people: readonly Recipient[]): void {
    const known = this.#of(account.id);
    for (const person of people) {
      if (person.name !== undefined && !known.get(person.id)?.name) {
        known.set(person.id, personView(person, account.host));
      }
    }
  }

  /** The people as the form draws them, each once; their names are remembered. */
  views(account: Account, people: readonly Recipient[]): Person[] {
    this.learn(account, people);
    return [...new Set(people.map(({ id }) => id))].map((id) => this.person(account.id, id));
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
      const { signal } = new AbortController();
      const found = await this.#deps.people.resolveIds(account.id, open, signal);
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

  #of(accountId: string): Map<number, Person> {
    const known = this.#known.get(accountId) ?? new Map<number, Person>();
    this.#known.set(accountId, known);
    return known;
  }
}
