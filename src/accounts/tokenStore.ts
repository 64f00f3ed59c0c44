import { isDeepStrictEqual } from 'node:util';
import type { Event, SecretStorage } from 'vscode';
import { Bitrix24Error } from '../bitrix24/errors';
import type { Clock } from '../common/clock';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import type { IsHeld } from '../common/interProcessLock';
import type { Log } from '../common/log';
import { accountError } from './account';
import { newSharedSignIn, SharedTokenState } from './sharedTokenState';
import type { Refusal, SharedView } from './sharedTokenState';
import { accountId as idOf, parseStored } from './storedAccount';
import type { SignedInAccount, StoredAccount } from './storedAccount';

const keyPrefix = 'account.v1:';
/** A value that cannot be understood is kept under this prefix until the user signs in again or forgets the account. */
const damagedPrefix = 'damaged.v1:';

/** A locked keyring may never answer. */
const deadlineMs = 10_000;

/** What became of one account: `before` is undefined for a new one, `after` for one that was removed. */
export interface TokenStoreChange {
  before: StoredAccount | undefined;
  after: StoredAccount | undefined;
}

export interface TokenStoreDeps {
  secrets: SecretStorage;
  /** Under the extension's global storage, which all windows of the machine share. */
  folder: string;
  clock: Clock;
  log: Log;
  /** Called when a stored account could not be understood and was set aside: its user has to sign in again. */
  onDamaged: () => void;
}

/**
 * The accounts with their tokens: one secret each in SecretStorage, or the newer tokens that another window has
 * shared. Reads nothing until asked. Every method throws KEYRING when SecretStorage fails or does not answer
 * within 10 s. When only the shared state fails, that is logged, and SecretStorage has to do.
 */
export class TokenStore implements Disposable {
  readonly #deps: TokenStoreDeps;
  readonly #shared: SharedTokenState;
  readonly #store = new DisposableStore();
  readonly #changes = new Emitter<TokenStoreChange>();
  /** The accounts by id, as read last; undefined until first asked. */
  #cache: Map<string, StoredAccount> | undefined;
  #loading: Promise<Map<string, StoredAccount>> | undefined;
  /** Accounts that SecretStorage lists and did not give: they are asked for again with the next need. */
  readonly #withheld = new Set<string>();
  /** Work on one secret goes one after another, so that no change is lost. */
  readonly #queues = new Map<string, Promise<unknown>>();
  readonly #getting = new Map<string, Promise<StoredAccount | undefined>>();

  /** Fires after the storage has succeeded, for this window's changes and for others'. */
  readonly onDidChange: Event<TokenStoreChange> = this.#changes.event;

