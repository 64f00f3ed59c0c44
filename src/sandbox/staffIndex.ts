import type { Department, Person } from './staff';

/** How many lists are kept; a new one replaces the least recently used. */
const MOST_LISTS = 12;

/**
 * Keeps sorted lists of people and departments for methods that need them often. Each list is made when
 * it is first needed. The index does not follow changes; after a change, a new index is made.
 */
export class StaffIndex {
  readonly #people: ReadonlyMap<number, Person>;
  readonly #departments: ReadonlyMap<number, Department>;
  readonly #lists = new Map<string, readonly Person[]>();
  #byId: readonly Person[] | null = null;
  #byDepartment: Map<number, Person[]> | null = null;
  #words: WordIndex | null = null;
  #tree: readonly Department[] | null = null;
  #administrators: readonly Person[] | null = null;

  constructor(people: ReadonlyMap<number, Person>, departments: ReadonlyMap<number, Department>) {
    this.#people = people;
    this.#departments = departments;
  }

  get byId(): readonly Person[] {
    this.#byId ??= [...this.#people.values()].sort((a, b) => a.id - b.id);
    return this.#byId;
  }

  get administrators(): readonly Person[] {
    this.#administrators ??= this.byId.filter((person) => person.admin);
    return this.#administrators;
  }

  /** Lists the direct members of these departments, sorted by id. */
  membersOf(departments: readonly number[]): readonly Person[] {
    this.#byDepartment ??= groupByDepartment(this.byId);
    const groups = this.#byDepartment;
    const [first, ...more] = new Set(departments);
    if (more.length === 0) {
      return groups.get(first ?? 0) ?? [];
    }
    const members = new Set(departments.flatMap((id) => groups.get(id) ?? []));
    return [...members].sort((a, b) => a.id - b.id);
  }

  /** Finds people who have, for each word of `query`, a word in name, position or departments that begins with it. Sorted by id. */
  find(query: string): readonly Person[] {
    this.#words ??= new WordIndex(this.byId, (person) => this.#searchText(person));
    return this.#words.find(query);
  }

  departmentNames(person: Person): string {
    return person.departments.map((id) => this.#departments.get(id)?.name ?? '').join(' ');
  }

  #searchText(person: Person): string {
    const { firstName, lastName, position } = person;
    return [firstName, lastName, position, this.departmentNames(person)].join(' ');
  }

  /** All departments from the top of the tree, each before its sub-departments. */
  get departmentTree(): readonly Department[] {
    this.#tree ??= treeOf(this.#departments.values());
    return this.#tree;
  }

  /** @returns the kept list for this key, or the one that `make` makes. */
  list(key: string, make: () => readonly Person[]): readonly Person[] {
    const people = this.#lists.get(key) ?? make();
    this.#lists.delete(key);
    this.#lists.set(key, people);
    for (const oldest of this.#lists.keys()) {
      if (this.#lists.size <= MOST_LISTS) {
        break;
      }
      this.#lists.delete(oldest);
    }
    return people;
  }
}

function groupByDepartment(people: readonly Person[]): Map<number, Person[]> {
  const groups = new Map<number, Person[]>();
  for (const person of people) {
    for (const id of new Set(person.departments)) {
      const group = groups.get(id);
      if (group === undefined) {
        groups.set(id, [person]);
      } else {
        group.push(person);
      }
    }
  }
  return groups;
}

function treeOf(departments: Iterable<Department>): Department[] {
  const children = new Map<number | null, Department[]>();
  for (const department of departments) {
    const siblings = children.get(department.parent);
    if (siblings === undefined) {
      children.set(department.parent, [department]);
    } else {
      siblings.push(department);
    }
  }
  const below = (parent: number | null): Department[] =>
    (children.get(parent) ?? [])
      .toSorted((a, b) => a.sort - b.sort || a.id - b.id)
      .flatMap((department) => [department, ...below(department.id)]);
  return below(null);
}

/** Splits a text into words of letters and digits, in lower case. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** @returns true if every word of `query` is the beginning of a word of `text`. */
export function matchesWords(text: string, query: string): boolean {
  const words = wordsOf(text);
  return wordsOf(query).every((wanted) => words.some((word) => word.startsWith(wanted)));
}

/** Finds people by the beginnings of their words. */
class WordIndex {
  readonly #people: readonly Person[];
  /** All words, sorted. */
  readonly #words: readonly string[];
  /** For each word, the places in `#people` of those who have it. */
  readonly #places: readonly (readonly number[])[];

  constructor(people: readonly Person[], textOf: (person: Person) => string) {
    this.#people = people;
    const places = new Map<string, number[]>();
    for (const [place, person] of people.entries()) {
      for (const word of wordsOf(textOf(person))) {
        const known = places.get(word);
        if (known === undefined) {
          places.set(word, [place]);
        } else if (known.at(-1) !== place) {
          known.push(place);
        }
      }
    }
    const sorted = [...places].sort(([a], [b]) => (a < b ? -1 : 1));
    this.#words = sorted.map(([word]) => word);
    this.#places = sorted.map(([, found]) => found);
  }

  find(query: string): readonly Person[] {
    const wanted = [...new Set(wordsOf(query))];
    /** For each person, how many of the first wanted words were found without a gap. */
    const met = new Uint8Array(this.#people.length);
    const most = wanted.slice(0, 255);
    for (const [done, prefix] of most.entries()) {
      for (let i = this.#firstFrom(prefix); this.#words[i]?.startsWith(prefix) === true; i++) {
        for (const place of this.#places[i] ?? []) {
          if (met[place] === done) {
            met[place] = done + 1;
          }
        }
      }
    }
    return this.#people.filter((_, place) => met[place] === most.length);
  }

  /** Finds the place of the first word that does not sort before `prefix`, by binary search. */
  #firstFrom(prefix: string): number {
    let [low, high] = [0, this.#words.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#words[middle] ?? '') < prefix) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

/** @returns true if the caller may find the person: people with a department, and members of shared extranet groups. Source: rest/lib/api/user.php. */
export function isVisibleTo(caller: Person, person: Person): boolean {
  if (caller.id === person.id) {
    return true;
  }
  if (caller.extranet) {
    return caller.sharesGroupWith.includes(person.id);
  }
  return person.departments.length > 0 || person.sharesGroupWith.includes(caller.id);
}
