import type { DepartmentTree } from './departments/departmentTree';
import { wordsOf } from './directory/words';
import type { SavedGroup } from './groups';
import { matchName } from './matchName';
import type { PersonHit } from './peopleSearch';
import type { RowsInput } from './pickerRows';
import type { DepartmentRecipient } from './recipient';

/** How many departments are shown beside people. */
const departmentsAtMost = 5;
/** How many departments of the tree are shown; the others are found by name. */
export const treeAtMost = 1000;

export interface MatchesInput {
  /** Without spaces around it. */
  query: string;
  /** The user looks through the tree of departments. */
  isBrowsing: boolean;
  tree: DepartmentTree | undefined;
  /** All groups of the portal. */
  groups: readonly SavedGroup[];
  /** The people found for the query. */
  hits: readonly PersonHit[];
}

/** The groups and departments that the picker shows for a query, beside people. */
export function matchesFor({
  query,
  isBrowsing,
  tree,
  groups,
  hits,
}: MatchesInput): Pick<
  RowsInput,
  'groups' | 'departments' | 'departmentsFirst' | 'hasDepartments' | 'tree'
> {
  if (isBrowsing && tree) {
    const list = tree.inTreeOrder().slice(0, treeAtMost);
    return {
      tree: list.map(({ department: { id, name }, depth }) => ({
        department: { id, name, reach: 'tree' },
        depth,
      })),
    };
  }
  if (query === '') {
    return { groups, hasDepartments: tree !== undefined && tree.size > 0 };
  }
  const words = wordsOf(query);
  const isMeant = (name: string): boolean => {
    const own = wordsOf(name);
    return words.length > 0 && words.every((word) => own.some((one) => one.startsWith(word)));
  };
  const departments = query.length > 1 ? (tree?.search(query, departmentsAtMost) ?? []) : [];
  const names = hits.slice(0, departmentsAtMost).map(({ name = '' }) => ({
    firstName: name,
    lastName: '',
  }));
  return {
    groups: groups.filter(({ name }) => isMeant(name)),
    departments: departments.flatMap(({ id, name }): DepartmentRecipient[] => [
      { id, name, reach: 'tree' },
      ...((tree?.children(id).length ?? 0) > 0 ? [{ id, name, reach: 'direct' } as const] : []),
    ]),
    departmentsFirst: matchName(query, names, true).who.length === 0,
  };
}
