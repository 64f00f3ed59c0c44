import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSandbox, type Sandbox } from '../../../src/sandbox/index';
import { until } from '../../support/until';
import { ask, Client } from './client';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

interface Received {
  url: string;
  host: string;
  type: string;
  body: URLSearchParams;
}

describe('sandbox: an application with an installation path', () => {
  let sandbox: Sandbox;
  let client: Client;
  let application: Server;
  let origin: string;
  let received: Received[];
  let answer: number;

  before(async () => {
    sandbox = await startSandbox();
    application = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        const { host = '', 'content-type': type = '' } = request.headers;
        received.push({ url: request.url ?? '', host, type, body: new URLSearchParams(body) });
        response.writeHead(answer).end();
      });
    });
    application.listen(0, '127.0.0.1');
    await once(application, 'listening');
    const address = application.address() as AddressInfo;
    origin = `http://127.0.0.1:${String(address.port)}`;
  });
  beforeEach(async () => {
    received = [];
    answer = 200;
    await sandbox.reset();
    client = await Client.signedIn(sandbox);
  });
  after(async () => {
    application.close();
    await sandbox.close();
  });

  const install = (installPath: string, body?: unknown) => {
    sandbox.patchState({ app: { installPath } });
    return client.control('POST', '/install', body);
  };
  const save = (fields: Record<string, string>) =>
    ask(`${sandbox.info.portal}/devops/edit/application/7/`, {
      headers: FORM,
      body: new URLSearchParams({
        TITLE: 'Deploys',
        APPLICATION_URL_HANDLER: 'http://localhost:1/cb',
        'SCOPE[]': 'im',
        ...fields,
      }).toString(),
    });
  const open = (user: number) =>
    ask(`${sandbox.info.portal}/marketplace/app/7/`, {
      headers: FORM,
      body: `sandbox_user=${String(user)}`,
    });
  /** The hidden fields of a page, by name. */
  const hidden = (page: string) =>
    new Map(
      [...page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(
        ([, name = '', value = '']) => [name, value],
      ),
    );
  const profile = async (token: string) =>
    (await ask(`${client.url('profile')}?auth=${token}`)).json['result'];

  it('gets ONAPPINSTALL as a form with the names of PHP', async () => {
    const logged = await install(`${origin}/install.php?x=1`);
    const [event] = received;
    assert.ok(event);
    assert.deepEqual(
      [event.url, event.type],
      ['/install.php?x=1', 'application/x-www-form-urlencoded'],
    );
    const { body } = event;
    assert.deepEqual(
      ['event', 'data[VERSION]', 'data[ACTIVE]', 'data[INSTALLED]', 'data[LANGUAGE_ID]'].map(
        (name) => body.get(name),
      ),
      ['ONAPPINSTALL', '1', 'Y', 'Y', 'en'],
    );
    assert.match(body.get('ts') ?? '', /^\d{10}$/);
    const { info } = sandbox;
    const host = new URL(info.portal).host;
    const expected = {
      expires_in: '3600',
      scope: 'pull,user,department,im',
      domain: host,
      server_endpoint: `${info.authServer}/rest/`,
      status: 'L',
      client_endpoint: `${info.portal}/rest/`,
    };
    for (const [name, value] of Object.entries(expected)) {
      assert.equal(body.get(`auth[${name}]`), value, name);
    }
    assert.match(body.get('auth[member_id]') ?? '', /^[0-9a-f]{32}$/);
    assert.match(body.get('auth[application_token]') ?? '', /^[0-9a-f]{32}$/);
    assert.deepEqual([logged.json['status'], logged.json['method']], [200, 'ONAPPINSTALL']);
  });

  it('can call and refresh with the tokens of the event, which are those of who installs', async () => {
    await install(`${origin}/install`, { user: 5 });
    const body = received[0]?.body;
    const token = body?.get('auth[access_token]') ?? '';
    assert.match(JSON.stringify(await profile(token)), /"ID":"5"/);
    const refreshed = await client.token({
      grant_type: 'refresh_token',
      refresh_token: body?.get('auth[refresh_token]') ?? '',
    });
    assert.equal(refreshed.json['user_id'], 5);
  });

  it('is called after its form was saved, each time with the same application token', async () => {
    const page = await save({ APPLICATION_URL_INSTALL: `${origin}/install` });
    assert.match(page.text, /role="status"/);
    await until(() => received.length === 1);
    await save({ APPLICATION_URL_INSTALL: `${origin}/install` });
    await until(() => received.length === 2);
    const [first, second] = received.map(({ body }) => body.get('auth[application_token]'));
    assert.equal(first, second);
    assert.equal(sandbox.snapshot().state.app.installPath, `${origin}/install`);
    await save({});
    assert.equal(sandbox.snapshot().state.app.installPath, '');
  });

  it('may not have localhost or no address as its installation path', async () => {
    for (const path of ['http://localhost:1/x', 'ftp://127.0.0.1/x', 'nonsense', 'http://.x/']) {
      const page = await save({ APPLICATION_URL_INSTALL: path });
      assert.match(page.text, /Field &#34;Initial installation path&#34; is incorrect/, path);
    }
    assert.equal(sandbox.snapshot().state.appName, 'Push from VS Code');
  });

  it('is called on this computer only, and the log says so', async () => {
    for (const path of ['https://portal.example/x', 'http://127.0.0.1.example/x']) {
      const logged = await install(path);
      assert.match(String(logged.json['note']), /^not sent: the sandbox calls this computer only/);
    }
    assert.match(String((await install('')).json['note']), /no installation path/);
    assert.deepEqual(received, []);
  });

  it('is reached on loopback by any name under localhost', async () => {
    const { port } = new URL(origin);
    await install(`http://app.localhost:${port}/x`);
    assert.equal(received[0]?.host, `app.localhost:${port}`);
  });

  it('that refuses or is not there is told in the log', async () => {
    answer = 500;
    assert.equal((await install(`${origin}/x`)).json['status'], 500);
    const gone = await install('http://127.0.0.1:1/x');
    assert.match(String(gone.json['note']), /nothing answered: connect ECONNREFUSED/);
  });

  it('cannot be installed by somebody who does not exist', async () => {
    const refused = await install(`${origin}/x`, { user: 99 });
    assert.deepEqual([refused.status, refused.json['error']], [400, 'There is no user 99.']);
    assert.equal((await install(`${origin}/x`, { who: 1 })).status, 400);
    assert.deepEqual(received, []);
  });

  it('is opened by a page whose form posts the parameters of a frame to the handler', async () => {
    sandbox.patchState({ handler: `${origin}/app?y=1` });
    await install(`${origin}/install`);
    const { text } = await open(2);
    const address = new URL(/action="([^"]*)"/.exec(text)?.[1]?.replaceAll('&#38;', '&') ?? '');
    assert.equal(`${address.origin}${address.pathname}`, `${origin}/app`);
    const { host } = new URL(sandbox.info.portal);
    assert.deepEqual(
      ['y', 'DOMAIN', 'PROTOCOL', 'LANG'].map((name) => address.searchParams.get(name)),
      ['1', host, '0', 'en'],
    );
    assert.match(address.searchParams.get('APP_SID') ?? '', /^[0-9a-f]{32}$/);

    const fields = hidden(text);
    const event = received[0]?.body;
    assert.deepEqual(
      Object.fromEntries([...fields].filter(([name]) => !/^(?:AUTH|REFRESH)_ID$/.test(name))),
      {
        AUTH_EXPIRES: '3600',
        SERVER_ENDPOINT: `${sandbox.info.authServer}/rest/`,
        APPLICATION_TOKEN: event?.get('auth[application_token]'),
        APPLICATION_SCOPE: 'pull,user,department,im',
        member_id: event?.get('auth[member_id]'),
        status: 'L',
        PLACEMENT: 'DEFAULT',
      },
    );
    assert.match(JSON.stringify(await profile(fields.get('AUTH_ID') ?? '')), /"ID":"2"/);
    const refreshed = await client.token({
      grant_type: 'refresh_token',
      refresh_token: fields.get('REFRESH_ID') ?? '',
    });
    assert.equal(refreshed.json['user_id'], 2);
  });

  it('is opened by itself on this computer, and elsewhere after a warning only', async () => {
    sandbox.patchState({ handler: 'http://localhost:1/app' });
    assert.match((await open(1)).text, /<script>/);
    sandbox.patchState({ handler: 'https://app.example/x' });
    const elsewhere = await open(1);
    assert.doesNotMatch(elsewhere.text, /<script>/);
    assert.match(elsewhere.text, /https:\/\/app\.example is not on this computer/);
  });

  it('is not opened for the dismissed, without a handler, or by another site', async () => {
    assert.equal((await open(4)).status, 400);
    assert.equal((await open(99)).status, 400);
    sandbox.patchState({ handler: '' });
    assert.equal((await open(1)).status, 400);
    const foreign = await ask(`${sandbox.info.portal}/marketplace/app/7/`, {
      headers: { ...FORM, origin: 'https://evil.example' },
      body: 'sandbox_user=1',
    });
    assert.equal(foreign.status, 403);
  });

  it('leaves no token or secret in the log', async () => {
    sandbox.patchState({ handler: `${origin}/app` });
    await install(`${origin}/install`);
    await open(1);
    const { text } = await client.control('GET', '/requests');
    const event = received[0]?.body;
    const secrets = [...sandbox.issuedSecrets(), event?.get('auth[application_token]') ?? '?'];
    for (const secret of secrets) {
      assert.equal(text.includes(secret), false);
    }
    const methods = sandbox.snapshot().requests.map(({ method }) => method);
    assert.deepEqual(methods.slice(-2), ['ONAPPINSTALL', 'app.open']);
  });
});
