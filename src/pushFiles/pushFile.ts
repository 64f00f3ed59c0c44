import type { TextMode } from '../push/personalText';

/**
 * Push files (`.b24push`): several pushes in a file of plain text. Comments and variables stand at the top; `### Title`
 * begins a push; its headers follow, an empty line, and then the text, as it is, up to the next `###`.
 *
 * ```text
 * # Release notice
 * @version = 2.4.1
 *
 * ### To the team
 * to: me, group:Release team, "Petrova, Anna"
 * portal: acme.bitrix24.com
 *
 * Hi {name|colleague}, version {{version}} is out.
 * ```
 *
 * Nothing here knows VS Code, an account or a portal.
 */

/** A stretch of the file, in UTF-16 units; `end` is behind the last one. */
export interface Span {
  start: number;
  end: number;
}

/** What stands there, as it is written. */
export interface Written extends Span {
  text: string;
}

export interface FileVariable {
  name: Written;
  /** Trimmed. It may name variables above it. */
  value: Written;
}

export interface FilePush extends Span {
  /** What follows `###`, trimmed; '' for none. */
  title: Written;
  /** The first line, `### Title`. */
  heading: Span;
  /** The entries of all `to` headers, without quotes: `me`, ids, names, addresses, `group:…`, `department:…`. */
  to: readonly Written[];
  portal: Written | undefined;
  avatar: Written | undefined;
  /** `personal` unless the header says otherwise. */
  mode: TextMode;
  /** Without the empty lines around it, and with the file's own line ends. See `readText` for what it means. */
  text: Written;
}

/** `length` and `offset` of a fault are those of its span. */
export interface FileFault extends Span {
  code:
    /** Neither a comment nor a variable, above the first push. */
    | 'STRAY_LINE'
    /** Among the headers; the empty line before the text may be missing. */
    | 'NOT_A_HEADER'
    | 'UNKNOWN_HEADER'
    | 'HEADER_TWICE'
    | 'UNKNOWN_MODE'
    | 'VARIABLE_NAME'
    | 'VARIABLE_TWICE';
}

export interface PushFile {
  variables: readonly FileVariable[];
  /** In the order of the file. */
  pushes: readonly FilePush[];
  faults: readonly FileFault[];
}

export const headerNames = ['to', 'portal', 'avatar', 'mode'] as const;
export type HeaderName = (typeof headerNames)[number];

/** Variables that are known without being written; `input:Question` asks when the push is sent. */
export const builtInVariables = ['date', 'time', 'file', 'branch', 'tag', 'selection'] as const;
export type BuiltInVariable = (typeof builtInVariables)[number];

const headingMark = /^###(?:\s|$)/u;
const variableLine = /^@([^\s=]*)\s*=[^\S\n]*(.*)$/u;
const variableName = /^[\p{L}_][\p{L}\p{N}_-]*$/u;
const headerLine = /^([\p{L}-]+)\s*:\s*(.*)$/u;

/** Never throws: what cannot be understood is among the faults. Takes time in proportion to the file. */
export function parsePushFile(source: string): PushFile {
  const lines = linesOf(source);
  const first = lines.findIndex(({ text }) => headingMark.test(text));
  const top = first < 0 ? lines : lines.slice(0, first);
  const { variables, faults } = readTop(top);
  const pushes: FilePush[] = [];
  for (let at = first; at >= 0 && at < lines.length;) {
    let end = at + 1;
    while (end < lines.length && !headingMark.test(lines[end]?.text ?? '')) {
      end += 1;
    }
    const push = readPush(lines.slice(at, end), source);
    pushes.push(push.push);
    faults.push(...push.faults);
    at = end;
  }
  return { variables, pushes, faults };
}

/** The push that an offset of the file belongs to. */
export function pushAt(file: PushFile, offset: number): FilePush | undefined {
  return file.pushes.findLast(({ start }) => start <= offset);
}

/** Splits at commas that stand outside of quotes. */
export function splitEntries(list: Written): Written[] {
  const entries: Written[] = [];
  for (const match of list.text.matchAll(/(?:"[^"]*"|[^,"]|"(?=[^"]*$))+/gu)) {
    const written = trimmed({ text: match[0], start: list.start + match.index, end: 0 });
    const quoted = /^"([^"]*)"$/u.exec(written.text)?.[1];
    if ((quoted ?? written.text).trim() !== '') {
      entries.push(quoted === undefined ? written : { ...written, text: quoted.trim() });
    }
  }
  return entries;
}

