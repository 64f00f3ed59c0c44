import assert from 'node:assert/strict';
import {
  authorizeUrl,
  exchangeCode,
  nodeFetchTransport,
  parseCallback,
  PortalClient,
} from '../../src/bitrix24';
import type { Transport } from '../../src/bitrix24';
import type { Clock } from '../../src/common/clock';
import type { Sandbox } from '../../src/sandbox';

/** A client that is signed in at the sandbox as one of its people, without an account behind it. */
export async function sandboxClient(
  sandbox: Sandbox,
  clock: Clock,
  {
    user = 1,
    transport = nodeFetchTransport({ userAgent: 'test/1' }),
  }: {
    user?: number;
    transport?: Transport;
  } = {},
): Promise<PortalClient> {
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
    now: clock.now(),
  });
  const source = {
    tokens: () => Promise.resolve(tokens),
    refreshed: () => Promise.reject(new Error('these tokens are not refreshed')),
    moved: () => Promise.resolve(undefined),
  };
  return new PortalClient({ transport, tokens: source, clock });
}
