import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import { ConfigurationTarget, workspace } from 'vscode';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import { nodeFetchTransport } from '../../../src/bitrix24/nodeFetchTransport';

const portal = 'https://portal.invalid/rest/method';

/** VS Code replaces Node's http and https; what the transport knows must hold there too. */
describe('nodeFetchTransport in VS Code', () => {
  const servers: Server[] = [];
  const sockets = new Set<Socket>();

  async function listen(server: Server): Promise<number> {
    servers.push(server);
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  /** Answers every CONNECT as told; undefined: never. */
  async function proxy(answer: ((socket: Socket) => void) | undefined): Promise<void> {
    const server = createServer((_, response) => response.writeHead(418).end());
    server.on('connect', (_request, socket: Socket) => answer?.(socket));
    await useProxy(`http://127.0.0.1:${await listen(server)}`);
  }

  async function useProxy(address: string | undefined): Promise<void> {
    await workspace.getConfiguration('http').update('proxy', address, ConfigurationTarget.Global);
  }

  async function fail(url = portal): Promise<Pick<Bitrix24Error, 'kind' | 'phase' | 'code'>> {
    const transport = nodeFetchTransport({
      userAgent: 'test/1',
      connectTimeoutMs: 1000,
      answerTimeoutMs: 3000,
    });
    try {
      const { status } = await transport.send({ method: 'POST', url: new URL(url), body: '{}' });
      throw new Error(`answered with ${status}`);
    } catch (error) {
      if (!(error instanceof Bitrix24Error)) {
        throw error;
      }
      const { kind, phase, code } = error;
      return { kind, phase, code };
    }
  }

  /** Until the setting has arrived, the name of the portal is looked up without the proxy. */
  async function failThroughProxy(): Promise<Awaited<ReturnType<typeof fail>>> {
    for (;;) {
      const told = await fail();
      if (told.kind !== 'dns') {
        return told;
      }
    }
  }

  afterEach(async () => {
    await useProxy(undefined);
    // The next test must not meet this one's proxy.
    while ((await fail()).kind !== 'dns') {
      // Until there is no more.
    }
    for (const socket of sockets) {
      socket.destroy();
    }
    for (const server of servers.splice(0)) {
      server.close();
    }
  });

  it('tells a refused connection as not sent, a broken one as without an answer', async () => {
    const closed = createTcpServer();
    const port = await listen(closed);
    closed.close();
    await once(closed, 'close');
    assert.deepEqual(await fail(`http://127.0.0.1:${port}/`), {
      kind: 'refused',
      phase: 'notSent',
      code: 'ECONNREFUSED',
    });
    const cutting = createServer((request) => {
      request.resume().on('end', () => request.socket.destroy());
    });
    assert.deepEqual(await fail(`http://127.0.0.1:${await listen(cutting)}/`), {
      kind: 'reset',
      phase: 'noAnswer',
      code: 'ECONNRESET',
    });
  });

  it('tells a TLS handshake that breaks or hangs as not sent', async () => {
    const cutting = createTcpServer((socket) => socket.once('data', () => socket.destroy()));
    const cut = await fail(`https://127.0.0.1:${await listen(cutting)}/`);
    assert.deepEqual([cut.kind, cut.phase], ['reset', 'notSent']);
    const silent = createTcpServer(() => undefined);
    const hung = await fail(`https://127.0.0.1:${await listen(silent)}/`);
    assert.deepEqual([hung.kind, hung.phase], ['timeout', 'notSent']);
  });

  for (const [status, code] of [
    [407, 'PROXY_AUTHENTICATION_REQUIRED'],
    [403, 'PROXY_REFUSED'],
    [502, 'PROXY_REFUSED'],
  ] as const) {
    it(`tells a proxy that answers ${status} from the portal`, async () => {
      await proxy((socket) => socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 2\r\n\r\nNo`));
      assert.deepEqual(await failThroughProxy(), { kind: 'proxy', phase: 'notSent', code });
    });
  }

  it('tells a proxy that cannot be reached', async () => {
    const closed = createTcpServer();
    const port = await listen(closed);
    closed.close();
    await once(closed, 'close');
    await useProxy(`http://127.0.0.1:${port}`);
    assert.deepEqual(await failThroughProxy(), {
      kind: 'proxy',
      phase: 'notSent',
      code: 'ECONNREFUSED',
    });
  });

  it('tells a proxy that hangs as not sent', async () => {
    await proxy(undefined);
    assert.deepEqual(await failThroughProxy(), {
      kind: 'timeout',
      phase: 'notSent',
      code: 'CONNECT_TIMEOUT',
    });
  });
});
