import type { Account } from '../accounts/account';
import type { Clock } from '../common/clock';
import type { SavedGroups } from '../people/groups';
import type { ListMatcher } from '../people/listMatcher';
import type { PeopleSearch } from '../people/peopleSearch';
import { departmentMatch, inRankOrder, isSure, nameMatch } from '../people/ranking';
import type { PersonMatch } from '../people/ranking';
import type { RecentRecipients } from '../people/recentRecipients';
import type { Recipient } from '../people/recipient';
import type { FormDepartments } from './formDepartments';
import type { FormPeople } from './formPeople';
import type { FormProblems } from './formProblems';
import type {
  DepartmentView,
  GroupView,
  Person,
  ProblemView,
  RankedView,
  ReplyValue,
} from './protocol';

export interface FormSearchDeps {
  people: Pick<PeopleSearch, 'search' | 'matchOf'>;
  recents: Pick<RecentRecipients, 'list' | 'last'>;
  groups: Pick<SavedGroups, 'list'>;
  lists: Pick<ListMatcher, 'match'>;
  /** The words by which users may find themselves, in their language. */
  meWords(): readonly string[];
  /** Says why something was found, if what is shown of it does not. */
  whyFound(match: Partial<PersonMatch>): string | undefined;
  /** Says that the portal accepts no requests until then, Unix ms. */
  portalPauses: (host: string, until: number) => string;
  clock: Clock;
}

/** What the form knows of people and departments, and its problems. */
interface Known {
  people: FormPeople;
  departments: FormDepartments;
  problems: Pick<FormProblems, 'scopeHint'>;
}

/** How many can be looked through without scrolling far. */
const suggestedAtMost = 8;
const groupsAtMost = 5;
/** The portal is not asked more often than this while it pauses requests. */
const minimalWaitMs = 1_000;

/** Answers what is typed or pasted into the recipients field. */
export class FormSearch {
  readonly #deps: FormSearchDeps;
  readonly #known: Known;
  readonly #searchAgain: () => void;
  #searching = new AbortController();
  #matching = new AbortController();

  /** `searchAgain` asks the page to repeat its search, because more can be found. */
  constructor(deps: FormSearchDeps, known: Known, searchAgain: () => void) {
    this.#deps = deps;
    this.#known = known;
    this.#searchAgain = searchAgain;
  }

  /** Finds people, departments and saved groups by name; ends the search before. Throws Bitrix24Error. */
  async search(account: Account | undefined, query: string): Promise<ReplyValue> {
    this.#searching.abort();
    this.#searching = new AbortController();
    if (!account) {
      return { kind: 'people', people: [], departments: [], groups: [] };
    }
    const { signal } = this.#searching;
    const { pausedUntil, ...found } = await this.#people(account, query, signal);
    const departments = this.#known.departments.search(account.id, query, () => {
      if (!signal.aborted) {
        this.#searchAgain();
      }
    });
    const groups = this.#groups(account, query);
    return {
      ...{ kind: 'people', departments, groups, ...found },
      ...this.#ranking(account, query, found.people, groups, departments),
      ...(pausedUntil !== undefined && this.#pause(account, pausedUntil, signal)),
    };
  }

  /** Searches again when the portal's pause is over. */
  #pause({ host }: Account, until: number, signal: AbortSignal): { note: string } {
    const { clock, portalPauses } = this.#deps;
    void clock.sleep(Math.max(minimalWaitMs, until - clock.now()), signal).then(
      () => this.#searchAgain(),
      () => undefined,
    );
    return { note: portalPauses(host, until) };
  }

  #ranking(
    account: Account,
    query: string,
    people: readonly Person[],
    groups: readonly GroupView[],
    departments: readonly DepartmentView[],
  ): { ranking?: RankedView[] } {
    if (query.trim() === '') {
      return {};
    }
    const ranked = inRankOrder(
      people.map((person, index) => ({
        ...{ kind: 'person' as const, index },
        ...(person.id === account.userId && this.#meansMe(query)
          ? { match: 'exact' as const, by: undefined }
          : this.#deps.people.matchOf(account.id, query, person)),
      })),
      groups.map(({ name }, index) => ({
        ...{ kind: 'group' as const, index, by: undefined },
        match: nameMatch(query, name) ?? 'other',
      })),
      departments.map(({ name = '', path = name }, index) => ({
        ...{ kind: 'department' as const, index, by: undefined },
        match: departmentMatch(query, path.split(' / ')),
      })),
    );
    return {
      ranking: ranked.map(({ kind, index, match, by }) => {
        const why = this.#deps.whyFound({ match, by });
        return { kind, index, isSure: isSure({ match }), ...(why !== undefined && { why }) };
      }),
    };
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
  ): Promise<{ people: Person[]; hint?: ProblemView; pausedUntil?: number | undefined }> {
    const { people, recents } = this.#deps;
    const me: Recipient = { id: account.userId, name: account.userName };
    if (query.trim() === '') {
      const often = [me, ...recents.last(account.id), ...recents.list(account.id)];
      return { people: this.#known.people.views(account, often).slice(0, suggestedAtMost) };
    }
    const isMe = this.#meansMe(query);
    const found = await people.search(account.id, query, signal);
    return {
      people: this.#known.people.views(account, isMe ? [me, ...found.hits] : found.hits),
      pausedUntil: found.pausedUntil,
      ...this.#scopeHint(account, found.missingScope),
    };
  }

  #meansMe(query: string): boolean {
    const wanted = query.trim().toLocaleLowerCase();
    return this.#deps.meWords().some((word) => word.toLocaleLowerCase() === wanted);
  }

  /** Saved groups that the query means; without letters, any. */
  #groups(account: Account, query: string): GroupView[] {
    const { people, departments } = this.#known;
    return this.#deps.groups
      .list(account.host)
      .filter(({ name }) => query.trim() === '' || nameMatch(query, name) !== undefined)
      .slice(0, groupsAtMost)
      .map((group) => ({
        name: group.name,
        ...(group.from === 'workspace' && { ofWorkspace: true }),
        people: group.people.map((id) => people.person(account.id, id)),
        departments: departments.views(account.id, group.departments),
        ...(group.from === 'workspace' && { ofWorkspace: true }),
      }));
  }

  #scopeHint(account: Account, scope: string | undefined): { hint?: ProblemView } {
    const hint = this.#known.problems.scopeHint(scope, { account });
    return hint ? { hint } : {};
  }
}
