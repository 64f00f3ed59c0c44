import { spelled } from '../matchName';
import type { DepartmentRecipient } from '../recipient';
import type { DepartmentTree } from './departmentTree';

/** Departments by their names, and by their paths from any department above: "moscow sales". */
export function departmentsByName(
  tree: DepartmentTree,
): ReadonlyMap<string, DepartmentRecipient[]> {
  const byName = new Map<string, DepartmentRecipient[]>();
  for (const { department } of tree.inTreeOrder()) {
    const { id, name } = department;
    const path = tree.path(id);
    const keys = new Set(path.map((_, at) => spelled(path.slice(at).join(' '))));
    for (const key of keys) {
      byName.set(key, [...(byName.get(key) ?? []), { id, name, reach: 'tree' }]);
    }
  }
  return byName;
}
