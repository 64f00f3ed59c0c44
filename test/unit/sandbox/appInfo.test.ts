import assert from 'node:assert/strict';
import * as v from 'valibot';
import type { StatePatch } from '../../../src/sandbox/controlApi';
import { startSandbox, type Sandbox } from '../../../src/sandbox/index';
import { ask, Client, refusal } from './client';

/** What both official SDKs read of it, in the types that they insist on. */
const AppInfo = v.strictObject({
  result: v.strictObject({
    client_id: v.string(),
    scope: v.string(),
    expires: v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/)),
    install: v.strictObject({
      installed: v.boolean(),
      version: v.pipe(v.string(), v.digits()),
      status: v.string(),
      scope: v.string(),
      domain: v.string(),
      uri: v.string(),
      client_endpoint: v.string(),
      member_id: v.string(),
      member_type: v.string(),
    }),
    user_id: v.number(),
  }),
  time: v.strictObject({
    start: v.number(),
    finish: v.number(),
    duration: v.number(),
    processing: v.number(),
    date_start: v.string(),
    date_finish: v.string(),
  }),
});

describe('sandbox: app.info of the authorization server', () => {
  const time = Date.UTC(2026, 10, 27, 12);
  let sandbox: Sandbox;
  let client: Client;

  before(async () => {
    sandbox = await startSandbox({ now: () => time });
  });
  beforeEach(async () => {
    await sandbox.reset();
    client = await Client.signedIn(sandbox, 5);
  });
  after(() => sandbox.close());

  const address = () => `${sandbox.info.authServer}/rest/app.info`;
  const byGet = (token: string) => ask(`${address()}?auth=${token}`);

  it('has the shape that the official SDKs parse', async () => {
    const { result } = v.parse(AppInfo, (await byGet(client.tokens.access_token)).json);
    const { portal, clientId } = sandbox.info;
    assert.equal(result.expires, '2026-11-27T13:00:00+00:00');
    assert.deepEqual(
      [result.client_id, result.user_id, result.scope],
      [clientId, 5, 'pull,user,department,im'],
    );
    const { installed, uri, domain, client_endpoint: endpoint } = result.install;
    assert.deepEqual(
      [installed, uri, domain, endpoint],
      [true, portal, new URL(portal).host, `${portal}/rest/`],
    );
  });

  it('takes GET with a slash, a form, and JSON with a request id in the address', async () => {
    const { access_token: auth } = client.tokens;
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const json = { 'content-type': 'application/json' };
    const answers = [
      await ask(`${address()}/?auth=${auth}`),
      await ask(address(), { headers: form, body: `auth=${auth}` }),
      await ask(`${address()}?bx24_request_id=1`, {
        headers: json,
        body: JSON.stringify({ auth }),
      }),
    ];
    for (const answer of answers) {
      assert.equal(v.parse(AppInfo, answer.json).result.client_id, sandbox.info.clientId);
    }
  });

  const refusals: [name: string, patch: StatePatch, expected: string][] = [
    [
      'an expired token',
      { clockOffset: 3601 },
      '401 | expired_token | The access token provided has expired.',
    ],
    [
      'an application that was uninstalled, before an unpaid one',
      { app: { installed: false }, paid: false },
      '401 | ERROR_OAUTH | Application not installed',
    ],
    [
      'an unpaid application',
      { paid: false },
      '401 | PAYMENT_REQUIRED | Subscription has been ended',
    ],
    [
      'an application that was deleted',
      { app: { registered: false } },
      '401 | invalid_token | Unable to get application by token',
    ],
  ];
  for (const [name, patch, expected] of refusals) {
    it(`refuses ${name}`, async () => {
      sandbox.patchState(patch);
      assert.equal(refusal(await byGet(client.tokens.access_token)), expected);
    });
  }

  it('refuses no token, a junk token and other methods', async () => {
    assert.equal(refusal(await ask(address())), '401 | NO_AUTH_FOUND | Wrong authorization data');
    const junk = '401 | invalid_token | Unable to get application by token';
    assert.equal(refusal(await byGet('x')), junk);
    assert.equal(refusal(await byGet(client.tokens.refresh_token)), junk);
    const other = await ask(`${sandbox.info.authServer}/rest/profile`);
    assert.equal(refusal(other), '404 | ERROR_METHOD_NOT_FOUND | Method not found!');
  });

  it('is in the log of requests, without the token', async () => {
    await byGet(client.tokens.access_token);
    sandbox.patchState({ paid: false });
    await byGet(client.tokens.access_token);
    const logged = sandbox
      .snapshot()
      .requests.filter(({ method }) => method === 'oauth.app.info')
      .map(({ http, params, status, error }) => ({ http, params, status, error }));
    assert.deepEqual(logged, [
      { http: 'GET', params: {}, status: 200, error: null },
      { http: 'GET', params: {}, status: 401, error: 'PAYMENT_REQUIRED' },
    ]);
  });

  it('plays the faults that are set for it, and none of the method on the portal', async () => {
    sandbox.addFaults(
      { method: 'oauth.app.info', action: 'status', status: 502, body: '<h1>Bad Gateway</h1>' },
      { method: 'oauth.app.info', action: 'truncate', call: 2 },
    );
    assert.equal((await client.json('app.info')).status, 200);
    assert.equal((await byGet(client.tokens.access_token)).text, '<h1>Bad Gateway</h1>');
    const cut = await byGet(client.tokens.access_token);
    assert.deepEqual([cut.status, cut.json], [200, {}]);
    assert.equal((await byGet(client.tokens.access_token)).status, 200);
  });
});
