import { bitrix24Secrets, secretNames } from './bitrix24Secrets';
import type { Log } from './log';

/**
 * Strikes every type of secret that Bitrix24 knows out of each message before it is logged, and makes one line of it,
 * so that nothing from elsewhere can look like a line of its own. Our messages are made without secrets anyway; this is
 * for what a server says, and for errors of other code that quote what it was given.
 */
export function redactingLog(log: Log): Log {
  let rules: Rules | undefined;
  const logged = (message: string): string => {
    // Made with the first message, because a window that logs nothing should start without them.
    rules ??= makeRules();
    return oneLine(redacted(message, rules));
  };
  return {
    debug: (message) => log.debug(logged(message)),
    info: (message) => log.info(logged(message)),
    warn: (message) => log.warn(logged(message)),
    error: (message) => log.error(logged(message)),
  };
}

/** Writes control, direction-changing and invisible characters as their numbers. Only frames of a stack begin a line. */
function oneLine(message: string): string {
  return message
    .split(/\r?\n(?= +at [\w.<>[\] ]* ?\(?[^()\n]*:\d+:\d+\)?(?:\r?\n|$))/)
    .map((line) =>
      line.replace(
        /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
        (sign) => `\\u{${(sign.codePointAt(0) ?? 0).toString(16)}}`,
      ),
    )
    .join('\n');
}

function redacted(message: string, { shapes, replaced }: Rules): string {
  const struck = shapes.reduce(
    (text, shape) =>
      text.replace(shape, (found, secret: string) => `${found.slice(0, -secret.length)}***`),
    message,
  );
  return replaced.reduce((text, [pattern, by]) => text.replace(pattern, by), struck);
}

interface Rules {
  shapes: readonly RegExp[];
  replaced: readonly [RegExp, string][];
}

function makeRules(): Rules {
  return {
    shapes: bitrix24Secrets(),
    replaced: [
      // A parser quotes what it read: a file, an answer, a text.
      [/(SyntaxError): [^\n]*/g, '$1'],
      // In addresses, forms, headers and JSON, also within a string of JSON: name, then value.
      [
        new RegExp(
          `((?:${secretNames}|authorization|code|state|password|ap|sid)["'\\\\\\]]*\\s*(?:=>|=|:|%3d)\\s*["'\\\\]*(?:bearer |basic )?)[^\\s"'\\\\&,;)}]+`,
          'gi',
        ),
        '$1***',
      ],
      // Whatever stands in the place of a webhook's key.
      [/(\/rest\/(?:[a-z]\w*\/)?\d+\/)[^/\s]+/gi, '$1***'],
      // A proxy's or a portal's user and password.
      [/\/\/[^\s/@]+@/g, '//***@'],
      // Tokens are 70 hex digits, keys 50 letters and digits; nothing else that is logged is that long.
      [/[a-z0-9]{40,}/gi, '***'],
    ],
  };
}
