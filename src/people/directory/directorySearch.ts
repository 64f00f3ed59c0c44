import { FoldedTexts, foldText, match } from './foldedTexts';
import { rowOf } from './peopleFile';
import type { StoredPeople } from './peopleFile';
import { otherLayout } from './spelling';
import { wordsOf } from './words';

export interface DirectorySearchOptions {
  /** The most people to return; default 50. */
  limit?: number;
  /** Weights by id; people with a higher one, used more often or lately, come first. */
  boost?: ReadonlyMap<number, number>;
}

export interface DirectoryHits<T> {
  /** Best first. */
  people: T[];
  /** How many match in all. */
  total: number;
}

export interface DepartmentName {
  id: number;
  name: string;
}

/** What a match is worth, by its place in `match` (none, inside, by sound, as written); higher is better. */
interface Ranks {
  /** First and last names. */
  names: readonly number[];
  /** Second names, positions and departments. */
  others: readonly number[];
}

const asTyped: Ranks = { names: [0, 4, 12, 13, 14, 15], others: [0, 3, 10, 10, 11, 11] };
const onOtherLayout: Ranks = { names: [0, 0, 7, 7, 8, 9], others: [0, 0, 5, 5, 6, 6] };
const highestRank = 15;
/** Matches inside of words have lower ranks. */
const beginningRank = 5;

const wordsAtMost = 6;
const queryAtMost = 200;
const defaultLimit = 50;

/** Finds people as somebody types. A row is the index of a person in `StoredPeople`. One query at a time. */
export class DirectorySearch {
  readonly #stored: StoredPeople;
  readonly #members: ReadonlyMap<number, readonly number[]>;
  readonly #texts: FoldedTexts;
  #departments: { ids: readonly number[]; names: FoldedTexts } | undefined;
  /** The parts of the last query with the rank of each row: as somebody types, only the last part changes. */
  #ranksByPart = new Map<string, Uint8Array>();
  /** By row: the sum of the ranks of all parts so far, 0 if one of them does not match; and the lowest of them. */
  readonly #sums: Uint8Array;
  readonly #lowest: Uint8Array;

  /** `members` holds the rows of each department's direct members. */
  constructor(stored: StoredPeople, members: ReadonlyMap<number, readonly number[]>) {
    this.#stored = stored;
    this.#members = members;
    this.#texts = new FoldedTexts(stored.folded);
    this.#sums = this.#noRanks();
    this.#lowest = this.#noRanks();
  }

