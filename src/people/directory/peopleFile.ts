import { crc32 } from 'node:zlib';
import * as v from 'valibot';
import type { Person } from '../../bitrix24/person';
import { Breather } from './breather';
import { foldText } from './foldedTexts';
import type { Folded } from './foldedTexts';
import { foldedName } from './words';

/** One number for each person: `type` and `departments` are places in the lists of {@link StoredPeople}. */
const columnNames = [
  'firstName',
  'lastName',
  'secondName',
  'position',
  'type',
  'departments',
] as const;
type ColumnName = (typeof columnNames)[number];

/**
 * All people of a portal, in the order of their ids. Each text is kept once and people hold its place in `texts`, so
 * that 100,000 people take little memory.
 */
export interface StoredPeople {
  /** When reading them from the portal began, Unix ms. */
  readAt: number;
  ids: Float64Array;
  columns: Record<ColumnName, Uint32Array>;
  /** Addresses of photos; empty where there is none. */
  photos: string[];
  /** Indexes of the people in the order of their names as shown; people without a name come last. */
  byName: Uint32Array;
  /** First, last and second names and positions. The first text is empty. */
  texts: string[];
  /** The forms of `texts` that are searched. */
  folded: Folded;
  /** Kinds of users, see `Person.type`. */
  types: string[];
  /** Department ids, for each combination that somebody has. */
  departments: number[][];
}

/** The content of a file is not what was written, or another version of the extension wrote it. */
export class DamagedFile extends Error {
  constructor(what: string) {
    super(`The file is damaged: ${what}`);
    this.name = 'DamagedFile';
  }
}

/** People in one line: few enough that writing or reading it blocks nobody. */
const peopleInLine = 2_000;

/** Checked by hand: valibot would take longer for a million numbers than all else does together. */
const numbers = v.custom<number[]>(
  (value) => Array.isArray(value) && value.every((one) => Number.isSafeInteger(one)),
);
const strings = v.custom<string[]>(
  (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
);

const headShape = v.object({
  /** A file of another format is damaged to us, so that the people are read anew from the portal. */
  format: v.literal(3),
  readAt: v.number(),
  count: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  types: strings,
  departments: v.array(numbers),
});
const peopleShape = v.object({
  ids: numbers,
  byName: numbers,
  photos: strings,
  ...v.entriesFromList(columnNames, numbers),
});

/**
 * The lines of a file that {@link decodePeople} reads: the CRC-32 of all that follows in 8 hex digits, then as JSON a
 * head, the texts, their folded forms, and the people.
 */
export async function encodePeople(
  people: readonly Person[],
  readAt: number,
): Promise<Uint8Array[]> {
  const breather = new Breather();
  const rows = people.toSorted((a, b) => a.id - b.id);
  const texts = new Places<string>();
  const types = new Places<string>();
  const departments = new Places<number[]>();
  texts.of('');
  const columns = columnsOf((): number[] => []);
  for (const person of rows) {
    for (const name of ['firstName', 'lastName', 'secondName', 'position'] as const) {
      columns[name].push(texts.of(person[name] ?? ''));
    }
    columns.type.push(types.of(person.type ?? ''));
    columns.departments.push(departments.of(person.departments));
    await breather.breathe();
  }
  const written: string[] = [];
  const sounds: string[] = [];
  const words: string[] = [];
  for (const text of texts.list) {
    const folded = foldText(text);
    written.push(folded.written);
    sounds.push(folded.sounds);
    words.push(foldedName(text));
    await breather.breathe();
  }
  const shown = rows.map((_, row) =>
    [columns.firstName[row], columns.lastName[row]]
      .map((text = 0) => words[text])
      .filter(Boolean)
      .join(' '),
  );
  const byName = await orderOf(shown, breather);

  const head = { format: 3, readAt, count: rows.length, types: types.list };
  const lines: Uint8Array[] = [];
  const add = async (line: unknown): Promise<void> => {
    lines.push(Buffer.from(`${JSON.stringify(line)}\n`));
    await breather.breathe();
  };
  await add({ ...head, departments: departments.list });
  await add(texts.list);
  await add(written);
  await add(sounds);
  for (let from = 0; from < rows.length; from += peopleInLine) {
    const to = from + peopleInLine;
    const some = rows.slice(from, to);
    await add({
      ids: some.map(({ id }) => id),
      byName: byName.slice(from, to),
      photos: some.map(({ photo = '' }) => photo),
      ...Object.fromEntries(columnNames.map((name) => [name, columns[name].slice(from, to)])),
    });
  }
  // A running sum of nothing is 0 on some versions of Node.js, so it begins with the first line.
  const sum = lines.slice(1).reduce((crc, line) => crc32(line, crc), crc32(lines[0] ?? ''));
  return [Buffer.from(`${hex(sum)}\n`), ...lines];
}

/** Reads the whole content of a file. Throws DamagedFile. */
export async function decodePeople(bytes: Uint8Array<ArrayBuffer>): Promise<StoredPeople> {
  const breather = new Breather();
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const checked = file.subarray(sumLength + 1);
  if (file.toString('latin1', 0, sumLength + 1) !== `${hex(crc32(checked))}\n`) {
    throw new DamagedFile('its checksum is another');
  }
  const lines = linesOf(checked);
  const next = <T>(shape: v.GenericSchema<unknown, T>): T => parsed(shape, lines.next().value);
  const { readAt, count, types, departments } = next(headShape);
  const [texts, written, sounds] = [next(strings), next(strings), next(strings)];
  const column = () => new Uint32Array(count);
  const stored: StoredPeople = {
    ...{ readAt, types, departments, texts, folded: { written, sounds } },
    ids: new Float64Array(count),
    columns: columnsOf(column),
    photos: [],
    byName: column(),
  };
  for (const line of lines) {
    const people = parsed(peopleShape, line);
    const at = stored.photos.length;
    if (at + people.ids.length > count) {
      throw new DamagedFile('it has more people than it says');
    }
    stored.ids.set(people.ids, at);
    stored.byName.set(people.byName, at);
    columnNames.forEach((name) => stored.columns[name].set(people[name], at));
    stored.photos.push(...people.photos);
    await breather.breathe();
  }
  return stored;
}

function columnsOf<T>(column: () => T): Record<ColumnName, T> {
  return {
    firstName: column(),
    lastName: column(),
    secondName: column(),
    position: column(),
    type: column(),
    departments: column(),
  };
}

/** The index of the person with this id. `ids` ascend. */
export function rowOf(ids: Float64Array, id: number): number | undefined {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? 0) < id) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return ids[low] === id ? low : undefined;
}

