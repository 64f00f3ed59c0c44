type BrowserFunction = (...args: never[]) => unknown;

/**
 * The text of a page's script: calls `main` with the other functions, by name. They are written as
 * TypeScript but run only in the browser, so each must be complete in itself: what it needs comes
 * in as an argument. Compilers that keep function names wrap functions in `__name`, which the
 * browser does not have.
 */
export function browserScript<Parts extends Record<string, BrowserFunction>>(
  main: (parts: Parts) => void,
  parts: Parts,
): string {
  const sources = Object.entries(parts).map(([name, part]) => `${name}: ${part.toString()}`);
  return `'use strict';
const __name = (value) => value;
(${main.toString()})({
${sources.join(',\n')}
});`;
}
