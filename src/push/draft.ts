import type { Recipient } from '../recipients/recipient';

export type { Recipient } from '../recipients/recipient';

/** Where a text was selected, e.g. `src/checkout.ts:41-43`; the user decides whether it goes with the text. */
export interface SelectionLocation {
  label: string;
  included: boolean;
}

/** A push that is being written. */
export interface Draft {
  /** Account to send from; undefined means the current one. */
  accountId: string | undefined;
  recipients: Recipient[];
  /** What the user wrote or selected, literally. What is sent is {@link draftText}. */
  text: string;
  /** http(s) address, or '' for none. */
  avatar: string;
  /** Only for a text that came from an editor. */
  location?: SelectionLocation | undefined;
}

export const emptyDraft: Draft = { accountId: undefined, recipients: [], text: '', avatar: '' };

/** The text as it is checked, measured, drawn and sent. */
export function draftText(draft: Pick<Draft, 'text' | 'location'>): string {
  // A place alone says nothing to anyone: an empty text stays empty, so that the check catches it.
  return draft.location?.included && draft.text !== ''
    ? `${draft.location.label}\n${draft.text}`
    : draft.text;
}

/** True when nothing would be lost by forgetting it. */
export function isEmptyDraft(draft: Draft): boolean {
  return draft.text === '' && draft.recipients.length === 0;
}

/** The draft as another account would send it. On another portal its ids would mean other people, so they go. */
export function fromAccount(draft: Draft, accountId: string): Draft {
  const same = draft.accountId === undefined || portalOf(draft.accountId) === portalOf(accountId);
  return { ...draft, accountId, recipients: same ? draft.recipients : [] };
}

/** Account ids are `${member_id}:${user_id}`. */
function portalOf(accountId: string): string {
  return accountId.slice(0, accountId.lastIndexOf(':'));
}

/**
 * Two drafts with equal keys would be the same push: same account, people, text and avatar.
 * Names and the order of people do not matter. `current` stands for an account that is not named.
 */
export function pushKey(draft: Draft, current?: string): string {
  const ids = [...new Set(draft.recipients.map(({ id }) => id))].sort((a, b) => a - b);
  return JSON.stringify([draft.accountId ?? current ?? null, ids, draftText(draft), draft.avatar]);
}
