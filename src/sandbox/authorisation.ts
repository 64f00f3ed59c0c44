import type { Caller, Method } from './methods/method';
import { PhpArray, toText } from './php';
import { RestError } from './restError';
import type { PortalState } from './portalState';
import { lookUpToken } from './tokenInfo';

export const WEBHOOK_USER_ID = 1;
const WEBHOOK_SCOPES = ['pull', 'user', 'department', 'im'];

const SCOPE_TEXT = 'The request requires higher privileges than provided by the';

export interface Credentials {
  /** The Authorization header. */
  authorization: string | undefined;
  params: PhpArray;
}

/**
 * Finds out who calls. The checks stand in the order of the server. Source: docs/bitrix24.md, section 1;
 * rest/lib/oauth/auth.php for tokens, rest/lib/apauth/auth.php for webhooks.
 * @throws RestError when a check fails.
 */
export function authorise(portal: PortalState, credentials: Credentials, method: Method): Caller {
  const token = tokenOf(credentials);
  if (token !== '') {
    return authoriseToken(portal, token, method);
  }
  const { params } = credentials;
  if (params.has('aplogin') && params.has('ap')) {
    return authoriseWebhook(
      portal,
      toText(params.get('aplogin')),
      toText(params.get('ap')),
      method,
    );
  }
  throw new RestError('NO_AUTH_FOUND', 'Wrong authorization data', 401);
}

/** Reads the token: the header goes before the parameters, of which the first that is not an array counts, even if empty. */
function tokenOf({ authorization, params }: Credentials): string {
  if (authorization !== undefined && /^Bearer\s+/i.test(authorization)) {
    return authorization.replace(/^Bearer\s+/i, '');
  }
  for (const name of ['auth', 'access_token']) {
    const value = params.get(name);
    if (value !== undefined && !(value instanceof PhpArray)) {
      return toText(value);
    }
  }
  return '';
}

function authoriseToken(portal: PortalState, token: string, method: Method): Caller {
  const { app } = portal;
  const { userId, expires, scopes } = lookUpToken(portal, token);
  refuseWhenOverloaded(portal);
  if (portal.refusals.plan) {
    throw new RestError('ACCESS_DENIED', 'REST is available only on commercial plans.', 401);
  }
  if (!app.installed) {
    throw new RestError('APPLICATION_NOT_FOUND', 'Application not found', 401);
  }
  // The authorization server's own text about an expired token ends with a full stop, the portal's does not.
  if (expires <= portal.nowSeconds()) {
    throw new RestError('expired_token', 'The access token provided has expired', 401);
  }
  if (!opens(scopes, method)) {
    const note = noteOnScope(portal, method);
    throw new RestError('insufficient_scope', `${SCOPE_TEXT} access token`, 401, note);
  }
  const person = portal.people.get(userId);
  if (person === undefined || !person.active) {
    throw new RestError('authorization_error', 'Unable to authorize user', 401);
  }
  if (!person.appAccess && !person.admin) {
    throw new RestError(
      'user_access_error',
      'The user does not have access to the application.',
      401,
    );
  }
  return { person, clientId: app.clientId, scopes };
}

function authoriseWebhook(
  portal: PortalState,
  user: string,
  secret: string,
  method: Method,
): Caller {
  const { refusals } = portal;
  if (refusals.httpsRequired) {
    throw new RestError('INVALID_REQUEST', 'Https required.', 401);
  }
  const person = portal.people.get(WEBHOOK_USER_ID);
  const known = user === String(WEBHOOK_USER_ID) && secret === portal.identity.webhookSecret;
  if (!known || person === undefined || refusals.webhookBlocked) {
    throw new RestError('INVALID_CREDENTIALS', 'Invalid request credentials', 401);
  }
  if (!opens(WEBHOOK_SCOPES, method)) {
    throw new RestError('insufficient_scope', `${SCOPE_TEXT} webhook token`, 401);
  }
  refuseWhenOverloaded(portal);
  if (refusals.plan) {
    throw new RestError('ACCESS_DENIED', 'REST is available only by subscription.', 401);
  }
  if (!person.active) {
    throw new RestError('authorization_error', 'Unable to authorize user', 401);
  }
  return { person, clientId: null, scopes: WEBHOOK_SCOPES };
}

function refuseWhenOverloaded(portal: PortalState): void {
  if (!portal.overloaded) {
    return;
  }
  throw new RestError('OVERLOAD_LIMIT', 'REST API is blocked due to overload.', 401);
}

/** Explains for the log why a token lacks a scope that the application has by now; '' where it has not. */
export function noteOnScope(portal: PortalState, method: Method): string {
  return opens(portal.app.scopes, method)
    ? 'the portal remembers the permissions that this token had at its first call; a new sign-in has the new ones'
    : '';
}

/** @returns true if one of these scopes gives access to the method. */
export function opens(scopes: readonly string[], method: Method): boolean {
  return method.scopes === null || method.scopes.some((scope) => scopes.includes(scope));
}
