import { parse, stringify } from 'smol-toml';
import type { Addition } from './jsonFile';
import { insert, lineBreakOf, takeOut } from './splice';
import type { Change, Splice } from './splice';
import { isObject, isSame, missingIn, withMissing, without } from './wanted';
import type { JsonObject, Wanted } from './wanted';

const bom = '\ufeff';

/**
 * Puts what is missing into the text of a TOML file: values above everything else, since below a table they would belong
 * to it, and tables at the end. A value that somebody else has set stays as it is, and is not wanted any more.
 */
export function addToToml(text: string, wanted: Wanted): Addition & { left?: string[] } {
  const current = read(text);
  if (!current) {
    return { kind: 'fault', fault: 'damaged' };
  }
  const left = Object.keys(wanted).filter(
    (key) =>
      !isObject(wanted[key]) && current[key] !== undefined && !isSame(current[key], wanted[key]),
  );
  const possible = Object.fromEntries(
    Object.entries(wanted).filter(([key]) => !left.includes(key)),
  );
  const missing = missingIn(current, possible);
  if (!missing) {
    return { kind: 'fault', fault: 'taken' };
  }
  if (Object.keys(missing).length === 0) {
    return { kind: 'there', left };
  }
  const splices = splicesFor(text, missing);
  const after = insert(text, splices);
  const reread = read(after);
  return reread && isSame(reread, withMissing(current, missing))
    ? { kind: 'added', after, splices, containers: [], added: missing, left }
    : { kind: 'fault', fault: 'damaged' };
}

/** Takes what is wanted out again; returns the text itself if it is not there, and undefined if it cannot be found. */
export function removeFromToml(
  text: string,
  wanted: Wanted,
  change: Change | undefined,
): string | undefined {
  const current = read(text);
  if (!current) {
    return undefined;
  }
  const settled = (value: unknown) => withoutEmpty(value, wanted);
  const expected = settled(without(current, wanted, []));
  if (isSame(settled(current), expected)) {
    return text;
  }
  const attempts = change
    ? [change, trimmed(change, 'start'), trimmed(change, 'end')]
    : [{ before: '', after: '', splices: blocksOf(wanted) }];
  for (const attempt of attempts) {
    const result = takeOut(text, attempt);
    const reread = read(result);
    if (reread && isSame(settled(reread), expected)) {
      return result;
    }
  }
  return undefined;
}

function read(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return parse(text.replace(bom, ''), { integersAsBigInt: true });
  } catch {
    return undefined;
  }
}

/** A table is gone with its last table, unless it has a line of its own. */
function withoutEmpty(value: unknown, wanted: Wanted): unknown {
  return isObject(value)
    ? Object.fromEntries(
        Object.entries(value).filter(
          ([key, inner]) => !(key in wanted && isObject(inner) && Object.keys(inner).length === 0),
        ),
      )
    : value;
}

function splicesFor(text: string, missing: Wanted): Splice[] {
  const lineBreak = lineBreakOf(text);
  const written = (part: JsonObject) => stringify(part).replaceAll('\n', lineBreak);
  const values = Object.entries(missing).filter(([, value]) => !isObject(value));
  const tables = Object.entries(missing).filter(([, value]) => isObject(value));
  const top: Splice[] =
    values.length === 0
      ? []
      : [
          splice(
            text.startsWith(bom) ? 1 : 0,
            endOfLine(written(Object.fromEntries(values)), lineBreak),
          ),
        ];
  if (tables.length === 0) {
    return top;
  }
  const isEmpty = text.replace(bom, '') === '';
  const gap =
    isEmpty && top.length === 0
      ? ''
      : text.endsWith('\n') || isEmpty
        ? lineBreak
        : lineBreak.repeat(2);
  const block = gap + endOfLine(written(Object.fromEntries(tables)), lineBreak);
  const start = top[0];
  return isEmpty && start
    ? [{ ...start, text: start.text + block }]
    : [...top, splice(text.length, block)];
}

function splice(offset: number, text: string): Splice {
  return { offset, lead: '', kept: '', text };
}

function endOfLine(text: string, lineBreak: string): string {
  return text.endsWith('\n') ? text : text + lineBreak;
}

/** What is wanted as we write it, each value and table by itself. */
function blocksOf(wanted: Wanted): Splice[] {
  return Object.entries(wanted).flatMap(([key, value]) => splicesFor('', { [key]: value }));
}

/** A text that was written behind a splice may have taken its last line break, or needs its first one. */
function trimmed(change: Change, side: 'start' | 'end'): Change {
  const cut = side === 'start' ? /^\r?\n/ : /\r?\n$/;
  return {
    ...change,
    splices: change.splices.map((one) => ({ ...one, text: one.text.replace(cut, '') })),
  };
}
