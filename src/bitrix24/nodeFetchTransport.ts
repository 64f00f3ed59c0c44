import fetch from 'node-fetch';
import { cancelledError } from './abort';
import { Bitrix24Error } from './errors';
import type { Bitrix24ErrorFields } from './errors';
import type { HttpRequest, HttpResponse, Transport } from './transport';
import { classify } from './networkFailure';
import { WireWatch } from './wireWatch';

export interface NodeFetchTransportOptions {
  /** E.g. `bitrix24-push/0.1.0`. */
  userAgent: string;
  /** Largest answer that is read, in bytes after decompression; default 8 MiB. */
  maxBytes?: number;
  /** Until the first byte of the request may leave (name, connection, proxy, TLS); default 8 s. */
  connectTimeoutMs?: number;
  /** For the whole exchange, connecting and the last byte of the answer included; default 14 s. */
  answerTimeoutMs?: number;
}

/**
 * The network by node-fetch, over Node's http and https, which VS Code patches: its proxy settings and
 * certificates hold. For that no agent is passed here.
 *
 * `Connection: close` on every request: a pooled connection that the server closes at the moment we write to it
 * is an error that cannot tell whether the push was read. A new connection is cheaper than that doubt.
 */
export function nodeFetchTransport(options: NodeFetchTransportOptions): Transport {
  const limits = {
    ...{ maxBytes: 8 * 1024 * 1024, connectTimeoutMs: 8_000, answerTimeoutMs: 14_000 },
    ...options,
  };
  return { send: (request) => exchange(request, limits) };
}

/** Why we end an exchange ourselves. */
const stops = {
  cancelled: { kind: 'cancelled', code: 'CANCELLED' },
  connectTimeout: {
    kind: 'timeout',
    code: 'CONNECT_TIMEOUT',
    description: 'No connection in time',
  },
  answerTimeout: {
    kind: 'timeout',
    code: 'ANSWER_TIMEOUT',
    description: 'No whole answer in time',
  },
  tooLarge: { kind: 'tooLarge', code: 'ANSWER_TOO_LARGE' },
} satisfies Record<string, Pick<Bitrix24ErrorFields, 'kind' | 'code' | 'description'>>;
type Stop = keyof typeof stops;

async function exchange(
  request: HttpRequest,
  limits: Required<NodeFetchTransportOptions>,
): Promise<HttpResponse> {
  const { url, signal } = request;
  const { host } = url;
  if (signal?.aborted) {
    throw cancelledError();
  }

  const abort = new AbortController();
  let stopped: Stop | undefined;
  const stop = (why: Stop) => {
    stopped ??= why;
    abort.abort();
  };
  const cancel = () => stop('cancelled');
  signal?.addEventListener('abort', cancel, { once: true });
  const answerTimer = setTimeout(
    () => stop('answerTimeout'),
    request.timeoutMs ?? limits.answerTimeoutMs,
  );
  const connectTimer = setTimeout(() => {
    if (watch.certainlyNotSent) {
      stop('connectTimeout');
    }
  }, limits.connectTimeoutMs);
  const watch = new WireWatch(url, () => clearTimeout(connectTimer));

  let status: number | undefined;
  try {
    const response = await watch.run(() =>
      fetch(url.href, {
        method: request.method,
        headers: { ...request.headers, 'User-Agent': limits.userAgent, Connection: 'close' },
        ...(request.body === undefined ? {} : { body: request.body }),
        redirect: 'manual',
        signal: abort.signal,
      }),
    );
    status = response.status;
    if (watch.refusedByProxy(status) || status === 407) {
      throw refusedByProxy(status, host);
    }
    const body = await readText(response.body, limits.maxBytes, () => stop('tooLarge'));
    return { status, headers: new Map(response.headers), body };
  } catch (error) {
    if (error instanceof Bitrix24Error) {
      throw error;
    }
    const phase = watch.certainlyNotSent ? 'notSent' : 'noAnswer';
    throw new Bitrix24Error({
      ...(stopped ? { phase, ...stops[stopped] } : classify(watch.error ?? error, url, watch)),
      ...{ httpStatus: status, host },
    });
  } finally {
    clearTimeout(answerTimer);
    clearTimeout(connectTimer);
    signal?.removeEventListener('abort', cancel);
    abort.abort();
  }
}

/** Reads at most `maxBytes`, counted as they come, so that an endless answer costs no memory. */
async function readText(
  body: NodeJS.ReadableStream | null,
  maxBytes: number,
  tooLarge: () => void,
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    size += bytes.byteLength;
    if (size > maxBytes) {
      tooLarge();
      throw new Error('too large');
    }
    chunks.push(bytes);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/** The portal never saw the request: the proxy would not connect us. */
function refusedByProxy(status: number, host: string): Bitrix24Error {
  return new Bitrix24Error({
    kind: 'proxy',
    phase: 'notSent',
    code: status === 407 ? 'PROXY_AUTHENTICATION_REQUIRED' : 'PROXY_REFUSED',
    description: `The proxy answered ${status} instead of connecting to ${host}`,
    httpStatus: status,
    host,
  });
}
