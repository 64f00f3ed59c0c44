import { createCipheriv, createDecipheriv, createHash, randomBytes, randomUUID } from 'node:crypto';
import { watch } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Event } from 'vscode';
import * as v from 'valibot';
import { Bitrix24Error } from '../bitrix24/errors';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import { InterProcessLock } from '../common/interProcessLock';
import type { Log } from '../common/log';
import { SharedFile } from '../common/sharedFile';
import { accountId, storedAccountSchema } from './storedAccount';
import type { StoredAccount } from './storedAccount';

/** Sign-outs that are remembered of one account. */
const mostEnded = 50;

const text = v.pipe(v.string(), v.maxLength(20_000));
const counter = v.pipe(v.number(), v.integer(), v.minValue(0));

const noticeSchema = v.object({
  version: v.literal(1),
  signIn: text,
  generation: counter,
  /** Portal and tokens of this generation, AES-256-GCM. */
  sealed: v.optional(text),
  /** The server's word that the refresh token of this generation is dead. */
  over: v.optional(
    v.object({
      generation: counter,
      code: text,
      httpStatus: v.optional(v.number()),
    }),
  ),
  /** Sign-ins that were signed out. */
  ended: v.array(text),
});
type Notice = v.InferOutput<typeof noticeSchema>;

const sealedSchema = v.pick(storedAccountSchema, ['portal', 'tokens']);

/** The server said that this sign-in cannot be renewed any more. */
export interface SignInOver {
  code: string;
  httpStatus?: number | undefined;
}

/** How what a window knows compares with the board. `other`: the board is about another sign-in of the account. */
export type Standing = 'same' | 'newer' | 'older' | 'other' | 'ended';

export interface AccountBoardDeps {
  /** Under the extension's global storage, which all windows of the machine share. */
  folder: string;
  log: Log;
}

/**
 * Where the windows of this machine tell each other about an account: that its tokens are new, that it was signed
 * out, that its refresh token is dead; and one renews it at a time.
 *
 * SecretStorage alone is not enough: in VS Code for the Web a window reads it once, when it loads, and writes all
 * of it back. A window would go on with a refresh token that another one has traded in, and bring back accounts that
 * another one has signed out. So tokens travel through a small file as well, sealed by a key that only SecretStorage
 * holds and that stays the same for the life of a sign-in. Of the copies the one with the higher number is right.
 *
 * In clear the file has random names of sign-ins, numbers, and the code with which the server refused.
 */
export class AccountBoard implements Disposable {
  readonly #deps: AccountBoardDeps;
  readonly #store = new DisposableStore();
  readonly #changes = new Emitter<void>();
  readonly #notices = new Map<string, SharedFile<Notice>>();
  readonly #locks = new Map<string, InterProcessLock>();
  #watching = false;

  /** Another window may have told something. Not all file systems tell; so whoever needs to know looks. */
  readonly onDidChange: Event<void> = this.#changes.event;

  constructor(deps: AccountBoardDeps) {
    this.#deps = deps;
    this.#store.add(this.#changes);
  }

  /** Begins to notice what other windows do. */
  watch(): void {
    if (this.#watching) {
      return;
    }
    this.#watching = true;
    const { folder, log } = this.#deps;
    const start = async () => {
      await mkdir(folder, { recursive: true });
      const watcher = watch(folder, { persistent: false }, (_kind, name) => {
        if (name === null || name.endsWith('.json')) {
          this.#changes.fire();
        }
      });
      watcher.on('error', () => watcher.close());
      this.#store.add({ dispose: () => watcher.close() });
    };
    start().catch((error: unknown) =>
      log.debug(`Accounts of other windows are not watched: ${String(error)}`),
    );
  }

  /** Runs `work` while no other window renews this account. Rejects with the signal's reason when that takes too long. */
  alone<T>(id: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    let lock = this.#locks.get(id);
    if (!lock) {
      lock = new InterProcessLock(this.#file(id, 'renew'));
      this.#locks.set(id, lock);
    }
    return lock.hold(work, signal);
  }

  /** What an account is stored with for the first time. */
  newSignIn(): NonNullable<StoredAccount['windows']> {
    return { signIn: randomUUID(), seal: randomBytes(32).toString('base64'), generation: 0 };
  }

  async standing(account: StoredAccount): Promise<Standing> {
    return standing(account, await this.#notice(accountId(account)).read());
  }

  /** The newest that is known of this sign-in; undefined when it was signed out. */
  async newest(account: StoredAccount): Promise<StoredAccount | undefined> {
    const notice = await this.#notice(accountId(account)).read();
    switch (standing(account, notice)) {
      case 'ended':
        return undefined;
      case 'newer':
        return (notice && this.#unsealed(account, notice)) ?? account;
      case 'same':
      case 'older':
      case 'other':
        return account;
    }
  }

  /** Whether this sign-in was signed out and the account signed in anew, in another window. */
  async replaced({ windows, ...account }: StoredAccount): Promise<boolean> {
    const notice = await this.#notice(accountId(account)).read();
    return (
      notice !== undefined &&
      notice.signIn !== windows?.signIn &&
      !notice.ended.includes(notice.signIn)
    );
  }

  /** Tells the other windows. A new sign-in takes the place of the one before; false when it was signed out meanwhile. */
  publish(account: StoredAccount): Promise<boolean> {
    const { windows } = account;
    if (!windows) {
      return Promise.resolve(true);
    }
    const { signIn, generation } = windows;
    return this.#notice(accountId(account)).update((notice) => {
      if (notice?.ended.includes(signIn)) {
        return { result: false };
      }
      const ours = notice === undefined || notice.signIn === signIn || generation <= 1;
      // One that claims to be newer and cannot be opened is damaged.
      const newer =
        notice?.signIn === signIn &&
        notice.generation >= generation &&
        (notice.generation === generation || this.#unsealed(account, notice) !== undefined);
      if (!ours || newer) {
        return { result: true };
      }
      const next: Notice = {
        ...{ version: 1, signIn, generation, sealed: seal(account), ended: notice?.ended ?? [] },
      };
      return { next, result: true };
    });
  }

  /** Signs the account out in all windows. */
  end(account: StoredAccount): Promise<void> {
    const { windows } = account;
    if (!windows) {
      return Promise.resolve();
    }
    const { signIn, generation } = windows;
    return this.#notice(accountId(account)).update((notice) => {
      const ended = [...(notice?.ended ?? []).filter((other) => other !== signIn), signIn];
      // Nothing of it is left but its name.
      const rest =
        notice === undefined || notice.signIn === signIn
          ? { version: 1 as const, signIn, generation }
          : notice;
      return { next: { ...rest, ended: ended.slice(-mostEnded) }, result: undefined };
    });
  }

