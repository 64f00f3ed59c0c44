import type { Event, SecretStorage } from 'vscode';
import * as v from 'valibot';
import { Bitrix24Error } from '../bitrix24/errors';
import type { Tokens } from '../bitrix24/oauth';
import type { Clock } from '../common/clock';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import type { Log } from '../common/log';
import type { Account } from './account';
import { accountError } from './accountError';

const keyPrefix = 'account.v1:';
/** Where a value that cannot be read is kept until the user signs in again or forgets the account. */
const damagedPrefix = 'damaged.v1:';

/** A locked keyring may never answer. */
const deadlineMs = 10_000;

const text = v.pipe(v.string(), v.maxLength(4096));
const id = v.pipe(v.number(), v.integer(), v.minValue(1));

const storedAccountSchema = v.object({
  version: v.literal(1),
  portal: v.pipe(text, v.url()),
  userId: id,
  userName: text,
  administrator: v.optional(v.boolean()),
  integrationId: v.optional(id),
  senderName: v.optional(text),
  /** Scopes that the portal granted, as far as known. */
  scopes: v.array(text),
  /** Host of the authorization server that the user agreed to; the only one that gets the client secret. */
  authServer: text,
  app: v.object({ clientId: text, clientSecret: text }),
  tokens: v.object({
    accessToken: text,
    refreshToken: text,
    expiresAt: v.number(),
    clientEndpoint: v.pipe(text, v.url()),
    serverEndpoint: v.optional(text),
    memberId: v.pipe(text, v.minLength(1)),
    userId: v.optional(v.number()),
    status: v.optional(text),
    scope: v.optional(text),
  }),
});

/** Everything about one account, secrets included. Never leaves this room. */
export type StoredAccount = v.InferOutput<typeof storedAccountSchema>;

export function accountId(stored: StoredAccount): string {
  return `${stored.tokens.memberId}:${stored.userId}`;
}

/** The part that may be shown, logged and sent to the form. */
export function accountOf(stored: StoredAccount): Account {
  return {
    id: accountId(stored),
    portal: stored.portal,
    host: new URL(stored.portal).host,
    userId: stored.userId,
    userName: stored.userName,
    administrator: stored.administrator,
    clientId: stored.app.clientId,
    integrationId: stored.integrationId,
    senderName: stored.senderName,
  };
}

export function tokensOf({ tokens }: StoredAccount): Tokens {
  return { ...tokens, serverEndpoint: tokens.serverEndpoint, userId: tokens.userId };
}

export interface VaultChange {
  added: StoredAccount[];
  removed: StoredAccount[];
  changed: { before: StoredAccount; after: StoredAccount }[];
}

export interface VaultDeps {
  secrets: SecretStorage;
  clock: Clock;
  log: Log;
}

/**
 * The accounts in SecretStorage, one secret each. Reads nothing until asked. Every method throws
 * KEYRING when the storage fails or does not answer within 10 s.
 */
export class Vault implements Disposable {
  readonly #deps: VaultDeps;
  readonly #store = new DisposableStore();
  readonly #changes = new Emitter<VaultChange>();
  /** What is stored, by account id; undefined until first asked. */
  #cache: Map<string, { value: string; account: StoredAccount }> | undefined;
  #loading: Promise<Map<string, { value: string; account: StoredAccount }>> | undefined;
  /** Work on one secret goes one after another, so that no change is lost. */
  readonly #queues = new Map<string, Promise<unknown>>();

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
  }

  async list(): Promise<StoredAccount[]> {
    return [...(await this.#loaded()).values()].map(({ account }) => account);
  }

  async get(accountId: string): Promise<StoredAccount | undefined> {
    return (await this.#loaded()).get(accountId)?.account;
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
      const next = change(current);
      if (!next) {
        return current;
      }
      const value = JSON.stringify(next);
      await this.#within(() => this.#deps.secrets.store(keyPrefix + accountId, value));
      this.#remember(accountId, value, next);
      return next;
    });
  }

  /** Forgets the account, and what was set aside of it. */
  remove(accountId: string): Promise<void> {
    return this.#inTurn(accountId, async () => {
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

  async #loaded(): Promise<Map<string, { value: string; account: StoredAccount }>> {
    if (this.#cache) {
      return this.#cache;
    }
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #load(): Promise<Map<string, { value: string; account: StoredAccount }>> {
    const keys = await this.#within(() => this.#deps.secrets.keys());
    const cache = new Map<string, { value: string; account: StoredAccount }>();
    await Promise.all(
      keys
        .filter((key) => key.startsWith(keyPrefix))
        .map(async (key) => {
          const accountId = key.slice(keyPrefix.length);
          const value = await this.#within(() => this.#deps.secrets.get(key));
          const account = value === undefined ? undefined : await this.#parse(accountId, value);
          if (value !== undefined && account) {
            cache.set(accountId, { value, account });
          }
        }),
    );
    this.#cache = cache;
    return cache;
  }

  async #read(accountId: string): Promise<StoredAccount | undefined> {
    await this.#loaded();
    const value = await this.#within(() => this.#deps.secrets.get(keyPrefix + accountId));
    const account = value === undefined ? undefined : await this.#parse(accountId, value);
    this.#remember(accountId, account && value, account);
    return account;
  }

  /** Undefined for a damaged value, which is set aside: it may still be of use to someone who looks. */
  async #parse(accountId: string, value: string): Promise<StoredAccount | undefined> {
    const account = parseStored(value);
    if (account && `${account.tokens.memberId}:${account.userId}` === accountId) {
      return account;
    }
    this.#deps.log.error('A stored account cannot be read. It was set aside; sign in again.');
    await this.#within(() => this.#deps.secrets.store(damagedPrefix + accountId, value));
    await this.#within(() => this.#deps.secrets.delete(keyPrefix + accountId));
    return undefined;
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

function parseStored(value: string): StoredAccount | undefined {
  try {
    const parsed = v.safeParse(storedAccountSchema, JSON.parse(value));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
