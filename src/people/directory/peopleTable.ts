import * as v from 'valibot';
import type { Person } from '../../bitrix24/person';
import { Breather } from './breather';
import { keyOf } from './keyBytes';
import { Sections, DamagedFile, writeSections } from './sections';
import { sortedOrder } from './sortedOrder';
import { buildTextColumn, textAt } from './textColumn';
import type { TextColumnData } from './textColumn';
import { WordIndex, WordIndexBuilder } from './wordIndex';
import type { WordIndexData } from './wordIndex';
import { wordsOf } from './words';

/** Someone active, with what a list needs and no more. No e-mail address is kept, so `name` may be `#ID`. */
export type DirectoryPerson = Person;

const textFields = ['firstName', 'lastName', 'secondName', 'position', 'photo'] as const;
type TextField = (typeof textFields)[number];
const indexArrays = ['keyStarts', 'keyWords', 'postingStarts', 'postings'] as const;

const metaShape = v.object({
  /** Another number, another layout: read again from the portal. */
  format: v.literal(1),
  readAt: v.number(),
  types: v.array(v.string()),
});

/**
 * All people of a portal in columns, sorted by name as it is shown, with the index of their words. A row's number
 * is the person's place in that order.
 */
export class PeopleTable {
  /** When reading them from the portal began, Unix ms. */
  readonly readAt: number;
  readonly count: number;
  /** Words of first and last names, and of second names and positions. */
  readonly names: WordIndex;
  readonly others: WordIndex;
  readonly #ids: Float64Array;
  /** Rows by ascending id. */
  readonly #byId: Uint32Array;
  readonly #texts: Record<TextField, TextColumnData>;
  readonly #types: readonly string[];
  readonly #typeOf: Uint8Array;
  readonly #departments: { starts: Uint32Array; ids: Float64Array };
  /** Department ids ascending, and the rows of each. */
  readonly #members: { ids: Float64Array; starts: Uint32Array; rows: Uint32Array };

