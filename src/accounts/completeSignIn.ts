import { Bitrix24Error } from '../bitrix24/errors';
import type { Callback } from '../bitrix24/callback';
import { exchangeCode, sameSite } from '../bitrix24/oauth';
import type { AppCredentials, Tokens } from '../bitrix24/oauth';
import { profile } from '../bitrix24/profile';
import { RateLimiter, memoryState } from '../bitrix24/rateLimiter';
import { authServerFor, isKnownAuthServer, isLoopback } from '../bitrix24/portalAddress';
import { PortalClient } from '../bitrix24/portalClient';
import type { Transport } from '../bitrix24/transport';
import type { Clock } from '../common/clock';
import type { Log } from '../common/log';
import { plainText } from '../common/plainText';
import { accountError } from './account';
import type { SignedInAccount } from './storedAccount';

export interface CompleteSignInDeps {
  transport: Transport;
  clock: Clock;
  log: Log;
}

export interface SignInAnswer {
  /** Origin of the portal that the user agreed to. */
  portal: string;
  app: AppCredentials;
  callback: Callback;
  integrationId?: number | undefined;
  /** The server that this account's tokens came from before: for a bare code, which names none. */
  lastAuthServer?: string | undefined;
  /** Set when an account of this very portal signs in again. */
  memberId?: string | undefined;
}

/** Returns whether the answer names no portal, or the one that was asked. */
export function isFromPortal({ domain }: Callback, portal: string): boolean {
  return domain === undefined || sameSite(`${new URL(portal).protocol}//${domain}/`, portal);
}

/**
 * Trades the code for tokens and asks who signed in. The secret goes to the authorization server and nowhere else;
 * an answer of another portal than the one asked is refused. Throws Bitrix24Error.
 */
export async function completeSignIn(
  deps: CompleteSignInDeps,
  answer: SignInAnswer,
  signal?: AbortSignal,
): Promise<SignedInAccount> {
  const { portal, app, callback } = answer;
  if (!isFromPortal(callback, portal)) {
    throw otherPortal(callback.domain);
  }
  const authServer = authServerOf(answer);
  const tokens = await exchangeCode(
    deps.transport,
    { authServer, credentials: app, code: callback.code },
    signal,
  );
  const expected = [callback.memberId, answer.memberId].filter((id) => id !== undefined);
  if (!sameSite(tokens.clientEndpoint, portal) || expected.some((id) => id !== tokens.memberId)) {
    throw otherPortal(new URL(tokens.clientEndpoint).host);
  }
  const who = await whoSignedIn(deps, tokens, signal);
  return {
    version: 1,
    portal,
    userId: who.id,
    userName: plainText(who.name, 100),
    administrator: who.administrator,
    integrationId: answer.integrationId,
    senderName: undefined,
    scopes: callback.scopes ?? [],
    authServer,
    app,
    tokens,
  };
}

function authServerOf({ portal, callback, lastAuthServer }: SignInAnswer): string {
  const { host } = new URL(portal);
  // A portal on this machine has its authorization server beside it, if anywhere.
  const guess = lastAuthServer ?? (isLoopback(host) ? host : authServerFor(host));
  const authServer = callback.serverDomain ?? guess;
  if (!isKnownAuthServer(authServer, host)) {
    throw accountError('SIGN_IN_UNKNOWN_SERVER', {
      host: authServer,
      description: 'Not an authorization server of Bitrix24.',
    });
  }
  return authServer;
}

async function whoSignedIn(
  { transport, clock, log }: CompleteSignInDeps,
  tokens: Tokens,
  signal: AbortSignal | undefined,
): Promise<{ id: number; name: string; administrator: boolean | undefined }> {
  const client = new PortalClient({
    transport,
    clock,
    log,
    limiter: new RateLimiter({ state: memoryState, clock, log }),
    tokens: {
      tokens: () => Promise.resolve(tokens),
      refreshed: () =>
        Promise.reject(
          new Bitrix24Error({ kind: 'server', phase: 'answered', code: 'expired_token' }),
        ),
      moved: () => Promise.resolve(undefined),
    },
  });
  try {
    return await profile(client, { signal });
  } catch (error) {
    const withoutAnswer =
      error instanceof Bitrix24Error && error.kind !== 'server' && error.kind !== 'cancelled';
    if (!withoutAnswer || tokens.userId === undefined) {
      throw error;
    }
    // The code is spent and the tokens are good: the name can come later.
    log.warn(`Signed in, but profile gave no answer: ${error.code}`);
    return { id: tokens.userId, name: `#${tokens.userId}`, administrator: undefined };
  }
}

function otherPortal(host: string | undefined): Bitrix24Error {
  return accountError('SIGN_IN_OTHER_PORTAL', {
    host,
    description: 'The answer came from another portal.',
  });
}
