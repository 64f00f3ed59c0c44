import type { Department } from '../../bitrix24/departments';
import type { Person } from '../../bitrix24/person';
import { FoldedTexts, foldTexts, match } from './foldedTexts';
import { decodePeople, rowOf } from './peopleFile';
import type { StoredPeople } from './peopleFile';
import { personOf } from './reading';
import { otherLayout } from './alphabets';
import { lettersOf, queryAtMost, wordsAtMost } from './words';

interface DirectorySearchOptions {
  /** The most people to return. */
  limit?: number;
  /** Weights by id; people with a higher one, used more often or lately, come first. */
  boost?: ReadonlyMap<number, number>;
}

interface DirectoryHits {
  /** Best first. */
  people: Person[];
  /** How many match in all. */
  total: number;
}

/** The rank of each kind of match, by its place in `match` (none, inside, by sound, as written); higher is better. */
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

/**
 * All active people of one portal, in memory. Nothing here touches disk or network. A row is the index of a person in
 * {@link StoredPeople}.
 */
export class PeopleDirectory {
  readonly #stored: StoredPeople;
  /** The rows of each department's direct members. */
  readonly #members = new Map<number, number[]>();
  readonly #texts: FoldedTexts;
  #departments:
    { ids: readonly number[]; names: FoldedTexts; byId: Map<number, string> } | undefined;
  /** The parts of the last query with the rank of each row: as somebody types, only the last part changes. */
  #ranksByPart = new Map<string, Uint8Array>();
  /** For each row, the sum of the ranks of all parts so far (0 if one of them does not match), and the lowest rank. */
  readonly #sums: Uint8Array;
  readonly #lowest: Uint8Array;

  private constructor(stored: StoredPeople) {
    this.#stored = stored;
    this.#texts = new FoldedTexts(stored.folded);
    this.#sums = this.#noRanks();
    this.#lowest = this.#noRanks();
    for (const [row, place] of stored.columns.departments.entries()) {
      for (const id of new Set(stored.departments[place])) {
        const rows = this.#members.get(id) ?? [];
        this.#members.set(id, rows);
        rows.push(row);
      }
    }
  }

  /** `file` is the whole content of a directory's file. Throws DamagedFile. */
  static async open(file: Uint8Array<ArrayBuffer>): Promise<PeopleDirectory> {
    return new PeopleDirectory(await decodePeople(file));
  }

  /** When reading them from the portal began, Unix ms. */
  get readAt(): number {
    return this.#stored.readAt;
  }

  get count(): number {
    return this.#stored.ids.length;
  }

  /** Lets people be found by the names of their departments too. */
  useDepartments(departments: readonly Pick<Department, 'id' | 'name'>[]): void {
    this.#departments = {
      ids: departments.map(({ id }) => id),
      byId: new Map(departments.map(({ id, name }) => [id, name])),
      names: new FoldedTexts(foldTexts(departments.map(({ name }) => name))),
    };
    this.#ranksByPart.clear();
  }

  /** The names of these departments, as far as they are known. */
  departmentNames(ids: readonly number[]): string[] {
    return ids.flatMap((id) => this.#departments?.byId.get(id) ?? []);
  }

  /** undefined: no active person that the account may see has this id. */
  person(id: number): Person | undefined {
    const row = rowOf(this.#stored.ids, id);
    return row === undefined ? undefined : this.#personAt(row);
  }

  /** Ids of everybody who is directly in one of these departments, each once. */
  idsIn(departments: Iterable<number>): number[] {
    const rows = new Set([...departments].flatMap((id) => this.#members.get(id) ?? []));
    return Array.from(rows, (row) => this.#stored.ids[row] ?? 0);
  }

  /**
   * Finds people, best first, for whom each word of the query fits the name, position or department, in any order of
   * the words. An empty query finds nobody.
   */
  search(query: string, { limit = 50, boost }: DirectorySearchOptions = {}): DirectoryHits {
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

  #personAt(row: number): Person {
    const { ids, columns, texts, types, departments, photos } = this.#stored;
    const text = (column: Uint32Array): string => texts[column[row] ?? 0] ?? '';
    return personOf({
      id: ids[row] ?? 0,
      firstName: text(columns.firstName),
      lastName: text(columns.lastName),
      secondName: text(columns.secondName) || undefined,
      position: text(columns.position) || undefined,
      photo: photos[row] || undefined,
      type: types[columns.type[row] ?? 0] || undefined,
      departments: [...(departments[columns.departments[row] ?? 0] ?? [])],
    });
  }

  #noRanks(): Uint8Array {
    return new Uint8Array(this.#stored.ids.length);
  }

  #ranksOf({ words, otherWords }: QueryPart): Uint8Array {
    const typed = this.#rankWords(words, asTyped);
    if (typed.begins) {
      return typed.ranks;
    }
    const other = this.#rankWords(otherWords, onOtherLayout).ranks;
    return other.map((rank, row) => Math.max(rank, typed.ranks[row] ?? 0));
  }

  /** Ranks people who match all of these words. `begins` is true if words of anybody begin so. */
  #rankWords(words: readonly string[], worth: Ranks): { ranks: Uint8Array; begins: boolean } {
    const [first = '', ...more] = words;
    const ranks = this.#noRanks();
    const inside = worth === asTyped && more.length === 0;
    let begins = first !== '' && this.#rankWord(first, worth, inside, ranks);
    for (const word of more) {
      const one = this.#noRanks();
      this.#rankWord(word, worth, false, one);
      ranks.forEach((rank, row) => (ranks[row] = Math.min(rank, one[row] ?? 0)));
      begins = ranks.some((rank) => rank > 0);
    }
    return { ranks, begins };
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
  #best(limit: number, boost: ReadonlyMap<number, number> = new Map()): DirectoryHits {
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
    const rows = [...new Set([...boosted, ...others])].slice(0, limit);
    return { people: rows.map((row) => this.#personAt(row)), total };
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
    words: lettersOf(text).slice(0, wordsAtMost),
    otherWords: isName ? lettersOf(other).slice(0, wordsAtMost) : [],
  };
}
