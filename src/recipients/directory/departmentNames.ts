import type { Accounts } from '../../accounts/account';
import { departments } from '../../bitrix24/departments';
import { Bitrix24Error } from '../../bitrix24/errors';
import { DisposableStore } from '../../common/dispose';
import type { Disposable } from '../../common/dispose';
import type { Log } from '../../common/log';
import type { Directories } from './directories';
import type { PeopleDirectory } from './peopleDirectory';

export interface DepartmentNamesDeps {
  accounts: Pick<Accounts, 'client'>;
  directories: Pick<Directories, 'peek' | 'onDidChange'>;
  log: Log;
}

type Names = ReadonlyMap<number, string>;

/**
 * What the departments of a portal are called, where the application may read that: once for each directory, which
 * then finds people by them too. In memory only.
 */
export class DepartmentNames implements Disposable {
  readonly #deps: DepartmentNamesDeps;
  readonly #read = new Map<string, { directory: PeopleDirectory; names: Promise<Names> }>();
  readonly #owned = new DisposableStore();
  readonly #abort = new AbortController();

  constructor(deps: DepartmentNamesDeps) {
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

  /** By id; empty where the application lacks the scope. Throws Bitrix24Error. */
  async of(accountId: string, signal?: AbortSignal): Promise<Names> {
    const directory = this.#deps.directories.peek(accountId);
    const known = this.#read.get(accountId);
    if (known && known.directory === directory) {
      return await known.names;
    }
    if (!directory) {
      return await this.#ask(accountId, signal);
    }
    // Not with the signal of whoever is first: others wait for it too.
    const names = this.#ask(accountId, this.#abort.signal);
    const reading = { directory, names };
    this.#read.set(accountId, reading);
    names.catch(() => {
      if (this.#read.get(accountId) === reading) {
        this.#read.delete(accountId);
      }
    });
    return await names;
  }

  dispose(): void {
    this.#abort.abort();
    this.#owned.dispose();
    this.#read.clear();
  }

  async #useIn(accountId: string): Promise<void> {
    const directory = this.#deps.directories.peek(accountId);
    if (!directory) {
      this.#read.delete(accountId);
      return;
    }
    const names = await this.of(accountId);
    if (names.size > 0) {
      await directory.useDepartments(Array.from(names, ([id, name]) => ({ id, name })));
    }
  }

  async #ask(accountId: string, signal: AbortSignal | undefined): Promise<Names> {
    const client = await this.#deps.accounts.client(accountId);
    try {
      const list = await departments(client, { signal });
      return new Map(list.map(({ id, name }) => [id, name]));
    } catch (error) {
      if (error instanceof Bitrix24Error && error.is('insufficient_scope')) {
        return new Map();
      }
      throw error;
    }
  }
}
