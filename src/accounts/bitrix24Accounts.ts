import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { l10n } from 'vscode';
import type { Event, Memento } from 'vscode';
import type { AppCredentials } from '../bitrix24/oauth';
import { authorizeUrl } from '../bitrix24/oauth';
import { parseCallback } from '../bitrix24/callback';
import type { RateLimiter } from '../bitrix24/rateLimiter';
import { loopbackOnly } from '../bitrix24/loopbackTransport';
import { isLoopback } from '../bitrix24/portalAddress';
import { PortalClient } from '../bitrix24/portalClient';
import type { Transport } from '../bitrix24/transport';
import type { Clock } from '../common/clock';
import { DisposableStore } from '../common/dispose';
import { Emitter } from '../common/emitter';
import type { Log } from '../common/log';
import type { Messages } from '../common/messages';
import type { Account, AccountChanges, Accounts, SignInOptions } from './account';
import { accountError } from './account';
import { completeSignIn } from './completeSignIn';
import { isSandbox } from './sandboxProbe';
import { sameSecret } from './loopbackListener';
import { checkSetup } from './setupCheck';
import { TokenRefresh } from './tokenRefresh';
import type { SetupResult } from './setupCheck';
import type { KnownApp, SignInDialogs } from './signInDialogs';
import { runSignIn } from './signInFlow';
import { accountId, accountOf } from './storedAccount';
import type { SignedInAccount } from './storedAccount';
import type { TokenStore, TokenStoreChange } from './tokenStore';

export interface AccountsDeps {
  store: TokenStore;
  globalState: Memento;
  transport: Transport;
  clock: Clock;
  log: Log;
  limiter: RateLimiter;
  /** Opens the browser; resolves to false when the user said no. */
  openExternal: (url: string) => Thenable<boolean>;
  messages: Pick<Messages, 'ask'>;
  dialogs: SignInDialogs;
  /** Reads the setting bitrix24Push.signIn.port at each sign-in; 0 means no listener. */
  signInPort: () => number;
}

export interface DirectSignIn {
  /** Origin of the portal. */
  portal: string;
  credentials: AppCredentials;
  integrationId?: number | undefined;
  /** Opens the authorize address and resolves to the address that it redirects to. */
  obtainCallback: (authorizeUrl: string) => Promise<string>;
}

/** The key of the id of the account that new drafts use. Not a secret. */
const currentKey = 'accounts.current';

/** The accounts of this extension. Reads nothing until asked. */
export class Bitrix24Accounts implements Accounts {
  readonly #deps: AccountsDeps;
  readonly #store = new DisposableStore();
  readonly #changes = new Emitter<void>();
  readonly #clients = new Map<string, PortalClient>();
  /** The keys that were typed in a sign-in that failed; kept for this window's next try only. */
  #typed: { portal: string; app: AppCredentials } | undefined;
  /** Client ids that Bitrix24 did not know. */
  readonly #unknownApps = new Set<string>();

  readonly onDidChange: Event<void> = this.#changes.event;

  constructor(deps: AccountsDeps) {
    this.#deps = deps;
    this.#store.add(this.#changes);
    this.#store.add(deps.store.onDidChange((change) => this.#storeChanged(change)));
  }

