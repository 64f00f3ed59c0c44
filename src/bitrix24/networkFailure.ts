import * as v from 'valibot';
import { oneLine } from './answer';
import type { Bitrix24ErrorFields, ErrorKind, Phase } from './errors';
import type { WireWatch } from './wireWatch';

const text = v.fallback(v.optional(v.string()), undefined);
/** The fields of Node's and node-fetch's errors; any of them may be missing. */
const systemErrorSchema = v.fallback(
  v.object({
    code: text,
    syscall: text,
    erroredSysCall: text,
    hostname: text,
    port: v.fallback(v.optional(v.number()), undefined),
    /** Only node-fetch's have it. */
    type: text,
  }),
  {},
);
type SystemError = v.InferOutput<typeof systemErrorSchema>;

const unreachable = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
]);
const nameUnknown = /^(?:ENOTFOUND|ENODATA|ESERVFAIL|EAI_[A-Z]+)$/;
/** Names of OpenSSL's verification results, Node's own TLS codes, and what Electron's BoringSSL reports. */
const handshake =
  /^(?:EPROTO|ERR_TLS_|ERR_SSL_|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)/;
/** The answer came but is not HTTP, or is not compressed as it says. */
const unreadable = /^(?:HPE_|Z_|ERR_BROTLI|ERR__ERROR_FORMAT)/;

/** Turns a failed exchange's error into kind, phase and words. Never keeps node-fetch's message: it quotes the URL. */
export function classify(
  error: unknown,
  url: URL,
  watch: WireWatch,
): Pick<Bitrix24ErrorFields, 'kind' | 'phase' | 'code' | 'description'> {
  // Several addresses of one name: Node wraps what happened with each; the first stands for all.
  const inner: unknown = error instanceof AggregateError ? (error.errors[0] ?? error) : error;
  const fields = v.parse(systemErrorSchema, inner);
  const system = { ...fields, syscall: fields.syscall ?? fields.erroredSysCall };
  const beforeSending = system.syscall === 'connect' || system.syscall === 'getaddrinfo';
  const phase: Phase =
    watch.certainlyNotSent || (!watch.seen && beforeSending) ? 'notSent' : 'noAnswer';
  return {
    kind: watch.proxyFailed || isProxys(system, url, phase) ? 'proxy' : kindOf(system, phase),
    phase,
    code: system.code ?? 'CONNECTION_LOST',
    description:
      inner instanceof Error && system.type === undefined ? tidy(inner.message) : undefined,
  };
}

function kindOf({ code = '', syscall }: SystemError, phase: Phase): ErrorKind {
  if (nameUnknown.test(code) || syscall === 'getaddrinfo') {
    return 'dns';
  }
  if (unreachable.has(code) && phase === 'notSent') {
    return 'refused';
  }
  if (code === 'ETIMEDOUT' || code === 'ESOCKETTIMEDOUT') {
    return 'timeout';
  }
  if (code.startsWith('ERR_PROXY')) {
    return 'proxy';
  }
  if (handshake.test(code)) {
    return 'tls';
  }
  return unreadable.test(code) ? 'notJson' : 'reset';
}

/** The connection that failed was not to the portal's own name or port, so it was to a proxy. */
function isProxys(error: SystemError, url: URL, phase: Phase): boolean {
  if (phase !== 'notSent') {
    return false;
  }
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  return (
    (error.hostname !== undefined && error.hostname !== url.hostname.replace(/^\[|\]$/g, '')) ||
    (error.syscall === 'connect' && error.port !== undefined && error.port !== port)
  );
}

/** One line, without a proxy's password. */
function tidy(message: string): string {
  return oneLine(message.replace(/\/\/[^\s/@]*@/g, '//'));
}
