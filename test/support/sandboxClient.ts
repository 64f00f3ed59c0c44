import assert from 'node:assert/strict';
import { authorizeUrl, exchangeCode } from '../../src/bitrix24/oauth';
import { nodeFetchTransport } from '../../src/bitrix24/nodeFetchTransport';
import { parseCallback } from '../../src/bitrix24/callback';
import type { PortalClient } from '../../src/bitrix24/portalClient';
import { testClient } from './testClient';
import type { RateLimiter } from '../../src/bitrix24/rateLimiter';
import type { TokenSource } from '../../src/bitrix24/portalClient';
import type { Transport } from '../../src/bitrix24/transport';
import type { Clock } from '../../src/common/clock';
import type { Sandbox } from '../../src/sandbox';

interface SignInOptions {
  user?: number;
  transport?: Transport;
  /** Shares with nobody when absent. */
  limiter?: RateLimiter;
}

/** Tokens of one of the sandbox's people, without an account behind them. */
export async function sandboxTokens(
  sandbox: Sandbox,
  { user = 1, transport = nodeFetchTransport({ userAgent: 'test/1' }) }: SignInOptions = {},
): Promise<TokenSource> {
  const { info } = sandbox;
  const url = authorizeUrl(info.portal, info.clientId, 'state');
  url.searchParams.set('sandbox_user', String(user));
  const response = await fetch(url, { redirect: 'manual' });
  const callback = parseCallback(response.headers.get('location') ?? '');
  assert.ok(callback, `no code in the answer ${response.status}`);
  const tokens = await exchangeCode(transport, {
    authServer: new URL(info.authServer).host,
    credentials: { clientId: info.clientId, clientSecret: info.clientSecret },
    code: callback.code,
  });
  return {
    tokens: () => Promise.resolve(tokens),
    refreshed: () => Promise.reject(new Error('these tokens are not refreshed')),
    moved: () => Promise.resolve(undefined),
  };
}

/** A client that is signed in at the sandbox as one of its people. */
export async function sandboxClient(
  sandbox: Sandbox,
  clock: Clock,
  {
    transport = nodeFetchTransport({ userAgent: 'test/1' }),
    limiter,
    ...options
  }: SignInOptions = {},
): Promise<PortalClient> {
  const tokens = await sandboxTokens(sandbox, { ...options, transport });
  return testClient({ transport, tokens, clock, ...(limiter && { limiter }) });
}
