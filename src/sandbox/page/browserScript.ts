type Part = ((...args: never[]) => unknown) | (new (...args: never[]) => unknown);

/**
 * Makes the text of a page's script: a call of `main` with `parts`, which are the other functions
 * and classes by name. They are type-checked and linted as TypeScript but run only in the browser,
 * where nothing can be imported. So each one must be complete in itself and take what it needs as an
 * argument. `__name` is defined because compilers that keep function names call it.
 */
export function browserScript<Parts extends Record<string, Part>>(
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
