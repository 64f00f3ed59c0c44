import assert from 'node:assert/strict';
import { checkSetup } from '../../../src/accounts/setupCheck';
import { exchangeCode, authorizeUrl } from '../../../src/bitrix24/oauth';
import type { Tokens } from '../../../src/bitrix24/oauth';
import { nodeFetchTransport } from '../../../src/bitrix24/nodeFetchTransport';
import type { PortalClient } from '../../../src/bitrix24/portalClient';
import { testClient } from '../../support/testClient';
import { systemClock } from '../../../src/common/clock';
import { startSandbox } from '../../../src/sandbox';
import type { Sandbox, StatePatch } from '../../../src/sandbox';

describe('setup check', () => {
  let sandbox: Sandbox;
  const transport = nodeFetchTransport({ userAgent: 'test' });

  before(async () => {
    sandbox = await startSandbox();
  });
  after(() => sandbox.close());
  beforeEach(() => sandbox.reset());

  async function clientOf(user: number): Promise<PortalClient> {
    const { portal, authServer, clientId, clientSecret } = sandbox.info;
    const url = authorizeUrl(portal, clientId, 's');
    url.searchParams.set('sandbox_user', String(user));
    const answer = await transport.send({ method: 'GET', url });
    const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
    const tokens: Tokens = await exchangeCode(transport, {
      authServer: new URL(authServer).host,
      credentials: { clientId, clientSecret },
      code,
    });
    return testClient({
      transport,
      clock: systemClock,
      tokens: {
        tokens: () => Promise.resolve(tokens),
        refreshed: () => Promise.reject(new Error('not expected')),
        moved: () => Promise.resolve(undefined),
      },
    });
  }

  const table: [name: string, user: number, state: StatePatch, result: object][] = [
    ['everything in place', 1, {}, { kind: 'ready', people: true }],
    ['users only briefly', 1, { scopes: ['pull', 'user_brief'] }, { kind: 'ready', people: true }],
    ['no scope for users', 1, { scopes: ['pull'] }, { kind: 'ready', people: false }],
    ['no scope for pushes', 1, { scopes: ['user'] }, { kind: 'missingScope', scope: 'pull' }],
    ['not an administrator', 2, {}, { kind: 'notAdministrator' }],
    ['no scope comes first', 2, { scopes: ['user'] }, { kind: 'missingScope', scope: 'pull' }],
    ['no name', 1, { appName: '' }, { kind: 'refused', code: 'EMPTY_APP_NAME' }],
    ['an app removed', 1, { app: { installed: false } }, { kind: 'refused', code: 'ERROR_OAUTH' }],
    ['an unpaid portal', 1, { paid: false }, { kind: 'refused', code: 'PAYMENT_REQUIRED' }],
    ['an overloaded portal', 1, { overloaded: true }, { kind: 'refused', code: 'OVERLOAD_LIMIT' }],
  ];
  for (const [name, user, state, expected] of table) {
    it(`${name}: ${JSON.stringify(expected)}, and no phone shows anything`, async () => {
      const client = await clientOf(user);
      sandbox.patchState(state);
      const result = await checkSetup(client);
      const { pushes } = sandbox.snapshot();
      assert.deepEqual(
        {
          result:
            result.kind === 'refused' ? { kind: result.kind, code: result.error.code } : result,
          shown: pushes.flatMap(({ delivered, deferred, dropped }) =>
            [delivered, deferred, dropped].flat(),
          ),
        },
        { result: expected, shown: [] },
      );
    });
  }

  it('is refused by the network, too', async () => {
    const client = await clientOf(1);
    sandbox.addFaults({ action: 'html', status: 502, method: '*', times: 0 });
    const result = await checkSetup(client);
    assert.equal(result.kind === 'refused' && result.error.kind !== 'server', true);
  });

  it('throws only when cancelled', async () => {
    const client = await clientOf(1);
    await assert.rejects(checkSetup(client, AbortSignal.abort()), { kind: 'cancelled' });
  });
});
