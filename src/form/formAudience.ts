import type { Account } from '../accounts/account';
import type { Clock } from '../common/clock';
import type { Log } from '../common/log';
import type { Draft } from '../push/draft';
import type { DepartmentTree } from '../people/departments/departmentTree';
import type { Departments } from '../people/departments/departments';
import type { Directories } from '../people/directory/directories';
import { markWorkspaceGroups } from '../people/groups';
import type { SavedGroups } from '../people/groups';
import type { ListMatch, ListMatcher } from '../people/listMatcher';
import type { ChosenAudience, DepartmentRecipient } from '../people/recipient';
import type { DepartmentView } from './protocol';

export interface FormAudienceDeps {
  departments: Pick<Departments, 'peek' | 'of' | 'count'>;
  directories: Pick<Directories, 'peek' | 'onDidChange'>;
  groups: Pick<SavedGroups, 'list'>;
  lists: Pick<ListMatcher, 'match'>;
  clock: Pick<Clock, 'now'>;
  log: Log;
}

/** A saved group, as it can be chosen. */
export interface GroupFound {
  name: string;
  /** Ids. */
  people: number[];
  departments: DepartmentView[];
  /** True if it stands in the settings of the workspace. */
  ofWorkspace?: boolean;
}

const departmentsAtMost = 5;
const groupsAtMost = 5;
/** How long the portal is left alone after its departments could not be read. */
const quietMs = 60_000;

/** Departments, saved groups and pasted lists, as the form offers and draws them. */
export class FormAudience {
  readonly #deps: FormAudienceDeps;
  /** Unix ms of the last failed reading, by account. */
  readonly #failedAt = new Map<string, number>();
  #matching: AbortController | undefined;
  #counted:
    { departments: unknown; recipients: unknown; directory: unknown; people: number } | undefined;

  constructor(deps: FormAudienceDeps) {
    this.#deps = deps;
  }

  /** Reads the departments in the background; true when they were not known before. */
  async prepare(accountId: string): Promise<boolean> {
    const known = this.#deps.departments.peek(accountId);
    return known === undefined && (await this.#tree(accountId)) !== undefined;
  }

  /** Departments by name; they are waited for when they have never been read. */
  async departments(accountId: string, query: string): Promise<DepartmentView[]> {
    const tree = query.trim() === '' ? undefined : await this.#tree(accountId);
    const found = tree?.search(query, departmentsAtMost) ?? [];
    return found.map(({ id, name }) => this.view(accountId, { id, name, reach: 'tree' }));
  }

  /** Saved groups whose name has the query in it. */
  groups(account: Account, query: string): GroupFound[] {
    const wanted = folded(query.trim());
    const groups = this.#deps.groups.list(account.host);
    return groups
      .filter(({ name }) => folded(name).includes(wanted))
      .slice(0, groupsAtMost)
      .map(({ name, people, departments, from }) => ({
        name,
        people,
        ...(from === 'workspace' && { ofWorkspace: true }),
        departments: departments.map((one) => this.view(account.id, one)),
      }));
  }

  /** Marks those whom a group of the workspace brought. */
  marked(account: Account, audience: ChosenAudience): ChosenAudience {
    return markWorkspaceGroups(audience, this.#deps.groups.list(account.host));
  }

  nameOf(accountId: string, departmentId: number): string | undefined {
    return this.view(accountId, { id: departmentId, reach: 'tree' }).name;
  }

  /** The department with all that is known about it. */
  view(accountId: string, { id, name, reach }: DepartmentRecipient): DepartmentView {
    const { departments, directories } = this.#deps;
    const tree = departments.peek(accountId);
    const known = tree?.get(id);
    const [all, direct] = (['tree', 'direct'] as const).map((which) =>
      departments.count(accountId, { id, reach: which }),
    );
    const path = tree?.path(id).join(' / ');
    const called = known?.name ?? name;
    const head =
      known?.head === undefined ? undefined : directories.peek(accountId)?.person(known.head)?.name;
    return {
      id,
      reach,
      parent: tree ? tree.subtree(id).length > 1 : false,
      ...(called ? { name: called } : {}),
      ...(all !== undefined && direct !== undefined ? { counts: { tree: all, direct } } : {}),
      ...(path && path !== called ? { path } : {}),
      ...(head ? { head } : {}),
    };
  }

  /** How many people the draft goes to, each once; undefined without departments, or while that is not known. */
  approximatePeople(accountId: string, { recipients, departments }: Draft): number | undefined {
    const directory = this.#deps.directories.peek(accountId);
    const tree = this.#deps.departments.peek(accountId);
    if (departments.length === 0 || !directory || !tree) {
      return undefined;
    }
    const counted = this.#counted;
    if (
      counted?.departments === departments &&
      counted.recipients === recipients &&
      counted.directory === directory
    ) {
      return counted.people;
    }
    if (departments.some(({ id }) => !tree.get(id))) {
      return undefined;
    }
    const all = departments.flatMap(({ id, reach }) =>
      reach === 'tree' ? tree.subtree(id) : [id],
    );
    const people = new Set(directory.idsIn(new Set(all)));
    recipients.forEach(({ id }) => people.add(id));
    this.#counted = { departments, recipients, directory, people: people.size };
    return people.size;
  }

  /** Finds the people and departments that a pasted list means; ends the match before. Throws Bitrix24Error. */
  async match(accountId: string, text: string): Promise<ListMatch> {
    this.#matching?.abort();
    const abort = new AbortController();
    this.#matching = abort;
    return await this.#deps.lists.match(accountId, text, abort.signal);
  }

  dispose(): void {
    this.#matching?.abort();
  }

  /** The departments as they are known, else as the portal tells them; undefined while it does not. */
  async #tree(accountId: string): Promise<DepartmentTree | undefined> {
    const { departments, clock, log } = this.#deps;
    const known = departments.peek(accountId);
    const failedAt = this.#failedAt.get(accountId);
    if (known || (failedAt !== undefined && clock.now() - failedAt < quietMs)) {
      return known;
    }
    try {
      return await departments.of(accountId);
    } catch (error) {
      log.info(`Form: the departments of the portal could not be read: ${String(error)}`);
      this.#failedAt.set(accountId, clock.now());
      return undefined;
    }
  }
}

function folded(text: string): string {
  return text.toLocaleLowerCase().replaceAll('ё', 'е');
}
