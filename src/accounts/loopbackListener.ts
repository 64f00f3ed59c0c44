import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';
import { escapeHtml, renderStaticPage } from '../common/staticPage';

/** A page in the user's browser, all plain text. */
interface CallbackPage {
  title: string;
  text: string;
}

/** The localised pages that the listener answers the browser with. */
export interface CallbackPages {
  /** BCP 47 language of the texts. */
  language: string;
  done: CallbackPage;
  /** Bitrix24 said no; VS Code says why. */
  refused: CallbackPage;
  /** The answer belongs to another sign-in, perhaps of another window. */
  otherSignIn: CallbackPage;
  alreadyUsed: CallbackPage;
  /** The request is no answer from Bitrix24 at all. */
  notForPeople: CallbackPage;
}

/** The path of the handler address. It stands in the application's form on the portal, so it never changes. */
export const handlerPath = '/bitrix24-push';
const usualPort = 24_042;

/** Returns the address to type into the application's form as "Your handler path". */
export function handlerAddress(port: number): string {
  return `http://localhost:${port}${handlerPath}`;
}

/** Returns the port of the setting, or the usual one when a user or a workspace has set something that is no port. */
export function handlerPort(setting: unknown): number {
  const isPort =
    typeof setting === 'number' && Number.isInteger(setting) && setting >= 0 && setting <= 65_535;
  return isPort ? setting : usualPort;
}

interface LoopbackOptions {
  /** The port to listen on; 0 takes any free one. */
  port: number;
  /** The state that the answer must carry. */
  state: string;
  pages: CallbackPages;
  /** Gives up after this many ms. */
  timeoutMs: number;
  log: Log;
}

export interface LoopbackListener extends Disposable {
  readonly port: number;
  /** The address that the browser was sent to, with a code or an error; its state is the right one. Undefined when nobody came in time. */
  readonly answer: Promise<URL | undefined>;
}

/**
 * Waits on this machine's own addresses for one redirect of the portal. `localhost` may mean 127.0.0.1 or ::1,
 * so both are held. Rejects with the system's error (EADDRINUSE) when the port cannot be had.
 */
export async function listenForCallback(options: LoopbackOptions): Promise<LoopbackListener> {
  let settle: (answer: URL | undefined) => void = () => undefined;
  const answer = new Promise<URL | undefined>((resolve) => {
    settle = resolve;
  });
  let used = false;

  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const verdict = judge(request, { state: options.state, port, used });
    const { url, why } = verdict;
    if (url) {
      used = true;
      // The browser gets its page first; closing the server must not cut it.
      response.once('close', () => end(url));
    } else {
      options.log.info(`Sign-in listener refused a request: ${why}.`);
    }
    reply(request, response, verdict, options.pages);
  };

  const servers: Server[] = [];
  const end = (url?: URL): void => {
    settle(url);
    clearTimeout(timer);
    for (const server of servers) {
      server.close();
      server.closeIdleConnections();
    }
  };
  const timer = setTimeout(end, options.timeoutMs);

  let { port } = options;
  try {
    const ipv4 = await listen('127.0.0.1', port, handle);
    servers.push(ipv4);
    port = (ipv4.address() as AddressInfo).port;
    const ipv6 = await listen('::1', port, handle).catch((error: unknown) => {
      // Another program on this half would get the code. A machine without IPv6 is fine.
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EADDRINUSE' || code === 'EACCES') {
        throw error;
      }
      return undefined;
    });
    if (ipv6) {
      servers.push(ipv6);
    }
  } catch (error) {
    end();
    throw error;
  }

  return {
    port,
    answer,
    dispose: () => {
      end();
      for (const server of servers) {
        server.closeAllConnections();
      }
    },
  };
}

const silentMs = 2_000;
const silentAtMost = 32;