  constructor(deps: TokenStoreDeps) {
    this.#deps = deps;
    this.#shared = this.#store.add(new SharedTokenState(deps.folder, deps.log));
    this.#store.add(this.#changes);
    // Trouble in these two shows again, with an answer, when somebody needs the account.
    this.#store.add(
      deps.secrets.onDidChange(({ key }) => {
        if (key.startsWith(keyPrefix) && (this.#cache ?? this.#loading)) {
          this.reread(key.slice(keyPrefix.length)).catch(() => undefined);
        }
      }),
    );
    this.#store.add(
      this.#shared.onDidChange(() => {
        if (this.#cache) {
          this.list().catch(() => undefined);
        }
      }),
    );
  }

  async list(): Promise<StoredAccount[]> {
    const known = await this.#loaded();
    // One account that cannot be read now does not hide the others.
    await Promise.all([...this.#withheld].map((id) => this.reread(id).catch(() => undefined)));
    const ids = [...known.keys()];
    const accounts = await Promise.all(ids.map((accountId) => this.get(accountId)));
    return accounts.filter((account) => account !== undefined);
  }

  /** Resolves to the account with the newest tokens that any window has stored. */
  get(accountId: string): Promise<StoredAccount | undefined> {
    // Hundreds of calls may ask at the same moment.
    let getting = this.#getting.get(accountId);
    if (!getting) {
      getting = this.#get(accountId).finally(() => this.#getting.delete(accountId));
      this.#getting.set(accountId, getting);
    }
    return getting;
  }

  /** Resolves to the account as it is stored right now: another window may have changed it. */
  reread(accountId: string): Promise<StoredAccount | undefined> {
    return this.#inTurn(accountId, () => this.#read(accountId));
  }

  /**
   * Stores what `change` makes of the current value. New tokens get the next number, and are shared with the other
   * windows first. Throws NO_SUCH_ACCOUNT when the account was signed out meanwhile, and what `change` throws.
   */
  change(
    accountId: string,
    change: (current: StoredAccount | undefined) => SignedInAccount,
  ): Promise<StoredAccount> {
    return this.#inTurn(accountId, async () => {
      const current = await this.#read(accountId);
      const next = numbered(change(current), current);
      if (!(await this.#publish(next, current))) {
        await this.#deleteSecret(keyPrefix + accountId);
        this.#remember(accountId, undefined);
        throw accountError('NO_SUCH_ACCOUNT', { description: 'The account was signed out.' });
      }
      const value = JSON.stringify(next);
      await this.#storeSecret(keyPrefix + accountId, value);
      this.#remember(accountId, parseStored(value));
      return next;
    });
  }

  /** Signs the account out in all windows, and forgets what was set aside of it. */
  remove(accountId: string): Promise<void> {
    return this.#inTurn(accountId, async () => {
      const account = (await this.#loaded()).get(accountId);
      if (account) {
        await this.#shared.end(account);
      }
      await this.#deleteSecret(keyPrefix + accountId);
      await this.#deleteSecret(damagedPrefix + accountId);
      this.#remember(accountId, undefined);
    });
  }

  async removeAll(): Promise<void> {
    const keys = await this.#answered(() => this.#deps.secrets.keys());
    const ids = keys.flatMap((key) =>
      [keyPrefix, damagedPrefix]
        .filter((prefix) => key.startsWith(prefix))
        .map((prefix) => key.slice(prefix.length)),
    );
    await Promise.all([...new Set(ids)].map((accountId) => this.remove(accountId)));
  }

  /** Runs `work` while no other window renews this account. Rejects with the signal's reason when it aborts first. */
  alone<T>(
    accountId: string,
    work: (isHeld: IsHeld) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    return this.#shared.alone(accountId, work, signal);
  }

  /** Resolves to what the server said when any window tried to renew these very tokens and they were dead. */
  refusalOf(account: StoredAccount): Promise<Refusal | undefined> {
    return this.#orElse(undefined, () => this.#shared.refusalOf(account));
  }

  noteRefusal(account: StoredAccount, refusal: Refusal): Promise<void> {
    return this.#orElse(undefined, () => this.#shared.noteRefusal(account, refusal));
  }

  dispose(): void {
    this.#store.dispose();
  }

  async #get(accountId: string): Promise<StoredAccount | undefined> {
    const account = (await this.#loaded()).get(accountId);
    if (!account) {
      return this.#withheld.has(accountId) ? await this.reread(accountId) : undefined;
    }
    const { kind } = await this.#view(account);
    if (kind === 'behind' || kind === 'ended') {
      return await this.reread(accountId);
    }
    if (kind === 'ahead') {
      await this.#publish(account, account);
    }
    return account;
  }

  async #loaded(): Promise<Map<string, StoredAccount>> {
    if (this.#cache) {
      return this.#cache;
    }
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(): Promise<Map<string, StoredAccount>> {
    const keys = await this.#answered(() => this.#deps.secrets.keys());
    const ids = keys
      .filter((key) => key.startsWith(keyPrefix))
      .map((key) => key.slice(keyPrefix.length));
    const cache = new Map<string, StoredAccount>();
    const reads = await Promise.allSettled(ids.map((accountId) => this.#readSecret(accountId)));
    reads.forEach((read, index) => {
      const accountId = ids[index] ?? '';
      if (read.status === 'rejected') {
        this.#withheld.add(accountId);
      } else if (read.value) {
        cache.set(accountId, read.value);
      }
    });
    const failed = reads.find((read) => read.status === 'rejected');
    if (failed && cache.size === 0) {
      throw failed.reason;
    }
    this.#cache = cache;
    this.#shared.watch();
    return cache;
  }

  async #read(accountId: string): Promise<StoredAccount | undefined> {
    await this.#loaded();
    const account = await this.#readSecret(accountId);
    this.#withheld.delete(accountId);
    this.#remember(accountId, account);
    return account;
  }

  async #readSecret(accountId: string): Promise<StoredAccount | undefined> {
    const key = keyPrefix + accountId;
    // A keyring that answers only at the second look is not damaged, and nobody has signed out.
    const first = await this.#getSecret(key);
    const value =
      first !== undefined && accountIn(first, accountId) ? first : await this.#getSecret(key);
    if (value === undefined) {
      if ((await this.#answered(() => this.#deps.secrets.keys())).includes(key)) {
        throw accountError('KEYRING', {
          description: 'The secret storage lists an account and does not give it.',
        });
      }
      return undefined;
    }
    const account = accountIn(value, accountId);
    if (!account) {
      await this.#setAside(accountId, value);
      return undefined;
    }
    const view = await this.#view(account);
    if (view.kind === 'ended') {
      // Signed out in another window, of which this window's SecretStorage did not hear. The key may already hold a
      // newer sign-in that this window's SecretStorage does not show, and that must not go with the old one.
      if (!view.replaced) {
        await this.#deleteSecret(keyPrefix + accountId);
      }
      return undefined;
    }
    return view.kind === 'behind' ? view.account : account;
  }

  /** A value that cannot be understood may still be of use to somebody who looks at it. */
  async #setAside(accountId: string, value: string): Promise<void> {
    this.#deps.log.error('A stored account cannot be read. It was set aside; sign in again.');
    await this.#storeSecret(damagedPrefix + accountId, value);
    await this.#deleteSecret(keyPrefix + accountId);
    this.#deps.onDamaged();
  }

  #view(account: StoredAccount): Promise<SharedView> {
    return this.#orElse({ kind: 'current' }, () => this.#shared.view(account));
  }

  /** Resolves to false when the account was signed out meanwhile. */
  #publish(next: StoredAccount, current: StoredAccount | undefined): Promise<boolean> {
    return this.#orElse(true, async () => {
      if (current && current.shared.signIn !== next.shared.signIn) {
        await this.#shared.end(current);
      }
      return await this.#shared.publish(next);
    });
  }

  /** Resolves to `fallback` when the shared state fails: then SecretStorage alone has to do. */
  async #orElse<T>(fallback: T, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#deps.log.warn(`The account state that windows share cannot be used: ${String(error)}`);
      return fallback;
    }
  }

  /** Keeps the cache true and tells what is new. */
  #remember(accountId: string, after: StoredAccount | undefined): void {
    const cache = this.#cache;
    const before = cache?.get(accountId);
    if (!cache || isDeepStrictEqual(before, after)) {
      return;
    }
    if (after) {
      cache.set(accountId, after);
    } else {
      cache.delete(accountId);
    }
    this.#changes.fire({ before, after });
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

  #getSecret(key: string): Promise<string | undefined> {
    return this.#answered(() => this.#deps.secrets.get(key));
  }

  #storeSecret(key: string, value: string): Promise<void> {
    return this.#answered(() => this.#deps.secrets.store(key, value));
  }

  #deleteSecret(key: string): Promise<void> {
    return this.#answered(() => this.#deps.secrets.delete(key));
  }

  async #answered<T>(work: () => Thenable<T>): Promise<T> {
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

/** The account in a stored secret; undefined when it cannot be understood, or is another one. */
function accountIn(value: string, accountId: string): StoredAccount | undefined {
  const account = parseStored(value);
  return account && idOf(account) === accountId ? account : undefined;
}

/** Gives new tokens the next number. What another application got is another sign-in: windows cannot renew it. */
function numbered(next: SignedInAccount, current: StoredAccount | undefined): StoredAccount {
  const sameApp = next.app.clientId === current?.app.clientId;
  const shared = sameApp ? current.shared : newSharedSignIn();
  const isNew = !sameApp || !isDeepStrictEqual(next.tokens, current.tokens);
  return { ...next, shared: { ...shared, generation: shared.generation + (isNew ? 1 : 0) } };
}
