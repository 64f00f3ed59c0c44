import { PhpArray, toBool, toText, type PhpValue } from '../php';

/** One condition of a filter, e.g. `%LAST_NAME`: operator `%`, field `LAST_NAME`. */
export interface FilterCondition {
  operator: string;
  field: string;
  value: PhpValue;
}

/** One or two characters that are no letters or digits are the operator. */
export function parseFilterKey(key: string): { operator: string; field: string } {
  const parts = /^(\W{1,2})(.+)/.exec(key);
  return { operator: parts?.[1] ?? '', field: parts?.[2] ?? key };
}

/** Does a field with these values (several in a multiple field) meet the condition? */
export function matchesFilter(values: readonly string[], condition: FilterCondition): boolean {
  const { operator, value } = condition;
  const negative = operator.startsWith('!');
  const bare = negative ? operator.slice(1) : operator;
  const wanted = value instanceof PhpArray ? Array.from(value.values(), toText) : [toText(value)];
  // `!FIELD: false` asks for a field that is filled.
  if (negative && bare === '' && !toBool(value)) return values.some((have) => have !== '');
  const met = values.some((have) => wanted.some((want) => compare(have, bare, want)));
  return met !== negative;
}

function compare(have: string, operator: string, want: string): boolean {
  const a = have.toLowerCase();
  const b = want.toLowerCase();
  switch (operator) {
    case '=':
    case '@':
      return a === b;
    case '%':
      return a.includes(b);
    case '>':
      return order(have, want) > 0;
    case '>=':
      return order(have, want) >= 0;
    case '<':
      return order(have, want) < 0;
    case '<=':
      return order(have, want) <= 0;
    default:
      // No operator, `=%` and `%=`: SQL's LIKE, with % for anything.
      return likePattern(b).test(a);
  }
}

function order(a: string, b: string): number {
  const numbers = [Number(a), Number(b)] as const;
  return numbers.some(Number.isNaN) ? a.localeCompare(b) : numbers[0] - numbers[1];
}

function likePattern(pattern: string): RegExp {
  const source = pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('%', '.*');
  return new RegExp(`^${source}$`, 'su');
}