async function listen(
  host: string,
  port: number,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Server> {
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 5_000, connectionsCheckingInterval: 1_000 },
    handle,
  );
  // Browsers open connections that they may never use, and other programs may keep any number of them open.
  const silent = new Set<Socket>();
  server.on('connection', (socket) => {
    silent.add(socket);
    socket.setTimeout(silentMs, () => socket.destroy());
    socket.once('close', () => silent.delete(socket));
    const [oldest] = silent;
    if (oldest && silent.size > silentAtMost) {
      silent.delete(oldest);
      oldest.destroy();
    }
  });
  server.on('request', ({ socket }) => silent.delete(socket));
  server.listen({ host, port, exclusive: true });
  await once(server, 'listening');
  // A broken connection is the browser's trouble; the sign-in goes on waiting.
  server.on('error', () => undefined);
  return server;
}

interface Verdict {
  status: number;
  page: keyof Omit<CallbackPages, 'language'>;
  /** Why the request was refused, for the log. */
  why?: string;
  /** The answer. */
  url?: URL;
}

function judge(
  request: IncomingMessage,
  expected: { state: string; port: number; used: boolean },
): Verdict {
  const refused = (status: number, page: Verdict['page'], why: string): Verdict => ({
    status,
    page,
    why,
  });
  if (!isOurHost(request.headers.host, expected.port)) {
    // A name that was made to point at this machine (DNS rebinding).
    return refused(421, 'notForPeople', 'wrong Host');
  }
  if (!request.url?.startsWith('/')) {
    return refused(400, 'notForPeople', 'not an origin-form target');
  }
  let url: URL;
  try {
    url = new URL(`http://localhost:${expected.port}${request.url}`);
  } catch {
    return refused(400, 'notForPeople', 'not an address');
  }
  if (!isHandlerPath(url.pathname)) {
    return refused(404, 'notForPeople', 'another path');
  }
  if (request.method !== 'GET') {
    return refused(405, 'notForPeople', 'not GET');
  }
  const [state, code, error] = [only(url, 'state'), only(url, 'code'), only(url, 'error')];
  if (error ? url.searchParams.get('code') : !code) {
    return refused(400, 'notForPeople', 'no code, or several, or an error besides');
  }
  if (state === undefined || !sameSecret(state, expected.state)) {
    return refused(400, 'otherSignIn', 'the state of another sign-in');
  }
  if (expected.used) {
    return refused(410, 'alreadyUsed', 'answered before');
  }
  return { status: 200, page: error ? 'refused' : 'done', url };
}

/** The path is typed by hand into Bitrix24: a slash or a capital more is no other path. The state is what counts. */
function isHandlerPath(path: string): boolean {
  const letters = (text: string) => text.toLowerCase().replace(/%[0-9a-f]{2}|[^a-z0-9]/g, '');
  return letters(path) === letters(handlerPath);
}

/** Nothing of the request is in the answer's headers or page; the page runs no script and loads nothing. */
function reply(
  request: IncomingMessage,
  response: ServerResponse,
  verdict: Verdict,
  pages: CallbackPages,
): void {
  const { title, text } = pages[verdict.page];
  const nonce = randomBytes(16).toString('base64');
  const html = renderStaticPage({
    ...{ language: pages.language, title, nonce, styles },
    body: `<h1>${escapeHtml(title)}</h1>\n<p>${escapeHtml(text)}</p>`,
  });
  response.writeHead(verdict.status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Security-Policy': `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
    Connection: 'close',
    ...(request.method === 'GET' ? {} : { Allow: 'GET' }),
  });
  response.end(request.method === 'HEAD' ? undefined : html);
  request.resume();
}

const styles = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto; padding: 0 1.5rem; }
h1 { font-size: 1.5rem; }
`;

function isOurHost(host: string | undefined, port: number): boolean {
  const names = ['localhost', '127.0.0.1', '[::1]'];
  return names.some((name) => host === `${name}:${port}` || (port === 80 && host === name));
}

/** Returns the parameter when it is there exactly once. */
function only(url: URL, name: string): string | undefined {
  const values = url.searchParams.getAll(name);
  return values.length === 1 ? values[0] : undefined;
}

/** Compares in constant time, whatever the lengths. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(a), digest(b));
}
