import type { Department, Person } from './staff';

/** Lists that the directory keeps ready; the least recently used one makes room. */
const MOST_LISTS = 12;

/**
 * The portal's people and departments in the orders and lists that methods ask for again and again,
 * made when first asked for. It describes the people as they are: after a change, a new one is made.
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

  /** Direct members of any of these departments, by id. */
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

  /** People of whose name, surname, position and departments some word begins with each word of `query`; by id. */
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

  /** The company's tree from the top, each department before its own sub-departments. */
  get departmentTree(): readonly Department[] {
    this.#tree ??= treeOf(this.#departments.values());
    return this.#tree;
  }

  /** The list that `make` made for this key before, if it is still kept. */
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

/** Words of a text as Bitrix24's search index has them. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** Every word of `query` begins some word of `text`. */
export function matchesWords(text: string, query: string): boolean {
  const words = wordsOf(text);
  return wordsOf(query).every((wanted) => words.some((word) => word.startsWith(wanted)));
}

/** Which people have which word. */
class WordIndex {
  readonly #people: readonly Person[];
  /** Sorted. */
  readonly #words: readonly string[];
  /** Places in `#people`, for each word in turn. */
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
    /** How many of the wanted words, one after the other, each person has. */
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

  /** Place of the first word that is not before `prefix`. */
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

/** Whom the caller may find: intranet people and those of shared extranet groups. */
export function isVisibleTo(caller: Person, person: Person): boolean {
  if (caller.id === person.id) {
    return true;
  }
  if (caller.extranet) {
    return caller.sharesGroupWith.includes(person.id);
  }
  return person.departments.length > 0 || person.sharesGroupWith.includes(caller.id);
}
