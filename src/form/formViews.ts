import type { Account } from '../accounts/account';
import { isLoopback } from '../bitrix24/portalAddress';
import { checkDraft } from '../push/checkDraft';
import type { Draft } from '../push/draft';
import type { TextPerson } from '../push/personalText';
import type { DepartmentRecipient, Recipient } from '../people/recipient';
import type { AccountView, DepartmentView, FormState, IssueView, Person } from './protocol';

/** Returns what the page may know of an account: nothing secret, and nothing that it does not draw. */
export function accountView(account: Account): AccountView {
  const { id, host, userId, userName, administrator, senderName, clientId } = account;
  return {
    id,
    host,
    userId,
    userName,
    clientId,
    ...(administrator === undefined ? {} : { administrator }),
    ...(senderName === undefined ? {} : { senderName }),
  };
}

export function draftView(
  draft: Draft,
  stamp: { generation: number; edit: number },
  host: string | undefined,
  known: (id: number) => Person,
  departmentView: (department: DepartmentRecipient) => DepartmentView,
): FormState['draft'] {
  const { recipients, departments, text, mode, avatar, location } = draft;
  return {
    ...stamp,
    recipients: recipients.map((recipient) => ({
      ...personView(recipient, host),
      ...known(recipient.id),
    })),
    departments: departments.map(departmentView),
    text,
    mode,
    avatar,
    ...(location ? { location: { ...location } } : {}),
  };
}

/** Adds to a person what a text may say about them. */
export function withPersonFacts(person: Person, facts: TextPerson | undefined): Person {
  if (!facts) {
    return person;
  }
  const { firstName, lastName, position, department } = facts;
  return {
    ...person,
    ...(firstName ? { firstName } : {}),
    ...(lastName ? { lastName } : {}),
    ...(position ? { position } : {}),
    ...(department ? { department } : {}),
  };
}

/** Returns what the page draws of a person. Only a portal on this machine (`host`) may point to pictures on it. */
export function personView(
  { id, name, position, photo }: Recipient,
  host: string | undefined,
): Person {
  const isDrawn = photo && (/^https:/i.test(photo) || isLoopback(host ?? ''));
  return {
    id,
    ...(name ? { name } : {}),
    ...(position ? { position } : {}),
    ...(isDrawn ? { photo } : {}),
  };
}

/** Returns the faults of the draft's fields; a missing account is no field. */
export function issuesOf(
  draft: Draft,
  account: Account | undefined,
  people?: readonly TextPerson[],
): IssueView[] {
  return checkDraft(draft, account, people)
    .filter(({ field }) => field !== 'account')
    .map((issue) => ({
      field: issue.field,
      code: issue.code,
      ...('offset' in issue ? { offset: issue.offset, length: issue.length } : {}),
    }));
}
