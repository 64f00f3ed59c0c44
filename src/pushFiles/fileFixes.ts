import { readList } from '../people/pastedList';
import type { DepartmentRecipient, Recipient } from '../people/recipient';
import type { FileFinding } from './fileDiagnostics';
import { pushAt } from './pushFile';
import type { PushFile, Span } from './pushFile';
import { definitionOf, variableUses } from './readText';

/** Text that takes the place of a stretch of the file. */
export interface FileEdit extends Span {
  text: string;
}

/** How a finding can be put right. `edits` are ordered and do not overlap. */
export interface FileFix {
  edits: readonly FileEdit[];
  kind: FixKind;
}

export type FixKind =
  | { do: 'choose'; person: Recipient }
  | { do: 'choose'; department: DepartmentRecipient }
  | { do: 'keepAsText' | 'doubleBraces' | 'makeLiteral' | 'shorten' | 'addMe' | 'removeHeader' }
  | { do: 'define'; name: string };

/** The fixes of a finding, the likeliest first. `source` is the text in which it was found, `file` the same, parsed. */
export function fixesOf(finding: FileFinding, source: string, file: PushFile): FileFix[] {
  const { start, end } = finding;
  const written = source.slice(start, end);
  switch (finding.code) {
    case 'RECIPIENT':
      return candidatesOf(finding, written);
    case 'UNKNOWN_VARIABLE':
      return [
        ...defining(finding, source, file),
        { edits: [{ start, end: start, text: '\\' }], kind: { do: 'keepAsText' } },
      ];
    case 'PLACEHOLDER_OPEN':
      return [...doubling(finding, source, file), ...makingLiteral(finding, source, file)];
    // Doubled braces around a word would be a variable.
    case 'PLACEHOLDER_UNKNOWN':
      return makingLiteral(finding, source, file);
    case 'TEXT_TOO_LONG':
      return finding.shortenAt === undefined
        ? []
        : [
            {
              edits: [
                { start: finding.shortenAt, end: pushAt(file, start)?.text.end ?? end, text: '…' },
              ],
              kind: { do: 'shorten' },
            },
          ];
    case 'NOBODY':
      return [withHeader('to: me', { do: 'addMe' }, finding, source, file)];
    case 'UNKNOWN_HEADER':
    case 'HEADER_TWICE':
      return [{ edits: [{ ...lineOf(start, source), text: '' }], kind: { do: 'removeHeader' } }];
    case 'STRAY_LINE':
    case 'NOT_A_HEADER':
    case 'UNKNOWN_MODE':
    case 'VARIABLE_NAME':
    case 'VARIABLE_TWICE':
    case 'UNKNOWN_PORTAL':
    case 'TEXT_EMPTY':
    case 'TEXT_ZERO':
    case 'AVATAR_NOT_HTTP':
    case 'SECRET':
      return [];
  }
}

