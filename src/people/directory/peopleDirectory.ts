import { DirectorySearch } from './directorySearch';
import type { DepartmentName, DirectoryHits, DirectorySearchOptions } from './directorySearch';
import type { DirectoryPerson, PeopleTable } from './peopleTable';

/** All active people of one portal, in memory. Nothing here touches disk or network. */
export class PeopleDirectory {
  readonly #table: PeopleTable;
  readonly #search: DirectorySearch;

  constructor(table: PeopleTable) {
    this.#table = table;
    this.#search = new DirectorySearch(table);
  }

  /** When reading them from the portal began, Unix ms. */
  get readAt(): number {
    return this.#table.readAt;
  }

  get count(): number {
    return this.#table.count;
  }

  /** From now on people are found by the names of their departments too. */
  useDepartments(departments: Iterable<DepartmentName>): Promise<void> {
    return this.#search.useDepartments(departments);
  }

  /** Everybody whose name, position or department fits all words of the query, best first. */
  search(query: string, options?: DirectorySearchOptions): DirectoryHits {
    return this.#search.search(query, options);
  }

  /** undefined: no active person that the account may see has this id. */
  person(id: number): DirectoryPerson | undefined {
    const row = this.#table.rowOf(id);
    return row === undefined ? undefined : this.#table.person(row);
  }

  /** Ids of everybody who is directly in one of these departments, each once. */
  idsIn(departments: Iterable<number>): number[] {
    const rows = new Set<number>();
    for (const department of departments) {
      this.#table.rowsIn(department).forEach((row) => rows.add(row));
    }
    return Array.from(rows, (row) => this.#table.idOf(row));
  }
}