  async list(): Promise<readonly Account[]> {
    const byName = (a: Account, b: Account) =>
      a.host.localeCompare(b.host) || a.userName.localeCompare(b.userName) || a.userId - b.userId;
    return (await this.#deps.store.list()).map(accountOf).sort(byName);
  }

  async current(): Promise<Account | undefined> {
    const accounts = await this.list();
    const chosen = this.#deps.globalState.get<unknown>(currentKey);
    return (
      accounts.find(({ id }) => id === chosen) ?? (accounts.length === 1 ? accounts[0] : undefined)
    );
  }

  async get(id: string): Promise<Account | undefined> {
    const stored = await this.#deps.store.get(id);
    return stored && accountOf(stored);
  }

  async select(id: string): Promise<void> {
    if (!(await this.#deps.store.get(id))) {
      throw accountError('NO_SUCH_ACCOUNT');
    }
    if (this.#deps.globalState.get<unknown>(currentKey) !== id) {
      await this.#deps.globalState.update(currentKey, id);
      this.#changes.fire();
    }
  }

  signIn({ portal, account }: SignInOptions = {}): Promise<Account | undefined> {
    return this.#run('browser', account, portal);
  }

  /** Asks for the application's id and key again, then signs in; undefined when cancelled. */
  editCredentials(account: Account): Promise<Account | undefined> {
    return this.#run('credentials', account);
  }

  /** Signs in without dialogs and without listening: for the sandbox, which knows its own application. */
  async signInDirectly(options: DirectSignIn): Promise<Account> {
    const { portal, credentials, integrationId, obtainCallback } = options;
    const state = randomBytes(24).toString('base64url');
    const callback = parseCallback(
      await obtainCallback(authorizeUrl(portal, credentials.clientId, state).href),
    );
    const { host } = new URL(portal);
    if (!isLoopback(host)) {
      throw accountError('SANDBOX_ONLY', { host });
    }
    if (!callback) {
      throw accountError('SIGN_IN_NO_CODE', { host });
    }
    if (callback.state === undefined || !sameSecret(callback.state, state)) {
      throw accountError('SIGN_IN_STATE', { host });
    }
    const deps = { ...this.#deps, transport: loopbackOnly(this.#deps.transport) };
    const signedIn = await completeSignIn(deps, {
      ...{ portal, app: credentials, callback, integrationId },
    });
    return this.#accept({ ...signedIn, isSandbox: true });
  }

  async signOut(id: string): Promise<void> {
    await this.#deps.store.remove(id);
    if (this.#deps.globalState.get<unknown>(currentKey) === id) {
      await this.#deps.globalState.update(currentKey, undefined);
    }
  }

  /** Forgets every account, and what was set aside as damaged. */
  async forgetAll(): Promise<void> {
    this.#typed = undefined;
    await this.#deps.store.removeAll();
    await this.#deps.globalState.update(currentKey, undefined);
  }

  async update(id: string, changes: AccountChanges): Promise<void> {
    await this.#deps.store.change(id, (stored) => {
      if (!stored) {
        throw accountError('NO_SUCH_ACCOUNT');
      }
      return { ...stored, ...changes };
    });
  }

  async client(id: string): Promise<PortalClient> {
    const { store, clock, log, limiter } = this.#deps;
    const stored = await store.get(id);
    if (!stored) {
      throw accountError('NO_SUCH_ACCOUNT', { description: 'The account was signed out.' });
    }
    let client = this.#clients.get(id);
    if (!client) {
      const { transport: network } = this.#deps;
      const transport = stored.isSandbox === true ? loopbackOnly(network) : network;
      const tokens = new TokenRefresh({
        ...{ accountId: id, store, transport, clock, log },
        agreeToMove: (account, origin) => this.#agreeToMove(account, origin),
      });
      client = new PortalClient({ transport, tokens, clock, log, limiter });
      this.#clients.set(id, client);
    }
    return client;
  }

  /** Checks whether a push would be accepted, and stores whether the user is an administrator. */
  async checkSetup(id: string, signal?: AbortSignal): Promise<SetupResult> {
    const result = await checkSetup(await this.client(id), signal);
    const administrator = result.kind === 'ready';
    const isKnown = administrator || result.kind === 'notAdministrator';
    if (isKnown && (await this.get(id))?.administrator !== administrator) {
      await this.update(id, { administrator });
    }
    return result;
  }

  dispose(): void {
    this.#typed = undefined;
    this.#store.dispose();
  }

  async #run(
    at: 'credentials' | 'browser',
    account: Account | undefined,
    portal = account?.portal,
  ): Promise<Account | undefined> {
    const stored = account && (await this.#deps.store.get(account.id));
    const { transport, clock, log, dialogs, openExternal, signInPort } = this.#deps;
    const signedIn = await runSignIn(
      {
        ...{ transport, clock, log, dialogs, openExternal, signInPort },
        knownApps: (portal) => this.#knownApps(portal),
        knownHosts: async () => (await this.list()).map(({ host }) => host),
        unknownApps: this.#unknownApps,
        keepTyped: (portal, app) => {
          this.#typed = { portal, app };
        },
      },
      { at: stored ? at : 'portal', account: stored, portal },
    );
    return (
      signedIn &&
      this.#accept({
        ...signedIn,
        isSandbox: await isSandbox(this.#deps.transport, signedIn.portal),
      })
    );
  }

  async #accept(signedIn: SignedInAccount): Promise<Account> {
    const id = accountId(signedIn);
    await this.#deps.store.change(id, (before) => ({
      ...signedIn,
      integrationId: signedIn.integrationId ?? before?.integrationId,
      senderName: before?.senderName,
    }));
    this.#typed = undefined;
    await this.#deps.globalState.update(currentKey, id);
    this.#changes.fire();
    this.#deps.log.info(`Signed in at ${new URL(signedIn.portal).host}.`);
    return accountOf((await this.#deps.store.get(id)) ?? signedIn);
  }

  async #knownApps(portal: string): Promise<(AppCredentials & KnownApp)[]> {
    const stored = (await this.#deps.store.list()).filter((account) => account.portal === portal);
    const apps = [
      ...(this.#typed?.portal === portal ? [{ ...this.#typed.app, userName: undefined }] : []),
      ...stored.map(({ app, userName }) => ({ ...app, userName })),
    ];
    return apps.filter(
      ({ clientId }, index) => apps.findIndex((app) => app.clientId === clientId) === index,
    );
  }

  async #agreeToMove(account: Account, origin: string): Promise<boolean> {
    const yes = l10n.t('Use the New Address');
    const answer = await this.#deps.messages.ask({
      message: l10n.t(
        '{0} now answers as {1}. Is that your portal under a new name?',
        account.host,
        new URL(origin).host,
      ),
      detail: l10n.t(
        'If you agree, Bitrix24 Push will use the new address and send your sign-in for {0} there. If you do not know it, cancel and ask your administrator.',
        account.userName,
      ),
      answers: [yes],
    });
    return answer === yes;
  }

  #storeChanged({ before, after }: TokenStoreChange): void {
    // A client is made for the sandbox, or not, and an account may sign in as the other.
    if (before && (!after || before.isSandbox !== after.isSandbox)) {
      this.#clients.delete(accountId(before));
    }
    // A renewed token changes nothing that is shown.
    if (!isDeepStrictEqual(before && accountOf(before), after && accountOf(after))) {
      this.#changes.fire();
    }
  }
}
