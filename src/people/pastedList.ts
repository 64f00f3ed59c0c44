import { plainIds } from '../common/plainIds';
import { readField, unwrapped } from './listEntry';
import type { ListEntry } from './listEntry';
import { countsUp, readTable, roleOf, splitFields } from './listTable';

const bullet = /^[\s•‣▪◦●○·✓✔→➢]*(?:[\p{Pd}*+]+(?:\s|$)|[\p{Pd}*+](?=\p{L}))?[\s•‣▪◦●○·✓✔→➢]*/u;
const numbering = /^\s*\(?(\d{1,4})[.)]\s+(?=\S)/u;
const numberAlone = /^\s*(\d{1,4})\s+(?=\S*\p{L})/u;
/** Marks that nobody sees: zero-width, directions, joiners, soft hyphens. */
const invisible = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu;

/** Reads a pasted list, whatever it looks like: prose, one entry a line, addresses, a table. */
export function readList(pasted: string): ListEntry[] {
  const text = pasted
    .replace(invisible, '')
    .normalize('NFC')
    .replace(/[^\S\n\r\t]/gu, ' ');
  const entries = jsonIds(text) ?? readLines(text.split(/[\r\n\u2028\u2029]+/u));
  return [...new Map(entries.map((entry) => [`${entry.kind} ${entry.text}`, entry])).values()];
}

/** Is the text a list, rather than a query for one name? "Research and Development" is a name, while it is typed. */
export function isMixedList(text: string): boolean {
  const [first, ...more] = readList(text);
  const isName = first?.kind === 'name' || (first?.kind === 'either' && !first.isSure);
  return more.length > 0 || (first !== undefined && !isName);
}

/** The ids of a list in JSON, as a settings file or an answer of Bitrix24 has it; undefined for any other text. */
function jsonIds(text: string): ListEntry[] | undefined {
  if (!/^\s*\[\s*["{\d]/u.test(text)) {
    return undefined;
  }
  try {
    const list: unknown = JSON.parse(text);
    return (Array.isArray(list) ? list : []).flatMap((one: unknown) => {
      const row: Record<string, unknown> = typeof one === 'object' ? { ...one } : { id: one };
      const id = row['ID'] ?? row['id'];
      return typeof id === 'number' || typeof id === 'string' ? readField(String(id)) : [];
    });
  } catch {
    return undefined;
  }
}

function readLines(all: readonly string[]): ListEntry[] {
  const written = all.filter((line) => line.trim() !== '');
  const [first = '', ...rest] = written;
  const isHeading = rest.length > 0 && roleOf(first) !== undefined;
  const bare = (isHeading ? rest : written).map((line) => line.replace(bullet, ''));
  const isNumbered = (mark: RegExp) => countsUp(bare.map((line) => mark.exec(line)?.[1]));
  const [hasMarks, hasNumbers] = [isNumbered(numbering), isNumbered(numberAlone)];
  const lines = bare.map((line) => {
    if (hasNumbers) {
      return line.replace(numberAlone, '');
    }
    return hasMarks || !plainIds(line) ? line.replace(numbering, '') : line;
  });
  return readTable(lines) ?? lines.flatMap(readLine);
}

/** Reads one line of entries that stand beside each other. */
function readLine(line: string): ListEntry[] {
  const entries = splitFields(line, ';|\t；').flatMap((part) => {
    const fields = splitFields(part, ',，、');
    // "Petrov, Ivan" is one person if the portal knows one.
    if (fields.length > 1 && fields.length <= 3 && fields.every(isWord)) {
      return [either(part.trim(), fields)];
    }
    return withNamesBefore(fields.flatMap(readField));
  });
  const [name, address] = entries;
  const isPair = entries.length === 2 && name?.kind === 'name' && address?.kind === 'email';
  return isPair && address.name === '' ? [withName(name, address)] : entries;
}

const isWord = (field: string) => /^[\p{L}\p{M}'’ʼ‘ʻ`-]+$/u.test(field.trim());

function either(text: string, fields: readonly string[]): ListEntry {
  const names = [fields.map(unwrapped).join(' ')];
  const parts = fields.flatMap(readField);
  return { kind: 'either', text, whole: { kind: 'name', text, names }, parts, isSure: true };
}

/** "Petrov, Ivan <ivan@acme.com>": whether the first name belongs to the address shows when its person is known. */
function withNamesBefore(entries: readonly ListEntry[]): ListEntry[] {
  const found: ListEntry[] = [];
  for (const entry of entries) {
    const before = found.at(-1);
    if (
      entry.kind === 'email' &&
      before?.kind === 'name' &&
      wordCount(before.text) <= 3 &&
      wordCount(entry.name) >= 1 &&
      wordCount(entry.name) <= 2
    ) {
      found.splice(-1, 1, withName(before, entry));
    } else {
      found.push(entry);
    }
  }
  return found;
}

function withName(
  before: Extract<ListEntry, { kind: 'name' }>,
  address: Extract<ListEntry, { kind: 'email' }>,
): ListEntry {
  return { ...address, before, text: `${before.text}, ${address.text}` };
}

function wordCount(text: string): number {
  return text.match(/\S+/gu)?.length ?? 0;
}