const sumLength = 8;

function hex(sum: number): string {
  return sum.toString(16).padStart(sumLength, '0');
}

function* linesOf(bytes: Buffer): Generator<string, undefined> {
  let start = 0;
  for (let end = bytes.indexOf('\n'); end >= 0; end = bytes.indexOf('\n', start)) {
    yield bytes.toString('utf8', start, end);
    start = end + 1;
  }
  return undefined;
}

function parsed<T>(shape: v.GenericSchema<unknown, T>, line: string | undefined): T {
  try {
    return v.parse(shape, JSON.parse(line ?? ''));
  } catch {
    throw new DamagedFile('a line cannot be read');
  }
}

/** A list in which each value stands once; equal ones are the same as text. */
class Places<T> {
  readonly list: T[] = [];
  readonly #places = new Map<string, number>();

  of(value: T): number {
    const key = String(value);
    const known = this.#places.get(key);
    if (known !== undefined) {
      return known;
    }
    this.#places.set(key, this.list.length);
    return this.list.push(value) - 1;
  }
}

/**
 * Indexes of texts in alphabetical order, equal ones as they come and empty ones last. Sorts those with the same first
 * two letters together, so that each sorting is short.
 */
async function orderOf(texts: readonly string[], breather: Breather): Promise<number[]> {
  const groups = new Map<string, number[]>();
  for (const [index, text] of texts.entries()) {
    const start = text.slice(0, 2) || '\uffff';
    const group = groups.get(start) ?? [];
    groups.set(start, group);
    group.push(index);
  }
  const order: number[] = [];
  for (const start of [...groups.keys()].sort()) {
    const group = groups.get(start) ?? [];
    const textAt = (index: number): string => texts[index] ?? '';
    group.sort((a, b) => (textAt(a) < textAt(b) ? -1 : textAt(a) > textAt(b) ? 1 : a - b));
    group.forEach((index) => order.push(index));
    await breather.breathe();
  }
  return order;
}
