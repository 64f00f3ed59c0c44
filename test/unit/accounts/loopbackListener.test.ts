import assert from 'node:assert/strict';
import { request, createServer } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { silentLog } from '../../support/silentLog';
import {
  handlerAddress,
  handlerPort,
  listenForCallback,
  sameSecret,
} from '../../../src/accounts/loopbackListener';
import type { CallbackPages, LoopbackListener } from '../../../src/accounts/loopbackListener';

const pages: CallbackPages = {
  language: 'en',
  done: { title: 'DONE', text: 'Go back & <relax>.' },
  refused: { title: 'REFUSED', text: 'refused' },
  otherSignIn: { title: 'OTHER', text: 'other' },
  alreadyUsed: { title: 'USED', text: 'used' },
  notForPeople: { title: 'NOTHING', text: 'nothing' },
};
const state = 'the-right-state';

interface Seen {
  status: number;
  title: string | undefined;
  body: string;
  headers: NodeJS.Dict<string | string[]>;
}

function ask(
  port: number,
  path: string,
  options: { method?: string; headers?: OutgoingHttpHeaders; host?: string } = {},
): Promise<Seen> {
  return new Promise((resolve, reject) => {
    request(
      {
        host: options.host ?? '127.0.0.1',
        port,
        path,
        method: options.method ?? 'GET',
        headers: { host: `localhost:${port}`, ...options.headers },
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            title: /<h1>(.*?)<\/h1>/.exec(body)?.[1],
            body,
            headers: response.headers,
          }),
        );
      },
    )
      .on('error', reject)
      .end();
  });
}

