import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpsServer, globalAgent } from 'node:https';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Bitrix24Error } from '../../../src/bitrix24/errors';
import { nodeFetchTransport } from '../../../src/bitrix24/nodeFetchTransport';
import type { NodeFetchTransportOptions } from '../../../src/bitrix24/nodeFetchTransport';
import { failureOf, Opened, readBody, refusingHost } from './support';

const secret = 'canary-5f2d';

/** Runs a test while https connects as somebody else decided, which is what VS Code does. */
async function overAgent(createConnection: () => Socket, run: () => Promise<void>): Promise<void> {
  const own = Object.getOwnPropertyDescriptor(globalAgent, 'createConnection');
  globalAgent.createConnection = createConnection;
  try {
    await run();
  } finally {
    Reflect.deleteProperty(globalAgent, 'createConnection');
    if (own) {
      Object.defineProperty(globalAgent, 'createConnection', own);
    }
  }
}

describe('nodeFetchTransport', () => {
  const opened = new Opened();
  afterEach(() => opened.close());

  const post = (
    origin: string,
    options: Partial<NodeFetchTransportOptions> = {},
    signal?: AbortSignal,
  ) =>
    nodeFetchTransport({ userAgent: 'test/1', ...options }).send({
      method: 'POST',
      url: new URL('/rest/method?q=1', origin),
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ auth: secret }),
      signal,
    });
  const told = ({ kind, phase, code }: Bitrix24Error) => ({ kind, phase, code });

  it('sends what it is given on a connection of its own and reads the answer', async () => {
    let seen: unknown;
    const origin = await opened.http((request, response) => {
      void readBody(request).then((body) => {
        const { method, url, headers } = request;
        seen = { method, url, agent: headers['user-agent'], connection: headers.connection, body };
        response.writeHead(201, { 'X-Some': 'thing' }).end('{"result":"Привет"}');
      });
    });
    const response = await post(origin);
    assert.deepEqual(seen, {
      method: 'POST',
      url: '/rest/method?q=1',
      agent: 'test/1',
      connection: 'close',
      body: `{"auth":"${secret}"}`,
    });
    assert.equal(response.status, 201);
    assert.equal(response.headers.get('x-some'), 'thing');
    assert.equal(response.body, '{"result":"Привет"}');
  });

  describe('before a server that ignores Connection: close', () => {
    const answer = '{"result":true}';
    const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${answer.length}\r\n`;
    /** Counts the requests of each connection; `after` runs once an answer was written. */
    async function open(connection: string, after: (socket: Socket) => void) {
      const requests: number[] = [];
      const host = await opened.tcp((socket) => {
        const place = requests.push(0) - 1;
        socket.on('data', (data) => {
          // The body is the last that comes.
          if (data.toString().endsWith('}')) {
            requests[place]! += 1;
            socket.write(`${head}${connection}\r\n${answer}`, () => after(socket));
          }
        });
      });
      return { requests, origin: `http://${host}` };
    }
    const servers: [what: string, header: string, after: (socket: Socket) => void][] = [
      ['keeps connections', 'Connection: keep-alive\r\n', () => undefined],
      ['keeps them and says nothing of it', '', () => undefined],
      ['keeps them for a time', 'Keep-Alive: timeout=60\r\n', () => undefined],
      ['cuts them at once', 'Connection: keep-alive\r\n', (socket) => socket.destroy()],
      ['ends them at once', 'Connection: keep-alive\r\n', (socket) => socket.end()],
      [
        'cuts them a moment later',
        'Connection: keep-alive\r\n',
        (socket) => setTimeout(() => socket.resetAndDestroy(), 1),
      ],
    ];
    for (const [what, header, after] of servers) {
      it(`uses no connection twice when it ${what} (trial 5.4)`, async () => {
        const { requests, origin } = await open(header, after);
        for (let count = 0; count < 20; count += 1) {
          assert.equal((await post(origin)).body, answer);
        }
        assert.deepEqual(requests, Array<number>(20).fill(1));
      });
    }
  });

  it('reads a compressed answer', async () => {
    const origin = await opened.http((_, response) => {
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('{"result":true}'));
    });
    assert.equal((await post(origin)).body, '{"result":true}');
  });

  it('hands an HTML page over as it is', async () => {
    const origin = await opened.http((_, response) => {
      response.writeHead(502, { 'Content-Type': 'text/html' }).end('<h1>Bad gateway</h1>');
    });
    const { status, body } = await post(origin);
    assert.deepEqual({ status, body }, { status: 502, body: '<h1>Bad gateway</h1>' });
  });

  for (const status of [301, 302, 307, 308]) {
    it(`does not follow ${status}`, async () => {
      let requests = 0;
      const origin = await opened.http((_, response) => {
        requests += 1;
        response.writeHead(status, { Location: '/elsewhere' }).end();
      });
      const response = await post(origin);
      assert.equal(response.status, status);
      assert.match(response.headers.get('location') ?? '', /\/elsewhere$/);
      assert.equal(requests, 1);
    });
  }

  it('tells a refused connection as not sent', async () => {
    const host = await refusingHost();
    const error = await failureOf(post(`http://${host}`));
    assert.deepEqual(told(error), { kind: 'refused', phase: 'notSent', code: 'ECONNREFUSED' });
    assert.equal(error.host, host);
  });

  it('tells an unknown name as not sent', async () => {
    const error = await failureOf(post('https://portal.invalid'));
    assert.equal(error.kind, 'dns');
    assert.equal(error.phase, 'notSent');
  });

  it('tells a connection that breaks after sending as without an answer', async () => {
    const origin = await opened.http((request) => {
      void readBody(request).then(() => request.socket.destroy());
    });
    assert.deepEqual(told(await failureOf(post(origin))), {
      kind: 'reset',
      phase: 'noAnswer',
      code: 'ECONNRESET',
    });
  });

  it('tells a connection that is reset at the first bytes as without an answer', async () => {
    const host = await opened.tcp((socket) => socket.once('data', () => socket.resetAndDestroy()));
    const error = await failureOf(post(`http://${host}`));
    assert.equal(error.kind, 'reset');
    assert.equal(error.phase, 'noAnswer');
  });

  for (const [what, head] of [
    ['a length', 'Content-Length: 100\r\n'],
    ['chunks', 'Transfer-Encoding: chunked\r\n'],
  ] as const) {
    it(`tells an answer that ends early, announced with ${what}, as without an answer`, async () => {
      const host = await opened.tcp((socket) => {
        socket.once('data', () => {
          const body = head.startsWith('Transfer') ? '8\r\n{"result\r\n' : '{"result';
          socket.end(`HTTP/1.1 200 OK\r\n${head}\r\n${body}`);
        });
      });
      const error = await failureOf(post(`http://${host}`));
      assert.equal(error.kind, 'reset');
      assert.equal(error.phase, 'noAnswer');
      assert.equal(error.httpStatus, 200);
    });
  }

  it('tells an answer that is not HTTP as its own', async () => {
    const host = await opened.tcp((socket) => {
      socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.6\r\n'));
    });
    const error = await failureOf(post(`http://${host}`));
    assert.equal(error.kind, 'notJson');
    assert.equal(error.phase, 'noAnswer');
  });

  it('ends when no answer comes', async () => {
    const origin = await opened.http(() => {});
    const error = await failureOf(post(origin, { answerTimeoutMs: 60 }));
    assert.deepEqual(told(error), { kind: 'timeout', phase: 'noAnswer', code: 'ANSWER_TIMEOUT' });
  });

  it('ends when the answer trickles, however steadily', async () => {
    const origin = await opened.http((_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(' '), 10);
      response.on('close', () => clearInterval(timer));
    });
    const error = await failureOf(post(origin, { answerTimeoutMs: 120 }));
    assert.deepEqual(told(error), { kind: 'timeout', phase: 'noAnswer', code: 'ANSWER_TIMEOUT' });
    assert.equal(error.httpStatus, 200);
  });

  it('ends when the TLS handshake hangs, and knows that nothing was sent', async () => {
    const host = await opened.tcp(() => {});
    const error = await failureOf(post(`https://${host}`, { connectTimeoutMs: 60 }));
    assert.deepEqual(told(error), { kind: 'timeout', phase: 'notSent', code: 'CONNECT_TIMEOUT' });
  });

  it('does not take a slow answer for a slow connection', async () => {
    const origin = await opened.http((_, response) => {
      setTimeout(() => response.end('{}'), 120);
    });
    assert.equal((await post(origin, { connectTimeoutMs: 40 })).body, '{}');
  });

  it('reads no more than the cap of an endless answer', async () => {
    let written = 0;
    const origin = await opened.http((_, response) => {
      const more = () => {
        let room = true;
        while (room && !response.destroyed) {
          room = response.write(Buffer.alloc(64 * 1024, 0x20));
          written += 64 * 1024;
        }
      };
      response.on('drain', more);
      more();
    });
    const error = await failureOf(post(origin, { maxBytes: 256 * 1024 }));
    assert.deepEqual(told(error), {
      kind: 'tooLarge',
      phase: 'noAnswer',
      code: 'ANSWER_TOO_LARGE',
    });
    assert.ok(written > 256 * 1024);
  });

  it('counts a compressed answer by what it unpacks to', async () => {
    const origin = await opened.http((_, response) => {
      response
        .writeHead(200, { 'Content-Encoding': 'gzip' })
        .end(gzipSync(Buffer.alloc(4_000_000)));
    });
    assert.equal((await failureOf(post(origin, { maxBytes: 100_000 }))).kind, 'tooLarge');
  });

  it('does not start when it is already cancelled', async () => {
    let requests = 0;
    const origin = await opened.http(() => (requests += 1));
    const error = await failureOf(post(origin, {}, AbortSignal.abort()));
    assert.deepEqual(told(error), { kind: 'cancelled', phase: 'notSent', code: 'CANCELLED' });
    assert.equal(requests, 0);
  });

  it('can be cancelled while it connects, and knows that nothing was sent', async () => {
    const cancel = new AbortController();
    const host = await opened.tcp(() => cancel.abort());
    const error = await failureOf(post(`https://${host}`, {}, cancel.signal));
    assert.deepEqual(told(error), { kind: 'cancelled', phase: 'notSent', code: 'CANCELLED' });
  });

  it('can be cancelled while it waits, and does not know what the server did', async () => {
    const cancel = new AbortController();
    const origin = await opened.http(
      (request) => void readBody(request).then(() => cancel.abort()),
    );
    const error = await failureOf(post(origin, {}, cancel.signal));
    assert.deepEqual(told(error), { kind: 'cancelled', phase: 'noAnswer', code: 'CANCELLED' });
  });

  it('takes 407 for the proxy speaking: the portal saw nothing', async () => {
    const origin = await opened.http((_, response) =>
      response.writeHead(407).end('<h1>Log in</h1>'),
    );
    const error = await failureOf(post(origin));
    assert.deepEqual(told(error), {
      kind: 'proxy',
      phase: 'notSent',
      code: 'PROXY_AUTHENTICATION_REQUIRED',
    });
    assert.equal(error.httpStatus, 407);
  });

  it('takes an https answer without TLS for the proxy that would not connect', async () => {
    // As VS Code's proxy support does it: the proxy's own refusal is played back to the request.
    const proxy = await opened.tcp((socket) => {
      socket.once('data', () =>
        socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'),
      );
    });
    const [, port] = proxy.split(':');
    await overAgent(
      () => connect(Number(port), '127.0.0.1'),
      async () => {
        const error = await failureOf(post('https://acme.bitrix24.com'));
        assert.deepEqual(told(error), { kind: 'proxy', phase: 'notSent', code: 'PROXY_REFUSED' });
        assert.equal(error.httpStatus, 502);
      },
    );
  });

  it('names the proxy when it is the one that refuses', async () => {
    const refusing = await refusingHost();
    const [, port] = refusing.split(':');
    await overAgent(
      () => connect(Number(port), '127.0.0.1'),
      async () => {
        const error = await failureOf(post('https://acme.bitrix24.com'));
        assert.deepEqual(told(error), { kind: 'proxy', phase: 'notSent', code: 'ECONNREFUSED' });
      },
    );
  });

  describe('with TLS', () => {
    let key: string;
    let cert: string;
    before(() => {
      const folder = mkdtempSync(join(tmpdir(), 'bitrix24-push-'));
      try {
        execFileSync(
          'openssl',
          // prettier-ignore
          ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1',
            '-subj', '/CN=localhost', '-keyout', join(folder, 'key'), '-out', join(folder, 'cert')],
          { stdio: 'ignore' },
        );
        key = readFileSync(join(folder, 'key'), 'utf8');
        cert = readFileSync(join(folder, 'cert'), 'utf8');
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('tells an untrusted certificate as not sent', async () => {
      let requests = 0;
      const host = await opened.listen(createHttpsServer({ key, cert }, () => (requests += 1)));
      const error = await failureOf(post(`https://${host}`));
      assert.deepEqual(told(error), {
        kind: 'tls',
        phase: 'notSent',
        code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
      });
      assert.equal(requests, 0);
    });

    it('tells an answer that breaks after the handshake as without an answer', async () => {
      const server = createHttpsServer({ key, cert }, (request) => {
        void readBody(request).then(() => request.socket.destroy());
      });
      const host = await opened.listen(server);
      const original = globalAgent.options.rejectUnauthorized;
      globalAgent.options.rejectUnauthorized = false;
      try {
        const error = await failureOf(post(`https://${host}`));
        assert.deepEqual(told(error), { kind: 'reset', phase: 'noAnswer', code: 'ECONNRESET' });
      } finally {
        if (original === undefined) {
          delete globalAgent.options.rejectUnauthorized;
        } else {
          globalAgent.options.rejectUnauthorized = original;
        }
      }
    });
  });

  it('tells a server without TLS as not sent', async () => {
    const host = await opened.tcp((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const error = await failureOf(post(`https://${host}`));
    assert.equal(error.kind, 'tls');
    assert.equal(error.phase, 'notSent');
  });

  it('tells a connection cut within the TLS handshake as not sent', async () => {
    const host = await opened.tcp((socket) => socket.once('data', () => socket.destroy()));
    const error = await failureOf(post(`https://${host}`));
    assert.equal(error.kind, 'reset');
    assert.equal(error.phase, 'notSent');
  });

  it('keeps the address with its query, the body and the proxy password out of its errors', async () => {
    const host = await refusingHost();
    const transport = nodeFetchTransport({ userAgent: 'test/1' });
    const url = new URL(`http://${host}/oauth/token/?client_secret=${secret}`);
    const error = await failureOf(transport.send({ method: 'GET', url }));
    const everything = `${error.message} ${error.stack} ${JSON.stringify(error)} ${String(error.cause)}`;
    assert.ok(!everything.includes(secret), everything);
  });
});
