import type { Account } from '../accounts/account';
import type { SavedGroups } from '../people/groups';
import type { ListMatcher } from '../people/listMatcher';
import type { PeopleSearch } from '../people/peopleSearch';
import type { RecentRecipients } from '../people/recentRecipients';
import type { Recipient } from '../people/recipient';
import type { FormDepartments } from './formDepartments';
import type { FormPeople } from './formPeople';
import type { FormProblems } from './formProblems';
import type { GroupView, Person, ProblemView, ReplyValue } from './protocol';

export interface FormSearchDeps {
  people: Pick<PeopleSearch, 'search'>;
  recents: Pick<RecentRecipients, 'list' | 'last'>;
  groups: Pick<SavedGroups, 'list'>;
  lists: Pick<ListMatcher, 'match'>;
  /** The words by which users may find themselves, in their language. */
  meWords(): readonly string[];
}

/** What the form knows of people and departments, and its problems. */
interface Known {
  people: FormPeople;
  departments: FormDepartments;
  problems: FormProblems;
}

/** How many can be looked through without scrolling far. */
const suggestedAtMost = 8;
const groupsAtMost = 5;

/** Answers what is typed or pasted into the recipients field. */
export class FormSearch {
  readonly #deps: FormSearchDeps;
  readonly #known: Known;
  #searching = new AbortController();
  #matching = new AbortController();

  constructor(deps: FormSearchDeps, known: Known) {
    this.#deps = deps;
    this.#known = known;
  }

  /** Finds people, departments and saved groups by name; ends the search before. Throws Bitrix24Error. */
  async search(account: Account | undefined, query: string): Promise<ReplyValue> {
    this.#searching.abort();
    this.#searching = new AbortController();
    if (!account) {
      return { kind: 'people', people: [], departments: [], groups: [] };
    }
    const { signal } = this.#searching;
    const [found, departments] = await Promise.all([
      this.#people(account, query, signal),
      this.#known.departments.search(account.id, query),
    ]);
    const groups = this.#groups(account, query);
    return { kind: 'people', departments, groups, ...found };
  }

  /** Finds the people and departments of a pasted list; ends the match before. Throws Bitrix24Error. */
  async match(account: Account | undefined, text: string): Promise<ReplyValue> {
    this.#matching.abort();
    this.#matching = new AbortController();
    if (!account) {
      return { kind: 'matched', people: [], departments: [], unmatched: [] };
    }
    const { people, departments } = this.#known;
    const found = await this.#deps.lists.match(account.id, text, this.#matching.signal);
    return {
      kind: 'matched',
      people: people.views(account, found.people),
      departments: departments.views(account.id, found.departments),
      unmatched: found.unmatched.map((entry) => ({
        ...entry,
        candidates: people.views(account, entry.candidates ?? []),
        departments: departments.views(account.id, entry.departments ?? []),
      })),
      ...this.#scopeHint(account, found.missingScope),
    };
  }

  dispose(): void {
    this.#searching.abort();
    this.#matching.abort();
  }

  /** People by the typed letters; without letters, oneself and the recipients of the last pushes. */
  async #people(
    account: Account,
    query: string,
    signal: AbortSignal,
  ): Promise<{ people: Person[]; hint?: ProblemView }> {
    const { people, recents } = this.#deps;
    const me: Recipient = { id: account.userId, name: account.userName };
    const wanted = query.trim().toLocaleLowerCase();
    if (wanted === '') {
      const often = [me, ...recents.last(account.id), ...recents.list(account.id)];
      return { people: this.#known.people.views(account, often).slice(0, suggestedAtMost) };
    }
    const isMe = this.#deps.meWords().some((word) => word.toLocaleLowerCase() === wanted);
    const found = await people.search(account.id, query, signal);
    return {
      people: this.#known.people.views(account, isMe ? [me, ...found.hits] : found.hits),
      ...this.#scopeHint(account, found.missingScope),
    };
  }

  /** Saved groups whose name contains the query. */
  #groups(account: Account, query: string): GroupView[] {
    const { people, departments } = this.#known;
    const wanted = folded(query.trim());
    return this.#deps.groups
      .list(account.host)
      .filter(({ name }) => folded(name).includes(wanted))
      .slice(0, groupsAtMost)
      .map((group) => ({
        name: group.name,
        people: group.people.map((id) => people.person(account.id, id)),
        departments: departments.views(account.id, group.departments),
      }));
  }

  #scopeHint(account: Account, scope: string | undefined): { hint?: ProblemView } {
    const hint = this.#known.problems.scopeHint(scope, { account });
    return hint ? { hint } : {};
  }
}

function folded(text: string): string {
  return text.toLocaleLowerCase().replaceAll('ё', 'е');
}
