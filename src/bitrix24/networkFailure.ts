import type { Bitrix24ErrorFields, ErrorKind, Phase } from './errors';
import type { WireWatch } from './wireWatch';

/** The fields of Node's errors; any of them may be missing. */
interface SystemError {
  code: string | undefined;
  syscall: string | undefined;
  message: string | undefined;
  hostname: string | undefined;
  port: number | undefined;
}

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
  const system = readSystemError(error);
  const beforeSending = system.syscall === 'connect' || system.syscall === 'getaddrinfo';
  const phase: Phase =
    watch.certainlyNotSent || (!watch.seen && beforeSending) ? 'notSent' : 'noAnswer';
  return {
    kind: watch.proxyFailed || isProxys(system, url, phase) ? 'proxy' : kindOf(system, phase),
    phase,
    code: system.code ?? 'CONNECTION_LOST',
    description: system.message,
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

function readSystemError(error: unknown): SystemError {
  // Several addresses of one name: Node wraps what happened with each; the first stands for all.
  const inner: unknown =
    error instanceof AggregateError && error.errors.length > 0 ? error.errors[0] : error;
  const fields: Record<string, unknown> =
    typeof inner === 'object' && inner !== null ? { ...inner } : {};
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
  const isFetchError = 'type' in fields;
  return {
    code: text(fields['code']),
    syscall: text(fields['syscall']) ?? text(fields['erroredSysCall']),
    message: inner instanceof Error && !isFetchError ? tidy(inner.message) : undefined,
    hostname: text(fields['hostname']),
    port: typeof fields['port'] === 'number' ? fields['port'] : undefined,
  };
}

/** One line, without a proxy's password. */
function tidy(message: string): string {
  return message
    .replace(/\/\/[^\s/@]*@/g, '//')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 300);
}
