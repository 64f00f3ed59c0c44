import { shownHost } from '../accounts/account';
import type { Account } from '../accounts/account';
import { isLoopback } from '../bitrix24/portalAddress';
import type { Draft } from '../push/draft';
import type { TextPerson } from '../push/personalText';
import type { DepartmentRecipient, Recipient } from '../people/recipient';
import type { AccountView, DepartmentView, FormState, Person, Stamp } from './protocol';

/** Returns what the page may know of an account: nothing secret, and nothing that it does not draw. */
export function accountView(account: Account): AccountView {
  const { id, userId, userName, administrator, senderName, clientId } = account;
  return { id, host: shownHost(account), userId, userName, administrator, senderName, clientId };
}

export function draftView(
  draft: Draft,
  stamp: Stamp,
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
    location,
  };
}

/** Adds to a person what a text may say about them. */
export function withPersonFacts(person: Person, facts: TextPerson | undefined): Person {
  const { firstName, lastName, department } = facts ?? {};
  return {
    ...person,
    position: facts?.position || person.position,
    firstName: firstName || undefined,
    lastName: lastName || undefined,
    department: department || undefined,
  };
}

/** Returns what the page draws of a person. Only a portal on this machine (`host`) may point to pictures on it. */
export function personView(
  { id, name, position, photo }: Recipient,
  host: string | undefined,
): Person {
  const isDrawn = photo && (/^https:/i.test(photo) || isLoopback(host ?? ''));
  return { id, name, position, photo: isDrawn ? photo : undefined };
}