/** An entry that means this person whatever else the portal knows: name and id, or the id alone. */
export function personEntry({ id, name }: Recipient): string {
  const entry = `${name ?? ''} #${id}`.trim();
  const [read, ...more] = readList(entry);
  const isRead = read?.kind === 'id' && read.id === id && more.length === 0;
  return isRead && !/["{},\r\n]/u.test(entry) && entry.length < 100 ? entry : `#${id}`;
}

/** An entry that means this department, in quotes where a comma is in its name. */
export function departmentEntry({ id, name = '', reach }: DepartmentRecipient): string {
  const direct = reach === 'direct' ? ' (direct)' : '';
  const isPlain = !/["{}#()\r\n]/u.test(name);
  return quoted(`department:${isPlain && name !== '' ? `${name} ` : ''}#${id}${direct}`);
}

/** An entry as it is written between commas. */
export function quoted(entry: string): string {
  return entry.includes(',') ? `"${entry}"` : entry;
}

function candidatesOf(
  { doubt, start, end }: Extract<FileFinding, { code: 'RECIPIENT' }>,
  written: string,
): FileFix[] {
  // An entry such as "Anna and Smith" may be in doubt in part only.
  const bare = written.replace(/^"\s*|\s*"$/gu, '');
  const at = bare === doubt.text ? 0 : written.indexOf(doubt.text);
  const isWhole = bare === doubt.text;
  if (at < 0) {
    return [];
  }
  const place = isWhole
    ? { start, end }
    : { start: start + at, end: start + at + doubt.text.length };
  const chosen = (entry: string, kind: FixKind): FileFix => ({
    edits: [{ ...place, text: isWhole ? entry : entry.replaceAll('"', '') }],
    kind,
  });
  return [
    ...(doubt.candidates ?? []).map((person) =>
      chosen(personEntry(person), { do: 'choose', person }),
    ),
    ...(doubt.departments ?? []).map((department) =>
      chosen(departmentEntry(department), { do: 'choose', department }),
    ),
  ];
}

/** Defines the variable above what uses it; a name that is none, or is defined further down, gets no definition. */
function defining(
  { name, start }: Extract<FileFinding, { code: 'UNKNOWN_VARIABLE' }>,
  source: string,
  file: PushFile,
): FileFix[] {
  if (!/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name) || definitionOf(file, name)) {
    return [];
  }
  const lineEnd = lineEndOf(source);
  const firstPush = file.pushes[0]?.start ?? source.length;
  const last = file.variables.at(-1)?.value.end;
  const isInVariable = start < firstPush;
  const at = isInVariable ? lineOf(start, source).start : (last ?? firstPush);
  const definition = `@${name} = `;
  const text = isInVariable
    ? `${definition}${lineEnd}`
    : last === undefined
      ? `${definition}${lineEnd}${lineEnd}`
      : `${lineEnd}${definition}`;
  return [{ edits: [{ start: at, end: at, text }], kind: { do: 'define', name } }];
}

/** Writes a brace twice, unless that would make a variable of what it stands in. */
function doubling({ start, end }: FileFinding, source: string, file: PushFile): FileFix[] {
  const written = pushAt(file, start)?.text;
  if (!written) {
    return [];
  }
  const brace = source.slice(start, end);
  const before = source.slice(written.start, end);
  const text = `${before}${brace}${source.slice(end, written.end)}`;
  return variableUses({ ...written, text }).length === variableUses(written).length
    ? [{ edits: [{ start: end, end, text: brace }], kind: { do: 'doubleBraces' } }]
    : [];
}

function makingLiteral(finding: FileFinding, source: string, file: PushFile): FileFix[] {
  const push = pushAt(file, finding.start);
  return push?.mode === 'personal'
    ? [withHeader('mode: literal', { do: 'makeLiteral' }, finding, source, file)]
    : [];
}

/** Adds a header below the heading of the push; a header that is there without a value, or with another, is replaced. */
function withHeader(
  header: string,
  kind: FixKind,
  finding: FileFinding,
  source: string,
  file: PushFile,
): FileFix {
  const push = pushAt(file, finding.start);
  const at = push?.heading.end ?? finding.end;
  const name = header.slice(0, header.indexOf(':'));
  const headers = source.slice(at, push?.text.start ?? at);
  const head = headers.slice(0, /\n[^\S\n]*(?:\n|$)/u.exec(headers)?.index);
  const own = new RegExp(`^${name}[^\\S\\r\\n]*:[^\\r\\n]*`, 'imu').exec(head);
  if (own) {
    const from = at + own.index;
    return { edits: [{ start: from, end: from + own[0].length, text: header }], kind };
  }
  return { edits: [{ start: at, end: at, text: `${lineEndOf(source)}${header}` }], kind };
}

/** The line of an offset, with its end. */
function lineOf(offset: number, source: string): Span {
  const start = offset === 0 ? 0 : source.lastIndexOf('\n', offset - 1) + 1;
  const end = source.indexOf('\n', offset);
  return { start, end: end < 0 ? source.length : end + 1 };
}

function lineEndOf(source: string): string {
  return /\r\n|\n/u.exec(source)?.[0] ?? '\n';
}
