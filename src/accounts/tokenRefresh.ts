import { Bitrix24Error } from '../bitrix24/errors';
import { authServerOf, refreshTokens, sameSite } from '../bitrix24/oauth';
import type { Tokens } from '../bitrix24/oauth';
import { isKnownAuthServer, isLoopback } from '../bitrix24/portalAddress';
import type { TokenSource } from '../bitrix24/portalClient';
import type { Transport } from '../bitrix24/transport';
import { unlessAborted } from '../bitrix24/abort';
import type { Clock } from '../common/clock';
import { silenceMs } from '../common/interProcessLock';
import type { IsHeld } from '../common/interProcessLock';
import type { Log } from '../common/log';
import type { Account } from './account';
import { accountError } from './account';
import { accountOf } from './storedAccount';
import type { StoredAccount } from './storedAccount';
import type { TokenStore } from './tokenStore';

/** A hung authorization server is an error within 15 s. */
const refreshDeadlineMs = 14_000;
/** The longest wait for the lock: longer than the silence after which a dead holder loses it. */
const lockDeadlineMs = silenceMs + 5_000;

export interface TokenRefreshDeps {
  accountId: string;
  store: TokenStore;
  transport: Transport;
  clock: Clock;
  log: Log;
  /** Asks the user whether the portal's new address is theirs. */
  agreeToMove(account: Account, origin: string): Promise<boolean>;
}

/**
 * Gives out one account's tokens and renews them. However many calls find their token expired, one refresh runs, and
 * its answer is stored before anybody uses it. Every error says that the call which needed the token was not sent,
 * unless the authorization server has answered.
 */
export class TokenRefresh implements TokenSource {
  readonly #deps: TokenRefreshDeps;
  #running: Promise<Tokens> | undefined;
  #move: Promise<Tokens | undefined> | undefined;
  /** An answer that could not be stored yet. The server may have forgotten the pair before it. */
  #unsaved: Tokens | undefined;

  constructor(deps: TokenRefreshDeps) {
    this.#deps = deps;
  }

