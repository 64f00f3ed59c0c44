import assert from 'node:assert/strict';
import { get } from 'node:http';
import type { Fault } from '../../../src/sandbox/controlApi';
import { startSandbox, type Sandbox } from '../../../src/sandbox/index';
import { ask, Client, refusal } from './client';

const PUSH = 'pull.application.push.add';

describe('sandbox: control', () => {
  let sandbox: Sandbox;
  let client: Client;

  before(async () => {
    sandbox = await startSandbox();
  });
  beforeEach(async () => {
    await sandbox.reset();
    client = await Client.signedIn(sandbox);
  });
  after(() => sandbox.close());

  const push = (text = 'hi') => client.json(PUSH, { USER_ID: 1, TEXT: text });

  it('changes the state, people by id', async () => {
    const answer = await client.control('PATCH', '/state', {
      appName: 'Deploys',
      users: [{ id: 2, admin: true, device: 'none' }],
      bucket: { size: 10 },
      clockOffset: 60,
    });
    assert.equal(answer.status, 200);
    const { state } = sandbox.snapshot();
    assert.deepEqual(
      [state.appName, state.app.name, state.bucket.size, state.bucket.drain, state.clockOffset],
      ['Deploys', 'Deploys', 10, 2, 60],
    );
    const ivan = state.users.find(({ id }) => id === 2);
    assert.deepEqual([ivan?.admin, ivan?.device, ivan?.push], [true, 'none', true]);
  });

  it('refuses what it does not know, says where, and changes nothing', async () => {
    const before = sandbox.snapshot().state;
    const bad: [unknown, RegExp][] = [
      [{ appname: 'x' }, /appname/],
      [{ users: [{ id: 2, device: 'nokia' }] }, /users\.0\.device/],
      [{ appName: 'x', users: [{ id: 99 }] }, /no user 99/],
      [{ handler: 'javascript:alert(1)' }, /handler/],
      ['junk', /./],
    ];
    for (const [patch, expected] of bad) {
      const answer = await client.control('PATCH', '/state', patch);
      assert.equal(answer.status, 400);
      assert.match(String(answer.json['error']), expected);
    }
    assert.deepEqual(sandbox.snapshot().state, before);
    assert.equal((await client.control('POST', '/faults', { action: 'explode' })).status, 400);
    assert.equal((await client.control('GET', '/nothing')).status, 404);
  });

  it('lists pushes and requests', async () => {
    await push();
    const pushes = await client.control('GET', '/pushes');
    assert.deepEqual(pushes.json['list'], sandbox.snapshot().pushes);
    const requests = await client.control('GET', '/requests');
    assert.deepEqual(requests.json['list'], sandbox.snapshot().requests);
    const last = sandbox.snapshot().requests.at(-1);
    assert.deepEqual(
      [last?.method, last?.http, last?.status, last?.params],
      [PUSH, 'POST', 200, { USER_ID: 1, TEXT: 'hi' }],
    );
  });

  it('goes back to the beginning on reset; tokens stay good', async () => {
    await push();
    await client.control('PATCH', '/state', { appName: '', users: [{ id: 1, active: false }] });
    await client.control('POST', '/faults', { method: '*', action: 'html' });
    await client.control('POST', '/reset');
    const { state, pushes, requests, faults } = sandbox.snapshot();
    assert.deepEqual([pushes, requests, faults], [[], [], []]);
    assert.notEqual(state.appName, '');
    assert.equal((await push()).status, 200);
  });

  it('never shows tokens, codes or secrets', async () => {
    const { info } = sandbox;
    const code = await client.code();
    await client.token({ grant_type: 'authorization_code', code });
    await ask(`${info.authServer}/oauth/token/?refresh_token=${client.tokens.refresh_token}`);
    await client.get('profile');
    await client.json('batch', {
      cmd: [`profile?auth=${client.tokens.access_token}`, `x?y=${info.clientSecret}`],
    });
    await ask(`${info.webhook}/profile`);
    await ask(client.url('profile'), { body: `AUTH=${client.tokens.access_token}&Code=${code}` });
    const webhookSecret = info.webhook.split('/').at(-1) ?? '?';
    const secrets = [info.clientSecret, webhookSecret, code, ...Object.values(client.tokens)];
    for (const path of ['/state', '/pushes', '/requests', '/faults']) {
      const { text } = await client.control('GET', path);
      for (const secret of secrets.filter((value) => !value.startsWith('http'))) {
        assert.equal(text.includes(secret), false, path);
      }
    }
  });

  it('is closed to pages of other sites and to other host names', async () => {
    const { control, portal } = sandbox.info;
    const status = async (url: string, headers: Record<string, string>) =>
      (await ask(`${url}/state`, { headers })).status;
    assert.equal(await status(control, { origin: 'https://evil.example' }), 403);
    assert.equal(await status(control, { origin: 'null' }), 403);
    assert.equal(await status(control, { 'sec-fetch-site': 'cross-site' }), 403);
    assert.equal(await status(control, { host: 'evil.example' }), 403);
    assert.equal(await status(control, { origin: portal }), 200);
    assert.equal(await status(`${portal}/sandbox/api`, { 'sec-fetch-site': 'same-origin' }), 200);
  });

  it('streams a snapshot at once and after each change', async () => {
    const events: string[] = [];
    let wake = () => {};
    const stream = get(`${sandbox.info.control}/events`, (response) => {
      assert.equal(response.headers['content-type'], 'text/event-stream; charset=utf-8');
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        events.push(chunk);
        wake();
      });
      response.on('error', () => {});
    });
    const until = async (pattern: RegExp) => {
      while (!pattern.test(events.join(''))) {
        await new Promise<void>((resolve) => (wake = resolve));
      }
    };
    await until(/data: \{"state":/);
    await push('streamed text');
    await until(/"pushes":\[\{[^\n]*streamed text/);
    sandbox.patchState({ appName: 'Renamed on the fly' });
    await until(/Renamed on the fly/);
    stream.destroy();
  });

  describe('faults', () => {
    const fail = async (fault: Fault) => {
      const answer = await client.control('POST', '/faults', fault);
      assert.equal(answer.status, 200);
    };
    const sent = () => sandbox.snapshot().pushes.length;

    it('refuse by closing the connection, before anything is read', async () => {
      await fail({ method: PUSH, action: 'refuse' });
      await assert.rejects(push());
      assert.equal(sent(), 0);
      assert.equal((await push()).status, 200);
    });

    it('refuse for ever by closing the ports', async () => {
      await fail({ method: '*', action: 'refuse', times: 0 });
      await assert.rejects(push(), { code: 'ECONNREFUSED' });
      await assert.rejects(client.token({}), { code: 'ECONNREFUSED' });
      await client.control('DELETE', '/faults');
      assert.equal((await push()).status, 200);
      await fail({ method: 'oauth.token', action: 'refuse', times: 0 });
      await assert.rejects(client.token({}), { code: 'ECONNREFUSED' });
      assert.equal((await push()).status, 200);
      await client.control('POST', '/reset');
      assert.equal((await client.token({})).status, 400);
    });

    it('refuse, told through the port that is going to close', async () => {
      const answer = await ask(`${sandbox.info.portal}/sandbox/api/faults`, {
        body: JSON.stringify({ method: '*', action: 'refuse', times: 0 }),
      });
      assert.equal(answer.status, 200);
      await assert.rejects(push());
    });

    it('cut before and after', async () => {
      await fail({ method: PUSH, action: 'cut', when: 'before' });
      await assert.rejects(push());
      assert.equal(sent(), 0);
      await fail({ method: PUSH, action: 'cut', when: 'after' });
      await assert.rejects(push());
      assert.equal(sent(), 1);
    });

    it('hang before and after', async () => {
      for (const [when, expected] of [
        ['before', 0],
        ['after', 1],
      ] as const) {
        await fail({ method: PUSH, action: 'hang', when });
        const given = sandbox.snapshot().requests.length;
        const silent = push();
        // Ends with the sandbox: nobody answers, and nobody hangs up.
        silent.catch(() => {});
        while (sandbox.snapshot().requests.length === given) {
          await new Promise(setImmediate);
        }
        assert.equal(sent(), expected);
      }
    });

    it('answer with a status instead of carrying out', async () => {
      await fail({
        method: PUSH,
        action: 'status',
        status: 503,
        error: 'QUERY_LIMIT_EXCEEDED',
        description: 'Too many requests',
      });
      assert.equal(refusal(await push()), '503 | QUERY_LIMIT_EXCEEDED | Too many requests');
      await fail({
        method: PUSH,
        action: 'status',
        status: 502,
        body: '<h1>Bad</h1>',
        headers: { 'retry-after': '3' },
      });
      const html = await push();
      assert.deepEqual(
        [html.status, html.text, html.headers['retry-after']],
        [502, '<h1>Bad</h1>', '3'],
      );
      await fail({ method: PUSH, action: 'resultFalse' });
      assert.equal((await push()).text, '{"result":false}');
      assert.equal(sent(), 0);
    });

    it('spoil the answer of what was carried out', async () => {
      await fail({ method: PUSH, action: 'html' });
      assert.match((await push()).headers['content-type'] ?? '', /text\/html/);
      await fail({ method: PUSH, action: 'truncate' });
      const half = await push();
      assert.equal(half.status, 200);
      assert.throws(() => JSON.parse(half.text));
      await fail({ method: PUSH, action: 'slow', delayMs: 5, bytesPerSecond: 5000 });
      assert.equal((await push()).json['result'], true);
      await fail({ method: PUSH, action: 'huge', bytes: 200_000 });
      const huge = await push();
      assert.deepEqual([huge.text.length, huge.json['result']], [200_000, true]);
      assert.equal(sent(), 4);
    });

    it('play at the call and as often as told', async () => {
      await fail({ method: PUSH, action: 'resultFalse', call: 2, times: 2 });
      const results = [];
      for (let i = 0; i < 5; i++) {
        results.push((await push()).json['result']);
      }
      assert.deepEqual(results, [true, false, false, true, true]);
      assert.deepEqual(sandbox.snapshot().faults, []);
      await fail({ method: '*', action: 'resultFalse', times: 0 });
      assert.equal((await client.json('profile')).json['result'], false);
      assert.equal((await push()).json['result'], false);
      assert.equal(sandbox.snapshot().faults.length, 1);
      assert.equal(sandbox.snapshot().requests.at(-1)?.fault, 'resultFalse');
    });

    it('reach the token endpoint', async () => {
      await fail({ method: 'oauth.token', action: 'status', status: 500, body: 'x' });
      assert.equal((await client.token({})).status, 500);
    });
  });

  describe("the application's form", () => {
    const form = (fields: string) =>
      ask(`${sandbox.info.portal}/devops/edit/application/7/`, {
        body: fields,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      });
    const handler = 'APPLICATION_URL_HANDLER=http%3A%2F%2Flocalhost%3A1%2Fcb';

    it('is found from the list', async () => {
      for (const path of ['/devops/', '/devops/list/', '/devops/section/standard/']) {
        const page = await ask(`${sandbox.info.portal}${path}`);
        assert.match(page.text, /href="\/devops\/edit\/application\/7\/"/);
      }
      assert.equal((await ask(`${sandbox.info.portal}/devops/edit/application/8/`)).status, 404);
      const page = await ask(`${sandbox.info.portal}/devops/edit/application/7/`);
      assert.match(page.text, new RegExp(sandbox.info.clientId));
    });

    it('really changes name, handler and scopes', async () => {
      await form(`TITLE=Deploys&${handler}&SCOPE[]=pull&SCOPE[]=user_brief`);
      const { app } = sandbox.snapshot().state;
      assert.deepEqual(
        [app.name, app.handler, app.scopes],
        ['Deploys', 'http://localhost:1/cb', ['pull', 'user_brief']],
      );
    });

    it('blanks the name with a blank title, though it complains', async () => {
      const page = await form(`TITLE=&${handler}&SCOPE[]=pull`);
      assert.match(page.text, /role="alert"/);
      assert.equal(refusal(await push()).startsWith('400 | EMPTY_APP_NAME'), true);
    });

    it('saves nothing without a handler or permissions', async () => {
      const before = sandbox.snapshot().state.app;
      for (const fields of [
        'TITLE=x&APPLICATION_URL_HANDLER=&SCOPE[]=pull',
        'TITLE=x&APPLICATION_URL_HANDLER=ftp://x/&SCOPE[]=pull',
        `TITLE=x&${handler}`,
      ]) {
        assert.match((await form(fields)).text, /role="alert"/);
      }
      assert.deepEqual(sandbox.snapshot().state.app, before);
    });

    it('is not sent by other sites', async () => {
      const answer = await ask(`${sandbox.info.portal}/devops/edit/application/7/`, {
        body: `TITLE=&${handler}&SCOPE[]=pull`,
        headers: { origin: 'https://evil.example' },
      });
      assert.equal(answer.status, 403);
    });
  });

  it('shows the phones at /sandbox/, where / leads', async () => {
    const { portal, phones } = sandbox.info;
    assert.equal((await ask(portal)).headers.location, '/sandbox/');
    const page = await ask(phones);
    assert.equal(page.status, 200);
    assert.match(page.headers['content-type'] ?? '', /text\/html/);
    assert.equal((await ask(`${portal}/nothing`)).status, 404);
  });
});
