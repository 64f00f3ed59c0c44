import type { Accounts } from '../accounts/account';
import { peopleInDepartments } from '../bitrix24/peopleInDepartments';
import { departments as readDepartments } from '../bitrix24/departments';
import { Bitrix24Error } from '../bitrix24/errors';
import { DepartmentTree } from '../people/departments/departmentTree';
import type { ResolveDepartments } from './pushRoad';
import { textPersonOf } from './resolvePeople';

/** From the portal, each time: whoever joined or left since the departments were chosen does or does not get it. */
export function createResolveDepartments(deps: {
  accounts: Pick<Accounts, 'client'>;
}): ResolveDepartments {
  return async (account, chosen, { signal, onWait }) => {
    const client = await deps.accounts.client(account.id);
    const control = { signal, ...(onWait && { onWait }) };
    const list = await needing('department', readDepartments(client, control));
    const tree = new DepartmentTree(list);
    const wanted = chosen.map((department) => {
      const { id, reach } = department;
      const name = tree.get(id)?.name;
      if (name === undefined) {
        throw unusable('DEPARTMENT_GONE', department.name ?? `#${id}`);
      }
      const ids = new Set(reach === 'tree' ? tree.subtree(id) : [id]);
      return { department: { id, name, reach }, ids };
    });
    const all = wanted.flatMap(({ ids }) => [...ids]);
    const people = await needing('user', peopleInDepartments(client, all, control));
    return wanted.map(({ department, ids }) => {
      const members = people.filter(({ departments }) => departments.some((id) => ids.has(id)));
      if (members.length === 0) {
        throw unusable('DEPARTMENT_EMPTY', department.name);
      }
      return {
        department,
        people: members.map((person) => ({ ...textPersonOf(person, tree), name: person.name })),
      };
    });
  };
}

/** Bitrix24: insufficient_scope does not say which. */
async function needing<T>(scope: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw error instanceof Bitrix24Error && error.is('insufficient_scope')
      ? error.with({ scope })
      : error;
  }
}

/** `name`: of the department, which the user is told. */
function unusable(code: 'DEPARTMENT_GONE' | 'DEPARTMENT_EMPTY', name: string): Bitrix24Error {
  return new Bitrix24Error({ kind: 'invalid', phase: 'notSent', code, description: name });
}
