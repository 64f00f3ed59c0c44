import type { Department } from '../../bitrix24/departments';
import { FoldedTexts, foldTexts, match } from '../directory/foldedTexts';
import { otherLayout } from '../directory/alphabets';
import { queryAtMost, wordsAtMost, lettersOf } from '../directory/words';

/** The rank of each kind of match between a word and a department's name, by its place in `match`; higher is better. */
const worth = [0, 1, 3, 3, 4, 5];
/** The same if a department above meets it, other than inside of a word. */
const worthAbove = 2;

/** The departments of a portal as a tree. A portal's mistakes (loops, unknown parents) leave nobody out. */
export class DepartmentTree {
  readonly #byId: ReadonlyMap<number, Department>;
  readonly #children = new Map<number | undefined, Department[]>();
  /** The department above each department, without loops and unknown parents. */
  readonly #parents = new Map<number, number>();
  #names: FoldedTexts | undefined;

  constructor(list: readonly Department[]) {
    this.#byId = new Map(list.map((department) => [department.id, department]));
    for (const { id, parent } of this.#byId.values()) {
      if (parent !== undefined && this.#byId.has(parent)) {
        this.#parents.set(id, parent);
      }
    }
    this.#cutLoops();
    for (const department of this.#byId.values()) {
      const parent = this.#parents.get(department.id);
      const siblings = this.#children.get(parent);
      if (siblings) {
        siblings.push(department);
      } else {
        this.#children.set(parent, [department]);
      }
    }
    const { compare } = new Intl.Collator(undefined, { numeric: true });
    for (const siblings of this.#children.values()) {
      siblings.sort((a, b) => compare(a.name, b.name) || a.id - b.id);
    }
  }

  get size(): number {
    return this.#byId.size;
  }

  get(id: number): Department | undefined {
    return this.#byId.get(id);
  }

  /** The departments at the top, sorted by name. Usually there is one, the company. */
  roots(): readonly Department[] {
    return this.#children.get(undefined) ?? [];
  }

  /** The departments directly below this one, sorted by name. */
  children(id: number): readonly Department[] {
    return this.#children.get(id) ?? [];
  }

  /** Names from the top of the tree to this department; empty for an unknown one. */
  path(id: number): string[] {
    return this.#line(id)
      .map(({ name }) => name)
      .reverse();
  }

  /** The ids of this department and of all below it; empty for an unknown one. */
  subtree(id: number): number[] {
    const found = this.#byId.has(id) ? [id] : [];
    for (const one of found) {
      this.#children.get(one)?.forEach((child) => found.push(child.id));
    }
    return found;
  }

  /**
   * Finds departments whose names meet all words of the query, best first. `ё` is `е`, Latin letters find Cyrillic
   * names and the reverse, and the wrong keyboard layout is understood. Some of the words may be met by a department
   * above: "moscow sales".
   */
  search(query: string, limit: number): Department[] {
    const typed = query.slice(0, queryAtMost);
    const found = this.#meeting(lettersOf(typed));
    const other = found.length === 0 ? otherLayout(typed) : undefined;
    return (other === undefined ? found : this.#meeting(lettersOf(other))).slice(0, limit);
  }

  /** All departments from the top down, each before those below it. */
  inTreeOrder(): { department: Department; depth: number }[] {
    const order: { department: Department; depth: number }[] = [];
    const open = this.roots().map((department) => ({ department, depth: 0 }));
    open.reverse();
    for (let next = open.pop(); next; next = open.pop()) {
      order.push(next);
      const depth = next.depth + 1;
      const below = this.children(next.department.id).map((department) => ({ department, depth }));
      open.push(...below.reverse());
    }
    return order;
  }

  #cutLoops(): void {
    const sound = new Set<number>();
    for (const id of this.#byId.keys()) {
      const line = new Set<number>();
      let up: number | undefined = id;
      while (up !== undefined && !sound.has(up) && !line.has(up)) {
        line.add(up);
        up = this.#parents.get(up);
      }
      if (up !== undefined && line.has(up)) {
        this.#parents.delete(up);
      }
      line.forEach((one) => sound.add(one));
    }
  }

  /** This department, the one above it, and so on to the top. */
  #line(id: number | undefined): Department[] {
    const line: Department[] = [];
    for (let at = id; at !== undefined; at = this.#parents.get(at)) {
      const department = this.#byId.get(at);
      if (department) {
        line.push(department);
      }
    }
    return line;
  }

  #meeting(words: readonly string[]): Department[] {
    const all = [...this.#byId.values()];
    const names = (this.#names ??= new FoldedTexts(foldTexts(all.map(({ name }) => name))));
    const levelsByWord = words.slice(0, wordsAtMost).map((word) => {
      names.search(word, { inside: true });
      return new Map(all.map(({ id }, at) => [id, names.found[at] ?? match.none]));
    });
    const met = all.flatMap((department) => {
      const own = levelsByWord.map((levels) => levels.get(department.id) ?? match.none);
      if (own.every((level) => level === match.none)) {
        return [];
      }
      const line = this.#line(department.id);
      const worths = levelsByWord.map((levels, at) => {
        const isAbove = line.some(({ id }) => (levels.get(id) ?? match.none) > match.inside);
        return worth[own[at] ?? match.none] || (isAbove ? worthAbove : 0);
      });
      const score = worths.reduce((sum, one) => sum + one, 0);
      return worths.includes(0) ? [] : [{ department, score, depth: line.length }];
    });
    // Among equals the one higher up comes first, because it holds more people.
    return met
      .sort(
        (a, b) =>
          b.score - a.score ||
          a.depth - b.depth ||
          a.department.name.length - b.department.name.length ||
          a.department.id - b.department.id,
      )
      .map(({ department }) => department);
  }
}
