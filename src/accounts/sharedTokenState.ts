import { createCipheriv, createDecipheriv, createHash, randomBytes, randomUUID } from 'node:crypto';
import { watch } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Event } from 'vscode';
import * as v from 'valibot';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import { InterProcessLock } from '../common/interProcessLock';
import type { IsHeld } from '../common/interProcessLock';
import type { Log } from '../common/log';
import { SharedFile } from '../common/sharedFile';
import { accountId, storedAccountSchema } from './storedAccount';
import type { StoredAccount } from './storedAccount';

/** The number of ended sign-ins of one account that are remembered. */
const mostEnded = 50;

const text = v.pipe(v.string(), v.maxLength(20_000));
const counter = v.pipe(v.number(), v.integer(), v.minValue(0));

const stateSchema = v.object({
  version: v.literal(1),
  signIn: text,
  generation: counter,
  /** Portal and tokens of this generation, sealed with AES-256-GCM; absent once the sign-in has ended. */
  sealed: v.optional(text),
  /** The server's answer that the refresh token of this generation is dead. */
  refused: v.optional(v.object({ code: text, httpStatus: v.optional(v.number()) })),
  /** The sign-ins that were signed out, the latest last. */
  ended: v.array(text),
});
type State = v.InferOutput<typeof stateSchema>;

const sealedSchema = v.pick(storedAccountSchema, ['portal', 'tokens']);

/** The authorization server's answer that refused a refresh token for good. */
export type Refusal = NonNullable<State['refused']>;

/** Compares an account as one window has it with what the windows share. */
export type SharedView =
  /** No window knows anything newer. */
  | { kind: 'current' }
  /** The window has newer tokens than are shared; it should publish them. */
  | { kind: 'ahead' }
  /** Another window has stored newer tokens: `account` with them. */
  | { kind: 'behind'; account: StoredAccount }
  /** The sign-in was signed out. `replaced`: the account was signed in anew after that. */
  | { kind: 'ended'; replaced: boolean };

/**
 * Lets the windows of this machine tell each other about an account: that its tokens are new, that it was signed
 * out, that its refresh token is dead. It also lets one window at a time renew the tokens.
 *
 * SecretStorage alone is not enough: in VS Code for the Web a window reads it once, when it loads, and writes all
 * of it back. Such a window would go on with a refresh token that another one has traded in, and bring back accounts
 * that another one has signed out. So tokens also travel through a small file for each account, sealed with a key
 * that only SecretStorage holds and that stays the same for the life of a sign-in. Of two copies the one with the
 * higher generation is right.
 *
 * Unsealed in the file are only random names of sign-ins, numbers, and the code with which the server refused.
 * Methods reject when the disk fails.
 */
export class SharedTokenState implements Disposable {
  readonly #folder: string;
  readonly #log: Log;
  readonly #store = new DisposableStore();
  readonly #changes = new Emitter<void>();
  readonly #accounts = new Map<string, { file: SharedFile<State>; renewal: InterProcessLock }>();

  /** Fires when another window may have changed something. Not all file systems tell, so nobody may rely on it. */
  readonly onDidChange: Event<void> = this.#changes.event;

  /** `folder`: under the extension's global storage, which all windows of the machine share. */
  constructor(folder: string, log: Log) {
    this.#folder = folder;
    this.#log = log;
    this.#store.add(this.#changes);
  }

  /** Begins to watch for what other windows do; called once. */
  watch(): void {
    const start = async () => {
      await mkdir(this.#folder, { recursive: true });
      const watcher = watch(this.#folder, { persistent: false }, (_kind, name) => {
        if (name === null || name.endsWith('.json')) {
          this.#changes.fire();
        }
      });
      watcher.on('error', () => watcher.close());
      this.#store.add({ dispose: () => watcher.close() });
    };
    start().catch((error: unknown) =>
      this.#log.debug(`Accounts of other windows are not watched: ${String(error)}`),
    );
  }

  /** Runs `work` while no other window does so for this account. Rejects with the signal's reason when it aborts first. */
  alone<T>(id: string, work: (isHeld: IsHeld) => Promise<T>, signal: AbortSignal): Promise<T> {
    return this.#sharedOf(id).renewal.hold(work, signal);
  }

  async view(account: StoredAccount): Promise<SharedView> {
    const state = await this.#fileOf(account).read();
    const { signIn, generation } = account.shared;
    if (!state) {
      return { kind: 'ahead' };
    }
    if (state.ended.includes(signIn)) {
      return { kind: 'ended', replaced: !state.ended.includes(state.signIn) };
    }
    if (state.signIn !== signIn || state.generation === generation) {
      return { kind: 'current' };
    }
    if (state.generation < generation) {
      return { kind: 'ahead' };
    }
    const newer = this.#unsealed(account, state);
    return newer ? { kind: 'behind', account: newer } : { kind: 'current' };
  }

