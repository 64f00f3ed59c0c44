import type { Account, Accounts } from '../accounts/account';
import { Bitrix24Error } from '../bitrix24/errors';
import { peopleByIds } from '../bitrix24/peopleById';
import type { Person } from '../bitrix24/person';
import type { CallControl } from '../bitrix24/portalClient';
import type { Log } from '../common/log';
import type { DepartmentTree } from '../people/departments/departmentTree';
import type { Recipient } from '../people/recipient';
import type { Placeholder, TextPerson } from './personalText';

/**
 * Resolves to what a text may say about these people, asked at the moment of sending. People of whom nothing is known
 * may be absent. Throws Bitrix24Error.
 */
export type PersonFacts = (
  account: Account,
  recipients: readonly Recipient[],
  facts: readonly Placeholder[],
  options: Pick<CallControl, 'signal' | 'onWait'>,
) => Promise<readonly TextPerson[]>;

export interface PersonFactsDeps {
  accounts: Pick<Accounts, 'client'>;
  log: Log;
  /** A person whom the directory of the account's portal knows. */
  known: (accountId: string, id: number) => Person | undefined;
  /** Empty where the application may not read departments. Throws Bitrix24Error. */
  departments: (accountId: string) => Promise<Pick<DepartmentTree, 'get'>>;
}

/** Takes facts from the directory as far as it goes, and asks the portal for people whom it does not know. */
export function createPersonFacts(deps: PersonFactsDeps): PersonFacts {
  const { accounts, log, known, departments } = deps;
  return async (account, recipients, facts, options) => {
    const ids = recipients.map(({ id }) => id);
    const people = ids.flatMap((id) => known(account.id, id) ?? []);
    const found = new Set(people.map(({ id }) => id));
    const missing = ids.filter((id) => !found.has(id));
    if (missing.length > 0) {
      const client = await accounts.client(account.id);
      const read = () => peopleByIds(client, missing, controlOf(options));
      // One by one: a call with tens of thousands of arguments may fail.
      (await unlessScopeIsMissing(read, [], log)).forEach((person) => people.push(person));
    }
    const tree = facts.includes('department')
      ? await unlessScopeIsMissing(() => departments(account.id), undefined, log)
      : undefined;
    return people.map((person) => textPersonOf(person, tree));
  };
}

/** What a text may say about a colleague. */
export function textPersonOf(
  person: Person,
  departments: Pick<DepartmentTree, 'get'> | undefined,
): TextPerson {
  const { id, firstName, lastName, position } = person;
  const department = person.departments
    .map((departmentId) => departments?.get(departmentId)?.name)
    .find((name) => name !== undefined);
  return { id, firstName, lastName, position, department };
}

/** Absent options are left out, because the protocol tells them from undefined ones. */
export function controlOf({ signal, onWait }: Pick<CallControl, 'signal' | 'onWait'>): CallControl {
  return { signal, ...(onWait && { onWait }) };
}

/** Where the application lacks a permission (insufficient_scope), the text's fallbacks stand in for the facts. */
async function unlessScopeIsMissing<T>(read: () => Promise<T>, otherwise: T, log: Log): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Bitrix24Error && error.is('insufficient_scope')) {
      log.info('Facts for a personal text: the application lacks a scope.');
      return otherwise;
    }
    throw error;
  }
}
