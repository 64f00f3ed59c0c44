import * as v from 'valibot';
import { readAnswer, unexpectedAnswer } from './answer';
import { Bitrix24Error } from './errors';
import { isLoopback, isPublicAuthServer } from './portalAddress';
import type { HttpRequest, HttpResponse, Transport } from './transport';

/** A local application's `client_id` and `client_secret`. */
export interface AppCredentials {
  clientId: string;
  clientSecret: string;
}

/** The answer of the authorization server to a code or a refresh token. docs/bitrix24.md, section 1. */
export interface Tokens {
  accessToken: string;
  refreshToken: string;
  /** `https://PORTAL/rest/`, always with the slash; http only on loopback. */
  clientEndpoint: string;
  /** `https://AUTHSERVER/rest/`; undefined when the answer had none that may be trusted. */
  serverEndpoint?: string | undefined;
  /** The portal's id: 32 hex digits. Hosts change, this does not. */
  memberId: string;
  userId?: number | undefined;
}

export interface TokenRequest {
  /** Host (and port) of the authorization server: a public one, or loopback. */
  authServer: string;
  credentials: AppCredentials;
}

/**
 * The address to open in the user's browser. The portal reads only these two parameters and redirects to the
 * application's handler path. docs/bitrix24.md, section 1.
 */
export function authorizeUrl(portalOrigin: string, clientId: string, state: string): URL {
  const url = new URL('/oauth/authorize/', portalOrigin);
  url.searchParams.set('client_id', clientId);
  url.searchParams.set('state', state);
  return url;
}

/**
 * Trades an authorization code for tokens. A code lives 30 seconds (docs/bitrix24.md, section 1).
 * Throws Bitrix24Error: `invalid_grant`, `expired_token`, `invalid_client`, `wrong_client`, `NOT_INSTALLED`, …
 */
export function exchangeCode(
  transport: Transport,
  { code, ...request }: TokenRequest & { code: string },
  signal?: AbortSignal,
): Promise<Tokens> {
  const grant = { grant_type: 'authorization_code', code };
  return requestTokens(transport, request, grant, code, signal);
}

/** Trades a refresh token for a new pair; store it before use. Throws Bitrix24Error like {@link exchangeCode}. */
export function refreshTokens(
  transport: Transport,
  { refreshToken, ...request }: TokenRequest & { refreshToken: string },
  signal?: AbortSignal,
): Promise<Tokens> {
  const grant = { grant_type: 'refresh_token', refresh_token: refreshToken };
  return requestTokens(transport, request, grant, refreshToken, signal);
}

/** Host (and port) of the authorization server that these tokens came from; undefined when it was not told. */
export function authServerOf(tokens: Pick<Tokens, 'serverEndpoint'>): string | undefined {
  return tokens.serverEndpoint === undefined ? undefined : new URL(tokens.serverEndpoint).host;
}

/**
 * True when the endpoint is on the very portal that the user agreed to: same host and port, over https.
 * The registrable domain is not enough: every customer's portal is a neighbour under bitrix24.com.
 */
export function sameSite(endpoint: string, portalOrigin: string): boolean {
  if (!URL.canParse(endpoint) || !URL.canParse(portalOrigin)) {
    return false;
  }
  const one = new URL(endpoint);
  const other = new URL(portalOrigin);
  if (isLoopback(one.host) && isLoopback(other.host)) {
    // localhost and 127.0.0.1 are the same portal under two names.
    return one.protocol === other.protocol && one.port === other.port;
  }
  return one.protocol === 'https:' && one.origin === other.origin;
}

async function requestTokens(
  transport: Transport,
  { authServer, credentials: { clientId, clientSecret } }: TokenRequest,
  grant: Record<string, string>,
  secret: string,
  signal: AbortSignal | undefined,
): Promise<Tokens> {
  const url = tokenUrl(authServer);
  const form = new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...grant });
  const ask = async (request: Omit<HttpRequest, 'signal'>) =>
    readTokens(await transport.send({ ...request, signal }), url.host, [clientSecret, secret]);
  const headers = { Accept: 'application/json' };
  try {
    // In a body, secrets stay out of the logs of everything between us and the server.
    return await ask({
      ...{ method: 'POST', url, body: form.toString() },
      headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
    });
  } catch (error) {
    if (!(error instanceof Bitrix24Error && error.is('invalid_request'))) {
      throw error;
    }
    // A server that reads parameters from the address only refuses the form like this. docs/bitrix24.md, section 1.
    return await ask({ method: 'GET', url: new URL(`?${form}`, url), headers });
  }
}

/** The last gate before client_secret leaves: only Bitrix24's own servers and this machine pass. */
function tokenUrl(authServer: string): URL {
  const loopback = isLoopback(authServer);
  if (!loopback && !isPublicAuthServer(authServer)) {
    throw new Bitrix24Error({
      kind: 'invalid',
      phase: 'notSent',
      code: 'UNKNOWN_AUTH_SERVER',
      description: 'Not one of the Bitrix24 authorization servers',
      host: authServer,
    });
  }
  return new URL(`${loopback ? 'http' : 'https'}://${authServer}/oauth/token/`);
}

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(2000));
const integer = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,15}$/))]),
  v.transform(Number),
  v.safeInteger(),
);
const maybe = <T>(schema: v.GenericSchema<unknown, T>) => v.fallback(v.optional(schema), undefined);
const endpoint = v.pipe(
  text,
  v.check(isSafeAddress, 'https'),
  v.transform((value) => new URL(value.endsWith('/') ? value : `${value}/`).href),
);

const tokenAnswer = v.object({
  access_token: text,
  refresh_token: text,
  client_endpoint: endpoint,
  member_id: text,
  // Some documented samples lack these.
  server_endpoint: maybe(endpoint),
  user_id: maybe(v.pipe(integer, v.minValue(1))),
});

function readTokens(response: HttpResponse, host: string, secrets: readonly string[]): Tokens {
  if (response.status >= 300 && response.status < 400) {
    throw new Bitrix24Error({
      kind: 'redirect',
      phase: 'notSent',
      code: 'AUTH_SERVER_MOVED',
      description: 'The authorization server redirects; secrets are not sent on',
      httpStatus: response.status,
      host,
    });
  }
  const parsed = v.safeParse(tokenAnswer, readAnswer(response, host, secrets));
  if (!parsed.success) {
    throw unexpectedAnswer(parsed.issues, response, host);
  }
  const answer = parsed.output;
  return {
    accessToken: answer.access_token,
    refreshToken: answer.refresh_token,
    clientEndpoint: answer.client_endpoint,
    serverEndpoint: answer.server_endpoint,
    memberId: answer.member_id,
    userId: answer.user_id,
  };
}

/** True for an address that a token may be sent to: https, or http on this machine, and nothing but a path behind it. */
export function isSafeAddress(value: string): boolean {
  if (!URL.canParse(value)) {
    return false;
  }
  const url = new URL(value);
  const encrypted = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.host));
  return (
    encrypted && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  );
}
