import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import {
  createServer as createTcpServer,
  type Server as TcpServer,
  type AddressInfo,
  type Socket,
} from 'node:net';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import type { Tokens } from '../../../src/bitrix24/oauth';
import type { TokenSource } from '../../../src/bitrix24/portalClient';
import type { RateLimiterDeps, Wait } from '../../../src/bitrix24/rateLimiter';
import type { HttpRequest, HttpResponse, Transport } from '../../../src/bitrix24/transport';

/** What a test opened, closed after it. */
export class Opened {
  readonly #servers: TcpServer[] = [];
  readonly #sockets = new Set<Socket>();

  /** An HTTP server on loopback; gives its origin. */
  async http(listener: RequestListener): Promise<string> {
    return `http://${await this.listen(createServer(listener))}`;
  }

  /** A TCP server on loopback; gives host and port. */
  async tcp(listener: (socket: Socket) => void): Promise<string> {
    return this.listen(createTcpServer(listener));
  }

  async listen(server: Server | TcpServer): Promise<string> {
    this.#servers.push(server);
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    await Promise.all(
      this.#servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))),
    );
  }
}

/** A loopback address at which nobody listens. */
export async function refusingHost(): Promise<string> {
  const opened = new Opened();
  const host = await opened.tcp(() => {});
  await opened.close();
  return host;
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString();
}

/** The Bitrix24Error that a promise ends with; anything else fails the test. */
export async function failureOf(promise: Promise<unknown>): Promise<Bitrix24Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Bitrix24Error) {
      return error;
    }
    throw error;
  }
  throw new Error('it did not fail');
}

export type Step =
  HttpResponse | Bitrix24Error | ((request: HttpRequest) => HttpResponse | Promise<HttpResponse>);

/** Answers from a script, one step a request, and keeps the requests. A request too many fails the test. */
export class ScriptedTransport implements Transport {
  readonly requests: HttpRequest[] = [];
  readonly #steps: Step[];

  constructor(...steps: Step[]) {
    this.#steps = steps;
  }

  async send(request: HttpRequest): Promise<HttpResponse> {
    this.requests.push(request);
    const step = this.#steps.shift();
    if (step === undefined) {
      throw new Error(`request ${this.requests.length} was not expected`);
    }
    if (step instanceof Bitrix24Error) {
      throw step;
    }
    return typeof step === 'function' ? step(request) : step;
  }

  /** JSON bodies as sent. */
  get bodies(): Record<string, unknown>[] {
    return this.requests.map(
      (request) => JSON.parse(request.body ?? '{}') as Record<string, unknown>,
    );
  }

  get urls(): string[] {
    return this.requests.map((request) => request.url.href);
  }
}

export function json(body: unknown, status = 200): HttpResponse {
  return {
    status,
    headers: new Map([['content-type', 'application/json; charset=utf-8']]),
    body: JSON.stringify(body),
  };
}

export function html(status: number, headers: Record<string, string> = {}): HttpResponse {
  return {
    status,
    headers: new Map([['content-type', 'text/html'], ...Object.entries(headers)]),
    body: '<html><body>Not the portal</body></html>',
  };
}

export const someTokens: Tokens = {
  accessToken: 'access-1',
  refreshToken: 'refresh-1',
  clientEndpoint: 'https://acme.bitrix24.com/rest/',
  serverEndpoint: 'https://oauth.bitrix.info/rest/',
  memberId: 'a223c6b3710f85df22e9377d6c4f7553',
  userId: 1,
};

/** Hands out tokens and notes what it was asked. */
export class FakeTokens implements TokenSource {
  readonly asked: string[] = [];
  current: Tokens;
  onRefresh: () => Promise<Tokens> = () =>
    Promise.resolve({ ...this.current, accessToken: 'access-2', refreshToken: 'refresh-2' });
  onMoved: (endpoint: string) => Promise<Tokens | undefined> = () => Promise.resolve(undefined);

  constructor(tokens: Tokens = someTokens) {
    this.current = tokens;
  }

  tokens(): Promise<Tokens> {
    return Promise.resolve(this.current);
  }

  async refreshed(failedAccessToken: string): Promise<Tokens> {
    this.asked.push(`refreshed ${failedAccessToken}`);
    this.current = await this.onRefresh();
    return this.current;
  }

  async moved(clientEndpoint: string): Promise<Tokens | undefined> {
    this.asked.push(`moved ${clientEndpoint}`);
    const agreed = await this.onMoved(clientEndpoint);
    this.current = agreed ?? this.current;
    return agreed;
  }
}

type ClientClock = RateLimiterDeps['clock'];

/** Time that passes only by sleeping. */
export class FakeClock implements ClientClock {
  time = 1_790_000_000_000;
  readonly slept: number[] = [];

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) {
      return Promise.reject(signal.reason as Error);
    }
    this.slept.push(ms);
    this.time += ms;
    return Promise.resolve();
  }
}

/** `open`: the wait that is not over. */
export function collectWaits() {
  const waits: Wait[] = [];
  const open: { wait?: Wait | undefined } = {};
  const onWait = (wait: Wait | undefined): void => {
    open.wait = wait;
    waits.push(...(wait ? [wait] : []));
  };
  return { waits, open, onWait };
}
