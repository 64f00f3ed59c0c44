import { Bitrix24Error } from '../bitrix24/errors';
import { authServerOf, refreshTokens, sameSite } from '../bitrix24/oauth';
import type { Tokens } from '../bitrix24/oauth';
import { isKnownAuthServer } from '../bitrix24/portalAddress';
import type { TokenSource } from '../bitrix24/portalClient';
import type { Transport } from '../bitrix24/transport';
import { unlessAborted } from '../bitrix24/abort';
import type { Clock } from '../common/clock';
import type { Log } from '../common/log';
import type { Account } from './account';
import { accountError } from './accountError';
import { accountOf, tokensOf } from './vault';
import type { StoredAccount, Vault } from './vault';

/** A hung authorization server is an error within 15 s. */
const refreshDeadlineMs = 14_000;

export interface AccountTokensDeps {
  accountId: string;
  vault: Vault;
  transport: Transport;
  clock: Clock;
  log: Log;
  /** Asks the user whether the portal's new address is theirs. */
  agreeToMove(account: Account, origin: string): Promise<boolean>;
}

/**
 * One account's tokens. However many calls find their token expired, one refresh runs; its answer is stored
 * before anybody uses it. Whatever fails here, the call that needed the token was not sent.
 */
export class AccountTokens implements TokenSource {
  readonly #deps: AccountTokensDeps;
  #refresh: Promise<Tokens> | undefined;
  #move: Promise<Tokens | undefined> | undefined;
  /** An answer that could not be stored. The server may have forgotten the pair before it. */
  #unsaved: Tokens | undefined;
  /** A refresh token that the server refused: not asked about again. */
  #over: { refreshToken: string; error: Bitrix24Error } | undefined;

  constructor(deps: AccountTokensDeps) {
    this.#deps = deps;
  }

  async tokens(signal?: AbortSignal): Promise<Tokens> {
    if (this.#refresh) {
      return unlessAborted(this.#refresh, signal);
    }
    if (this.#unsaved) {
      return unlessAborted(this.#save(this.#unsaved), signal);
    }
    const stored = await this.#deps.vault.get(this.#deps.accountId);
    return tokensOf(stored ?? this.#gone());
  }

  /**
   * Bitrix24 may lock out an application that refreshes without need, so only a refused token is renewed.
   * The refresh goes on when the caller gives up: its answer is worth keeping.
   */
  async refreshed(failedAccessToken: string, signal?: AbortSignal): Promise<Tokens> {
    for (;;) {
      const joined = this.#refresh !== undefined;
      this.#refresh ??= this.#renew(failedAccessToken).finally(() => {
        this.#refresh = undefined;
      });
      const tokens = await unlessAborted(this.#refresh, signal);
      // The one that ran already may have begun with an older token than the one that failed here.
      if (!joined || tokens.accessToken !== failedAccessToken) {
        return tokens;
      }
    }
  }

  moved(clientEndpoint: string, signal?: AbortSignal): Promise<Tokens | undefined> {
    this.#move ??= this.#followMove(clientEndpoint).finally(() => {
      this.#move = undefined;
    });
    return unlessAborted(this.#move, signal);
  }

  /** The one place where tokens are renewed: by one window at a time, and within 15 s, the wait for another included. */
  async #renew(failedAccessToken: string): Promise<Tokens> {
    const { vault, accountId, clock } = this.#deps;
    const limit = new AbortController();
    const done = new AbortController();
    clock.sleep(refreshDeadlineMs, done.signal).then(
      () => limit.abort(timedOut()),
      () => undefined,
    );
    try {
      return await vault.alone(
        accountId,
        () => this.#renewAlone(failedAccessToken, limit.signal),
        limit.signal,
      );
    } finally {
      done.abort();
    }
  }

