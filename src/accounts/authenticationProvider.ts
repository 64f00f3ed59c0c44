import { CancellationError } from 'vscode';
import type {
  AuthenticationProvider,
  AuthenticationProviderAuthenticationSessionsChangeEvent as SessionsChange,
  AuthenticationProviderSessionOptions,
  AuthenticationSession,
  Event,
} from 'vscode';
import { accountError, shownHost } from './account';
import type { Bitrix24Accounts } from './bitrix24Accounts';
import { accountId, accountOf } from './storedAccount';
import type { StoredAccount } from './storedAccount';
import type { TokenStore } from './tokenStore';

export interface AuthenticationProviderDeps {
  store: Pick<TokenStore, 'list' | 'get' | 'onDidChange'>;
  signIn: Bitrix24Accounts['signIn'];
  /** Rejects when the user says no. */
  signOut: (accountId: string) => Promise<void>;
}

/**
 * The accounts in VS Code's Accounts menu, one session each. Other extensions get an access token only through
 * VS Code, which asks the user first. Reading sessions neither asks nor uses the network.
 */
export class Bitrix24AuthenticationProvider implements AuthenticationProvider {
  readonly #deps: AuthenticationProviderDeps;

  readonly onDidChangeSessions: Event<SessionsChange> = (listener, thisArg, disposables) =>
    this.#deps.store.onDidChange(
      ({ before, after }) => {
        listener.call(thisArg, {
          added: after && !before ? [sessionOf(after)] : [],
          removed: before && !after ? [sessionOf(before)] : [],
          changed: before && after ? [sessionOf(after)] : [],
        });
      },
      undefined,
      disposables,
    );

  constructor(deps: AuthenticationProviderDeps) {
    this.#deps = deps;
  }

  /** Resolves to the sessions of the account asked for that have all scopes asked for, in any order. */
  async getSessions(
    scopes: readonly string[] | undefined,
    options: AuthenticationProviderSessionOptions = {},
  ): Promise<AuthenticationSession[]> {
    const { account: wanted } = options;
    return (await this.#deps.store.list())
      .filter((account) => wanted === undefined || accountId(account) === wanted.id)
      .filter((account) => (scopes ?? []).every((scope) => account.scopes.includes(scope)))
      .map(sessionOf);
  }

  async createSession(
    scopes: readonly string[],
    options: AuthenticationProviderSessionOptions = {},
  ): Promise<AuthenticationSession> {
    const again = options.account && (await this.#deps.store.get(options.account.id));
    const account = await this.#deps.signIn(again ? { account: accountOf(again) } : {});
    const stored = account && (await this.#deps.store.get(account.id));
    if (!stored) {
      throw new CancellationError();
    }
    const missing = scopes.filter((scope) => !stored.scopes.includes(scope));
    if (missing.length > 0) {
      throw accountError('SIGN_IN_SCOPES', {
        host: accountOf(stored).host,
        description: `The application lacks the scopes ${missing.join(', ')}.`,
      });
    }
    return sessionOf(stored);
  }

  removeSession(sessionId: string): Promise<void> {
    return this.#deps.signOut(sessionId);
  }
}

function sessionOf(stored: StoredAccount): AuthenticationSession {
  const account = accountOf(stored);
  const { id, userName } = account;
  return {
    id,
    accessToken: stored.tokens.accessToken,
    account: { id, label: `${userName} (${shownHost(account)})` },
    scopes: [...stored.scopes],
  };
}
