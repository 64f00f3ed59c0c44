import type { Clock } from '../common/clock';
import { LastAnswer } from '../common/lastAnswer';
import type { Log } from '../common/log';
import type { Draft } from '../push/draft';
import type { DepartmentTree } from '../people/departments/departmentTree';
import type { Departments } from '../people/departments/departments';
import type { Directories } from '../people/directory/directories';
import type { DepartmentRecipient } from '../people/recipient';
import type { DepartmentView } from './protocol';

export interface FormDepartmentsDeps {
  departments: Pick<Departments, 'peek' | 'of' | 'count'>;
  directories: Pick<Directories, 'peek' | 'onDidChange'>;
  clock: Clock;
  log: Log;
}

const foundAtMost = 5;
/** How long the portal is left alone after its departments could not be read. */
const quietMs = 60_000;

/** Departments, as the form offers, draws and counts them. */
export class FormDepartments {
  readonly #deps: FormDepartmentsDeps;
  /** Unix ms of the last failed reading, by account. */
  readonly #failedAt = new Map<string, number>();
  readonly #counted = new LastAnswer<number | undefined>();

  constructor(deps: FormDepartmentsDeps) {
    this.#deps = deps;
  }

  /** Reads the departments in the background; true when they were not known before. */
  async prepare(accountId: string): Promise<boolean> {
    const known = this.#deps.departments.peek(accountId);
    return known === undefined && (await this.#tree(accountId)) !== undefined;
  }

  /** Departments by name, of those that are known. If there are none, they are read, and `onLearnt` is called then. */
  search(accountId: string, query: string, onLearnt: () => void): DepartmentView[] {
    if (query.trim() === '') {
      return [];
    }
    void this.prepare(accountId).then((learnt) => learnt && onLearnt());
    const found = this.#deps.departments.peek(accountId)?.search(query, foundAtMost) ?? [];
    return found.map(({ id, name }) => this.view(accountId, { id, name, reach: 'tree' }));
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

  views(accountId: string, departments: readonly DepartmentRecipient[]): DepartmentView[] {
    return departments.map((one) => this.view(accountId, one));
  }

  /** How many people the draft goes to, each once; undefined without departments, or while that is not known. */
  approximatePeople(accountId: string, { recipients, departments }: Draft): number | undefined {
    const directory = this.#deps.directories.peek(accountId);
    const tree = this.#deps.departments.peek(accountId);
    if (departments.length === 0 || !directory || !tree) {
      return undefined;
    }
    return this.#counted.of([departments, recipients, directory, tree], () => {
      if (departments.some(({ id }) => !tree.get(id))) {
        return undefined;
      }
      const all = departments.flatMap(({ id, reach }) =>
        reach === 'tree' ? tree.subtree(id) : [id],
      );
      const people = new Set(directory.idsIn(new Set(all)));
      recipients.forEach(({ id }) => people.add(id));
      return people.size;
    });
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
