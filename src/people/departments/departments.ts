import type { Accounts } from '../../accounts/account';
import { departments } from '../../bitrix24/departments';
import { Bitrix24Error } from '../../bitrix24/errors';
import { unlessAborted } from '../../bitrix24/abort';
import type { Clock } from '../../common/clock';
import { DisposableStore } from '../../common/dispose';
import type { Disposable } from '../../common/dispose';
import type { Log } from '../../common/log';
import type { Directories } from '../directory/directories';
import type { PeopleDirectory } from '../directory/peopleDirectory';
import type { DepartmentRecipient } from '../recipient';
import { DepartmentTree } from './departmentTree';

interface DepartmentsDeps {
  accounts: Pick<Accounts, 'client'>;
  directories: Pick<Directories, 'peek' | 'onDidChange'>;
  clock: Pick<Clock, 'now'>;
  log: Log;
}

/** A reading of the departments, and the directory that was open at that time. */
interface Reading {
  directory: PeopleDirectory | undefined;
  tree: Promise<DepartmentTree>;
  at: number;
}

interface Known {
  tree: DepartmentTree;
  missingScope: boolean;
  /** Numbers of people by department and reach, for this directory only. */
  counts: { directory: PeopleDirectory; byKey: Map<string, number> } | undefined;
}

/** How long departments are used if no newer directory causes another reading. */
const hourMs = 60 * 60 * 1000;
/** How long to wait after a missing scope, which the application may get meanwhile. */
const withoutScopeMs = 60 * 1000;

/**
 * Reads the departments of each account's portal once for each directory, which then finds people by them too. They are
 * kept in memory only, and are empty where the application may not read them.
 */
export class Departments implements Disposable {
  readonly #deps: DepartmentsDeps;
  readonly #readings = new Map<string, Reading>();
  readonly #known = new Map<string, Known>();
  readonly #owned = new DisposableStore();
  readonly #abort = new AbortController();

  constructor(deps: DepartmentsDeps) {
    this.#deps = deps;
    this.#owned.add(
      deps.directories.onDidChange((accountId) => {
        this.#useIn(accountId).catch((error: unknown) => {
          if (!this.#abort.signal.aborted) {
            deps.log.info(`The departments of the portal could not be read: ${String(error)}`);
          }
        });
      }),
    );
  }

  /** The tree in memory. Needs no network. */
  peek(accountId: string): DepartmentTree | undefined {
    return this.#known.get(accountId)?.tree;
  }

  /** The portal's departments; an empty tree if the application lacks the scope. Throws Bitrix24Error. */
  async of(accountId: string, signal?: AbortSignal): Promise<DepartmentTree> {
    return await unlessAborted(this.#latest(accountId), signal);
  }

  /** The number of active people in a department; undefined if it, or the directory, is not known. */
  count(accountId: string, { id, reach }: DepartmentRecipient): number | undefined {
    const known = this.#known.get(accountId);
    const directory = this.#deps.directories.peek(accountId);
    if (!directory || !known?.tree.get(id)) {
      return undefined;
    }
    if (known.counts?.directory !== directory) {
      known.counts = { directory, byKey: new Map() };
    }
    const { byKey } = known.counts;
    const key = `${id} ${reach}`;
    const count =
      byKey.get(key) ?? directory.idsIn(reach === 'tree' ? known.tree.subtree(id) : [id]).length;
    byKey.set(key, count);
    return count;
  }

  dispose(): void {
    this.#abort.abort();
    this.#owned.dispose();
    this.#readings.clear();
    this.#known.clear();
  }

  #latest(accountId: string): Promise<DepartmentTree> {
    const directory = this.#deps.directories.peek(accountId);
    const now = this.#deps.clock.now();
    const known = this.#readings.get(accountId);
    const isScopeMissing = this.#known.get(accountId)?.missingScope;
    const freshMs = isScopeMissing ? withoutScopeMs : directory ? Infinity : hourMs;
    if (known && known.directory === directory && now - known.at < freshMs) {
      return known.tree;
    }
    // The first caller's signal must not cancel it, because others wait for it too.
    const tree = this.#ask(accountId, () => this.#readings.get(accountId) === reading);
    const reading: Reading = { directory, tree, at: now };
    this.#readings.set(accountId, reading);
    tree.catch(() => {
      if (this.#readings.get(accountId) === reading) {
        this.#readings.delete(accountId);
      }
    });
    return tree;
  }

  async #useIn(accountId: string): Promise<void> {
    const directory = this.#deps.directories.peek(accountId);
    if (!directory) {
      this.#readings.delete(accountId);
      this.#known.delete(accountId);
      return;
    }
    const tree = await this.of(accountId);
    if (tree.size > 0) {
      directory.useDepartments(tree.inTreeOrder().map(({ department }) => department));
    }
  }

  async #ask(accountId: string, isWanted: () => boolean): Promise<DepartmentTree> {
    const client = await this.#deps.accounts.client(accountId);
    let list: Awaited<ReturnType<typeof departments>> = [];
    let missingScope = false;
    try {
      list = await departments(client, { signal: this.#abort.signal });
    } catch (error) {
      missingScope = error instanceof Bitrix24Error && error.is('insufficient_scope');
      if (!missingScope) {
        throw error;
      }
    }
    const tree = new DepartmentTree(list);
    if (isWanted()) {
      this.#known.set(accountId, { tree, missingScope, counts: undefined });
    }
    return tree;
  }
}
