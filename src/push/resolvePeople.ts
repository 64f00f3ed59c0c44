import type { Accounts } from '../accounts/account';
import { Bitrix24Error } from '../bitrix24/errors';
import { peopleByIds } from '../bitrix24/peopleById';
import type { Person } from '../bitrix24/person';
import type { Log } from '../common/log';
import type { DepartmentTree } from '../people/departments/departmentTree';
import type { TextPerson } from './personalText';
import type { ResolvePeople } from './pushRoad';

export interface ResolvePeopleDeps {
  accounts: Pick<Accounts, 'client'>;
  log: Log;
  /** Someone whom the directory of the account's portal knows. */
  known?: (accountId: string, id: number) => Person | undefined;
  /** Empty where the application may not read them. Throws Bitrix24Error. */
  departments?: (accountId: string) => Promise<Pick<DepartmentTree, 'get'>>;
}

/** From the directory as far as it goes; whom it does not know is asked for on the portal. */
export function createResolvePeople(deps: ResolvePeopleDeps): ResolvePeople {
  return async (account, recipients, facts, { signal, onWait }) => {
    const people: Person[] = [];
    const open: number[] = [];
    for (const { id } of recipients) {
      const person = deps.known?.(account.id, id);
      if (person) {
        people.push(person);
      } else {
        open.push(id);
      }
    }
    if (open.length > 0) {
      const client = await deps.accounts.client(account.id);
      const found = await orNothing([], deps.log, () =>
        peopleByIds(client, open, { signal, ...(onWait && { onWait }) }),
      );
      // One by one: no function takes ten thousand arguments for sure.
      found.forEach((person) => people.push(person));
    }
    const departments = facts.includes('department')
      ? await orNothing<Pick<DepartmentTree, 'get'> | undefined>(undefined, deps.log, () =>
          deps.departments?.(account.id),
        )
      : undefined;
    return people.map((person) => textPersonOf(person, departments));
  };
}

/** What a text may say about a colleague. */
export function textPersonOf(
  person: Person,
  departments?: Pick<DepartmentTree, 'get'>,
): TextPerson {
  const { id, firstName, lastName, position } = person;
  const department = person.departments
    .map((departmentId) => departments?.get(departmentId)?.name)
    .find((name) => name !== undefined);
  return { id, firstName, lastName, position, department };
}

/** Bitrix24: insufficient_scope. The text's fallbacks then stand in for what may not be read. */
async function orNothing<T>(nothing: T, log: Log, look: () => Promise<T> | T): Promise<T> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof Bitrix24Error && error.is('insufficient_scope')) {
      log.info('Facts for a personal text: the application lacks a scope.');
      return nothing;
    }
    throw error;
  }
}
