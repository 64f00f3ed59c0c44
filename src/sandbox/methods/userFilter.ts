import { PhpArray, toBool, toText, type PhpValue } from '../php';

/** One condition of a filter. `%LAST_NAME` has the operator `%` and the field `LAST_NAME`. */
export interface FilterCondition {
  operator: string;
  field: string;
  value: PhpValue;
}

/** Splits a key. One or two leading characters that are not letters or digits are the operator. Source: rest/lib/api/user.php. */
export function parseFilterKey(key: string): { operator: string; field: string } {
  const parts = /^(\W{1,2})(.+)/.exec(key);
  return { operator: parts?.[1] ?? '', field: parts?.[2] ?? key };
}

export function wantedTexts(value: PhpValue): string[] {
  return value instanceof PhpArray ? Array.from(value.values(), toText) : [toText(value)];
}

/** Tests the values of a field, which are several in a multiple field. */
export type FilterTest = (values: readonly string[]) => boolean;

/** Prepares the test of a condition once, because it runs for many people. */
export function filterTest(condition: FilterCondition): FilterTest {
  const { operator, value } = condition;
  const negative = operator.startsWith('!');
  const bare = negative ? operator.slice(1) : operator;
  // `!FIELD: false` matches a field that is not empty.
  if (negative && bare === '' && !toBool(value)) {
    return (values) => values.some((have) => have !== '');
  }
  const meets = comparison(bare, wantedTexts(value));
  return (values) => values.some(meets) !== negative;
}

function comparison(operator: string, wanted: readonly string[]): (have: string) => boolean {
  const lower = wanted.map((want) => want.toLowerCase());
  switch (operator) {
    case '=':
    case '@': {
      const equal = new Set(lower);
      return (have) => equal.has(have.toLowerCase());
    }
    case '%':
      return (have) => {
        const text = have.toLowerCase();
        return lower.some((want) => text.includes(want));
      };
    case '>':
      return (have) => wanted.some((want) => order(have, want) > 0);
    case '>=':
      return (have) => wanted.some((want) => order(have, want) >= 0);
    case '<':
      return (have) => wanted.some((want) => order(have, want) < 0);
    case '<=':
      return (have) => wanted.some((want) => order(have, want) <= 0);
    default: {
      // No operator, `=%` and `%=` compare as SQL's LIKE does, where % stands for any text.
      const equal = new Set(lower.filter((want) => !want.includes('%')));
      const patterns = lower.filter((want) => want.includes('%')).map(likePattern);
      return (have) => {
        const text = have.toLowerCase();
        return equal.has(text) || patterns.some((pattern) => pattern.test(text));
      };
    }
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
