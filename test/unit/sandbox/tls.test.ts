import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import path from 'node:path';
import * as x509 from '@peculiar/x509';
import * as v from 'valibot';
import { makeCertificates } from '../../../src/sandbox/certificates';
import { startSandbox, type LibraryOptions } from '../../../src/sandbox/library';
import type { Sandbox } from '../../../src/sandbox/sandbox';
import { temporaryFolder } from '../../support/temporaryFolder';

const HOSTS = ['portal.bitrix24.test', 'oauth.bitrix.info', 'oauth.bitrix24.tech', 'new.test'];

interface Answer {
  status: number;
  location: string;
  text: string;
}

/** One request; every name leads to 127.0.0.1, as a line in /etc/hosts would do. */
function ask(
  address: string,
  {
    ca,
    body,
    host,
    method,
  }: { ca?: string | undefined; body?: string; host?: string; method?: string } = {},
): Promise<Answer> {
  const url = new URL(address);
  const headers = {
    host: host ?? url.host,
    ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
  };
  const options = {
    host: '127.0.0.1',
    port: url.port,
    path: url.pathname + url.search,
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers,
    agent: false as const,
  };
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === 'https:'
        ? httpsRequest({
            ...options,
            ca: ca && readFileSync(ca),
            servername: isIP(url.hostname) === 0 ? url.hostname : '',
          })
        : httpRequest(options);
    request.on('error', reject);
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        const { statusCode = 0, headers: answered } = response;
        resolve({ status: statusCode, location: answered.location ?? '', text });
      });
    });
    request.end(body);
  });
}

const tokens = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    access_token: v.string(),
    refresh_token: v.string(),
    client_endpoint: v.string(),
    server_endpoint: v.string(),
    domain: v.string(),
  }),
);

describe('sandbox: TLS and names', () => {
  const running: Sandbox[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((sandbox) => sandbox.close()));
  });

  async function start(options: LibraryOptions = {}) {
    const sandbox = await startSandbox({ tls: true, ...options });
    running.push(sandbox);
    const { info } = sandbox;
    const { ca } = info;
    const authorize = `${info.portal}/oauth/authorize/?client_id=${info.clientId}&sandbox_user=1`;
    const secrets = `client_id=${info.clientId}&client_secret=${info.clientSecret}`;
    const signIn = async (authServer = info.authServer) => {
      const callback = new URL((await ask(authorize, { ca })).location).searchParams;
      const grant = `grant_type=authorization_code&code=${callback.get('code') ?? ''}`;
      const answer = await ask(`${authServer}/oauth/token/?${secrets}&${grant}`, { ca });
      return { callback, tokens: v.parse(tokens, answer.text) };
    };
    return { sandbox, info, ca, signIn, secrets };
  }

  it('serves portal, authorization server and renamed portal over TLS, the control API without', async () => {
    const { info, ca, signIn } = await start();
    const signedIn = await signIn();
    assert.equal(signedIn.tokens.client_endpoint, `${info.portal}/rest/`);
    assert.equal(signedIn.tokens.server_endpoint, `${info.authServer}/rest/`);
    for (const address of [info.portal, info.authServer, info.renamedPortal, info.webhook]) {
      assert.match(address, /^https:\/\/127\.0\.0\.1:\d+/);
    }
    const called = await ask(`${signedIn.tokens.client_endpoint}pull.application.push.add`, {
      ca,
      body: `auth=${signedIn.tokens.access_token}&USER_ID=1&TEXT=Hello`,
    });
    assert.equal(called.status, 200, called.text);
    assert.match(info.control, /^http:/);
    assert.match((await ask(`${info.control}/pushes`)).text, /"text":"Hello"/);
    assert.match((await ask(info.phones)).text, /<html/);
    assert.equal((await ask(`${info.renamedPortal}/rest/profile`, { ca })).status, 404);
  });

  it('shows a certificate that only its own authority vouches for, also for localhost', async () => {
    const { info, ca } = await start();
    const { port } = new URL(info.portal);
    const local = await ask(`https://localhost:${port}/rest/profile`, { ca });
    assert.equal(local.status, 401);
    await assert.rejects(ask(`${info.portal}/rest/profile`), {
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    });
    await assert.rejects(ask(`https://portal.bitrix24.test:${port}/`, { ca }), {
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
    });
  });

  it('is the portal or the authorization server on one port, as the Host header says', async () => {
    const { info, ca, signIn, secrets } = await start({ hosts: HOSTS });
    const { port } = new URL(info.portal);
    assert.equal(info.portal, `https://portal.bitrix24.test:${port}`);
    assert.equal(info.authServer, `https://oauth.bitrix.info:${port}`);
    assert.equal(info.renamedPortal, `https://new.test:${port}`);
    const east = `https://oauth.bitrix24.tech:${port}`;
    const signedIn = await signIn(east);
    assert.equal(signedIn.callback.get('domain'), `portal.bitrix24.test:${port}`);
    assert.equal(signedIn.callback.get('server_domain'), `oauth.bitrix.info:${port}`);
    assert.equal(signedIn.tokens.domain, `oauth.bitrix.info:${port}`);
    const { access_token: access, refresh_token: refresh } = signedIn.tokens;
    const grant = `${secrets}&grant_type=refresh_token&refresh_token=${refresh}`;
    const refreshed = await ask(`${info.authServer}/oauth/token/`, { ca, body: grant });
    assert.notEqual(v.parse(tokens, refreshed.text).access_token, access);
    // A portal would serve the method; the authorization server knows only app.info.
    const atPortal = await ask(`${info.portal}/rest/server.time?auth=${access}`, { ca });
    const atAuthServer = await ask(`${east}/rest/server.time?auth=${access}`, { ca });
    assert.deepEqual([atPortal.status, atAuthServer.status], [200, 404]);
    const byAddress = await ask(`https://127.0.0.1:${port}/rest/server.time?auth=${access}`, {
      ca,
    });
    assert.equal(byAddress.status, 200);
  });

  it('moves to the second name of the portal when it is renamed', async () => {
    const { sandbox, info, ca, signIn } = await start({ hosts: HOSTS });
    const before = (await signIn()).tokens;
    sandbox.patchState({ renamedTo: new URL(info.renamedPortal).host });
    const moved = await ask(`${before.client_endpoint}profile?auth=${before.access_token}`, { ca });
    assert.equal(moved.status, 302);
    assert.equal(moved.location, `${info.renamedPortal}/rest/profile?auth=${before.access_token}`);
    assert.equal((await ask(moved.location, { ca })).status, 200);
  });

  it('has the default port in no address', async function () {
    let sandbox: Sandbox;
    try {
      sandbox = await startSandbox({ tls: true, hosts: HOSTS, port: 443 });
    } catch (error) {
      // Some systems let nobody but the administrator open this port, and another program may have it.
      assert.match(String(error), /EACCES|EADDRINUSE/);
      this.skip();
    }
    running.push(sandbox);
    const { portal, authServer, webhook } = sandbox.info;
    assert.deepEqual(
      [portal, authServer],
      ['https://portal.bitrix24.test', 'https://oauth.bitrix.info'],
    );
    assert.match(webhook, /^https:\/\/portal\.bitrix24\.test\/rest\/1\//);
  });

  it('lets the control API through its own names only', async () => {
    const { info, ca } = await start({ hosts: HOSTS });
    const address = `${info.portal}/sandbox/api/version`;
    assert.equal((await ask(address, { ca })).text, '{"version":1}');
    const { port } = new URL(info.portal);
    assert.equal((await ask(address, { ca, host: `evil.test:${port}` })).status, 403);
  });

  it('breaks connections as faults want it, also where two sites share a port', async () => {
    const { sandbox, info, ca, signIn } = await start({ hosts: HOSTS });
    sandbox.addFaults({ method: 'oauth.token', action: 'refuse', times: 0 });
    await assert.rejects(signIn(), { code: 'ECONNRESET' });
    assert.equal((await ask(`${info.portal}/rest/profile`, { ca })).status, 401);
    await sandbox.clearFaults();
    assert.equal((await signIn()).tokens.client_endpoint, `${info.portal}/rest/`);
    sandbox.addFaults({ method: '*', action: 'refuse', times: 0 });
    await sandbox.clearFaults();
    assert.equal((await ask(`${info.portal}/rest/profile`, { ca })).status, 401);
  });

  it('serves names without TLS too', async () => {
    const { info } = await start({ tls: false, hosts: ['portal.test'] });
    assert.match(info.portal, /^http:\/\/portal\.test:\d+$/);
    assert.equal(info.ca, undefined);
    assert.equal((await ask(`${info.portal}/rest/profile`)).status, 401);
  });

  it('refuses what is no host name', async () => {
    for (const host of ['https://a.test', 'a.test:443', 'a b', '127.0.0.1', '', '-a.test']) {
      await assert.rejects(startSandbox({ hosts: [host] }), /is not a host name/, host);
    }
  });
});

