import type { Person } from '../../bitrix24/person';
import { DirectorySearch } from './directorySearch';
import type { DepartmentName, DirectoryHits, DirectorySearchOptions } from './directorySearch';
import { decodePeople, rowOf } from './peopleFile';
import type { StoredPeople } from './peopleFile';

/** All active people of one portal, in memory. Nothing here touches disk or network. */
export class PeopleDirectory {
  readonly #stored: StoredPeople;
  /** Indexes in {@link StoredPeople} of the people directly in each department. */
  readonly #members: ReadonlyMap<number, readonly number[]>;
  readonly #search: DirectorySearch;

  private constructor(stored: StoredPeople) {
    this.#stored = stored;
    this.#members = membersByDepartment(stored);
    this.#search = new DirectorySearch(stored, this.#members);
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
  useDepartments(departments: Iterable<DepartmentName>): void {
    this.#search.useDepartments(departments);
  }

  /**
   * Everybody for whom each word of the query fits the name, position or department, in any order of the words, best
   * first. An empty query finds nobody.
   */
  search(query: string, options?: DirectorySearchOptions): DirectoryHits<Person> {
    const { people, total } = this.#search.search(query, options);
    return { people: people.map((row) => personAt(this.#stored, row)), total };
  }

  /** undefined: no active person that the account may see has this id. */
  person(id: number): Person | undefined {
    const row = rowOf(this.#stored.ids, id);
    return row === undefined ? undefined : personAt(this.#stored, row);
  }

  /** Ids of everybody who is directly in one of these departments, each once. */
  idsIn(departments: Iterable<number>): number[] {
    const rows = new Set([...departments].flatMap((id) => this.#members.get(id) ?? []));
    return Array.from(rows, (row) => this.#stored.ids[row] ?? 0);
  }
}

/** No e-mail address is kept, so somebody without a name is called `#ID`. */
function personAt(stored: StoredPeople, row: number): Person {
  const { ids, columns, texts, types, departments, photos } = stored;
  const id = ids[row] ?? 0;
  const text = (column: Uint32Array): string => texts[column[row] ?? 0] ?? '';
  const [firstName, lastName] = [text(columns.firstName), text(columns.lastName)];
  const secondName = text(columns.secondName);
  return {
    id,
    firstName,
    lastName,
    ...(secondName ? { secondName } : {}),
    name: `${firstName} ${lastName}`.trim() || `#${id}`,
    position: text(columns.position) || undefined,
    photo: photos[row] || undefined,
    active: true,
    departments: [...(departments[columns.departments[row] ?? 0] ?? [])],
    type: types[columns.type[row] ?? 0] || undefined,
  };
}

function membersByDepartment({ columns, departments }: StoredPeople): Map<number, number[]> {
  const members = new Map<number, number[]>();
  for (const [row, place] of columns.departments.entries()) {
    for (const id of new Set(departments[place])) {
      const rows = members.get(id);
      if (rows) {
        rows.push(row);
      } else {
        members.set(id, [row]);
      }
    }
  }
  return members;
}
