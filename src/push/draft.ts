import { isBlank } from '../bitrix24/blankText';
import type { DepartmentRecipient, Recipient } from '../people/recipient';
import { fillTemplate, parseTemplate } from './personalText';
import type { Template, TextMode } from './personalText';

/** Where a text was selected, e.g. `src/checkout.ts:41-43`; the user decides whether it goes with the text. */
export interface SelectionLocation {
  label: string;
  included: boolean;
}

/**
 * The way that a draft goes: as a push to phones, or by im.notify.personal.add into the bell of each person, which is
 * something else and needs no administrator.
 */
export const ways = ['push', 'notification'] as const;
export type Way = (typeof ways)[number];

/** What somebody writes. */
export interface Draft {
  /** UUID. It stays the same through edits, windows and restarts. */
  id: string;
  /** Every edit gives a new one, so that what was sent can be told from what was written since. */
  version: string;
  /** Account to send from; undefined means the current one. */
  accountId: string | undefined;
  /** People who were chosen one by one. */
  recipients: Recipient[];
  /** The portal is asked who is in them at the moment of sending. */
  departments: DepartmentRecipient[];
  /** What the user wrote or selected. What is sent is {@link templateOf}, filled in for each person. */
  text: string;
  /** `literal` for a text that came from a selection, a file or a link: its braces are never placeholders. */
  mode: TextMode;
  /** http(s) address, or '' for none. */
  avatar: string;
  /** Only for a text that came from an editor. */
  location?: SelectionLocation | undefined;
  /** Absent for a push. Only a draft that is being sent, or was, says anything else: what is written is a push. */
  via?: Way | undefined;
}

/** Everything about a draft but its identity. */
export type DraftContent = Omit<Draft, 'id' | 'version'>;

/** A draft that nobody has written in yet, or one that begins with this content. */
export function newDraft(content: Partial<DraftContent> = {}): Draft {
  return {
    ...newIdentity(),
    accountId: undefined,
    recipients: [],
    departments: [],
    text: '',
    mode: 'personal',
    avatar: '',
    ...content,
  };
}

/** The same draft after an edit. */
export function edited(draft: Draft, patch: Partial<DraftContent>): Draft {
  return { ...draft, ...patch, id: draft.id, version: crypto.randomUUID() };
}

/** A new draft with the content of this one. */
export function copyOf(draft: Draft, patch: Partial<DraftContent> = {}): Draft {
  return { ...draft, ...patch, ...newIdentity() };
}

/** True if nobody has edited one of them since it was the other. */
export function isSameVersion(
  a: Pick<Draft, 'id' | 'version'>,
  b: Pick<Draft, 'id' | 'version'>,
): boolean {
  return a.id === b.id && a.version === b.version;
}

/** The message of a draft; without a mode its text is literal. */
export type DraftMessage = Pick<Draft, 'text' | 'location'> & { mode?: TextMode | undefined };

/** The draft's text, to be filled in for each person. Faults are counted from the beginning of `text`. */
export function templateOf(draft: DraftMessage): Template {
  const template = parseTemplate(draft.text, draft.mode ?? 'literal');
  // A place alone says nothing to anyone: an empty text stays empty, so that the check catches it.
  return draft.location?.included && !isBlank(draft.text)
    ? { ...template, parts: [`${draft.location.label}\n`, ...template.parts] }
    : template;
}

/** The text as it is sent; a personal text as it reads for a person of whom nothing is known. */
export function draftText(draft: DraftMessage): string {
  return fillTemplate(templateOf(draft));
}

/** The same version of the draft by another way, so that the store finds it wherever it is written. */
export function byWay<T extends { via?: Way | undefined }>(draft: T, way: Way): T {
  const other = { ...draft };
  if (way === 'push') {
    delete other.via;
  } else {
    other.via = way;
  }
  return other;
}

/** True for what goes into people's bells. */
export function isNotification({ via }: Pick<Draft, 'via'>): boolean {
  return via === 'notification';
}

/** True when nothing would be lost by forgetting it. */
export function isEmptyDraft(draft: Draft): boolean {
  return draft.text === '' && draft.recipients.length + draft.departments.length === 0;
}

/** The draft as another account would send it. On another portal its ids would mean other people, so they go. */
export function fromAccount(draft: Draft, accountId: string): Draft {
  if (draft.accountId === accountId) {
    return draft;
  }
  const isSamePortal =
    draft.accountId === undefined || portalOf(draft.accountId) === portalOf(accountId);
  return {
    ...draft,
    accountId,
    ...(!isSamePortal && { recipients: [], departments: [] }),
    // Always the same for the same version, so that the draft is found wherever it was moved.
    version: `${draft.version}>${accountId}`,
  };
}

/** Account ids are `${member_id}:${user_id}`; member_id names the portal. */
export function portalOf(accountId: string): string {
  return accountId.slice(0, accountId.lastIndexOf(':'));
}

function newIdentity(): Pick<Draft, 'id' | 'version'> {
  return { id: crypto.randomUUID(), version: crypto.randomUUID() };
}
