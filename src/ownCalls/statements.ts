import type { Grammar } from './language';
import type { Span } from './value';

/** What a look at strings, comments and brackets tells of some places in a source. */
export interface Surroundings {
  /** The places that are in strings. */
  inStrings: ReadonlySet<number>;
  /** The whole statements around the places that are in strings, in order; none is inside another. */
  statements: Span[];
}

/**
 * Tokens that matter for where a statement begins and ends. The named groups are strings, brackets, ends, and
 * HTML around PHP; what has no name is skipped: comments and regular expressions.
 */
const tokens: Readonly<Record<'script' | 'php' | 'python', () => RegExp>> = {
  script: () =>
    /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|(?<string>'(?:\\[^]|[^'\\\n])*'?|"(?:\\[^]|[^"\\\n])*"?|`(?:\\[^]|[^`\\])*(?:`|$))|(?<=[(,=:[!&|?{};]\s{0,9})\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/|(?<open>[([{])|(?<close>[)\]}])|(?<end>;)/gu,
  php: () =>
    /(?<html>\?>[^]*?(?:<\?(?:php|=)|$))|\/\/[^\n]*|#(?!\[)[^\n]*|\/\*[^]*?(?:\*\/|$)|(?<string><<<[ \t]*(["']?)(\w+)\3\r?\n[^]*?\n[ \t]*\4\b|'(?:\\[^]|[^'\\])*(?:'|$)|"(?:\\[^]|[^"\\])*(?:"|$))|(?<open>[([{])|(?<close>[)\]}])|(?<end>;)/gu,
  python: () =>
    /#[^\n]*|(?<string>"""(?:\\[^]|[^\\])*?(?:"""|$)|'''(?:\\[^]|[^\\])*?(?:'''|$)|'(?:\\[^]|[^'\\\n])*'?|"(?:\\[^]|[^"\\\n])*"?)|(?<open>[([{])|(?<close>[)\]}])|(?<end>\n)/gu,
};

/** A bracket that is open, or the source as a whole. */
interface Level {
  /** True if statements stand in it. */
  isBlock: boolean;
  /** Where the statement begins that is being read. */
  statement: number;
}

/**
 * Finds the statements around some places by a look at strings, comments and brackets only. Parsing those alone takes
 * a fraction of the time that the whole source takes. Where brackets are not in pairs, a statement becomes longer.
 * @param places offsets in ascending order
 */
export function lookAround(
  text: string,
  grammar: Grammar,
  places: readonly number[],
): Surroundings {
  const family = grammar === 'php' || grammar === 'python' ? grammar : 'script';
  const inStrings = new Set<number>();
  const statements: Span[] = [];
  const top: Level = { isBlock: true, statement: family === 'php' ? afterTag(text) : 0 };
  const levels = [top];
  /** The levels that hold a place whose statement has not ended yet. */
  const awaited = new Set<Level>();
  let next = places.findIndex((place) => place >= top.statement);
  const pattern = tokens[family]();
  pattern.lastIndex = top.statement;
  const end = (level: Level, at: number) => {
    if (awaited.delete(level)) {
      statements.push({ from: level.statement, to: at });
    }
    level.statement = at;
  };
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const after = match.index + match[0].length;
    const { string, open, close, end: sign, html } = match.groups ?? {};
    while (next !== -1 && next < places.length && (places[next] ?? 0) < after) {
      const place = places[next] ?? 0;
      if (string !== undefined && place >= match.index) {
        inStrings.add(place);
        awaited.add(levels.findLast(({ isBlock }) => isBlock) ?? top);
      }
      next += 1;
    }
    const level = levels.at(-1) ?? top;
    if (open !== undefined) {
      levels.push({
        isBlock: open === '{' && family !== 'python' && isBlock(text, match.index),
        statement: after,
      });
    } else if (close !== undefined) {
      const closed = levels.length > 1 ? levels.pop() : undefined;
      if (closed?.isBlock) {
        end(closed, match.index);
        const around = levels.at(-1);
        // An expression may go on behind a block: `}, {…})` or `}).then(…)`.
        if (around?.isBlock && !awaited.has(around)) {
          around.statement = after;
        }
      }
    } else if ((sign ?? html) !== undefined && level.isBlock) {
      end(level, after);
    }
    if (next >= places.length && awaited.size === 0) {
      break;
    }
  }
  levels.forEach((level) => end(level, text.length));
  return { inStrings, statements: apart(statements) };
}

/** Where the code of a PHP file begins. */
function afterTag(text: string): number {
  const found = /<\?(?:php|=)/u.exec(text);
  return found ? found.index + found[0].length : text.length;
}

/** A brace begins a block behind `)`, `>`, `]` and words; behind other signs, a literal. */
function isBlock(text: string, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && /\s/u.test(text[before] ?? '')) {
    before -= 1;
  }
  const sign = text[before] ?? ';';
  return (
    /[)>{};\w$\]]/u.test(sign) &&
    !/\b(?:return|yield|await|default|case|in|of)$/u.test(
      text.slice(Math.max(0, before - 8), before + 1),
    )
  );
}

/** Leaves out the statements that are inside of others. */
function apart(statements: readonly Span[]): Span[] {
  const sorted = [...statements].sort((a, b) => a.from - b.from || b.to - a.to);
  const kept: Span[] = [];
  for (const one of sorted) {
    if (one.from >= (kept.at(-1)?.to ?? 0)) {
      kept.push(one);
    }
  }
  return kept;
}