describe('loopback listener', () => {
  let listener: LoopbackListener;
  const start = async (timeoutMs = 60_000, port = 0) => {
    listener = await listenForCallback({ port, state, pages, timeoutMs, log: silentLog });
    return listener;
  };
  afterEach(() => listener.dispose());

  it('gives the address with the right state and closes', async () => {
    const { port, answer } = await start();
    const seen = await ask(
      port,
      `/bitrix24-push?code=abc&state=${state}&domain=acme.bitrix24.com&scope=pull%2Cuser`,
    );
    const got = await answer;
    assert.deepEqual(
      {
        status: seen.status,
        title: seen.title,
        url: got?.href,
      },
      {
        status: 200,
        title: 'DONE',
        url: `http://localhost:${port}/bitrix24-push?code=abc&state=${state}&domain=acme.bitrix24.com&scope=pull%2Cuser`,
      },
    );
    await assert.rejects(ask(port, '/bitrix24-push'), { code: 'ECONNREFUSED' });
  });

  it('names the handler address that goes into the form', () => {
    assert.equal(handlerAddress(24042), 'http://localhost:24042/bitrix24-push');
  });

  const refusals: [
    name: string,
    path: string,
    status: number,
    title: string,
    options?: Parameters<typeof ask>[2],
  ][] = [
    ['the state of another sign-in', '/bitrix24-push?code=abc&state=other', 400, 'OTHER'],
    ['no state', '/bitrix24-push?code=abc', 400, 'OTHER'],
    ['an empty state', '/bitrix24-push?code=abc&state=', 400, 'OTHER'],
    ['two states', `/bitrix24-push?code=abc&state=${state}&state=${state}`, 400, 'OTHER'],
    ['no code', `/bitrix24-push?state=${state}`, 400, 'NOTHING'],
    ['an empty code', `/bitrix24-push?code=&state=${state}`, 400, 'NOTHING'],
    ['two codes', `/bitrix24-push?code=a&code=b&state=${state}`, 400, 'NOTHING'],
    ['another path', `/?code=abc&state=${state}`, 404, 'NOTHING'],
    ['a path below', `/bitrix24-push/x?code=abc&state=${state}`, 404, 'NOTHING'],
    ['a longer name', `/bitrix24-push2?code=abc&state=${state}`, 404, 'NOTHING'],
    ['an error besides a code', `/bitrix24-push?code=a&error=b&state=${state}`, 400, 'NOTHING'],
    ['an error of another sign-in', '/bitrix24-push?error=access_denied&state=other', 400, 'OTHER'],
    ['an error without a state', '/bitrix24-push?error=access_denied', 400, 'OTHER'],
    ['two errors', `/bitrix24-push?error=a&error=b&state=${state}`, 400, 'NOTHING'],
    ['the icon', '/favicon.ico', 404, 'NOTHING'],
    ['POST', `/bitrix24-push?code=abc&state=${state}`, 405, 'NOTHING', { method: 'POST' }],
    ['OPTIONS', `/bitrix24-push?code=abc&state=${state}`, 405, 'NOTHING', { method: 'OPTIONS' }],
    [
      'another Host',
      `/bitrix24-push?code=abc&state=${state}`,
      421,
      'NOTHING',
      { headers: { host: 'evil.example' } },
    ],
    [
      'Host with another port',
      `/bitrix24-push?code=abc&state=${state}`,
      421,
      'NOTHING',
      { headers: { host: 'localhost:1' } },
    ],
  ];
  for (const [name, path, status, title, options] of refusals) {
    it(`refuses ${name} and goes on waiting`, async () => {
      const { port, answer } = await start();
      const refused = await ask(port, path, options);
      const accepted = await ask(port, `/bitrix24-push?code=good&state=${state}`);
      const got = await answer;
      assert.deepEqual(
        {
          refused: [refused.status, refused.title],
          accepted: accepted.status,
          code: got?.searchParams.get('code'),
        },
        { refused: [status, title], accepted: 200, code: 'good' },
      );
    });
  }

  for (const path of [
    '/bitrix24-push/',
    '//bitrix24-push',
    '/bitrix24-push//',
    '/Bitrix24-Push',
    '/BITRIX24-PUSH/',
    '/bitrix24_push',
    '/bitrix24push',
    '/bitrix24-push%20',
    '/bitrix24%2Dpush',
    '/bitrix24-push/?',
    '/bitrix24-push.',
  ]) {
    it(`takes the handler as people type it (trial 6.1): ${path}`, async () => {
      const { port, answer } = await start();
      const mark = path.includes('?') ? '' : '?';
      const { status } = await ask(port, `${path}${mark}code=abcd&state=${state}`);
      assert.deepEqual([status, (await answer)?.searchParams.get('code')], [200, 'abcd']);
    });
  }

  it('ends with an error that carries the right state (trial 6.2)', async () => {
    const { port, answer } = await start();
    const wrong = await ask(port, '/bitrix24-push?error=access_denied&state=other');
    const right = await ask(port, `/bitrix24-push?error=access_denied&state=${state}`);
    assert.deepEqual(
      [wrong.status, wrong.title, right.status, right.title],
      [400, 'OTHER', 200, 'REFUSED'],
    );
    assert.equal((await answer)?.searchParams.get('error'), 'access_denied');
  });

  for (const count of [32, 200]) {
    it(`serves the answer however many silent connections there are (trial 6.3): ${count}`, async () => {
      const { port, answer } = await start();
      const silent = await Promise.all(Array.from({ length: count }, () => open(port)));
      // Half of a request is silent too.
      silent.slice(0, 8).forEach((socket) => socket.write('GET /bitrix24-push HTTP/1.1\r\nHo'));
      const seen = await ask(port, `/bitrix24-push?code=abcd&state=${state}`);
      assert.equal(seen.status, 200);
      assert.ok(await answer);
      silent.forEach((socket) => socket.destroy());
    });
  }

  it('drops a connection that stays silent (trial 6.3)', async () => {
    const { port } = await start();
    const socket = await open(port);
    await new Promise((resolve) => socket.once('close', resolve));
    assert.equal((await ask(port, `/bitrix24-push?code=abcd&state=${state}`)).status, 200);
  });

  it('drops the oldest of too many silent connections (trial 6.3)', async () => {
    const { port } = await start();
    const first = await open(port);
    const closed = new Promise((resolve) => first.once('close', resolve));
    const others = await Promise.all(Array.from({ length: 32 }, () => open(port)));
    await closed;
    assert.deepEqual(
      others.map(({ destroyed }) => destroyed),
      others.map(() => false),
    );
    others.forEach((socket) => socket.destroy());
  });

  it('answers HEAD without using up the sign-in', async () => {
    const { port } = await start();
    const head = await ask(port, `/bitrix24-push?code=abc&state=${state}`, { method: 'HEAD' });
    assert.deepEqual([head.status, head.body, head.headers['allow']], [405, '', 'GET']);
    assert.equal((await ask(port, `/bitrix24-push?code=abc&state=${state}`)).status, 200);
  });

  it('takes 127.0.0.1 and [::1] as names of itself', async () => {
    const { port } = await start();
    const seen = await ask(port, '/x', { headers: { host: `127.0.0.1:${port}` } });
    assert.equal(seen.status, 404);
    assert.equal((await ask(port, '/x', { headers: { host: `[::1]:${port}` } })).status, 404);
  });

  it('repeats nothing of the request, loads nothing and runs nothing', async () => {
    const { port } = await start();
    const canary = 'canary7';
    for (const path of [
      `/bitrix24-push?code=${canary}&state=${canary}`,
      `/${canary}?x=<script>${canary}</script>`.replaceAll('<', '%3C').replaceAll('>', '%3E'),
      `/bitrix24-push?code=${canary}&state=${state}&domain=${canary}`,
    ]) {
      const seen = await ask(port, path, { headers: { referer: canary, 'user-agent': canary } });
      assert.ok(!seen.body.includes(canary), path);
      assert.ok(!seen.body.includes('<script'), path);
      assert.ok(!/(src|href)=/.test(seen.body), path);
      assert.ok(!JSON.stringify(seen.headers).includes(canary), path);
      assert.match(
        String(seen.headers['content-security-policy']),
        /^default-src 'none'; style-src 'nonce-[^']+'; /,
      );
      assert.equal(seen.headers['cache-control'], 'no-store');
      assert.equal(seen.headers['referrer-policy'], 'no-referrer');
      assert.equal(seen.headers['x-content-type-options'], 'nosniff');
      assert.equal(seen.headers['access-control-allow-origin'], undefined);
    }
  });

  it('shows its own text as text', async () => {
    const { port } = await start();
    const seen = await ask(port, `/bitrix24-push?code=abc&state=${state}`);
    assert.ok(seen.body.includes('Go back &#38; &#60;relax&#62;.'));
  });

  it('answers once: of two redirects at the same moment the second is told so', async () => {
    const { port, answer } = await start();
    const path = (code: string) => `/bitrix24-push?code=${code}&state=${state}`;
    // Two requests written before either is answered, on connections that are already open.
    const sockets = await Promise.all([open(port), open(port)]);
    const replies = sockets.map((socket, index) => {
      socket.write(`GET ${path(`c${index}`)} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`);
      return new Promise<string>((resolve) => {
        let all = '';
        socket.on('data', (chunk: Buffer) => (all += chunk.toString()));
        socket.on('close', () => resolve(all.slice(9, 12)));
      });
    });
    const statuses = (await Promise.all(replies)).sort();
    assert.ok(await answer);
    assert.deepEqual(statuses, ['200', '410']);
  });

  it('says when the time is up, and closes', async () => {
    const { port, answer } = await start(1);
    assert.equal(await answer, undefined);
    await assert.rejects(ask(port, '/bitrix24-push'), { code: 'ECONNREFUSED' });
  });

  it('closes at once when stopped, even with a connection open', async () => {
    const { port, answer } = await start();
    const socket = await open(port);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    listener.dispose();
    await closed;
    assert.equal(await answer, undefined);
    await assert.rejects(ask(port, '/bitrix24-push'), { code: 'ECONNREFUSED' });
  });

  it('says that the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    await assert.rejects(start(60_000, port), { code: 'EADDRINUSE' });
    other.close();
    await start();
  });

  it('does not share the port with a stranger on the other loopback address', async function () {
    const other = createServer();
    const bound = await new Promise<boolean>((resolve) => {
      other.once('error', () => resolve(false)).listen(0, '::1', () => resolve(true));
    });
    await start();
    if (!bound) {
      this.skip();
    }
    const { port } = other.address() as AddressInfo;
    await assert.rejects(
      listenForCallback({ port, state, pages, timeoutMs: 1000, log: silentLog }),
      { code: 'EADDRINUSE' },
    );
    // And it let go of the half that it had.
    await assert.rejects(ask(port, '/', { host: '127.0.0.1' }), { code: 'ECONNREFUSED' });
    other.close();
  });

  it('is not reachable from the network', async function () {
    const { port } = await start();
    const outside = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .find((address) => !address.internal && address.family === 'IPv4');
    if (!outside) {
      this.skip();
    }
    await assert.rejects(ask(port, '/bitrix24-push', { host: outside.address }), {
      code: 'ECONNREFUSED',
    });
  });

  it('survives garbage', async () => {
    const { port } = await start();
    const socket = await open(port);
    socket.end('\x16\x03\x01 this is not HTTP\r\n\r\n');
    await new Promise((resolve) => socket.once('close', resolve));
    assert.equal((await ask(port, `/bitrix24-push?code=abc&state=${state}`)).status, 200);
  });
});

describe('sameSecret', () => {
  it('compares values of any length', () => {
    assert.deepEqual(
      [
        sameSecret('a', 'a'),
        sameSecret('a', 'b'),
        sameSecret('a', 'aa'),
        sameSecret('', 'a'),
        sameSecret('', ''),
      ],
      [true, false, false, false, true],
    );
  });
});

async function open(port: number) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume();
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket;
}

describe('the port of the handler', () => {
  it('is the one of the setting, or the usual one where that is no port', () => {
    assert.deepEqual([0, 3000, 65_535].map(handlerPort), [0, 3000, 65_535]);
    for (const odd of [undefined, null, '3000', '/tmp/socket', -1, 65_536, 1.5, NaN, {}]) {
      assert.equal(handlerPort(odd), 24_042);
    }
  });
});
