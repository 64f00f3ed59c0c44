import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { encodeJson, type Json } from './phpJson';

/** An HTTP answer before it is written. */
export interface Reply {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export function htmlReply(
  body: string,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      ...headers,
    },
    body,
  };
}

/** Makes an answer of JSON in the portal's own way of writing it. */
export function jsonReply(
  body: Json,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: encodeJson(body),
  };
}

/** Makes a redirect with the small HTML page that web servers add. */
export function redirectReply(location: string, status = 302): Reply {
  const words = status === 301 ? '301 Moved Permanently' : '302 Found';
  return htmlReply(
    `<html>\n<head><title>${words}</title></head>\n<body>\n<center><h1>${words}</h1></center>\n</body>\n</html>\n`,
    status,
    { location },
  );
}

export function sendReply(response: ServerResponse, reply: Reply): void {
  response.writeHead(reply.status, {
    ...reply.headers,
    'content-length': Buffer.byteLength(reply.body),
  });
  response.end(response.req.method === 'HEAD' ? undefined : reply.body);
}

const MAX_BODY_BYTES = 16 * 1024 * 1024;

export class BodyTooLargeError extends Error {}

export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    length += bytes.length;
    if (length > MAX_BODY_BYTES) {
      throw new BodyTooLargeError();
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** Encodes parameters as PHP's `http_build_query` does by default: a space is `+`, a comma `%2C`. */
export function buildQuery(params: Readonly<Record<string, string>>): string {
  return new URLSearchParams(params).toString();
}

const LOOPBACK_NAMES = /^(?:127\.0\.0\.1|localhost|\[::1\]|(?:[a-z0-9-]+\.)+localhost)(?::\d+)?$/i;

/** Checks that the host is a loopback name. This stops DNS rebinding, where another site's name leads to this computer. */
export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && LOOPBACK_NAMES.test(host);
}

/** Checks that the host is a loopback name, or one of the names that the user gave to the sandbox. */
export function isOwnHost(host: string | undefined, ownOrigins: readonly string[]): boolean {
  return isLoopbackHost(host) || ownOrigins.some((origin) => new URL(origin).host === host);
}

/** @returns false if a page of another site made the request. Programs send neither of the two headers. */
export function isSameSite(request: IncomingMessage, ownOrigins: readonly string[]): boolean {
  const { origin } = request.headers;
  if (origin !== undefined) {
    return ownOrigins.includes(origin) || isOwnAlias(request, origin);
  }
  const site = request.headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none';
}

/** Accepts the origin `http://localhost:PORT`, although the listener calls itself 127.0.0.1. */
function isOwnAlias(request: IncomingMessage, origin: string): boolean {
  const { host } = request.headers;
  const scheme = request.socket instanceof TLSSocket ? 'https' : 'http';
  return isLoopbackHost(host) && origin === `${scheme}://${host ?? ''}`;
}
