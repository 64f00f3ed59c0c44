import type { PortalState } from './portalState';
import { RestError } from './restError';
import type { TokenInfo } from './tokenCache';

/**
 * Answers as the authorization server does when it is asked about a token.
 * @throws RestError when the token or its application is good for nothing. Source: docs/bitrix24.md, section 1.
 */
export function describeToken(portal: PortalState, token: string): TokenInfo {
  const { app } = portal;
  const content = app.registered ? portal.mint.read('access', app.clientId, token) : null;
  if (content === null) {
    throw new RestError('invalid_token', 'Unable to get application by token', 401);
  }
  if (content.expires <= portal.nowSeconds()) {
    throw new RestError('expired_token', 'The access token provided has expired.', 401);
  }
  if (!app.installed) {
    throw new RestError('ERROR_OAUTH', 'Application not installed', 401);
  }
  if (!portal.paid) {
    throw new RestError('PAYMENT_REQUIRED', 'Subscription has been ended', 401);
  }
  return { ...content, scopes: [...app.scopes] };
}

/** The answer about these is the same whenever it is asked for again, so nothing has to be kept. */
const UNCHANGING: ReadonlySet<string> = new Set(['invalid_token', 'expired_token']);

/**
 * Tells what the portal knows of a token: what it keeps, else what the authorization server says now.
 * @throws RestError when the token was or is refused.
 */
export function lookUpToken(portal: PortalState, token: string): TokenInfo {
  const kept = portal.tokenCache.get(token);
  if (kept instanceof RestError) {
    throw kept;
  }
  return kept ?? askAuthServer(portal, token);
}

function askAuthServer(portal: PortalState, token: string): TokenInfo {
  if (portal.refusals.connection) {
    throw new RestError('CONNECTION_ERROR', 'Error connecting to authorization server', 401);
  }
  let info: TokenInfo;
  try {
    info = describeToken(portal, token);
  } catch (error) {
    if (error instanceof RestError && !UNCHANGING.has(error.code)) {
      portal.tokenCache.keep(token, error);
    }
    throw error;
  }
  if (portal.refusals.userContext) {
    throw new RestError('ACCESS_DENIED', "Current user can't be authorized in this context", 401);
  }
  portal.tokenCache.keep(token, info);
  return info;
}
