import type { Department } from '../../bitrix24/departments';
import { otherLayout, soundsOfBeginning, soundsOfName } from '../directory/spelling';
import { wordsOf } from '../directory/words';

/** How well a department meets a word of the query; 0 is not at all. */
const rank = { inside: 1, above: 2, sound: 3, prefix: 4, exact: 5 };
/** Words with fewer letters are not searched for inside of names, because too many names contain them. */
const insideFrom = 3;
const wordsAtMost = 6;
const queryAtMost = 200;

interface Spelt {
  words: string[];
  sounds: string[];
}

/** The departments of a portal as a tree. A portal's mistakes (loops, unknown parents) leave nobody out. */
export class DepartmentTree {
  readonly #byId: ReadonlyMap<number, Department>;
  readonly #children = new Map<number | undefined, Department[]>();
  /** The department above each department, without loops and unknown parents. */
  readonly #parents = new Map<number, number>();
  #spelt: Map<number, Spelt> | undefined;

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
  roots(): Department[] {
    return [...(this.#children.get(undefined) ?? [])];
  }

  /** The departments directly below this one, sorted by name. */
  children(id: number): Department[] {
    return [...(this.#children.get(id) ?? [])];
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
  search(query: string, limit = 20): Department[] {
    const typed = query.slice(0, queryAtMost);
    const found = this.#meeting(wordsOf(typed));
    const other = found.length === 0 ? otherLayout(typed) : undefined;
    return (other === undefined ? found : this.#meeting(wordsOf(other))).slice(0, limit);
  }

  /** All departments from the top down, each before those below it. */
  inTreeOrder(): { department: Department; depth: number }[] {
    const order: { department: Department; depth: number }[] = [];
    const open = this.roots()
      .map((department) => ({ department, depth: 0 }))
      .reverse();
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
    const parts = words
      .slice(0, wordsAtMost)
      .map((word) => ({ word, sounds: soundsOfBeginning(word) }));
    if (parts.length === 0) {
      return [];
    }
    const spelt = (this.#spelt ??= new Map(
      Array.from(this.#byId.values(), ({ id, name }) => {
        const own = wordsOf(name);
        return [id, { words: own, sounds: own.flatMap(soundsOfName) }];
      }),
    ));
    const met: { department: Department; score: number; depth: number }[] = [];
    for (const department of this.#byId.values()) {
      const own = spelt.get(department.id);
      const ranks = parts.map((part) => (own ? rankOf(part, own) : 0));
      if (ranks.every((one) => one === 0)) {
        continue;
      }
      const line = this.#line(department.id);
      const above = line.slice(1).map(({ id }) => spelt.get(id));
      const all = ranks.map((one, at) => {
        const part = parts[at];
        const isAbove = part && above.some((names) => names && rankOf(part, names) > rank.inside);
        return one === 0 && isAbove ? rank.above : one;
      });
      if (all.every((one) => one > 0)) {
        const score = all.reduce((sum, one) => sum + one, 0);
        met.push({ department, score, depth: line.length });
      }
    }
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

function rankOf({ word, sounds }: { word: string; sounds: string[] }, names: Spelt): number {
  if (names.words.includes(word)) {
    return rank.exact;
  }
  if (names.words.some((name) => name.startsWith(word))) {
    return rank.prefix;
  }
  if (sounds.some((sound) => names.sounds.some((name) => name.startsWith(sound)))) {
    return rank.sound;
  }
  const isInside = word.length >= insideFrom && names.words.some((name) => name.includes(word));
  return isInside ? rank.inside : 0;
}
