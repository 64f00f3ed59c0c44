import type { Transport } from './transport';

export interface AppCredentials {
  clientId: string;
  clientSecret: string;
}

/** What the authorization server gives for a code or a refresh token. */
export interface Tokens {
  accessToken: string;
  refreshToken: string;
  /** Unix ms. */
  expiresAt: number;
  /** `https://PORTAL/rest/`, always with the slash. */
  clientEndpoint: string;
  /** `https://AUTHSERVER/rest/`; undefined when the answer had none. */
  serverEndpoint: string | undefined;
  memberId: string;
  userId: number | undefined;
  /** `L` local, `F` free, `D` demo, `T` trial, `P` paid, `S` subscription. */
  status?: string | undefined;
  /** Literally `app` in practice: not the granted scopes. */
  scope?: string | undefined;
}

/** What the portal's redirect carries. */
export interface Callback {
  code: string;
  state: string | undefined;
  /** Portal host, no scheme. */
  domain: string | undefined;
  memberId: string | undefined;
  scopes: string[] | undefined;
  /** Authorization server host. */
  serverDomain: string | undefined;
}

export interface TokenRequest {
  /** Host (and port) of the authorization server. */
  authServer: string;
  credentials: AppCredentials;
  /** Unix ms. */
  now: number;
}

export function authorizeUrl(portalOrigin: string, clientId: string, state: string): URL {
  throw new Error(`not written yet ${portalOrigin}${clientId}${state}`);
}

/** Full address, query string or bare code; undefined when there is no code in it. */
export function parseCallback(input: string | URL): Callback | undefined {
  throw new Error(`not written yet ${String(input)}`);
}

/** Trades an authorization code (lives 30 s) for tokens. Throws Bitrix24Error. */
export function exchangeCode(
  transport: Transport,
  request: TokenRequest & { code: string },
  signal?: AbortSignal,
): Promise<Tokens> {
  throw new Error(`not written yet ${String(transport)}${request.code}${String(signal)}`);
}

/** Trades a refresh token for a new pair. Throws Bitrix24Error. */
export function refreshTokens(
  transport: Transport,
  request: TokenRequest & { refreshToken: string },
  signal?: AbortSignal,
): Promise<Tokens> {
  throw new Error(`not written yet ${String(transport)}${request.authServer}${String(signal)}`);
}

/** Host of the authorization server that these tokens came from; undefined when unknown. */
export function authServerOf(tokens: Pick<Tokens, 'serverEndpoint'>): string | undefined {
  throw new Error(`not written yet ${String(tokens)}`);
}

/** True when the endpoint is on the very portal that the user agreed to (same host and port, https or loopback). */
export function sameSite(endpoint: string, portalOrigin: string): boolean {
  throw new Error(`not written yet ${endpoint}${portalOrigin}`);
}