  /** What the server said of these very tokens, to whichever window asked. */
  async over(account: StoredAccount): Promise<SignInOver | undefined> {
    const notice = await this.#notice(accountId(account)).read();
    const mine =
      notice?.signIn === account.windows?.signIn &&
      notice?.over?.generation === account.windows?.generation;
    return mine ? notice?.over : undefined;
  }

  async tellOver(account: StoredAccount, { code, httpStatus }: SignInOver): Promise<void> {
    const { windows } = account;
    if (!windows) {
      return;
    }
    const { signIn, generation } = windows;
    await this.#notice(accountId(account)).update((notice) => {
      if (notice && (notice.signIn !== signIn || notice.generation > generation)) {
        return { result: undefined };
      }
      const known = notice ?? { version: 1 as const, signIn, generation, ended: [] };
      return { next: { ...known, over: { generation, code, httpStatus } }, result: undefined };
    });
  }

  dispose(): void {
    this.#store.dispose();
  }

  #unsealed(account: StoredAccount, notice: Notice): StoredAccount | undefined {
    const windows = account.windows && { ...account.windows, generation: notice.generation };
    const candidate = { ...account, windows };
    try {
      const opened = unseal(candidate, notice.sealed ?? '');
      const { tokens } = opened;
      if (tokens.memberId === account.tokens.memberId) {
        return { ...candidate, ...opened };
      }
    } catch (error) {
      // Damaged or not ours: then what SecretStorage has must do.
      this.#deps.log.warn(
        `What another window stored cannot be read: ${error instanceof Bitrix24Error ? error.code : 'damaged'}`,
      );
    }
    return undefined;
  }

  #notice(id: string): SharedFile<Notice> {
    let notice = this.#notices.get(id);
    if (!notice) {
      notice = new SharedFile({
        file: this.#file(id, 'json'),
        parse: (value) => {
          const parsed = v.safeParse(noticeSchema, value);
          return parsed.success ? parsed.output : undefined;
        },
        durable: true,
        log: this.#deps.log,
      });
      this.#notices.set(id, notice);
    }
    return notice;
  }

  #file(id: string, kind: string): string {
    const name = createHash('sha256').update(id).digest('hex').slice(0, 32);
    return path.join(this.#deps.folder, `${name}.${kind}`);
  }
}

function standing({ windows }: StoredAccount, notice: Notice | undefined): Standing {
  if (!windows) {
    return 'same';
  }
  if (!notice) {
    return 'older';
  }
  if (notice.ended.includes(windows.signIn)) {
    return 'ended';
  }
  if (notice.signIn !== windows.signIn) {
    return 'other';
  }
  const ahead = notice.generation - windows.generation;
  return ahead > 0 ? 'newer' : ahead < 0 ? 'older' : 'same';
}

/** Bound to account, sign-in and number, so that no other sealed text can take its place. */
function seal(account: StoredAccount): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyOf(account), iv).setAAD(bound(account));
  const { portal, tokens } = account;
  const closed = [cipher.update(JSON.stringify({ portal, tokens })), cipher.final()];
  return Buffer.concat([iv, cipher.getAuthTag(), ...closed]).toString('base64');
}

function unseal(account: StoredAccount, sealed: string): v.InferOutput<typeof sealedSchema> {
  const bytes = Buffer.from(sealed, 'base64');
  const [iv, tag, closed] = [bytes.subarray(0, 12), bytes.subarray(12, 28), bytes.subarray(28)];
  const decipher = createDecipheriv('aes-256-gcm', keyOf(account), iv, { authTagLength: 16 });
  decipher.setAAD(bound(account)).setAuthTag(tag);
  const open = Buffer.concat([decipher.update(closed), decipher.final()]);
  return v.parse(sealedSchema, JSON.parse(open.toString()));
}

function keyOf({ windows }: StoredAccount): Buffer {
  return Buffer.from(windows?.seal ?? '', 'base64');
}

function bound(account: StoredAccount): Buffer {
  const { signIn, generation } = account.windows ?? { signIn: '', generation: 0 };
  return Buffer.from(`${accountId(account)}|${signIn}|${generation}`);
}