function linesOf(source: string): Written[] {
  const lines: Written[] = [];
  for (const { 0: text, index: start } of source.matchAll(/[^\r\n]*(?:\r\n|\r|\n|$)/gu)) {
    const bare = text.replace(/[\r\n]+$/u, '');
    lines.push({ text: bare, start, end: start + bare.length });
  }
  return lines;
}

function readTop(lines: readonly Written[]) {
  const variables: FileVariable[] = [];
  const faults: FileFault[] = [];
  for (const line of lines) {
    if (isSkipped(line)) {
      continue;
    }
    const [, name, value] = variableLine.exec(line.text) ?? [];
    if (name === undefined || value === undefined) {
      faults.push(faultAt(line, 'STRAY_LINE'));
      continue;
    }
    const start = line.start + 1;
    const written = { text: name, start, end: start + name.length };
    if (!variableName.test(name) || builtInVariables.some((one) => one === name)) {
      faults.push(faultAt(name === '' ? line : written, 'VARIABLE_NAME'));
    } else if (variables.some((one) => one.name.text === name)) {
      faults.push(faultAt(written, 'VARIABLE_TWICE'));
    } else {
      const from = line.end - value.length;
      const rest = trimmed({ text: value, start: from, end: line.end });
      variables.push({ name: written, value: rest });
    }
  }
  return { variables, faults };
}

function readPush(
  lines: readonly Written[],
  source: string,
): { push: FilePush; faults: FileFault[] } {
  const [heading = { text: '###', start: 0, end: 0 }, ...rest] = lines;
  const faults: FileFault[] = [];
  const found: Partial<Record<HeaderName, Written>> = {};
  const to: Written[] = [];
  const bodyAt = rest.findIndex(({ text }) => text.trim() === '');
  for (const line of bodyAt < 0 ? rest : rest.slice(0, bodyAt)) {
    if (isSkipped(line)) {
      continue;
    }
    const [, word, value] = headerLine.exec(line.text) ?? [];
    if (word === undefined || value === undefined) {
      faults.push(faultAt(line, 'NOT_A_HEADER'));
      continue;
    }
    const name = headerNames.find((one) => one === word.toLowerCase());
    const from = line.end - value.length;
    const written = trimmed({ text: value, start: from, end: line.end });
    const key = { start: line.start, end: line.start + word.length };
    if (name === undefined) {
      faults.push(faultAt(key, 'UNKNOWN_HEADER'));
    } else if (name === 'to') {
      to.push(...splitEntries(written));
    } else if (found[name]) {
      faults.push(faultAt(key, 'HEADER_TWICE'));
    } else {
      found[name] = written;
    }
  }
  const { mode } = found;
  const isKnown = mode === undefined || mode.text === 'personal' || mode.text === 'literal';
  if (!isKnown) {
    faults.push(faultAt(mode, 'UNKNOWN_MODE'));
  }
  const end = lines.at(-1)?.end ?? heading.end;
  const title = trimmed({ ...heading, text: heading.text.slice(3), start: heading.start + 3 });
  const push: FilePush = {
    ...{ start: heading.start, end, title, heading: { start: heading.start, end: heading.end } },
    ...{ to, portal: filled(found.portal), avatar: filled(found.avatar) },
    // A mode that is not known fills in nothing: it is a fault, and the push is not sent.
    mode: mode === undefined || mode.text === 'personal' ? 'personal' : 'literal',
    text: bodyOf(bodyAt < 0 ? [] : rest.slice(bodyAt), end, source),
  };
  return { push, faults };
}

function bodyOf(lines: readonly Written[], fileEnd: number, source: string): Written {
  const written = lines.filter(({ text }) => text.trim() !== '');
  const start = written[0]?.start ?? fileEnd;
  const end = written.at(-1)?.end ?? fileEnd;
  return { text: source.slice(start, end), start, end };
}

/** An empty line or a comment. */
function isSkipped({ text }: Written): boolean {
  return text.trim() === '' || text.startsWith('#');
}

function filled(written: Written | undefined): Written | undefined {
  return written?.text === '' ? undefined : written;
}

function trimmed({ text, start }: Written): Written {
  const bare = text.trim();
  const from = start + (bare === '' ? 0 : text.indexOf(bare));
  return { text: bare, start: from, end: from + bare.length };
}

function faultAt({ start, end }: Span, code: FileFault['code']): FileFault {
  return { start, end, code };
}
