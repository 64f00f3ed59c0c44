import type { Event, SecretStorage } from 'vscode';
import { Bitrix24Error } from '../bitrix24/errors';
import type { Clock } from '../common/clock';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import type { Log } from '../common/log';
import type { AccountBoard, SignInOver } from './accountBoard';
import { accountError } from './accountError';
import { accountId as idOf, parseStored } from './storedAccount';
import type { StoredAccount } from './storedAccount';

export { accountId, accountOf, tokensOf } from './storedAccount';
export type { StoredAccount } from './storedAccount';

const keyPrefix = 'account.v1:';
/** Where a value that cannot be read is kept until the user signs in again or forgets the account. */
const damagedPrefix = 'damaged.v1:';

/** A locked keyring may never answer. */
const deadlineMs = 10_000;

export interface VaultChange {
  added: StoredAccount[];
  removed: StoredAccount[];
  changed: { before: StoredAccount; after: StoredAccount }[];
}

export interface VaultDeps {
  secrets: SecretStorage;
  clock: Clock;
  log: Log;
  /** A stored account could not be read and was set aside: one has to sign in again. */
  onDamaged?: (() => void) | undefined;
  /** What the windows of this machine tell each other; without one, SecretStorage has to. */
  board?: AccountBoard | undefined;
}

type Cache = Map<string, { value: string; account: StoredAccount }>;

/**
 * The accounts in SecretStorage, one secret each; where another window knows newer tokens, those. Reads nothing
 * until asked. Every method throws KEYRING when the storage fails or does not answer within 10 s.
 */
export class Vault implements Disposable {
  readonly #deps: VaultDeps;
  readonly #store = new DisposableStore();
  readonly #changes = new Emitter<VaultChange>();
  /** What is stored, by account id; undefined until first asked. */
  #cache: Cache | undefined;
  #loading: Promise<Cache> | undefined;
  /** Work on one secret goes one after another, so that no change is lost. */
  readonly #queues = new Map<string, Promise<unknown>>();

  readonly #looking = new Map<string, Promise<StoredAccount | undefined>>();

  /** Fires after the storage has succeeded, for this window's changes and for others'. */
  readonly onDidChange: Event<VaultChange> = this.#changes.event;

