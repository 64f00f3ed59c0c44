import { isDate, isPhone, plainIds } from '../common/plainIds';
import { readField, readName } from './listEntry';
import type { ListEntry } from './listEntry';

/** What a column of a table holds. */
type Role = 'id' | 'name' | 'first' | 'last' | 'second' | 'email' | 'other';

const headings: readonly [Role, RegExp][] = [
  ['id', /^(?:user[ _-]?)?(?:id|ид)(?: (?:пользователя|сотрудника))?$/iu],
  [
    'name',
    /^(?:(?:full|display)?[ _]?name|фио|ф\. ?и\. ?о\.|сотрудник|employee|person|пользователь|user)$/iu,
  ],
  ['first', /^(?:first[ _]?name|given[ _]?name|имя)$/iu],
  ['last', /^(?:last[ _]?name|surname|family[ _]?name|фамилия)$/iu],
  ['second', /^(?:second[ _]?name|middle[ _]?name|patronymic|отчество)$/iu],
  ['email', /^(?:e-?mail(?: address)?|mail|почта|эл(?:ектронная|\.)? ?почта|имейл)$/iu],
  [
    'other',
    /^(?:#|№|n|no\.?|№ п\/п|п\/п|номер|number|phone|mobile|tel\.?|телефон|тел\.?|position|title|job title|должность|department|отдел|подразделение|date|birthday|дата(?: рождения)?|день рождения|city|город|comment|комментарий|company|компания)$/iu,
  ],
];

/** What a column with this heading holds; undefined if the text is no heading. */
export function roleOf(heading: string): Role | undefined {
  const text = heading.trim().replace(/^["']|["':]$/gu, '');
  return headings.find(([, words]) => words.test(text))?.[0];
}

/** Separators count neither in quotes, angle brackets and parentheses nor in a mention or a link. */
const atoms = [
  /"(?:[^"]|"")*"/u,
  /<[^<>]*>/u,
  /\([^()]*\)/u,
  /\[user=\d+[^\]]{0,20}\][^[\]]{0,300}\[\/user\]/u,
  /[a-z][\w.+-]{0,20}:\/\/[^\s<>"',;|]+(?:,\d+)*/u,
].map(({ source }) => source);

/** Splits a line at these characters. Empty fields are left out. */
export function splitFields(line: string, separators: string): string[] {
  return line.match(new RegExp(`(?:${atoms.join('|')}|[^${separators}])+`, 'giu')) ?? [];
}

/** Splits a row at one character. Empty cells stay, but not at the end. */
function cellsOf(line: string, separator: string): string[] {
  const cells = [''];
  for (const piece of line.match(new RegExp(`${atoms.join('|')}|[^]`, 'giu')) ?? []) {
    if (piece === separator) {
      cells.push('');
    } else {
      cells.push(`${cells.pop() ?? ''}${piece}`);
    }
  }
  const plain = cells.map((cell) =>
    cell
      .trim()
      .replace(/^"(.*)"$/u, '$1')
      .replaceAll('""', '"'),
  );
  return plain.slice(0, plain.findLastIndex((cell) => cell !== '') + 1);
}

type Kind = 'empty' | 'number' | 'email' | 'mailbox' | 'apart' | 'name';

/** `mailbox`: an address with a name. `apart`: a telephone number, a date or anything else that is nobody. */
function kindOf(cell: string): Kind {
  if (cell === '') {
    return 'empty';
  }
  if (/^\d+[.)]?$/u.test(cell)) {
    return 'number';
  }
  return isPhone(cell) || isDate(cell) || !/\p{L}/u.test(cell)
    ? 'apart'
    : !cell.includes('@')
      ? 'name'
      : /[\s<]/u.test(cell.replace(/^<|mailto:/giu, ''))
        ? 'mailbox'
        : 'email';
}

/** Reads lines that are rows of a table, each about one person. undefined if they are no table. */
export function readTable(lines: readonly string[]): ListEntry[] | undefined {
  const ids = lines.map((line) => plainIds(line) ?? []);
  if (ids.every(({ length }) => length > 0)) {
    const isNumbered = countsUp(ids.map(([number]) => number));
    return isNumbered && ids.every(({ length }) => length === 2)
      ? ids.flatMap(([, id]) => numberEntry(String(id)))
      : undefined;
  }
  for (const separator of ['\t', ';', '|', ',']) {
    if (!lines.some((line) => line.includes(separator))) {
      continue;
    }
    const all = lines
      .filter((line) => /[\p{L}\p{N}]/u.test(line))
      .map((line) => cellsOf(line, separator));
    const roles = all.length > 1 ? rolesOf(all[0] ?? []) : undefined;
    const rows = roles ? all.slice(1) : all;
    const isNumbered = countsUp(rows.map(([first]) => first));
    if (roles !== undefined || isTable(rows, separator)) {
      // A number before a comma may be an id, unless it is the row's.
      const keepsNumbers = separator === ',' && !roles && !isNumbered;
      return rows.flatMap((cells) =>
        roles
          ? readNamedRow(cells, roles)
          : readRow(isNumbered ? cells.slice(1) : cells, keepsNumbers),
      );
    }
  }
  return undefined;
}

