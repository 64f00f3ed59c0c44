import { randomInt } from 'node:crypto';
import { buildQuery, htmlReply, jsonReply, redirectReply, type Reply } from './http';
import type { LoggedReply } from './serveWithFaults';
import type { PageWords } from './page/client/pageWords';
import { errorPage } from './page/errorPage';
import { signInPage } from './page/signInPage';
import { toText, type PhpArray } from './php';
import type { Json } from './phpJson';
import { LIFETIME, type TokenKind } from './tokens';
import { findUsers } from './findUsers';
import { FIRST_DESCRIBED, type PortalState } from './portalState';

/**
 * Answers GET /oauth/authorize/ on the portal. Only client_id and state of the OAuth parameters count. The
 * browser always goes to the handler of the application's form, and never with an error. Source:
 * docs/bitrix24.md, section 1; the server component rest.authorize.
 * @param query the query as sent, without the question mark
 * @param words of the page that the browser gets
 */
export function serveAuthorize(
  portal: PortalState,
  params: PhpArray,
  query: string,
  words: PageWords,
): LoggedReply {
  const { app } = portal;
  if (toText(params.get('client_id')) !== app.clientId || !app.registered) {
    return page(words, 'Application not found', '', 'wrong_client');
  }
  const chosen = toText(params.get('sandbox_user'));
  if (chosen === '') {
    const find = toText(params.get('sandbox_find')).trim();
    const { users, matching } = findUsers(portal, find, FIRST_DESCRIBED, words);
    const reply = htmlReply(signInPage(words, { users, matching, find, appName: app.name, query }));
    return { reply, error: null, note: 'asked who signs in' };
  }
  const person = portal.people.get(Number(chosen));
  if (person === undefined || !person.active) {
    return page(words, 'Sign in', 'This person cannot sign in to the portal.', null);
  }
  if (!app.installed) {
    return page(words, 'Error', 'NOT_INSTALLED: Application not installed', 'NOT_INSTALLED');
  }
  if (!portal.paid) {
    return page(words, 'Error', 'PAYMENT_REQUIRED: Payment required', 'PAYMENT_REQUIRED');
  }
  if (!person.appAccess && !person.admin) {
    const text = 'user_access_error: The user does not have access to the application.';
    return page(words, 'Error', text, 'user_access_error');
  }

  const code = portal.mint.issue('code', app.clientId, {
    userId: person.id,
    expires: portal.nowSeconds() + LIFETIME.code,
  });
  const note = `user ${String(person.id)} signs in`;
  if (app.handler === '') {
    const digits = String(randomInt(100_000, 1_000_000));
    portal.shownCodes.set(digits, code);
    const reply = htmlReply(
      errorPage(words, { title: words.text('Authorization code'), text: digits }),
    );
    return { reply, error: null, note };
  }
  const answer = buildQuery({
    code,
    state: toText(params.get('state')),
    domain: portal.portalHost,
    member_id: portal.identity.memberId,
    scope: app.scopes.join(','),
    server_domain: portal.authServerHost,
  });
  const separator = app.handler.includes('?') ? '&' : '?';
  return { reply: redirectReply(`${app.handler}${separator}${answer}`), error: null, note };
}

function page(words: PageWords, title: string, text: string, error: string | null): LoggedReply {
  const sentence = text === '' ? 'The portal does not know an application with this ID.' : text;
  const reply = htmlReply(
    errorPage(words, { title: words.text(title), text: words.text(sentence) }),
  );
  return { reply, error, note: text };
}

/** A refusal of the token endpoint. Its body has a description only where the real server gives one. */
class TokenRefusal extends Error {
  readonly status: number;
  readonly body: Record<string, Json>;

  constructor(status: number, error: string, description?: string) {
    super(error);
    this.status = status;
    this.body = description === undefined ? { error } : { error, error_description: description };
  }
}

/** Answers GET and POST /oauth/token/. The checks stand in the order of the real server. Source: docs/bitrix24.md, section 1. */
export function serveToken(portal: PortalState, params: PhpArray): LoggedReply {
  try {
    const { userId, note } = checkGrant(portal, params);
    return { reply: tokenReply(issueTokens(portal, userId)), error: null, note };
  } catch (refusal) {
    if (!(refusal instanceof TokenRefusal)) {
      throw refusal;
    }
    const { body, status, message } = refusal;
    return { reply: tokenReply(body, status), error: message, note: '' };
  }
}

