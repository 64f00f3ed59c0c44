import type { Grammar } from './language';

/** Escapes that mean the same in all of these languages. */
const common: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  f: '\f',
  '0': '\0',
};
const python: Readonly<Record<string, string>> = { ...common, a: '\x07', b: '\b' };
const javascript: Readonly<Record<string, string>> = { ...common, b: '\b' };
const php: Readonly<Record<string, string>> = { ...common, e: '\x1b', $: '$' };

/**
 * Reads the text of a string literal without placeholders.
 * @param source the literal with its quotation marks and prefix
 */
export function textOfLiteral(source: string, grammar: Grammar): string | undefined {
  switch (grammar) {
    case 'php':
      return source.startsWith('<<<') ? heredoc(source) : phpString(source);
    case 'python':
      return pythonString(source);
    case 'javascript':
    case 'typescript':
    case 'tsx':
      return unescaped(source.slice(1, -1).replace(/\r\n/gu, '\n'), javascript, '');
  }
}

function phpString(source: string): string {
  const body = source.slice(1, -1);
  return source.startsWith("'") ? body.replace(/\\(['\\])/gu, '$1') : unescaped(body, php, '\\');
}

/** A text between two marks on lines of their own; the indentation of the closing one is taken from each line. */
function heredoc(source: string): string | undefined {
  const found = /^<<<[ \t]*(["']?)\w+\1\r?\n(?:([^]*)\r?\n)?([ \t]*)\w+$/u.exec(source);
  if (!found) {
    return undefined;
  }
  const [, quote, body = '', indent = ''] = found;
  const text = body
    .split('\n')
    .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line))
    .join('\n');
  return quote === "'" ? text : unescaped(text, php, '\\');
}

function pythonString(source: string): string | undefined {
  const found = /^([a-z]*)("""|'''|"|')([^]*)\2$/iu.exec(source);
  if (!found) {
    return undefined;
  }
  const [, prefix = '', , body = ''] = found;
  return /r/iu.test(prefix) ? body : unescaped(body, python, '\\');
}

/** @param otherwise what stays of the backslash before a character that needs none */
function unescaped(
  body: string,
  known: Readonly<Record<string, string>>,
  otherwise: '' | '\\',
): string {
  const escape =
    /\\(?:u\{([\da-f]{1,6})\}|u([\da-f]{4})|U([\da-f]{8})|x([\da-f]{1,2})|(\r?\n)|([^]))/giu;
  return body.replace(escape, (all: string, ...parts: (string | undefined)[]) => {
    const [braced, four, eight, two, lineBreak, char = ''] = parts;
    const digits = braced ?? four ?? eight ?? two;
    if (digits !== undefined) {
      const code = Number.parseInt(digits, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    }
    if (lineBreak !== undefined) {
      return otherwise === '' || known === python ? '' : all;
    }
    return known[char] ?? (/["'\\`]/u.test(char) ? char : otherwise + char);
  });
}