  /** Tells the other windows this account's tokens. Resolves to false when the sign-in was signed out meanwhile. */
  publish(account: StoredAccount): Promise<boolean> {
    const { signIn, generation } = account.shared;
    return this.#fileOf(account).update((state) => {
      if (state?.ended.includes(signIn)) {
        return { result: false };
      }
      // A new sign-in, which is one that stores its first tokens, takes the place of the one before.
      const mayReplace = !state || state.signIn === signIn || generation <= 1;
      // A state that claims to be newer and cannot be unsealed is damaged.
      const isKnown =
        state?.signIn === signIn &&
        state.generation >= generation &&
        (state.generation === generation || this.#unsealed(account, state) !== undefined);
      if (!mayReplace || isKnown) {
        return { result: true };
      }
      const ended = state?.ended ?? [];
      const next: State = { version: 1, signIn, generation, sealed: seal(account), ended };
      return { next, result: true };
    });
  }

  /** Signs the account out in all windows. */
  end(account: StoredAccount): Promise<void> {
    const { signIn, generation } = account.shared;
    return this.#fileOf(account).update((state) => {
      const ended = [...(state?.ended ?? []).filter((other) => other !== signIn), signIn];
      // Nothing of the sign-in is left but its name.
      const rest =
        !state || state.signIn === signIn ? { version: 1 as const, signIn, generation } : state;
      return { next: { ...rest, ended: ended.slice(-mostEnded) }, result: undefined };
    });
  }

  /** Resolves to what the server said to any window that tried to renew these very tokens. */
  async refusalOf(account: StoredAccount): Promise<Refusal | undefined> {
    const state = await this.#fileOf(account).read();
    const { signIn, generation } = account.shared;
    return state?.signIn === signIn && state.generation === generation ? state.refused : undefined;
  }

  async noteRefusal(account: StoredAccount, { code, httpStatus }: Refusal): Promise<void> {
    const { signIn, generation } = account.shared;
    await this.#fileOf(account).update((state) => {
      const isKnown = state?.signIn === signIn && state.generation === generation;
      return {
        ...(isKnown && { next: { ...state, refused: { code, httpStatus } } }),
        result: undefined,
      };
    });
  }

  dispose(): void {
    this.#store.dispose();
  }

  #unsealed(account: StoredAccount, state: State): StoredAccount | undefined {
    const shared = { ...account.shared, generation: state.generation };
    try {
      const { portal, tokens } = unseal({ ...account, shared }, state.sealed ?? '');
      if (tokens.memberId === account.tokens.memberId) {
        return { ...account, shared, portal, tokens };
      }
    } catch {
      // Damaged, or sealed by somebody else: then what SecretStorage has must do.
      this.#log.warn('What another window stored of an account cannot be read.');
    }
    return undefined;
  }

  #fileOf(account: StoredAccount): SharedFile<State> {
    return this.#sharedOf(accountId(account)).file;
  }

  #sharedOf(id: string): { file: SharedFile<State>; renewal: InterProcessLock } {
    let shared = this.#accounts.get(id);
    if (!shared) {
      const name = createHash('sha256').update(id).digest('hex').slice(0, 32);
      const start = path.join(this.#folder, name);
      const parse = (value: unknown) => (v.is(stateSchema, value) ? value : undefined);
      shared = {
        file: new SharedFile({ file: `${start}.json`, parse, durable: true, log: this.#log }),
        renewal: new InterProcessLock(`${start}.renew`),
      };
      this.#accounts.set(id, shared);
    }
    return shared;
  }
}

/** Makes what an account is stored with for the first time. */
export function newSharedSignIn(): StoredAccount['shared'] {
  return { signIn: randomUUID(), sealKey: randomBytes(32).toString('base64'), generation: 0 };
}

/** The seal is bound to account, sign-in and generation, so that no other sealed text can take its place. */
function seal(account: StoredAccount): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyOf(account), iv).setAAD(boundTo(account));
  const { portal, tokens } = account;
  const sealed = [cipher.update(JSON.stringify({ portal, tokens })), cipher.final()];
  return Buffer.concat([iv, cipher.getAuthTag(), ...sealed]).toString('base64');
}

/** Throws when the text was not sealed by {@link seal} for the same account, sign-in and generation. */
function unseal(account: StoredAccount, text: string): v.InferOutput<typeof sealedSchema> {
  const bytes = Buffer.from(text, 'base64');
  const [iv, tag, sealed] = [bytes.subarray(0, 12), bytes.subarray(12, 28), bytes.subarray(28)];
  const decipher = createDecipheriv('aes-256-gcm', keyOf(account), iv, { authTagLength: 16 });
  decipher.setAAD(boundTo(account)).setAuthTag(tag);
  const opened = Buffer.concat([decipher.update(sealed), decipher.final()]);
  return v.parse(sealedSchema, JSON.parse(opened.toString()));
}

function keyOf({ shared }: StoredAccount): Buffer {
  return Buffer.from(shared.sealKey, 'base64');
}

function boundTo(account: StoredAccount): Buffer {
  const { signIn, generation } = account.shared;
  return Buffer.from(`${accountId(account)}|${signIn}|${generation}`);
}
