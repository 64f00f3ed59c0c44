import assert from 'node:assert/strict';
import { startSandbox, type Sandbox } from '../../../src/sandbox/index';
import { ask, Client, refusal } from './client';

describe('sandbox: signing in', () => {
  let sandbox: Sandbox;
  let client: Client;

  before(async () => {
    sandbox = await startSandbox();
  });
  beforeEach(async () => {
    await sandbox.reset();
    client = new Client(sandbox);
  });
  after(() => sandbox.close());

  const exchange = (code: string) => client.token({ grant_type: 'authorization_code', code });
  const refresh = (token: string) =>
    client.token({ grant_type: 'refresh_token', refresh_token: token });

  describe('authorize address', () => {
    it('goes to the handler with parameters in the order of the portal', async () => {
      const { clientId, handler, portal, authServer } = sandbox.info;
      const answer = await client.authorize({
        client_id: clientId,
        state: 'a b/ц',
        redirect_uri: 'https://evil.example/',
        sandbox_user: '1',
      });
      assert.equal(answer.status, 302);
      const location = new URL(answer.headers.location ?? '');
      assert.equal(location.origin + location.pathname, handler);
      assert.deepEqual(
        [...location.searchParams.keys()],
        ['code', 'state', 'domain', 'member_id', 'scope', 'server_domain'],
      );
      assert.match(location.searchParams.get('code') ?? '', /^[0-9a-f]{70}$/);
      assert.match(location.searchParams.get('member_id') ?? '', /^[0-9a-f]{32}$/);
      assert.equal(location.searchParams.get('state'), 'a b/ц');
      assert.equal(location.searchParams.get('domain'), new URL(portal).host);
      assert.equal(location.searchParams.get('server_domain'), new URL(authServer).host);
      assert.match(location.search, /scope=pull%2Cuser%2Cdepartment%2Cim&/);
    });

    it('has an empty state when none was given, and joins a handler with a query by &', async () => {
      sandbox.patchState({ handler: 'http://localhost:1/x?a=1' });
      const { clientId } = sandbox.info;
      const answer = await client.authorize({ client_id: clientId, sandbox_user: '1' });
      assert.match(answer.headers.location ?? '', /^http:\/\/localhost:1\/x\?a=1&code=\w+&state=&/);
    });

    it('asks who signs in, and keeps the query', async () => {
      const answer = await client.authorize({ client_id: sandbox.info.clientId, state: 'abc' });
      assert.equal(answer.status, 200);
      assert.match(answer.text, /state=abc(&amp;|&#38;)sandbox_user=1"/);
    });

    it('shows a page for an unknown application or none, and never redirects with an error', async () => {
      for (const params of [{ client_id: 'local.x.1', state: 's' }, { state: 's' }]) {
        const answer = await client.authorize(params);
        assert.equal(answer.status, 200);
        assert.match(answer.text, /Application not found/);
      }
      const { clientId } = sandbox.info;
      sandbox.patchState({ app: { installed: false } });
      const removed = await client.authorize({ client_id: clientId, sandbox_user: '1' });
      assert.equal(removed.status, 200);
      assert.match(removed.text, /NOT_INSTALLED: Application not installed/);
    });

    it('shows six digits that can be exchanged once when the application has no handler', async () => {
      sandbox.patchState({ handler: '' });
      const { clientId } = sandbox.info;
      const answer = await client.authorize({ client_id: clientId, sandbox_user: '1' });
      const digits = /\b\d{6}\b/.exec(answer.text.replace(/<style>[^]*<\/style>/, ''))?.[0] ?? '';
      assert.equal((await exchange(digits)).status, 200);
      assert.equal(refusal(await exchange(digits)), '400 | invalid_grant');
    });

    it('redirects to itself with a slash when the slash is missing', async () => {
      const { portal, authServer } = sandbox.info;
      const page = await ask(`${portal}/oauth/authorize?client_id=1`);
      assert.equal(page.status, 301);
      assert.equal(page.headers.location, '/oauth/authorize/?client_id=1');
      assert.equal((await ask(`${authServer}/oauth/token`)).status, 301);
    });
  });

  describe('token endpoint', () => {
    it('answers a good code with tokens in the order of the real server', async () => {
      const answer = await exchange(await client.code(5));
      assert.equal(answer.status, 200);
      assert.equal(answer.headers['content-type'], 'application/json');
      assert.equal(answer.headers['cache-control'], 'no-store');
      const { portal, authServer } = sandbox.info;
      const { access_token: access, refresh_token: refreshed, expires, ...rest } = answer.json;
      assert.match(String(access), /^[0-9a-f]{70}$/);
      assert.match(String(refreshed), /^[0-9a-f]{70}$/);
      assert.ok(Math.abs(Number(expires) - Date.now() / 1000 - 3600) < 60);
      assert.deepEqual(Object.keys(answer.json), [
        'access_token',
        'expires',
        'expires_in',
        'scope',
        'domain',
        'server_endpoint',
        'status',
        'client_endpoint',
        'member_id',
        'user_id',
        'refresh_token',
      ]);
      assert.deepEqual(
        { ...rest, member_id: undefined },
        {
          expires_in: 3600,
          scope: 'app',
          domain: new URL(authServer).host,
          server_endpoint: `${authServer}/rest/`,
          status: 'L',
          client_endpoint: `${portal}/rest/`,
          member_id: undefined,
          user_id: 5,
        },
      );
    });

    it('takes GET as well, and stands on the portal too', async () => {
      const { portal, authServer, clientId, clientSecret } = sandbox.info;
      for (const origin of [authServer, portal]) {
        const query = new URLSearchParams({
          grant_type: 'authorization_code',
          client_id: clientId,
          client_secret: clientSecret,
          code: await client.code(),
        });
        assert.equal((await ask(`${origin}/oauth/token/?${query.toString()}`)).status, 200);
      }
    });

    it('does not read JSON', async () => {
      const answer = await ask(`${sandbox.info.authServer}/oauth/token/`, {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ grant_type: 'refresh_token', client_id: sandbox.info.clientId }),
      });
      assert.equal(answer.json['error'], 'invalid_request');
    });

    it('refuses a code after 31 seconds', async () => {
      const code = await client.code();
      sandbox.patchState({ clockOffset: 31 });
      const text = 'The authorization token provided has expired.';
      assert.equal(refusal(await exchange(code)), `401 | expired_token | ${text}`);
    });

    const junk: [name: string, params: Record<string, string>, expected: string][] = [
      [
        'an unknown client, before anything else, with HTTP 200',
        { client_id: 'local.0.1', grant_type: '' },
        '200 | wrong_client',
      ],
      [
        'no grant_type, before the secret',
        { client_secret: 'x' },
        '400 | invalid_request | Invalid grant_type parameter or parameter missing',
      ],
      ['grant_type=password', { grant_type: 'password' }, '400 | unsupported_grant_type'],
      ['no client', { grant_type: 'refresh_token', client_id: '' }, '400 | unauthorized_client'],
      [
        'a wrong secret, before the code',
        { grant_type: 'authorization_code', client_secret: 'x', code: 'junk' },
        '400 | invalid_client',
      ],
      ['no code', { grant_type: 'authorization_code' }, '400 | invalid_request'],
      [
        'no refresh token',
        { grant_type: 'refresh_token' },
        '400 | invalid_request | No "refresh_token" parameter found',
      ],
      [
        'a junk code',
        { grant_type: 'authorization_code', code: 'a'.repeat(70) },
        '400 | invalid_grant',
      ],
      [
        'a junk refresh token',
        { grant_type: 'refresh_token', refresh_token: 'junk' },
        '400 | invalid_grant',
      ],
    ];
    for (const [name, params, expected] of junk) {
      it(`refuses ${name}`, async () => {
        assert.equal(refusal(await client.token(params)), expected);
      });
    }

    it("refuses another client's code, and an access token as a refresh token", async () => {
      const other = await startSandbox();
      try {
        assert.equal(
          refusal(await exchange(await new Client(other).code())),
          '400 | invalid_grant',
        );
      } finally {
        await other.close();
      }
      const { tokens } = await Client.signedIn(sandbox);
      assert.equal(refusal(await refresh(tokens.access_token)), '400 | invalid_grant');
    });

    it('refuses a refresh token after 180 days', async () => {
      sandbox.patchState({ policy: 'source' });
      const { tokens } = await Client.signedIn(sandbox);
      sandbox.patchState({ clockOffset: 180 * 24 * 3600 - 10 });
      assert.equal((await refresh(tokens.refresh_token)).status, 200);
      sandbox.patchState({ clockOffset: 180 * 24 * 3600 + 1 });
      const text = 'The refresh token provided has expired.';
      assert.equal(refusal(await refresh(tokens.refresh_token)), `401 | expired_token | ${text}`);
      sandbox.patchState({ statuses: 'documented' });
      assert.equal(refusal(await refresh(tokens.refresh_token)), '400 | invalid_grant');
    });

    it('refuses a refresh when the application is removed, deleted, unpaid or closed to the user', async () => {
      const { tokens } = await Client.signedIn(sandbox, 2);
      const tries: [Parameters<Sandbox['patchState']>[0], string][] = [
        [{ app: { installed: false } }, '401 | NOT_INSTALLED | Application not installed'],
        [{ app: { installed: true }, paid: false }, '401 | PAYMENT_REQUIRED | Payment required'],
        [
          { paid: true, users: [{ id: 2, appAccess: false }] },
          '403 | user_access_error | The user does not have access to the application.',
        ],
        [{ app: { registered: false } }, '200 | wrong_client'],
      ];
      for (const [patch, expected] of tries) {
        sandbox.patchState(patch);
        assert.equal(refusal(await refresh(tokens.refresh_token)), expected);
      }
    });
  });

  describe('used codes and refresh tokens', () => {
    it('work again under the policy of the source code', async () => {
      sandbox.patchState({ policy: 'source' });
      const code = await client.code();
      assert.equal((await exchange(code)).status, 200);
      assert.equal((await exchange(code)).status, 200);
      const { tokens } = await Client.signedIn(sandbox);
      assert.equal((await refresh(tokens.refresh_token)).status, 200);
      assert.equal((await refresh(tokens.refresh_token)).status, 200);
    });

    it('work once under the strict policy, which is the default', async () => {
      assert.equal(sandbox.snapshot().state.policy, 'strict');
      const code = await client.code();
      assert.equal((await exchange(code)).status, 200);
      assert.equal(refusal(await exchange(code)), '400 | invalid_grant');
      const { tokens } = await Client.signedIn(sandbox);
      const newer = await refresh(tokens.refresh_token);
      assert.equal(refusal(await refresh(tokens.refresh_token)), '400 | invalid_grant');
      assert.equal((await refresh(String(newer.json['refresh_token']))).status, 200);
    });

    it('leave the old access token good till its hour ends', async () => {
      const signedIn = await Client.signedIn(sandbox);
      await refresh(signedIn.tokens.refresh_token);
      assert.equal((await signedIn.json('profile')).status, 200);
    });
  });

  it('what was given out is known in this process only', async () => {
    const code = await client.code();
    const { json } = await exchange(code);
    await sandbox.reset();
    const issued = sandbox.issuedSecrets();
    const all = [code, String(json['access_token']), String(json['refresh_token'])];
    for (const secret of all) {
      assert.ok(issued.includes(secret));
    }
    for (const page of ['/state', '/requests', '/pushes', '/faults']) {
      const { text } = await client.control('GET', page);
      assert.ok(!issued.some((secret) => text.includes(secret)), page);
    }
  });
});
