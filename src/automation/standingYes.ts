import type { Event, Memento, SecretStorage } from 'vscode';
import * as v from 'valibot';
import type { Account, Accounts } from '../accounts/account';
import type { Clock } from '../common/clock';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import type { Log } from '../common/log';
import { yesHintKey } from './reachHints';
import type { ReachState } from './reachState';

export interface StandingYesDeps {
  /** Where no file, setting or other extension can forge a yes. */
  secrets: Pick<SecretStorage, 'get' | 'store' | 'delete' | 'onDidChange'>;
  globalState: Pick<Memento, 'get' | 'update'>;
  accounts: Pick<Accounts, 'get'>;
  state: Pick<ReachState, 'takenBackAt' | 'takeBack'>;
  clock: Clock;
  log: Log;
}

/** The account that a push to oneself goes from and to, and when its user said yes. */
export interface GivenYes {
  account: Account;
  at: number;
}

const key = 'standingYes.v1';
const deadlineMs = 10_000;

const yesSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ accountId: v.string(), userId: v.number(), at: v.number() }),
);
type StoredYes = v.InferOutput<typeof yesSchema>;

/**
 * The user's standing yes to pushes to themselves. It is given in a dialog of ours only, is good for the account's own
 * person only, and can be taken back. In doubt there is none.
 */
export class StandingYes implements Disposable {
  readonly #deps: StandingYesDeps;
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new Emitter<undefined>());
  #stored: Promise<StoredYes | undefined> | undefined;

  constructor(deps: StandingYesDeps) {
    this.#deps = deps;
    this.#owned.add(
      deps.secrets.onDidChange((change) => {
        if (change.key === key) {
          this.#stored = undefined;
          this.#changed.fire(undefined);
        }
      }),
    );
  }

  /** Fires when it was given or taken back, here or in another window. */
  get onDidChange(): Event<undefined> {
    return this.#changed.event;
  }

  /** Never rejects: where nothing can be read, there is no yes. */
  async get(): Promise<GivenYes | undefined> {
    try {
      return await this.find();
    } catch (error) {
      this.#deps.log.warn(`The standing yes could not be read: ${String(error)}`);
      return undefined;
    }
  }

  /** Rejects where nothing can be read, so that what is held need not be given up. */
  async find(): Promise<GivenYes | undefined> {
    const { accounts, state } = this.#deps;
    const yes = await this.#read();
    if (!yes || (await state.takenBackAt()) >= yes.at) {
      return undefined;
    }
    const account = await accounts.get(yes.accountId);
    return account?.userId === yes.userId ? { account, at: yes.at } : undefined;
  }

  /** To be called after the user's yes in a dialog of ours, and from nowhere else. */
  async give({ id, userId }: Account): Promise<void> {
    const { secrets, globalState, clock, state } = this.#deps;
    // Later than what was taken back, even where the clock was set back in between.
    const at = Math.max(clock.now(), (await state.takenBackAt()) + 1);
    const yes: StoredYes = { accountId: id, userId, at };
    await secrets.store(key, JSON.stringify(yes));
    this.#stored = undefined;
    await globalState.update(yesHintKey, true);
    this.#changed.fire(undefined);
  }

  async takeBack(): Promise<void> {
    const { secrets, globalState, state } = this.#deps;
    // First for other windows, which do not hear of SecretStorage everywhere.
    await state.takeBack((await this.#read().catch(() => undefined))?.at);
    this.#stored = undefined;
    await globalState.update(yesHintKey, undefined);
    await secrets.delete(key);
    this.#changed.fire(undefined);
  }

  /** Takes it back when its account is removed. */
  async forget(accountId: string): Promise<void> {
    if ((await this.#read())?.accountId === accountId) {
      await this.takeBack();
    }
  }

  dispose(): void {
    this.#owned.dispose();
  }

  async #read(): Promise<StoredYes | undefined> {
    this.#stored ??= this.#ask();
    try {
      return await this.#stored;
    } catch (error) {
      this.#stored = undefined;
      throw error;
    }
  }

  async #ask(): Promise<StoredYes | undefined> {
    const { secrets, clock } = this.#deps;
    const asked = new AbortController();
    // A locked keyring may never answer.
    const deadline = clock.sleep(deadlineMs, asked.signal).then(() => {
      throw new Error('The keyring does not answer.');
    });
    try {
      const parsed = v.safeParse(yesSchema, await Promise.race([secrets.get(key), deadline]));
      return parsed.success ? parsed.output : undefined;
    } finally {
      deadline.catch(() => undefined);
      asked.abort();
    }
  }
}
