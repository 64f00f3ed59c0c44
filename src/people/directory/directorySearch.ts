import { Breather } from './breather';
import type { DirectoryPerson, PeopleTable } from './peopleTable';
import { isCyrillic, otherLayout, soundsOfBeginning } from './spelling';
import { WordIndex, WordIndexBuilder } from './wordIndex';
import type { Spelling, WordRanks } from './wordIndex';
import { wordsOf } from './words';

export interface DirectorySearchOptions {
  /** People to give at most; default 50. */
  limit?: number;
  /** By id, higher comes first: how recently and often somebody was used. */
  boost?: ReadonlyMap<number, number>;
}

export interface DirectoryHits {
  /** Best first. */
  people: DirectoryPerson[];
  /** How many match in all. */
  total: number;
}

export interface DepartmentName {
  id: number;
  name: string;
}

/** How a word of the query may be met, better ones higher. What is read on the other keyboard layout comes late. */
const nameRanks: WordRanks = { exact: 15, prefix: 14, soundExact: 13, soundPrefix: 12 };
const otherRanks: WordRanks = { exact: 11, prefix: 11, soundExact: 10, soundPrefix: 10 };
const nameOtherLayout: WordRanks = { exact: 9, prefix: 8, soundExact: 7, soundPrefix: 7 };
const otherOtherLayout: WordRanks = { exact: 6, prefix: 6, soundExact: 5, soundPrefix: 5 };
/** Down to this a word is met by its beginning. */
const beginning = 5;
const insideName = 4;
const insideOther = 3;

/** Shorter parts of words are in too many. */
const insideFrom = 3;
const wordsAtMost = 6;
const queryAtMost = 200;
const defaultLimit = 50;

/** Finds people of one table as one types. Not for two queries at a time: it reuses its marks. */
export class DirectorySearch {
  readonly #table: PeopleTable;
  /** For each row how well all words so far are met together, and how well the worst of them. */
  readonly #sums: Uint8Array;
  readonly #worst: Uint8Array;
  readonly #marks: Uint8Array;
  readonly #word: Uint8Array;
  readonly #all: Uint8Array;
  #departments: { index: WordIndex; ids: readonly number[]; marks: Uint8Array } | undefined;

  constructor(table: PeopleTable) {
    this.#table = table;
    this.#sums = new Uint8Array(table.count);
    this.#worst = new Uint8Array(table.count);
    this.#marks = new Uint8Array(table.count);
    this.#word = new Uint8Array(table.count);
    this.#all = new Uint8Array(table.count);
  }

  /** From now on people are found by the names of their departments too. */
  async useDepartments(departments: Iterable<DepartmentName>): Promise<void> {
    const builder = new WordIndexBuilder();
    const ids: number[] = [];
    for (const { id, name } of departments) {
      wordsOf(name).forEach((word) => builder.add(ids.length, word));
      ids.push(id);
    }
    const index = new WordIndex(await builder.build(new Breather()));
    this.#departments = { index, ids, marks: new Uint8Array(ids.length) };
  }

  /** Active people all of whose words are met, in any order; nobody for no words. No network, no disk. */
  search(
    query: string,
    { limit = defaultLimit, boost }: DirectorySearchOptions = {},
  ): DirectoryHits {
    const parts = query
      .slice(0, queryAtMost)
      .split(/\s+/u)
      .map(partOf)
      .filter(({ words, onOtherLayout }) => words.length + onOtherLayout.length > 0)
      .slice(0, wordsAtMost);
    if (parts.length === 0) {
      return { people: [], total: 0 };
    }
    parts.forEach((part, at) => {
      this.#markPart(part);
      this.#combine(at === 0);
    });
    return this.#best(limit, boost);
  }