  async tokens(): Promise<Tokens> {
    if (this.#running) {
      return this.#running;
    }
    if (this.#unsaved) {
      return this.#save(this.#unsaved);
    }
    const stored = await this.#deps.store.get(this.#deps.accountId);
    return (stored ?? this.#gone()).tokens;
  }

  /** Bitrix24 may lock out an application that refreshes without need, so only a refused token is renewed. */
  async refreshed(failedAccessToken: string): Promise<Tokens> {
    const joined = this.#running;
    this.#running ??= this.#refresh(failedAccessToken).finally(() => {
      this.#running = undefined;
    });
    const tokens = await this.#running;
    // A refresh that was running already may have begun with an older token than the one that failed here.
    return joined && tokens.accessToken === failedAccessToken
      ? this.refreshed(failedAccessToken)
      : tokens;
  }

  moved(clientEndpoint: string): Promise<Tokens | undefined> {
    this.#move ??= this.#followMove(clientEndpoint).finally(() => {
      this.#move = undefined;
    });
    return this.#move;
  }

  /**
   * Tokens are renewed by one window at a time, and within 15 s, the wait for another window included; later only where
   * that window has fallen silent and its lock had to be taken from it.
   */
  async #refresh(failedAccessToken: string): Promise<Tokens> {
    const { store, accountId, clock } = this.#deps;
    const since = clock.now();
    const waiting = deadline(clock, lockDeadlineMs, locked());
    const work = async (isHeld: IsHeld) => {
      waiting.end();
      const waitedMs = clock.now() - since;
      const leftMs = waitedMs < silenceMs ? refreshDeadlineMs - waitedMs : refreshDeadlineMs;
      const asking = deadline(clock, leftMs, timedOut());
      try {
        return await this.#refreshAlone(failedAccessToken, asking.signal, isHeld);
      } finally {
        asking.end();
      }
    };
    try {
      const tokens = await store.alone(accountId, work, waiting.signal);
      return tokens ?? (await this.#refresh(failedAccessToken));
    } finally {
      waiting.end();
    }
  }

  /** Resolves to undefined when this window was stopped until another one took the lock: that one renews them. */
  async #refreshAlone(
    failedAccessToken: string,
    signal: AbortSignal,
    isHeld: IsHeld,
  ): Promise<Tokens | undefined> {
    const { log } = this.#deps;
    if (this.#unsaved) {
      const saved = await this.#save(this.#unsaved);
      if (saved.accessToken !== failedAccessToken) {
        return saved;
      }
    }
    const stored = await this.#reread();
    if (stored.tokens.accessToken !== failedAccessToken) {
      log.debug('Another window has renewed the token already.');
      return stored.tokens;
    }
    const authServer = authServerFor(stored);
    const refusal = await this.#deps.store.refusalOf(stored);
    if (refusal) {
      throw new Bitrix24Error({ kind: 'server', phase: 'answered', host: authServer, ...refusal });
    }
    if (!(await isHeld())) {
      return undefined;
    }
    let answer: Tokens;
    try {
      answer = await this.#ask(stored, authServer, signal);
    } catch (error) {
      const now = await this.#reread();
      if (now.tokens.accessToken !== failedAccessToken) {
        return now.tokens;
      }
      const code = error instanceof Bitrix24Error ? error.code : 'bug';
      log.warn(`Token refresh at ${authServer} failed: ${code}`);
      // Other refusals may be lifted at the portal; these are about the token itself.
      if (error instanceof Bitrix24Error && error.is('invalid_grant', 'expired_token')) {
        await this.#deps.store.noteRefusal(now, error);
      }
      throw error;
    }
    const { memberId, userId = stored.userId } = answer;
    if (memberId !== stored.tokens.memberId || userId !== stored.userId) {
      throw accountError('SIGN_IN_OTHER_PORTAL', {
        host: authServer,
        description: 'The refreshed token belongs to another portal or user.',
      });
    }
    log.info(`Token renewed at ${authServer}.`);
    return this.#save(answer);
  }

  async #ask(stored: StoredAccount, authServer: string, signal: AbortSignal): Promise<Tokens> {
    signal.throwIfAborted();
    const { refreshToken } = stored.tokens;
    const request = { authServer, credentials: stored.app, refreshToken };
    try {
      return await unlessAborted(refreshTokens(this.#deps.transport, request, signal), signal);
    } catch (error) {
      if (signal.aborted) {
        throw timedOut(authServer);
      }
      // A refresh without an answer says nothing about the call that needed it: that one never left.
      throw error instanceof Bitrix24Error && error.phase === 'noAnswer'
        ? error.with({ phase: 'notSent' })
        : error;
    }
  }

  async #save(answer: Tokens): Promise<Tokens> {
    this.#unsaved = answer;
    const saved = await this.#deps.store.change(this.#deps.accountId, (current) => {
      // Signed out meanwhile: a refresh must not bring the account back.
      const account = current ?? this.#gone();
      // Only the user can agree to another site, see moved().
      const { clientEndpoint } = sameSite(answer.clientEndpoint, account.portal)
        ? answer
        : account.tokens;
      return { ...account, tokens: { ...answer, clientEndpoint } };
    });
    this.#unsaved = undefined;
    return saved.tokens;
  }

  async #followMove(clientEndpoint: string): Promise<Tokens | undefined> {
    const { store, accountId, log } = this.#deps;
    const stored = (await store.get(accountId)) ?? this.#gone();
    const portal = URL.canParse(clientEndpoint) ? new URL(clientEndpoint).origin : '';
    if (sameSite(clientEndpoint, stored.portal)) {
      // Another call has asked already.
      return stored.tokens;
    }
    if (!sameSite(clientEndpoint, portal)) {
      log.warn('The portal points to an address that is not https.');
      return undefined;
    }
    if (stored.isSandbox === true && !isLoopback(new URL(portal).host)) {
      throw accountError('SANDBOX_ONLY', { host: new URL(portal).host });
    }
    if (!(await this.#deps.agreeToMove(accountOf(stored), portal))) {
      return undefined;
    }
    const saved = await store.change(accountId, (current) => {
      const account = current ?? this.#gone();
      return { ...account, portal, tokens: { ...account.tokens, clientEndpoint } };
    });
    log.info(`The portal ${new URL(stored.portal).host} is now ${new URL(portal).host}.`);
    return saved.tokens;
  }

  async #reread(): Promise<StoredAccount> {
    return (await this.#deps.store.reread(this.#deps.accountId)) ?? this.#gone();
  }

  #gone(): never {
    this.#unsaved = undefined;
    throw accountError('NO_SUCH_ACCOUNT', { description: 'The account was signed out.' });
  }
}

/** Makes a signal that aborts with this error after so long, or at once, unless it is ended before. */
function deadline(
  clock: Clock,
  ms: number,
  error: Bitrix24Error,
): { signal: AbortSignal; end: () => void } {
  const limit = new AbortController();
  const ended = new AbortController();
  if (ms <= 0) {
    limit.abort(error);
  } else {
    clock.sleep(ms, ended.signal).then(
      () => limit.abort(error),
      () => undefined,
    );
  }
  return { signal: limit.signal, end: () => ended.abort() };
}

function locked(): Bitrix24Error {
  return new Bitrix24Error({
    kind: 'timeout',
    phase: 'notSent',
    code: 'REFRESH_LOCKED',
    description: 'Another window is renewing the token and does not finish.',
  });
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

/** Returns the server that the last answer named, as long as a secret may go there; else the one of the sign-in. */
function authServerFor(stored: StoredAccount): string {
  const named = authServerOf(stored.tokens);
  return named !== undefined && isKnownAuthServer(named, new URL(stored.portal).host)
    ? named
    : stored.authServer;
}