  /** `bytes` is a whole file, kept while the table lives. Throws DamagedFile. */
  constructor(bytes: Uint8Array<ArrayBuffer>) {
    const file = new Sections(bytes);
    const meta = v.safeParse(metaShape, file.meta);
    if (!meta.success) {
      throw new DamagedFile('it is of another version');
    }
    const index = (name: string): WordIndexData => ({
      keys: file.bytes(`${name}.keys`),
      keyStarts: file.uint32(`${name}.keyStarts`),
      keyWords: file.uint32(`${name}.keyWords`),
      postingStarts: file.uint32(`${name}.postingStarts`),
      postings: file.uint32(`${name}.postings`),
    });
    const texts = (name: TextField): TextColumnData => ({
      bytes: file.bytes(`${name}.bytes`),
      starts: file.uint32(`${name}.starts`),
    });
    this.readAt = meta.output.readAt;
    this.#types = meta.output.types;
    this.#ids = file.float64('ids');
    this.count = this.#ids.length;
    this.#byId = file.uint32('byId');
    this.#typeOf = file.bytes('typeOf');
    this.#texts = {
      firstName: texts('firstName'),
      lastName: texts('lastName'),
      secondName: texts('secondName'),
      position: texts('position'),
      photo: texts('photo'),
    };
    this.#departments = {
      starts: file.uint32('departments.starts'),
      ids: file.float64('departments.ids'),
    };
    this.#members = {
      ids: file.float64('members.ids'),
      starts: file.uint32('members.starts'),
      rows: file.uint32('members.rows'),
    };
    this.names = new WordIndex(index('names'));
    this.others = new WordIndex(index('others'));
  }

  person(row: number): DirectoryPerson {
    const id = this.idOf(row);
    const text = (field: TextField): string => textAt(this.#texts[field], row);
    const [firstName, lastName, secondName] = [
      text('firstName'),
      text('lastName'),
      text('secondName'),
    ];
    const { starts, ids } = this.#departments;
    return {
      id,
      firstName,
      lastName,
      ...(secondName ? { secondName } : {}),
      name: `${firstName} ${lastName}`.trim() || `#${id}`,
      position: text('position') || undefined,
      photo: text('photo') || undefined,
      active: true,
      departments: [...ids.subarray(starts[row], starts[row + 1])],
      type: this.#types[this.#typeOf[row] ?? 0] || undefined,
    };
  }

  idOf(row: number): number {
    return this.#ids[row] ?? 0;
  }

  /** undefined: nobody active has this id. */
  rowOf(id: number): number | undefined {
    const at = firstNotBefore(this.#byId.length, (at) => this.#ids[this.#byId[at] ?? 0] ?? 0, id);
    const row = this.#byId[at];
    return row !== undefined && this.#ids[row] === id ? row : undefined;
  }

  /** The rows of a department's direct members. */
  rowsIn(department: number): Uint32Array {
    const { ids, starts, rows } = this.#members;
    const at = firstNotBefore(ids.length, (at) => ids[at] ?? 0, department);
    return ids[at] === department ? rows.subarray(starts[at], starts[at + 1]) : new Uint32Array();
  }
}

/** The parts of the file that {@link PeopleTable} reads. Works in slices, so that nobody waits long. */
export async function buildPeopleTable(
  people: readonly Person[],
  readAt: number,
  breather = new Breather(),
): Promise<Uint8Array[]> {
  const known = new Map<string, string[]>();
  const wordsIn = (text: string): string[] => {
    // Names and positions repeat.
    let list = known.get(text);
    if (!list) {
      list = wordsOf(text);
      known.set(text, list);
    }
    return list;
  };
  const rows = await inShownOrder(people, wordsIn, breather);
  const words = { names: new WordIndexBuilder(), others: new WordIndexBuilder() };
  const add = (row: number, text: string, to: keyof typeof words): void => {
    wordsIn(text).forEach((word) => words[to].add(row, word));
  };
  for (const [row, person] of rows.entries()) {
    add(row, person.lastName, 'names');
    add(row, person.firstName, 'names');
    add(row, person.secondName ?? '', 'others');
    add(row, person.position ?? '', 'others');
    if (breather.due) {
      await breather.breathe();
    }
  }

  const sections: Record<string, Uint8Array | Uint32Array | Float64Array> = {};
  for (const name of ['names', 'others'] as const) {
    const index = await words[name].build(breather);
    sections[`${name}.keys`] = index.keys;
    for (const array of indexArrays) {
      sections[`${name}.${array}`] = index[array];
    }
  }
  for (const field of textFields) {
    const column = await buildTextColumn(rows.length, (row) => rows[row]?.[field] ?? '', breather);
    sections[`${field}.bytes`] = column.bytes;
    sections[`${field}.starts`] = column.starts;
  }
  const types = [...new Set(rows.map(({ type }) => type ?? ''))].slice(0, 256);
  sections['typeOf'] = Uint8Array.from(rows, ({ type }) => types.indexOf(type ?? ''));
  await breather.breathe();
  sections['ids'] = Float64Array.from(rows, ({ id }) => id);
  sections['byId'] = Uint32Array.from(rows.keys()).sort(
    (a, b) => (rows[a]?.id ?? 0) - (rows[b]?.id ?? 0),
  );
  await breather.breathe();
  Object.assign(sections, departmentSections(rows));
  await breather.breathe();
  return writeSections({ format: 1, readAt, types }, sections);
}

/** By first and last name, as lists show them; those without a name last. */
async function inShownOrder(
  people: readonly Person[],
  wordsIn: (text: string) => string[],
  breather: Breather,
): Promise<Person[]> {
  const keys: string[] = [];
  for (const { firstName, lastName } of people) {
    keys.push(keyOf([...wordsIn(firstName), ...wordsIn(lastName)].join(' ')) || '\u00ff');
    if (breather.due) {
      await breather.breathe();
    }
  }
  const order = await sortedOrder(keys, breather);
  return Array.from(order, (index) => people[index]).filter((person) => person !== undefined);
}

function departmentSections(rows: readonly Person[]): Record<string, Uint32Array | Float64Array> {
  const starts = new Uint32Array(rows.length + 1);
  const members = new Map<number, number[]>();
  for (const [row, { departments }] of rows.entries()) {
    starts[row + 1] = (starts[row] ?? 0) + departments.length;
    for (const id of new Set(departments)) {
      const list = members.get(id);
      if (list) {
        list.push(row);
      } else {
        members.set(id, [row]);
      }
    }
  }
  const ids = [...members.keys()].sort((a, b) => a - b);
  const memberRows = ids.map((id) => members.get(id) ?? []);
  const memberStarts = new Uint32Array(ids.length + 1);
  memberRows.forEach((list, at) => (memberStarts[at + 1] = (memberStarts[at] ?? 0) + list.length));
  return {
    'departments.starts': starts,
    'departments.ids': Float64Array.from(rows.flatMap(({ departments }) => departments)),
    'members.ids': Float64Array.from(ids),
    'members.starts': memberStarts,
    'members.rows': Uint32Array.from(memberRows.flat()),
  };
}

/** In an ascending list. */
function firstNotBefore(length: number, at: (index: number) => number, wanted: number): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(middle) < wanted) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