  useDepartments(departments: Iterable<DepartmentName>): void {
    const list = [...departments];
    this.#departments = {
      ids: list.map(({ id }) => id),
      names: new FoldedTexts(list.map(({ name }) => foldText(name))),
    };
    this.#ranksByPart.clear();
  }

  /** The rows of people who match all words. */
  search(
    query: string,
    { limit = defaultLimit, boost }: DirectorySearchOptions = {},
  ): DirectoryHits<number> {
    const parts = query
      .slice(0, queryAtMost)
      .split(/\s+/u)
      .map(partOf)
      .filter(({ words, otherWords }) => words.length + otherWords.length > 0)
      .slice(0, wordsAtMost);
    if (parts.length === 0) {
      return { people: [], total: 0 };
    }
    const before = this.#ranksByPart;
    this.#ranksByPart = new Map();
    for (const [index, part] of parts.entries()) {
      const ranks = before.get(part.text) ?? this.#ranksOf(part);
      this.#ranksByPart.set(part.text, ranks);
      this.#addPart(ranks, index === 0);
    }
    return this.#best(limit, boost);
  }

  #noRanks(): Uint8Array {
    return new Uint8Array(this.#stored.ids.length);
  }

  #ranksOf({ words, otherWords }: QueryPart): Uint8Array {
    const ranks = this.#noRanks();
    const begins = this.#rankWords(words, asTyped, ranks);
    if (!begins) {
      this.#rankWords(otherWords, onOtherLayout, ranks);
    }
    return ranks;
  }

  /** Raises the ranks of people who match all of these words. Returns true if words of anybody begin so. */
  #rankWords(words: readonly string[], worth: Ranks, ranks: Uint8Array): boolean {
    const [first, ...more] = words;
    if (first === undefined || more.length === 0) {
      const inside = worth === asTyped;
      return first !== undefined && this.#rankWord(first, worth, inside, ranks);
    }
    const all = this.#noRanks();
    for (const [index, word] of words.entries()) {
      const one = index === 0 ? all : this.#noRanks();
      this.#rankWord(word, worth, false, one);
      for (let row = 0; row < all.length; row += 1) {
        all[row] = Math.min(all[row] ?? 0, one[row] ?? 0);
      }
    }
    let isAny = false;
    for (let row = 0; row < all.length; row += 1) {
      const rank = all[row] ?? 0;
      isAny ||= rank > 0;
      ranks[row] = Math.max(ranks[row] ?? 0, rank);
    }
    return isAny;
  }

  #rankWord(word: string, { names, others }: Ranks, inside: boolean, ranks: Uint8Array): boolean {
    const { firstName, lastName, secondName, position } = this.#stored.columns;
    const best = this.#texts.search(word, { inside });
    const { found } = this.#texts;
    for (let row = 0; best !== match.none && row < ranks.length; row += 1) {
      const first = found[firstName[row] ?? 0] ?? 0;
      const last = found[lastName[row] ?? 0] ?? 0;
      const second = found[secondName[row] ?? 0] ?? 0;
      const work = found[position[row] ?? 0] ?? 0;
      // Nearly everybody is passed by here.
      if ((first | last | second | work) !== match.none) {
        const byName = names[Math.max(first, last)] ?? 0;
        const byOther = others[Math.max(second, work)] ?? 0;
        ranks[row] = Math.max(ranks[row] ?? 0, byName, byOther);
      }
    }
    return this.#rankDepartments(word, others, inside, ranks) || best > match.inside;
  }

  /** The same for people in departments with such names. */
  #rankDepartments(
    word: string,
    worth: readonly number[],
    inside: boolean,
    ranks: Uint8Array,
  ): boolean {
    if (!this.#departments) {
      return false;
    }
    const { ids, names } = this.#departments;
    let begins = false;
    names.search(word, { inside });
    for (const [index, level] of names.found.entries()) {
      if (level !== match.none) {
        for (const row of this.#members.get(ids[index] ?? 0) ?? []) {
          begins ||= level > match.inside;
          ranks[row] = Math.max(ranks[row] ?? 0, worth[level] ?? 0);
        }
      }
    }
    return begins;
  }

  #addPart(ranks: Uint8Array, isFirst: boolean): void {
    const [sums, lowest] = [this.#sums, this.#lowest];
    if (isFirst) {
      sums.set(ranks);
      lowest.set(ranks);
      return;
    }
    for (let row = 0; row < sums.length; row += 1) {
      const [rank, sum] = [ranks[row] ?? 0, sums[row] ?? 0];
      sums[row] = rank > 0 && sum > 0 ? sum + rank : 0;
      lowest[row] = Math.min(rank, lowest[row] ?? 0);
    }
  }

  /** By rank, and equal ones by name. */
  #best(limit: number, boost: ReadonlyMap<number, number> = new Map()): DirectoryHits<number> {
    const sums = this.#sums;
    const boosted = this.#boosted(boost);
    const byRank: number[][] = Array.from({ length: wordsAtMost * highestRank + 1 }, () => []);
    let total = 0;
    for (const row of this.#stored.byName) {
      const sum = sums[row] ?? 0;
      if (sum > 0) {
        total += 1;
        const rows = byRank[sum];
        if (rows && rows.length < limit) {
          rows.push(row);
        }
      }
    }
    const others = byRank.reverse().flat();
    return { people: [...new Set([...boosted, ...others])].slice(0, limit), total };
  }

  /** People who were used lately come before all others, unless they match inside of a word only. */
  #boosted(boost: ReadonlyMap<number, number>): number[] {
    return [...boost]
      .flatMap(([id, weight]) => {
        const row = rowOf(this.#stored.ids, id);
        const isHit =
          row !== undefined &&
          (this.#sums[row] ?? 0) > 0 &&
          (this.#lowest[row] ?? 0) >= beginningRank;
        return isHit ? [{ row, weight }] : [];
      })
      .sort((a, b) => b.weight - a.weight)
      .map(({ row }) => row);
  }
}

/** What stands between spaces in a query. */
interface QueryPart {
  text: string;
  words: string[];
  /** What the same keys write on the other keyboard layout; used if nobody matches what was typed. */
  otherWords: string[];
}

function partOf(text: string): QueryPart {
  // A single letter is too little to doubt the layout.
  const other = text.length > 1 ? otherLayout(text) : undefined;
  // "разработчик" on the other layout has a comma in it: nobody meant that.
  const isName = other !== undefined && /^[\p{L}\p{N}-]+$/u.test(other);
  return {
    text,
    words: wordsOf(text).slice(0, wordsAtMost),
    otherWords: isName ? wordsOf(other).slice(0, wordsAtMost) : [],
  };
}
