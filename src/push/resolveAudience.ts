import type { Account, Accounts } from '../accounts/account';
import { peopleInDepartments } from '../bitrix24/peopleByPage';
import { departments as readDepartments } from '../bitrix24/departments';
import { Bitrix24Error } from '../bitrix24/errors';
import type { CallControl } from '../bitrix24/portalClient';
import { DepartmentTree } from '../people/departments/departmentTree';
import type { DepartmentRecipient, Recipient } from '../people/recipient';
import { templateOf } from './draft';
import type { Draft } from './draft';
import { textPersonOf } from './personFacts';
import type { PersonFacts } from './personFacts';
import { placeholdersOf } from './personalText';
import type { TextPerson } from './personalText';
import { asBitrix24Error } from './unexpectedError';

/** The people whom a draft goes to. */
export interface ResolvedAudience {
  /** The people who were picked individually and the members of the departments, each once. */
  people: readonly Recipient[];
  /** The same people with what the text says about them; undefined when it says nothing about anybody. */
  facts: readonly TextPerson[] | undefined;
  /** The draft's departments by the names that they have now, with the number of their people. */
  departments: readonly { department: DepartmentRecipient; people: number }[];
}

/**
 * Asks the portal who is in the draft's departments, and what the text says about its people. Throws Bitrix24Error
 * (not sent), also for a department that is gone (`DEPARTMENT_GONE`) or has nobody in it (`DEPARTMENT_EMPTY`).
 */
export type ResolveAudience = (
  account: Account,
  draft: Draft,
  options: Options,
) => Promise<ResolvedAudience>;

type Options = Pick<CallControl, 'signal' | 'onWait'>;

export interface ResolveAudienceDeps {
  accounts: Pick<Accounts, 'client'>;
  facts: PersonFacts;
}

export function createResolveAudience(deps: ResolveAudienceDeps): ResolveAudience {
  return async (account, draft, options) => {
    try {
      const departments = await membersOf(deps.accounts, account, draft.departments, options);
      const members = new Map(
        departments.flatMap(({ members }) => members.map((person) => [person.id, person])),
      );
      const people = united(draft.recipients, members);
      const placeholders = placeholdersOf(templateOf(draft));
      let facts: TextPerson[] | undefined;
      if (placeholders.length > 0) {
        // The facts about the members came with the members.
        const others = people.filter(({ id }) => !members.has(id));
        const known = await deps.facts(account, others, placeholders, options);
        const byId = new Map([...known, ...members.values()].map((one) => [one.id, one]));
        facts = people.map((person) => ({ ...person, ...byId.get(person.id) }));
      }
      return {
        ...{ people, facts },
        departments: departments.map(({ department, members: { length } }) => ({
          ...{ department, people: length },
        })),
      };
    } catch (error) {
      // Whatever became of these questions, no push was sent.
      throw asBitrix24Error(error, 'notSent').with({ phase: 'notSent' });
    } finally {
      options.onWait?.(undefined);
    }
  };
}

type Member = Recipient & TextPerson;

/** From the portal each time: people who joined or left since the departments were chosen do or do not get the push. */
async function membersOf(
  accounts: Pick<Accounts, 'client'>,
  account: Account,
  chosen: readonly DepartmentRecipient[],
  options: Options,
): Promise<{ department: DepartmentRecipient; members: Member[] }[]> {
  if (chosen.length === 0) {
    return [];
  }
  const client = await accounts.client(account.id);
  const tree = new DepartmentTree(await needing('department', readDepartments(client, options)));
  const wanted = chosen.map(({ id, name: lastName, reach }) => {
    const name = tree.get(id)?.name;
    if (name === undefined) {
      throw unusable('DEPARTMENT_GONE', lastName ?? `#${id}`);
    }
    const ids = new Set(reach === 'tree' ? tree.subtree(id) : [id]);
    return { department: { id, name, reach }, ids };
  });
  const all = wanted.flatMap(({ ids }) => [...ids]);
  const people = await needing('user', peopleInDepartments(client, all, options));
  return wanted.map(({ department, ids }) => {
    const members = people.filter(({ departments }) => departments.some((id) => ids.has(id)));
    if (members.length === 0) {
      throw unusable('DEPARTMENT_EMPTY', department.name);
    }
    return {
      department,
      members: members.map((person) => ({ ...textPersonOf(person, tree), name: person.name })),
    };
  });
}

function united(chosen: readonly Recipient[], members: ReadonlyMap<number, Member>): Recipient[] {
  const ids = new Set(chosen.map(({ id }) => id));
  const others = Array.from(members.values(), ({ id, name }) => ({ id, name }));
  return [...chosen, ...others.filter(({ id }) => !ids.has(id))];
}

/** Bitrix24 does not say which permission is missing (insufficient_scope); the caller knows. */
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