  constructor(deps: VaultDeps) {
    this.#deps = deps;
    this.#store.add(this.#changes);
    this.#store.add(
      deps.secrets.onDidChange(({ key }) => {
        if (key.startsWith(keyPrefix) && (this.#cache ?? this.#loading)) {
          // Trouble here shows again, with an answer, when somebody needs the account.
          this.reread(key.slice(keyPrefix.length)).catch(() => undefined);
        }
      }),
    );
    if (deps.board) {
      this.#store.add(
        deps.board.onDidChange(() => {
          if (this.#cache) {
            this.list().catch(() => undefined);
          }
        }),
      );
    }
  }

  async list(): Promise<StoredAccount[]> {
    const ids = [...(await this.#loaded()).keys()];
    const accounts = await Promise.all(ids.map((accountId) => this.get(accountId)));
    return accounts.filter((account) => account !== undefined);
  }

  get(accountId: string): Promise<StoredAccount | undefined> {
    // Hundreds of calls may ask at the same moment.
    let looking = this.#looking.get(accountId);
    if (!looking) {
      looking = this.#get(accountId).finally(() => this.#looking.delete(accountId));
      this.#looking.set(accountId, looking);
    }
    return looking;
  }

  async #get(accountId: string): Promise<StoredAccount | undefined> {
    const account = (await this.#loaded()).get(accountId)?.account;
    const { board, log } = this.#deps;
    if (!account || !board) {
      return account;
    }
    try {
      switch (await board.standing(account)) {
        case 'newer':
        case 'ended':
          return await this.reread(accountId);
        case 'older':
          await board.publish(account);
          break;
        case 'same':
        case 'other':
      }
    } catch (error) {
      if (error instanceof Bitrix24Error) {
        throw error;
      }
      log.warn('What other windows know of the accounts could not be read.');
    }
    return account;
  }

  /** Runs `work` while no other window renews this account. */
  alone<T>(accountId: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#deps.board?.alone(accountId, work, signal) ?? work();
  }

  /** What the server said when any window tried to renew these very tokens: that they cannot be. */
  over(account: StoredAccount): Promise<SignInOver | undefined> {
    return this.#deps.board?.over(account) ?? Promise.resolve(undefined);
  }

  async tellOver(account: StoredAccount, over: SignInOver): Promise<void> {
    await this.#deps.board?.tellOver(account, over);
  }

  /** As stored right now: another window may have changed it. */
  reread(accountId: string): Promise<StoredAccount | undefined> {
    return this.#inTurn(accountId, () => this.#read(accountId));
  }

  /** Stores what `change` makes of the current value; undefined leaves it as it is. */
  change(
    accountId: string,
    change: (current: StoredAccount | undefined) => StoredAccount | undefined,
  ): Promise<StoredAccount | undefined> {
    return this.#inTurn(accountId, async () => {
      const current = await this.#read(accountId);
      const changed = change(current);
      if (!changed) {
        return current;
      }
      // First to the other windows: what is stored only here is lost to them.
      const next = await this.#told(changed, current);
      const value = JSON.stringify(next);
      await this.#within(() => this.#deps.secrets.store(keyPrefix + accountId, value));
      this.#remember(accountId, value, next);
      return next;
    });
  }

  /** Forgets the account, and what was set aside of it. */
  remove(accountId: string): Promise<void> {
    return this.#inTurn(accountId, async () => {
      const account = (await this.#loaded()).get(accountId)?.account;
      if (account) {
        await this.#deps.board?.end(account);
      }
      await this.#within(() => this.#deps.secrets.delete(keyPrefix + accountId));
      await this.#within(() => this.#deps.secrets.delete(damagedPrefix + accountId));
      this.#remember(accountId, undefined, undefined);
    });
  }

  async removeAll(): Promise<void> {
    const keys = await this.#within(() => this.#deps.secrets.keys());
    const ids = keys.flatMap((key) =>
      [keyPrefix, damagedPrefix]
        .filter((prefix) => key.startsWith(prefix))
        .map((prefix) => key.slice(prefix.length)),
    );
    await Promise.all([...new Set(ids)].map((accountId) => this.remove(accountId)));
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #loaded(): Promise<Cache> {
    if (this.#cache) {
      return this.#cache;
    }
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(): Promise<Cache> {
    const keys = await this.#within(() => this.#deps.secrets.keys());
    const cache: Cache = new Map();
    await Promise.all(
      keys
        .filter((key) => key.startsWith(keyPrefix))
        .map(async (key) => {
          const accountId = key.slice(keyPrefix.length);
          const value = await this.#within(() => this.#deps.secrets.get(key));
          const entry = value === undefined ? undefined : await this.#parse(accountId, value);
          if (entry) {
            cache.set(accountId, entry);
          }
        }),
    );
    this.#cache = cache;
    this.#deps.board?.watch();
    return cache;
  }

  async #read(accountId: string): Promise<StoredAccount | undefined> {
    await this.#loaded();
    const value = await this.#within(() => this.#deps.secrets.get(keyPrefix + accountId));
    const entry = value === undefined ? undefined : await this.#parse(accountId, value);
    this.#remember(accountId, entry?.value, entry?.account);
    return entry?.account;
  }

  /** Undefined for a damaged value, which is set aside: it may still be of use to someone who looks. */
  async #parse(
    accountId: string,
    value: string,
  ): Promise<{ value: string; account: StoredAccount } | undefined> {
    const account = parseStored(value);
    if (account && idOf(account) === accountId) {
      const newest = await this.#newest(account);
      if (!newest && !(await this.#replaced(account))) {
        // Signed out elsewhere, where this window's storage did not hear of it.
        await this.#within(() => this.#deps.secrets.delete(keyPrefix + accountId));
      }
      return (
        newest && {
          value: newest === account ? value : JSON.stringify(newest),
          account: newest,
        }
      );
    }
    this.#deps.log.error('A stored account cannot be read. It was set aside; sign in again.');
    await this.#within(() => this.#deps.secrets.store(damagedPrefix + accountId, value));
    await this.#within(() => this.#deps.secrets.delete(keyPrefix + accountId));
    this.#deps.onDamaged?.();
    return undefined;
  }

  /**
   * The key may hold a newer sign-in that this window's storage does not show, and that must not go with the old
   * one. When that cannot be known, neither.
   */
  async #replaced(account: StoredAccount): Promise<boolean> {
    try {
      return (await this.#deps.board?.replaced(account)) ?? false;
    } catch {
      this.#deps.log.warn('What other windows know of the accounts could not be read.');
      return true;
    }
  }

  async #newest(account: StoredAccount): Promise<StoredAccount | undefined> {
    const { board, log } = this.#deps;
    if (!board) {
      return account;
    }
    try {
      return await board.newest(account);
    } catch {
      log.warn('What other windows know of the accounts could not be read.');
      return account;
    }
  }

  /** Numbers new tokens and tells the other windows. */
  async #told(next: StoredAccount, current: StoredAccount | undefined): Promise<StoredAccount> {
    const { board, log } = this.#deps;
    if (!board) {
      return next;
    }
    const sameApp = next.app.clientId === current?.app.clientId;
    const windows = (sameApp ? current.windows : undefined) ?? board.newSignIn();
    const isNew = JSON.stringify(next.tokens) !== JSON.stringify(current?.tokens);
    const generation = windows.generation + (isNew || windows.generation === 0 ? 1 : 0);
    const account = { ...next, windows: { ...windows, generation } };
    let signedIn = true;
    try {
      if (current && !sameApp) {
        // Other windows cannot renew what another application got.
        await board.end(current);
      }
      signedIn = await board.publish(account);
    } catch (error) {
      log.warn(`Other windows could not be told of new tokens: ${String(error)}`);
    }
    if (!signedIn) {
      await this.#within(() => this.#deps.secrets.delete(keyPrefix + idOf(next)));
      this.#remember(idOf(next), undefined, undefined);
      throw accountError('NO_SUCH_ACCOUNT', { description: 'The account was signed out.' });
    }
    return account;
  }

  /** Keeps the cache true and tells what is new; silent when the stored string is the one already known. */
  #remember(
    accountId: string,
    value: string | undefined,
    account: StoredAccount | undefined,
  ): void {
    const cache = this.#cache;
    const before = cache?.get(accountId);
    if (!cache || before?.value === value) {
      return;
    }
    if (value !== undefined && account) {
      cache.set(accountId, { value, account });
    } else {
      cache.delete(accountId);
    }
    this.#changes.fire({
      added: account && !before ? [account] : [],
      removed: before && !account ? [before.account] : [],
      changed: account && before ? [{ before: before.account, after: account }] : [],
    });
  }

  #inTurn<T>(accountId: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#queues.get(accountId) ?? Promise.resolve()).then(work, work);
    this.#queues.set(accountId, turn);
    const done = () => {
      if (this.#queues.get(accountId) === turn) {
        this.#queues.delete(accountId);
      }
    };
    turn.then(done, done);
    return turn;
  }

  async #within<T>(work: () => Thenable<T>): Promise<T> {
    const stop = new AbortController();
    const deadline = this.#deps.clock.sleep(deadlineMs, stop.signal).then(() => {
      throw accountError('KEYRING', {
        description: 'The secret storage did not answer within 10 s.',
      });
    });
    try {
      return await Promise.race([Promise.resolve().then(work), deadline]);
    } catch (cause) {
      throw cause instanceof Bitrix24Error
        ? cause
        : accountError('KEYRING', { description: 'The secret storage failed.', cause });
    } finally {
      stop.abort();
    }
  }
}