/** Do the numbers count up from 1 by one? */
export function countsUp(numbers: readonly (string | number | undefined)[]): boolean {
  return numbers.length > 1 && numbers.every((number, at) => Number(number) === at + 1);
}

/** The roles of the columns, if the row is a heading. */
function rolesOf(cells: readonly string[]): Role[] | undefined {
  const filled = cells.filter((cell) => cell !== '');
  const known = filled.filter((cell) => roleOf(cell) !== undefined);
  return filled.length > 1 && known.length * 2 >= filled.length && known.length > 0
    ? cells.map((cell) => roleOf(cell) ?? 'other')
    : undefined;
}

function isTable(rows: readonly string[][], separator: string): boolean {
  const kinds = rows.map((cells) => cells.map(kindOf).filter((kind) => kind !== 'empty'));
  const widths = rows.map(({ length }) => length);
  const isAddress = (kind: Kind) => kind === 'email' || kind === 'mailbox';
  if (kinds.some((row) => row.filter(isAddress).length > 1)) {
    return false;
  }
  const isMixed = kinds.every((row) => new Set(row).size > 1);
  const isSameWidth = new Set(widths).size === 1;
  const isEven = rows.length > 1 && Math.min(...widths) > 1;
  if (separator === '\t') {
    // A line with other separators, among lines with tabs, is no row: all that stands between tabs is an entry then.
    const isList = rows.some(([first = '', ...more]) => more.length === 0 && /[,;]/u.test(first));
    return !isList && (Math.min(...widths) > 1 || kinds.some((row) => new Set(row).size > 1));
  }
  // Commas also stand in "Petrov, Ivan <ivan@acme.com>", and between names in prose.
  return separator === ','
    ? isEven && isSameWidth && isMixed && !kinds.flat().includes('mailbox')
    : isEven && (isSameWidth || isMixed);
}

/** Reads a row below a heading. */
function readNamedRow(cells: readonly string[], roles: readonly Role[]): ListEntry[] {
  const at = (...wanted: Role[]) =>
    wanted.flatMap((role) => cells.filter((cell, column) => roles[column] === role && cell !== ''));
  const name = (at('name')[0] ?? at('last', 'first', 'second').join(' ')).trim();
  const [id, ...more] = plainIds(at('id').join(' ')) ?? [];
  if (id !== undefined && more.length === 0) {
    return [{ kind: 'id', text: `${name} #${id}`.trim(), id, name }];
  }
  const address = at('email')[0] ?? cells.find((cell) => cell.includes('@'));
  const [email] = address === undefined ? [] : readField(address);
  if (email?.kind === 'email') {
    return [named(email, name)];
  }
  return name === '' ? readRow(cells, false) : [{ ...onlyName(name), isRow: true }];
}

/** Reads a row of which nobody says what its columns are. */
function readRow(cells: readonly string[], keepsNumbers: boolean): ListEntry[] {
  const named_ = cells.filter((cell) => kindOf(cell) === 'name');
  const ids = named_.flatMap(readField).filter((entry) => entry.kind === 'id');
  const names = named_.filter((cell) => !readField(cell).some(({ kind }) => kind === 'id'));
  const numbers = cells.filter((cell) => kindOf(cell) === 'number');
  const others = keepsNumbers || names.length === 0 ? numbers.flatMap(numberEntry) : [];
  const [first = ''] = names;
  const [id] = ids;
  if (id) {
    return ids.map((one) => named(one, one.name || first));
  }
  const address = cells.find((cell) => cell.includes('@'));
  const [email] = address === undefined ? [] : readField(address);
  if (email?.kind === 'email') {
    return [named(email, email.name || first)];
  }
  if (names.length === 0) {
    return others.length > 0 ? others : cells.filter((cell) => cell !== '').flatMap(readField);
  }
  const words = names.filter((cell) => !/\s/u.test(cell)).slice(0, 3);
  const joined = words.length > 1 && words[0] === first ? [words.join(' ')] : [];
  const all = [...joined, ...names.flatMap((cell) => onlyName(cell).names)];
  return [
    ...others,
    { kind: 'name', text: all[0] ?? first, names: [...new Set(all)], isRow: true },
  ];
}

function numberEntry(cell: string): ListEntry[] {
  return (plainIds(cell) ?? []).map((id) => ({ kind: 'number', text: String(id), id }));
}

function onlyName(text: string) {
  const entry = readName(text);
  return entry.kind === 'either' ? entry.whole : entry;
}

function named<T extends Extract<ListEntry, { kind: 'id' | 'email' }>>(entry: T, name: string): T {
  const text = entry.text.includes(name) ? entry.text : `${name} ${entry.text}`;
  return { ...entry, name, text };
}
