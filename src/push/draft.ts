import type { DepartmentRecipient, Recipient } from '../people/recipient';
import { fillTemplate, parseTemplate } from './personalText';
import type { Template, TextMode } from './personalText';

export type { Recipient } from '../people/recipient';

/** Where a text was selected, e.g. `src/checkout.ts:41-43`; the user decides whether it goes with the text. */
export interface SelectionLocation {
  label: string;
  included: boolean;
}

/** A push that is being written. */
export interface Draft {
  /** Account to send from; undefined means the current one. */
  accountId: string | undefined;
  /** Chosen one by one. */
  recipients: Recipient[];
  /** Who is in them is asked at the moment of sending; absent: none. */
  departments?: DepartmentRecipient[] | undefined;
  /** What the user wrote or selected. What is sent is {@link templateOf}, filled in for each person. */
  text: string;
  /** `literal` for a text that came from a selection, a file or a link: its braces are never placeholders. */
  mode: TextMode;
  /** http(s) address, or '' for none. */
  avatar: string;
  /** Only for a text that came from an editor. */
  location?: SelectionLocation | undefined;
}

export const emptyDraft: Draft = {
  accountId: undefined,
  recipients: [],
  text: '',
  mode: 'personal',
  avatar: '',
};

/** What a draft says; without a mode its text is literal. */
export type DraftWords = Pick<Draft, 'text' | 'location'> & { mode?: TextMode | undefined };

/** The draft's text, to be filled in for each person. Faults are counted from the beginning of `text`. */
export function templateOf(draft: DraftWords): Template {
  const template = parseTemplate(draft.text, draft.mode ?? 'literal');
  // A place alone says nothing to anyone: an empty text stays empty, so that the check catches it.
  return draft.location?.included && draft.text !== ''
    ? { ...template, parts: [`${draft.location.label}\n`, ...template.parts] }
    : template;
}

/** The text as it is sent; of a personal one, what somebody would get of whom nothing is known. */
export function draftText(draft: DraftWords): string {
  return fillTemplate(templateOf(draft));
}

/** Does it go to departments, besides those chosen one by one? */
export function hasDepartments({ departments = [] }: Pick<Draft, 'departments'>): boolean {
  return departments.length > 0;
}

/** True when nothing would be lost by forgetting it. */
export function isEmptyDraft(draft: Draft): boolean {
  return draft.text === '' && draft.recipients.length === 0 && !hasDepartments(draft);
}

/** The draft as another account would send it. On another portal its ids would mean others, so they go. */
export function fromAccount(draft: Draft, accountId: string): Draft {
  const same = draft.accountId === undefined || portalOf(draft.accountId) === portalOf(accountId);
  return same ? { ...draft, accountId } : { ...toPeople(draft, []), accountId };
}

/** The draft for some of its people, and no departments. */
export function onlyTo(draft: Draft, ids: Iterable<number>): Draft {
  const wanted = new Set(ids);
  return toPeople(
    draft,
    draft.recipients.filter(({ id }) => wanted.has(id)),
  );
}

/** The draft for these people instead of those, and the departments, that it goes to. */
export function toPeople(draft: Draft, recipients: Recipient[]): Draft {
  const changed: Draft = { ...draft, recipients };
  delete changed.departments;
  return changed;
}

/** Account ids are `${member_id}:${user_id}`. */
function portalOf(accountId: string): string {
  return accountId.slice(0, accountId.lastIndexOf(':'));
}

/**
 * Two drafts with equal keys would be the same push: same account, people, departments, text and avatar.
 * Names and the order of people do not matter. `current` stands for an account that is not named.
 */
export function pushKey(draft: Draft, current?: string): string {
  const ids = [...new Set(draft.recipients.map(({ id }) => id))].sort((a, b) => a - b);
  const template = templateOf(draft);
  const text = template.personal ? template.parts : fillTemplate(template);
  const departments = draft.departments?.map(({ id, reach }) => `${id} ${reach}`) ?? [];
  return JSON.stringify([
    draft.accountId ?? current ?? null,
    ids,
    text,
    draft.avatar,
    [...new Set(departments)].sort(),
  ]);
}
