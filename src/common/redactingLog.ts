import type { Log } from './log';

/**
 * Strikes every type of secret that Bitrix24 knows out of each line before it is logged. Our lines are made without
 * secrets anyway; this is for errors of other code that quote what it was given.
 */
export function redactingLog(log: Log): Log {
  return {
    debug: (message) => log.debug(redacted(message)),
    info: (message) => log.info(redacted(message)),
    warn: (message) => log.warn(redacted(message)),
    error: (message) => log.error(redacted(message)),
  };
}

/** Exported for tests. */
export function redacted(message: string): string {
  return rules.reduce((text, [pattern, by]) => text.replace(pattern, by), message);
}

const rules: readonly [RegExp, string][] = [
  // A parser quotes what it read: a file, an answer, a text.
  [/(SyntaxError): [^\n]*/g, '$1'],
  // In addresses, forms, headers and JSON, also within a string of JSON: name, then value.
  [
    /((?:access_?token|refresh_?token|client_?secret|authorization|auth|code|state|password|ap|sid)["\\]*\s*[=:]\s*["\\]*(?:bearer |basic )?)[^\s"'\\&,;)}]+/gi,
    '$1***',
  ],
  // The key in the address of an incoming webhook.
  [/(\/rest\/\d+\/)[^/\s]+/gi, '$1***'],
  // A proxy's or a portal's user and password.
  [/\/\/[^\s/@]+@/g, '//***@'],
  // Tokens are 70 hex digits, keys 50 letters and digits; nothing else that is logged is that long.
  [/[a-z0-9]{40,}/gi, '***'],
];