describe('sandbox: certificates', () => {
  const names = ['localhost', '127.0.0.1', 'oauth.bitrix.info'];
  const folder = temporaryFolder();

  it('name each other by their keys, as newer OpenSSL wants it', async () => {
    const made = await makeCertificates(names);
    const ca = new x509.X509Certificate(readFileSync(made.caFile, 'utf8'));
    const leaf = new x509.X509Certificate(made.cert);
    assert.equal(await leaf.verify({ publicKey: ca }), true);
    const authority = leaf.getExtension(x509.AuthorityKeyIdentifierExtension);
    const key = ca.getExtension(x509.SubjectKeyIdentifierExtension);
    assert.ok(key);
    assert.equal(authority?.keyId, key.keyId);
    assert.equal(ca.getExtension(x509.BasicConstraintsExtension)?.ca, true);
    assert.equal(leaf.getExtension(x509.BasicConstraintsExtension)?.ca, false);
    await made.dispose();
  });

  it('are good for a year', async () => {
    const made = await makeCertificates(names);
    for (const text of [readFileSync(made.caFile, 'utf8'), made.cert]) {
      const { notBefore, notAfter } = new x509.X509Certificate(text);
      const days = (notAfter.getTime() - notBefore.getTime()) / 86_400_000;
      assert.ok(days >= 365 && days <= 366, String(days));
    }
    await made.dispose();
  });

  it('leave no key on disk, and no file after the end', async () => {
    const made = await makeCertificates(names);
    const temporary = path.dirname(made.caFile);
    assert.deepEqual(readdirSync(temporary), ['ca.pem']);
    assert.doesNotMatch(readFileSync(made.caFile, 'utf8'), /PRIVATE/);
    await made.dispose();
    assert.equal(existsSync(temporary), false);
  });

  it('replace the file of an earlier sandbox, and nothing else', async () => {
    const file = path.join(folder(), 'ca.pem');
    const first = await makeCertificates(names, file);
    const before = readFileSync(file, 'utf8');
    await first.dispose();
    assert.equal(readFileSync(file, 'utf8'), before);
    await makeCertificates(names, file);
    const after = readFileSync(file, 'utf8');
    assert.notEqual(after, before);
    for (const other of ['', 'hello', before + after]) {
      writeFileSync(file, other);
      await assert.rejects(makeCertificates(names, file), /is not a sandbox's certificate/);
      assert.equal(readFileSync(file, 'utf8'), other);
    }
  });
});
