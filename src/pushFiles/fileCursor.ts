import { headerNames, pushAt } from './pushFile';
import type { FilePush, HeaderName, PushFile, Span } from './pushFile';
import { definitionOf, isBuiltIn, variableUses } from './readText';

/** What can be written where the cursor is. */
export type CursorPlace = {
  /** The stretch of the file that a choice replaces. */
  replace: Span;
  /** What is written there before the cursor. */
  typed: string;
} & (
  | {
      kind: 'headers';
      /** Headers that the push does not have yet, and `to`. */ names: HeaderName[];
    }
  | { kind: 'mode' }
  | { kind: 'portal'; push: FilePush }
  | { kind: 'recipient'; push: FilePush }
  | { kind: 'variable'; /** Braces stand behind it. */ isClosed: boolean }
  | { kind: 'placeholder'; isClosed: boolean }
);

/** What the cursor is on. */
export type HoverPlace = Span &
  (
    | { kind: 'header'; name: HeaderName }
    | { kind: 'recipient'; push: FilePush; entry: string }
    | { kind: 'variable'; name: string }
  );

/** Finds what can be completed at an offset of the file; undefined where anything can be written. */
export function cursorPlace(
  file: PushFile,
  source: string,
  offset: number,
): CursorPlace | undefined {
  const line = lineAt(source, offset);
  const before = source.slice(line.start, offset);
  const after = source.slice(offset, line.end);
  const push = pushAt(file, offset);
  if (push && offset <= push.heading.end) {
    return undefined;
  }
  return (
    inBraces(push, before, after, offset) ??
    (push && isAmongHeaders(push, source, line.start)
      ? inHeader(push, source, { before, after, offset })
      : undefined)
  );
}

/** Finds what the offset is on: a header's name, a recipient, or a variable where it is used or defined. */
export function hoverPlace(file: PushFile, source: string, offset: number): HoverPlace | undefined {
  const isOn = ({ start, end }: Span) => start <= offset && offset <= end;
  const line = lineAt(source, offset);
  const text = source.slice(line.start, line.end);
  const push = pushAt(file, offset);
  const use = variableUses({ ...line, text }).find(isOn);
  if (use && !(push && isOn(push.heading))) {
    const { start, end, name } = use;
    const isKnown = isBuiltIn(name) || definitionOf(file, name) !== undefined;
    return isKnown ? { kind: 'variable', name, start, end } : undefined;
  }
  const defined = file.variables.find(({ name }) => isOn(name));
  if (defined) {
    const { text: name, start, end } = defined.name;
    return { kind: 'variable', name, start, end };
  }
  const entry = push?.to.find(isOn);
  if (push && entry) {
    return { kind: 'recipient', push, entry: entry.text, start: entry.start, end: entry.end };
  }
  const [, word = ''] = /^([\p{L}-]+)\s*:/u.exec(text) ?? [];
  const name = headerNames.find((one) => one === word.toLowerCase());
  const start = line.start;
  return push && name && offset <= start + word.length && isAmongHeaders(push, source, start)
    ? { kind: 'header', name, start, end: start + word.length }
    : undefined;
}

function inBraces(
  push: FilePush | undefined,
  before: string,
  after: string,
  offset: number,
): CursorPlace | undefined {
  const [, typed] = /(?<!\\)\{\{[^\S\r\n]*([^{}]*)$/u.exec(before) ?? [];
  const rest = /^[^{}\s]*/u.exec(after)?.[0] ?? '';
  const behind = after.slice(rest.length);
  const replace = (from: string) => ({ start: offset - from.length, end: offset + rest.length });
  if (typed !== undefined) {
    const isClosed = /^\s*\}\}/u.test(behind);
    return { kind: 'variable', isClosed, replace: replace(typed), typed };
  }
  const [, word] = /(?<![{\\])\{([^{}|]*)$/u.exec(before) ?? [];
  const isInText = push?.mode === 'personal' && offset >= push.text.start;
  return word !== undefined && isInText
    ? { kind: 'placeholder', isClosed: behind.startsWith('}'), replace: replace(word), typed: word }
    : undefined;
}

function inHeader(
  push: FilePush,
  source: string,
  { before, after, offset }: { before: string; after: string; offset: number },
): CursorPlace | undefined {
  const [head, word] = /^([\p{L}-]+)\s*:\s*/u.exec(before) ?? [];
  if (head === undefined) {
    const [typed] = /^[\p{L}-]*$/u.exec(before) ?? [];
    const rest = /^[\p{L}-]*(?:\s*:[^\S\r\n]*)?/u.exec(after)?.[0] ?? '';
    const head = source.slice(push.heading.end, Math.max(push.text.start, offset));
    const names = headerNames.filter(
      (name) => name === 'to' || !new RegExp(`^${name}\\s*:`, 'imu').test(head),
    );
    return typed === undefined
      ? undefined
      : {
          kind: 'headers',
          replace: { start: offset - typed.length, end: offset + rest.length },
          ...{ typed, names },
        };
  }
  const value = before.slice(head.length);
  const whole = { start: offset - value.length, end: offset + after.trimEnd().length };
  switch (word?.toLowerCase()) {
    case 'mode':
      return { kind: 'mode', replace: whole, typed: value };
    case 'portal':
      return { kind: 'portal', push, replace: whole, typed: value };
    case 'to': {
      const [typed = ''] = /(?:"[^"]*|[^,"\s][^,"]*)$/u.exec(lastEntry(value)) ?? [];
      const rest = typed.startsWith('"')
        ? /^[^"]*"?/u.exec(after)?.[0]
        : /^[^,]*/u.exec(after)?.[0].trimEnd();
      return {
        ...{ kind: 'recipient', push, typed: typed.replace(/^"/u, '') },
        replace: { start: offset - typed.length, end: offset + (rest?.length ?? 0) },
      };
    }
    case undefined:
    default:
      return undefined;
  }
}

/** What stands behind the last comma that is outside of quotes. */
function lastEntry(value: string): string {
  return /(?:"[^"]*(?:"|$)|[^,"])*$/u.exec(value)?.[0] ?? '';
}

/** No empty line stands between the heading and this line. */
function isAmongHeaders(push: FilePush, source: string, lineStart: number): boolean {
  const between = source.slice(push.heading.end, lineStart);
  return lineStart > push.heading.end && !/\n[^\S\n]*\n/u.test(between);
}

function lineAt(source: string, offset: number): Span {
  const start = offset === 0 ? 0 : source.lastIndexOf('\n', offset - 1) + 1;
  const end = source.indexOf('\n', offset);
  const to = end < 0 ? source.length : end;
  return { start, end: source[to - 1] === '\r' && to > offset ? to - 1 : to };
}
