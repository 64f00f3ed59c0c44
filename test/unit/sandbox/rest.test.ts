import assert from 'node:assert/strict';
import type { StatePatch } from '../../../src/sandbox/controlApi';
import { startSandbox, type Sandbox } from '../../../src/sandbox/index';
import { ask, Client, refusal } from './client';

describe('sandbox: REST', () => {
  let sandbox: Sandbox;
  let client: Client;
  let time: number;

  before(async () => {
    time = Date.now();
    sandbox = await startSandbox({ now: () => time });
  });
  beforeEach(async () => {
    await sandbox.reset();
    client = await Client.signedIn(sandbox);
  });
  after(() => sandbox.close());

  describe('requests', () => {
    it('finds methods whatever their case, suffix, slashes', async () => {
      for (const path of [
        'profile',
        'PROFILE',
        'profile.json',
        'profile/',
        'profile.json/',
        '/profile',
      ]) {
        const answer = await client.get(path);
        assert.equal(answer.status, 200, path);
        assert.deepEqual(Object.keys(answer.json), ['result', 'time']);
      }
    });

    it('takes the token from the header before auth before access_token', async () => {
      const good = client.tokens.access_token;
      const tries: [query: string, header: string | null, status: number][] = [
        [`auth=${good}`, null, 200],
        [`access_token=${good}`, null, 200],
        ['auth=junk', `bearer ${good}`, 200],
        [`auth=${good}`, 'Bearer junk', 401],
        [`auth=junk&access_token=${good}`, null, 401],
        [`auth[]=x&access_token=${good}`, null, 200],
        ['auth=', null, 401],
      ];
      for (const [query, authorization, status] of tries) {
        const answer = await ask(`${client.url('profile')}?${query}`, {
          headers: authorization === null ? {} : { authorization },
        });
        assert.equal(answer.status, status, query);
      }
    });

    it('reads JSON only when it is called so, and else a query string', async () => {
      const auth = client.tokens.access_token;
      const post = (type: string, body: string) =>
        ask(client.url('method.get'), { headers: { 'content-type': type }, body });
      const isExisting = async (type: string, body: string) => {
        const answer = await post(type, body);
        return JSON.stringify(answer.json['result']).includes('"isExisting":true');
      };
      const json = JSON.stringify({ name: 'profile', auth });
      assert.equal(await isExisting('application/json; charset=utf-8', json), true);
      assert.equal(await isExisting('text/plain', `name=profile&auth=${auth}`), true);
      assert.equal((await post('text/plain', json)).json['error'], 'NO_AUTH_FOUND');
      assert.equal((await post('application/json', '{"broken')).json['error'], 'NO_AUTH_FOUND');
    });

    it('reads multipart forms', async () => {
      const form = new FormData();
      form.append('auth', client.tokens.access_token);
      form.append('USER_ID[]', '1');
      form.append('USER_ID[]', '2');
      form.append('TEXT', 'Привет');
      form.append('file', new Blob(['x']), 'x.txt');
      await fetch(client.url('pull.application.push.add'), { method: 'POST', body: form });
      const [push] = sandbox.snapshot().pushes;
      assert.deepEqual([push?.recipients, push?.text], [[1, 2], 'Привет']);
    });

    it('merges query and body, and the body wins', async () => {
      const auth = client.tokens.access_token;
      const answer = await ask(`${client.url('method.get')}?name=nope&auth=${auth}`, {
        headers: { 'content-type': 'application/json' },
        body: '{"name":"profile"}',
      });
      assert.deepEqual(answer.json['result'], { isExisting: true, isAvailable: true });
    });
  });

  describe('answers', () => {
    it('carry the headers of the cloud', async () => {
      const { headers } = await client.json('profile');
      assert.equal(headers['content-type'], 'application/json; charset=utf-8');
      assert.equal(headers['access-control-allow-origin'], '*');
      assert.equal(headers['access-control-allow-headers'], 'origin, content-type, accept');
      assert.equal(headers['x-content-type-options'], 'nosniff');
      assert.equal(headers['x-bitrix-rest-application'], sandbox.info.clientId);
      assert.match(String(headers['x-bitrix-rest-time']), /^\d+\.\d{10}$/);
    });

    it('tell the time on success only', async () => {
      const good = await client.json('profile');
      const spent = good.json['time'];
      assert.ok(spent !== null && typeof spent === 'object');
      assert.deepEqual(Object.keys(spent), [
        'start',
        'finish',
        'duration',
        'processing',
        'date_start',
        'date_finish',
        'operating_reset_at',
        'operating',
      ]);
      const bad = await client.json('nope');
      assert.deepEqual(Object.keys(bad.json), ['error', 'error_description']);
    });

    it('are JSON as PHP writes it', async () => {
      const { text } = await client.json('profile');
      assert.match(text, /"NAME":"\\u0410\\u043d\\u043d\\u0430"/);
      assert.match(text, /http:\\\/\\\//);
      const refused = await client.json('pull.application.push.add');
      assert.match(refused.text, /Text can\\u0027t be empty/);
    });

    it('are XML on request', async () => {
      const answer = await client.get('profile.xml');
      assert.equal(answer.headers['content-type'], 'text/xml; charset=utf-8');
      assert.match(
        answer.text,
        /^<response><result><ID>1<\/ID><ADMIN>1<\/ADMIN><NAME>Анна<\/NAME>/,
      );
    });

    it('let browsers ask first', async () => {
      const answer = await ask(client.url('profile'), { method: 'OPTIONS' });
      assert.equal(answer.status, 200);
      assert.equal(answer.headers['access-control-allow-origin'], '*');
    });
  });

  describe('token checks', () => {
    const scopeText = 'The request requires higher privileges than provided by the access token';
    /** Each refusal in the portal's order: with all of them on, the first is told, and so on down. */
    const checks: [on: StatePatch, off: StatePatch, expected: string, documented: number][] = [
      [{ deleted: true }, { deleted: false }, '403 | PORTAL_DELETED | Portal was deleted', 500],
      [
        { refusals: { connection: true } },
        { refusals: { connection: false } },
        '401 | CONNECTION_ERROR | Error connecting to authorization server',
        401,
      ],
      [
        { app: { registered: false } },
        { app: { registered: true } },
        '401 | invalid_token | Unable to get application by token',
        401,
      ],
      [
        { paid: false },
        { paid: true },
        '401 | PAYMENT_REQUIRED | Subscription has been ended',
        401,
      ],
      [
        { refusals: { userContext: true } },
        { refusals: { userContext: false } },
        "401 | ACCESS_DENIED | Current user can't be authorized in this context",
        403,
      ],
      [
        { overloaded: true },
        { overloaded: false },
        '401 | OVERLOAD_LIMIT | REST API is blocked due to overload.',
        503,
      ],
      [
        { refusals: { plan: true } },
        { refusals: { plan: false } },
        '401 | ACCESS_DENIED | REST is available only on commercial plans.',
        403,
      ],
      [
        { app: { installed: false } },
        { app: { installed: true } },
        '401 | APPLICATION_NOT_FOUND | Application not found',
        401,
      ],
      [
        { scopes: ['crm'] },
        { scopes: ['user'], forgetTokens: true },
        `401 | insufficient_scope | ${scopeText}`,
        403,
      ],
      [
        { users: [{ id: 2, active: false }] },
        { users: [{ id: 2, active: true }] },
        '401 | authorization_error | Unable to authorize user',
        401,
      ],
      [
        { users: [{ id: 2, appAccess: false }] },
        { users: [{ id: 2, appAccess: true }] },
        '401 | user_access_error | The user does not have access to the application.',
        403,
      ],
      [
        { refusals: { confirmation: 'waiting' } },
        { refusals: { confirmation: 'denied' } },
        '401 | METHOD_CONFIRM_WAITING | Waiting for confirmation',
        401,
      ],
      [
        {},
        { refusals: { confirmation: 'none' } },
        '403 | METHOD_CONFIRM_DENIED | Method call denied',
        403,
      ],
    ];

    /** What the authorization server refuses comes before what the portal finds itself, so these need a known token. */
    const ofAuthServer = [
      'CONNECTION_ERROR',
      'invalid_token',
      'PAYMENT_REQUIRED',
      "Current user can't",
    ];
    const isOfAuthServer = (expected: string) =>
      ofAuthServer.some((words) => expected.includes(words));

    it('of the authorization server stand in its order, with both statuses', async () => {
      const other = await Client.signedIn(sandbox, 2);
      const asked = checks.filter(([, , expected]) => isOfAuthServer(expected));
      assert.equal(asked.length, ofAuthServer.length);
      for (const [on] of asked) {
        sandbox.patchState(on);
      }
      for (const [, off, expected, documented] of asked) {
        sandbox.patchState({ statuses: 'source' });
        assert.equal(refusal(await other.json('user.current')), expected);
        sandbox.patchState({ statuses: 'documented' });
        assert.equal((await other.json('user.current')).status, documented, expected);
        sandbox.patchState(off);
      }
      assert.equal((await other.json('user.current')).status, 200);
    });

    it('of the portal stand in its order, with the statuses of source code and documentation', async () => {
      const other = await Client.signedIn(sandbox, 2);
      sandbox.patchState({ scopes: ['crm'] });
      assert.equal((await other.json('profile')).status, 200);
      const found = checks.filter(([, , expected]) => !isOfAuthServer(expected));
      for (const [on] of found) {
        sandbox.patchState(on);
      }
      for (const [, off, expected, documented] of found) {
        sandbox.patchState({ statuses: 'source' });
        assert.equal(refusal(await other.json('user.current')), expected);
        sandbox.patchState({ statuses: 'documented' });
        assert.equal((await other.json('user.current')).status, documented, expected);
        sandbox.patchState(off);
      }
      assert.equal((await other.json('user.current')).status, 200);
    });

    it('do not ask for a scope where the method is open to all, nor for access of administrators', async () => {
      sandbox.patchState({ scopes: [], forgetTokens: true, users: [{ id: 1, appAccess: false }] });
      for (const method of ['profile', 'scope', 'user.admin', 'app.info', 'server.time', 'batch']) {
        assert.equal((await client.json(method)).status, 200, method);
      }
    });

    it('tell an expired token without a full stop when the portal still remembers it', async () => {
      time += 60_000;
      await client.json('profile');
      sandbox.patchState({ clockOffset: 3550 });
      const cached = 'The access token provided has expired';
      assert.equal(refusal(await client.json('profile')), `401 | expired_token | ${cached}`);
      sandbox.patchState({ clockOffset: 7300 });
      assert.equal(refusal(await client.json('profile')), `401 | expired_token | ${cached}.`);
    });
  });

  describe('webhook', () => {
    it('works, and is refused as the portal does', async () => {
      const { webhook, portal } = sandbox.info;
      assert.equal((await ask(`${webhook}/profile.json`)).status, 200);
      const wrong = await ask(`${portal}/rest/1/wrong/profile`);
      assert.equal(refusal(wrong), '401 | INVALID_CREDENTIALS | Invalid request credentials');
      const tries: [StatePatch, string][] = [
        [
          { refusals: { webhookBlocked: true } },
          '401 | INVALID_CREDENTIALS | Invalid request credentials',
        ],
        [{ refusals: { httpsRequired: true } }, '401 | INVALID_REQUEST | Https required.'],
        [
          { refusals: { webhookBlocked: false, httpsRequired: false, plan: true } },
          '401 | ACCESS_DENIED | REST is available only by subscription.',
        ],
      ];
      for (const [patch, expected] of tries) {
        sandbox.patchState(patch);
        assert.equal(refusal(await ask(`${webhook}/profile`)), expected);
      }
    });

    it('has no application context', async () => {
      const info = await ask(`${sandbox.info.webhook}/app.info`);
      assert.deepEqual(info.json['result'], {
        SCOPE: ['pull', 'user', 'department', 'im'],
        LICENSE: 'en_pro100',
      });
      const config = await ask(`${sandbox.info.webhook}/pull.application.config.get`);
      assert.equal(config.json['error'], 'WRONG_AUTH_TYPE');
    });
  });

  describe('leaky bucket', () => {
    it('takes 50 requests, refuses the next with 503 and drains 2 a second', async () => {
      for (let i = 0; i < 50; i++) {
        assert.equal((await client.json('server.time')).status, 200);
      }
      const full = '503 | QUERY_LIMIT_EXCEEDED | Too many requests';
      assert.equal(refusal(await client.json('server.time')), full);
      assert.equal(sandbox.snapshot().state.bucket.level, 50);
      time += 1000;
      assert.equal((await client.json('server.time')).status, 200);
      assert.equal((await client.json('server.time')).status, 200);
      assert.equal(refusal(await client.json('server.time')), full);
      time += 25_000;
      assert.equal(sandbox.snapshot().state.bucket.level, 0);
    });

    it('carries out nothing of what it refuses, counts a batch once, and can be switched off', async () => {
      sandbox.patchState({ bucket: { level: 49 } });
      const cmd = Object.fromEntries(
        Array.from({ length: 10 }, (_, i) => [`c${String(i)}`, 'server.time']),
      );
      assert.equal((await client.json('batch', { cmd })).status, 200);
      const refused = await client.json('pull.application.push.add', { USER_ID: 1, TEXT: 'x' });
      assert.equal(refused.status, 503);
      assert.deepEqual(client.recipients(), []);
      sandbox.patchState({ bucket: { size: 0 } });
      assert.equal((await client.json('server.time')).status, 200);
    });
  });

  describe('renamed portal', () => {
    it('redirects the old host and answers at the new one', async () => {
      const newHost = new URL(sandbox.info.renamedPortal).host;
      assert.equal((await ask(`${sandbox.info.renamedPortal}/rest/profile`)).status, 404);
      sandbox.patchState({ renamedTo: newHost });
      const moved = await ask(`${client.url('profile')}?a=1`, { body: 'auth=x' });
      assert.equal(moved.status, 302);
      assert.equal(moved.headers.location, `http://${newHost}/rest/profile?a=1`);
      assert.match(moved.headers['content-type'] ?? '', /text\/html/);
      const auth = client.tokens.access_token;
      const answer = await ask(`${sandbox.info.renamedPortal}/rest/profile?auth=${auth}`);
      assert.equal(answer.status, 200);
      const refreshed = await client.token({
        grant_type: 'refresh_token',
        refresh_token: client.tokens.refresh_token,
      });
      assert.equal(refreshed.json['client_endpoint'], `http://${newHost}/rest/`);
      assert.equal(sandbox.snapshot().state.portal, `http://${newHost}`);
    });

    it('may also move to another name of the same port', async () => {
      const newHost = new URL(sandbox.info.portal).host.replace('127.0.0.1', 'localhost');
      sandbox.patchState({ renamedTo: newHost });
      assert.equal((await client.get('profile')).status, 302);
      const answer = await ask(client.url('profile'), {
        headers: { host: newHost, authorization: `Bearer ${client.tokens.access_token}` },
      });
      assert.equal(answer.status, 200);
    });
  });
});
