import type { IncomingMessage, ServerResponse } from 'node:http';
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

/** JSON as the portal writes it. */
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

/** A redirect with the small page that web servers put beside it. */
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

/** `http_build_query` with PHP's default encoding: spaces are `+`, commas `%2C`. */
export function buildQuery(params: Readonly<Record<string, string>>): string {
  return new URLSearchParams(params).toString();
}

const LOOPBACK_NAMES = /^(?:127\.0\.0\.1|localhost|\[::1\]|(?:[a-z0-9-]+\.)+localhost)(?::\d+)?$/i;

/** Names that other machines' pages cannot point at this one with (DNS rebinding). */
export function isLoopbackHost(host: string | undefined): boolean {
  return host !== undefined && LOOPBACK_NAMES.test(host);
}

/** false: a page of another site makes this request. Programs send neither of these headers. */
export function isSameSite(request: IncomingMessage, ownOrigins: readonly string[]): boolean {
  const { origin } = request.headers;
  if (origin !== undefined) {
    return ownOrigins.includes(origin) || isOwnAlias(request, origin);
  }
  const site = request.headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none';
}

/** `http://localhost:PORT` where the listener calls itself 127.0.0.1. */
function isOwnAlias(request: IncomingMessage, origin: string): boolean {
  const { host } = request.headers;
  return isLoopbackHost(host) && origin === `http://${host ?? ''}`;
}