  /** Leaves in the marks how well a part of the query is met. */
  #markPart(part: Part): void {
    this.#marks.fill(0);
    const isMet = this.#markBeginnings(part.words, nameRanks, otherRanks);
    if (!isMet && part.onOtherLayout.length > 0) {
      this.#markBeginnings(part.onOtherLayout, nameOtherLayout, otherOtherLayout);
    }
    const [word = ''] = part.words;
    if (part.words.length === 1 && word.length >= insideFrom) {
      this.#table.names.markInside(word, insideName, this.#marks);
      this.#table.others.markInside(word, insideOther, this.#marks);
      this.#markDepartments(this.#marks, (index, marks) => {
        index.markInside(word, insideOther, marks);
      });
    }
  }

  /** Raises the marks of those who have all these words, of a hyphened name for example. */
  #markBeginnings(words: readonly string[], byName: WordRanks, byOther: WordRanks): boolean {
    const [first, ...more] = words;
    if (first === undefined || more.length === 0) {
      return first !== undefined && this.#markWord(first, byName, byOther, this.#marks);
    }
    const [all, one] = [this.#all.fill(255), this.#word];
    for (const word of words) {
      one.fill(0);
      this.#markWord(word, byName, byOther, one);
      keepWorse(all, one);
    }
    keepBetter(this.#marks, all);
    return all.some((mark) => mark > 0);
  }

  #markWord(word: string, byName: WordRanks, byOther: WordRanks, marks: Uint8Array): boolean {
    const { names, others } = this.#table;
    const isOfCyrillic = isCyrillic(word);
    const spellings: Spelling[] = [
      { text: word, isSound: false, isOfCyrillic },
      ...soundsOfBeginning(word)
        .filter((sound) => sound !== word)
        .map((text) => ({ text, isSound: true, isOfCyrillic })),
    ];
    let isAny = false;
    for (const spelling of spellings) {
      isAny = names.markPrefix(spelling, byName, marks) || isAny;
      isAny = others.markPrefix(spelling, byOther, marks) || isAny;
    }
    const inDepartments = this.#markDepartments(marks, (index, departments) => {
      for (const spelling of spellings) {
        index.markPrefix(spelling, byOther, departments);
      }
    });
    return inDepartments || isAny;
  }

  /** Hands the marks of departments on to their people; true when there are any. */
  #markDepartments(
    marks: Uint8Array,
    mark: (index: WordIndex, departments: Uint8Array) => void,
  ): boolean {
    const departments = this.#departments;
    if (!departments) {
      return false;
    }
    const { index, ids } = departments;
    const marked = departments.marks.fill(0);
    mark(index, marked);
    let isAny = false;
    for (let at = 0; at < marked.length; at += 1) {
      const rank = marked[at] ?? 0;
      if (rank > 0) {
        for (const row of this.#table.rowsIn(ids[at] ?? 0)) {
          isAny = true;
          if ((marks[row] ?? 0) < rank) {
            marks[row] = rank;
          }
        }
      }
    }
    return isAny;
  }

  #combine(isFirst: boolean): void {
    const [sums, worst, marks] = [this.#sums, this.#worst, this.#marks];
    if (isFirst) {
      sums.set(marks);
      worst.set(marks);
      return;
    }
    for (let row = 0; row < sums.length; row += 1) {
      const mark = marks[row] ?? 0;
      const sum = sums[row] ?? 0;
      sums[row] = mark > 0 && sum > 0 ? sum + mark : 0;
      if (mark < (worst[row] ?? 0)) {
        worst[row] = mark;
      }
    }
  }

  /** Rows are in the order of names, so that equals need no sorting. */
  #best(limit: number, boost: ReadonlyMap<number, number> | undefined): DirectoryHits {
    const sums = this.#sums;
    const first = this.#boosted(boost);
    const byRank: number[][] = Array.from({ length: wordsAtMost * nameRanks.exact + 1 }, () => []);
    let total = 0;
    for (let row = 0; row < sums.length; row += 1) {
      const sum = sums[row] ?? 0;
      if (sum > 0) {
        total += 1;
        const rows = byRank[sum];
        if (rows && rows.length < limit) {
          rows.push(row);
        }
      }
    }
    const taken = new Set(first);
    const rest = byRank.reverse().flatMap((rows) => rows.filter((row) => !taken.has(row)));
    return {
      people: [...first, ...rest].slice(0, limit).map((row) => this.#table.person(row)),
      total,
    };
  }

  /** Whoever was used lately and is met by beginnings of words comes before all others. */
  #boosted(boost: ReadonlyMap<number, number> | undefined): number[] {
    return [...(boost ?? [])]
      .map(([id, weight]) => ({ row: this.#table.rowOf(id), weight }))
      .filter(
        (one): one is { row: number; weight: number } =>
          one.row !== undefined &&
          (this.#sums[one.row] ?? 0) > 0 &&
          (this.#worst[one.row] ?? 0) >= beginning,
      )
      .sort((a, b) => b.weight - a.weight)
      .map(({ row }) => row);
  }
}

/** What stands between spaces in a query. */
interface Part {
  words: string[];
  /** What the same keys write on the other keyboard layout; for when nobody is met by what was typed. */
  onOtherLayout: string[];
}

function partOf(text: string): Part {
  // A single letter is too little to doubt the layout.
  const other = text.length > 1 ? otherLayout(text) : undefined;
  // "разработчик" on the other layout has a comma in it: nobody meant that.
  const isName = other !== undefined && /^[\p{L}\p{N}-]+$/u.test(other);
  return {
    words: wordsOf(text).slice(0, wordsAtMost),
    onOtherLayout: isName ? wordsOf(other).slice(0, wordsAtMost) : [],
  };
}

/** As the worse of both. */
function keepWorse(marks: Uint8Array, other: Uint8Array): void {
  for (let row = 0; row < marks.length; row += 1) {
    const mark = other[row] ?? 0;
    if (mark < (marks[row] ?? 0)) {
      marks[row] = mark;
    }
  }
}

/** As the better of both. */
function keepBetter(marks: Uint8Array, other: Uint8Array): void {
  for (let row = 0; row < marks.length; row += 1) {
    const mark = other[row] ?? 0;
    if (mark > (marks[row] ?? 0)) {
      marks[row] = mark;
    }
  }
}
