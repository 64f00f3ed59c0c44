import type { Account } from '../accounts/account';
import type { FormAudience } from './formAudience';
import type { FormPeople } from './formPeople';
import type { FormProblems } from './formProblems';
import type { ProblemView, ReplyValue } from './protocol';

export interface FormSearchDeps {
  people: FormPeople;
  audience: FormAudience;
  problems: FormProblems;
}

/** Answers what is typed or pasted into the recipients field. */
export class FormSearch {
  readonly #deps: FormSearchDeps;

  constructor(deps: FormSearchDeps) {
    this.#deps = deps;
  }

  /** Finds people, departments and saved groups by name. Throws Bitrix24Error. */
  async search(account: Account | undefined, query: string): Promise<ReplyValue> {
    if (!account) {
      return { kind: 'people', people: [] };
    }
    const { people, audience } = this.#deps;
    const [found, departments] = await Promise.all([
      people.find(account, query),
      audience.departments(account.id, query),
    ]);
    const groups = audience.groups(account, query).map((group) => ({
      ...group,
      people: group.people.map((id) => people.person(account.id, id)),
    }));
    return {
      kind: 'people',
      people: found.people,
      ...(departments.length > 0 && { departments }),
      ...(groups.length > 0 && { groups }),
      ...this.#scopeHint(account, found.missingScope),
    };
  }

  /** Finds the people and departments of a pasted list. Throws Bitrix24Error. */
  async match(account: Account | undefined, text: string): Promise<ReplyValue> {
    if (!account) {
      return { kind: 'matched', people: [], departments: [], unmatched: [] };
    }
    const { people, audience } = this.#deps;
    const found = await audience.match(account.id, text);
    return {
      kind: 'matched',
      people: people.views(account, found.people),
      departments: found.departments.map((one) => audience.view(account.id, one)),
      unmatched: found.unmatched.map(({ candidates, departments, ...entry }) => ({
        ...entry,
        ...(candidates && { candidates: people.views(account, candidates) }),
        ...(departments && {
          departments: departments.map((one) => audience.view(account.id, one)),
        }),
      })),
      ...this.#scopeHint(account, found.missingScope),
    };
  }

  #scopeHint(account: Account, scope: string | undefined): { hint?: ProblemView } {
    const hint = this.#deps.problems.scopeHint(scope, { account });
    return hint ? { hint } : {};
  }
}