  async #renewAlone(failedAccessToken: string, signal: AbortSignal): Promise<Tokens> {
    const { vault, accountId, log } = this.#deps;
    if (this.#unsaved) {
      const saved = await this.#save(this.#unsaved);
      if (saved.accessToken !== failedAccessToken) {
        return saved;
      }
    }
    const stored = (await vault.reread(accountId)) ?? this.#gone();
    if (stored.tokens.accessToken !== failedAccessToken) {
      log.debug('Another window has renewed the token already.');
      return tokensOf(stored);
    }
    const authServer = authServerFor(stored);
    await this.#unlessOver(stored, authServer);
    let answer: Tokens;
    try {
      answer = await this.#ask(stored, authServer, signal);
    } catch (error) {
      const now = (await vault.reread(accountId)) ?? this.#gone();
      if (now.tokens.accessToken !== failedAccessToken) {
        return tokensOf(now);
      }
      log.warn(
        `Token refresh at ${authServer} failed: ${error instanceof Bitrix24Error ? error.code : 'bug'}`,
      );
      await this.#noteOver(now, error);
      throw error;
    }
    if (
      answer.memberId !== stored.tokens.memberId ||
      (answer.userId ?? stored.userId) !== stored.userId
    ) {
      throw accountError('SIGN_IN_OTHER_PORTAL', {
        host: authServer,
        description: 'The refreshed token belongs to another portal or user.',
      });
    }
    log.info(`Token renewed at ${authServer}.`);
    return this.#save(answer);
  }

  /** Throws what the server said of this very refresh token before, to this window or another. */
  async #unlessOver(stored: StoredAccount, host: string): Promise<void> {
    if (this.#over?.refreshToken === stored.tokens.refreshToken) {
      throw this.#over.error;
    }
    const over = await this.#deps.vault.over(stored);
    if (over) {
      throw new Bitrix24Error({ kind: 'server', phase: 'answered', host, ...over });
    }
  }

  async #noteOver(stored: StoredAccount, error: unknown): Promise<void> {
    // Other refusals may be lifted at the portal; these are about the token itself.
    if (error instanceof Bitrix24Error && error.is('invalid_grant', 'expired_token')) {
      this.#over = { refreshToken: stored.tokens.refreshToken, error };
      await this.#deps.vault
        .tellOver(stored, error)
        .catch(() =>
          this.#deps.log.warn('Other windows could not be told that a sign-in is over.'),
        );
    }
  }

  async #ask(stored: StoredAccount, authServer: string, signal: AbortSignal): Promise<Tokens> {
    const { transport, clock } = this.#deps;
    signal.throwIfAborted();
    const request = {
      authServer,
      credentials: stored.app,
      refreshToken: stored.tokens.refreshToken,
      now: clock.now(),
    };
    try {
      return await unlessAborted(refreshTokens(transport, request, signal), signal);
    } catch (error) {
      throw signal.aborted ? timedOut(authServer) : asNotSent(error);
    }
  }

  async #save(answer: Tokens): Promise<Tokens> {
    this.#unsaved = answer;
    const saved = await this.#deps.vault.change(this.#deps.accountId, (current) => {
      // Signed out meanwhile: a refresh must not bring the account back.
      const account = current ?? this.#gone();
      return {
        ...account,
        tokens: {
          ...answer,
          // Only the user can agree to another site; see moved().
          clientEndpoint: sameSite(answer.clientEndpoint, account.portal)
            ? answer.clientEndpoint
            : account.tokens.clientEndpoint,
        },
      };
    });
    this.#unsaved = undefined;
    return tokensOf(saved ?? this.#gone());
  }

  async #followMove(clientEndpoint: string): Promise<Tokens | undefined> {
    const { vault, accountId, log } = this.#deps;
    const stored = (await vault.get(accountId)) ?? this.#gone();
    const portal = URL.canParse(clientEndpoint) ? new URL(clientEndpoint).origin : '';
    if (sameSite(clientEndpoint, stored.portal)) {
      // Another call has asked already.
      return tokensOf(stored);
    }
    if (!sameSite(clientEndpoint, portal)) {
      log.warn('The portal points to an address that is not https.');
      return undefined;
    }
    if (!(await this.#deps.agreeToMove(accountOf(stored), portal))) {
      return undefined;
    }
    const saved = await vault.change(accountId, (current) => {
      const account = current ?? this.#gone();
      return { ...account, portal, tokens: { ...account.tokens, clientEndpoint } };
    });
    log.info(`The portal ${new URL(stored.portal).host} is now ${new URL(portal).host}.`);
    return tokensOf(saved ?? this.#gone());
  }

  #gone(): never {
    this.#unsaved = undefined;
    throw accountError('NO_SUCH_ACCOUNT', { description: 'The account was signed out.' });
  }
}

function timedOut(host?: string): Bitrix24Error {
  return new Bitrix24Error({
    kind: 'timeout',
    phase: 'notSent',
    code: 'REFRESH_TIMEOUT',
    description: 'The authorization server did not answer in time.',
    host,
  });
}

/** The server that the last answer named, as long as a secret may go there; else the one of the sign-in. */
function authServerFor(stored: StoredAccount): string {
  const named = authServerOf(tokensOf(stored));
  return named !== undefined && isKnownAuthServer(named, new URL(stored.portal).host)
    ? named
    : stored.authServer;
}

/** A refresh without an answer says nothing about the call that needed it: that one never left. */
function asNotSent(error: unknown): unknown {
  return error instanceof Bitrix24Error && error.phase === 'noAnswer'
    ? new Bitrix24Error({ ...fieldsOf(error), phase: 'notSent' })
    : error;
}

function fieldsOf({
  kind,
  phase,
  code,
  description,
  httpStatus,
  host,
  retryAt,
  cause,
}: Bitrix24Error) {
  return { kind, phase, code, description, httpStatus, host, retryAt, cause };
}