function tokenReply(body: Json, status = 200): Reply {
  return jsonReply(body, status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
  });
}

function checkGrant(portal: PortalState, params: PhpArray): { userId: number; note: string } {
  const { app, identity } = portal;
  const text = (name: string) => toText(params.get(name));
  const clientId = text('client_id');
  if (clientId !== '' && (clientId !== app.clientId || !app.registered)) {
    throw new TokenRefusal(200, 'wrong_client');
  }
  const grantType = text('grant_type');
  if (grantType === '') {
    const description = 'Invalid grant_type parameter or parameter missing';
    throw new TokenRefusal(400, 'invalid_request', description);
  }
  if (grantType !== 'authorization_code' && grantType !== 'refresh_token') {
    throw new TokenRefusal(400, 'unsupported_grant_type');
  }
  if (clientId === '') {
    throw new TokenRefusal(400, 'unauthorized_client');
  }
  if (text('client_secret') !== identity.clientSecret) {
    throw new TokenRefusal(400, 'invalid_client');
  }

  const isCode = grantType === 'authorization_code';
  const given = text(isCode ? 'code' : 'refresh_token');
  if (given === '') {
    throw isCode
      ? new TokenRefusal(400, 'invalid_request')
      : new TokenRefusal(400, 'invalid_request', 'No "refresh_token" parameter found');
  }
  const userId = isCode
    ? redeem(portal, 'code', shownCode(portal, given))
    : redeem(portal, 'refresh', given);
  if (!app.installed) {
    throw new TokenRefusal(401, 'NOT_INSTALLED', 'Application not installed');
  }
  if (!portal.paid) {
    throw new TokenRefusal(401, 'PAYMENT_REQUIRED', 'Payment required');
  }
  const person = portal.people.get(userId);
  if (person?.appAccess === false && !person.admin) {
    throw new TokenRefusal(
      403,
      'user_access_error',
      'The user does not have access to the application.',
    );
  }
  // A code or refresh token counts as used only after it gave tokens. After a refusal it works again.
  portal.spentTokens.add(isCode ? shownCode(portal, given) : given);
  return { userId, note: `${isCode ? 'signed in' : 'refreshed'}: user ${String(userId)}` };
}

/** @returns the code for six digits from the portal's page, or the given code itself. */
function shownCode(portal: PortalState, given: string): string {
  return portal.shownCodes.get(given) ?? given;
}

function redeem(portal: PortalState, kind: TokenKind, token: string): number {
  const content = portal.mint.read(kind, portal.app.clientId, token);
  const spent = portal.policy === 'strict' && portal.spentTokens.has(token);
  if (content === null || spent) {
    throw new TokenRefusal(400, 'invalid_grant');
  }
  if (content.expires > portal.nowSeconds()) {
    return content.userId;
  }
  if (kind === 'refresh' && portal.statuses === 'documented') {
    throw new TokenRefusal(400, 'invalid_grant');
  }
  throw new TokenRefusal(
    401,
    'expired_token',
    kind === 'code'
      ? 'The authorization token provided has expired.'
      : 'The refresh token provided has expired.',
  );
}

/** Issues an access and a refresh token of this person, as in the answer of the token endpoint. */
export function issueTokens(portal: PortalState, userId: number) {
  const { clientId } = portal.app;
  const now = portal.nowSeconds();
  const issue = (kind: TokenKind) =>
    portal.mint.issue(kind, clientId, { userId, expires: now + LIFETIME[kind] });
  return {
    access_token: issue('access'),
    expires: now + LIFETIME.access,
    expires_in: LIFETIME.access,
    scope: 'app',
    domain: portal.authServerHost,
    server_endpoint: `${portal.origins.authServer}/rest/`,
    status: 'L',
    client_endpoint: `${portal.portalOrigin}/rest/`,
    member_id: portal.identity.memberId,
    user_id: userId,
    refresh_token: issue('refresh'),
  };
}
