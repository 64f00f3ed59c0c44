import { isBlank } from '../bitrix24/blankText';
import type { PushBudget } from '../bitrix24/pushSize';
import { checkPush } from '../bitrix24/push';
import type { Account } from '../accounts/account';
import { isNotification, templateOf } from './draft';
import type { Draft, DraftMessage } from './draft';
import { budgetOfVersions } from './longestVersion';
import { fillTemplate } from './personalText';
import type { Template, TextPerson } from './personalText';

/** The field of each thing that can be wrong with a draft, in the order of the fields. */
const fields = {
  NO_ACCOUNT: 'account',
  NO_RECIPIENTS: 'recipients',
  BAD_RECIPIENT: 'recipients',
  TEXT_EMPTY: 'text',
  TEXT_ZERO: 'text',
  PLACEHOLDER_UNKNOWN: 'text',
  PLACEHOLDER_OPEN: 'text',
  TEXT_TOO_LONG: 'text',
  AVATAR_NOT_HTTP: 'avatar',
} as const;

/** What is wrong with a draft before anything leaves the machine. */
export interface DraftIssue {
  field: (typeof fields)[keyof typeof fields];
  code: keyof typeof fields;
  /** The place of a fault in a personal text: see `TemplateFault`. */
  offset?: number;
  length?: number;
}

/** Stands for the application's name while the user has not told it; no method of Bitrix24 does. */
const typicalSenderName = 'Bitrix24 application';

/** Account facts that a budget needs. */
export type Sender = Pick<Account, 'clientId' | 'senderName'>;

/**
 * How much room the draft takes on each platform: in the version that takes most, when it greets people by name.
 * `people`: the draft's own when absent; what is not known of them counts as missing.
 */
export function budgetOf(
  draft: DraftMessage & Pick<Draft, 'avatar'> & { recipients?: readonly TextPerson[] },
  sender: Sender,
  people: readonly TextPerson[] = draft.recipients ?? [],
): PushBudget {
  return budgetOfVersions(templateOf(draft), people, {
    avatar: draft.avatar,
    appName: sender.senderName || typicalSenderName,
    clientId: sender.clientId,
  });
}

/**
 * Everything that is wrong with a draft, without asking the portal; empty when it may leave.
 * `people`: the draft's people with all that is known of them, so that every version of the text is checked.
 */
export function checkDraft(
  draft: Draft,
  sender: Sender | undefined,
  people?: readonly TextPerson[],
): DraftIssue[] {
  const template = templateOf(draft);
  const faults = checkPush({
    userIds: draft.recipients.map(({ id }) => id),
    text: worstText(template, draft.text, people),
    avatar: draft.avatar,
  });
  const issues: DraftIssue[] = [
    ...faults
      .filter(({ code }) => code !== 'NO_RECIPIENTS' || draft.departments.length === 0)
      .map(({ code }) => ({ field: fields[code], code })),
    ...template.faults.map((fault) => ({ field: 'text' as const, ...fault })),
  ];
  if (!sender) {
    issues.push({ field: 'account', code: 'NO_ACCOUNT' });
  } else if (!isNotification(draft)) {
    const avatarIsBad = issues.some(({ field }) => field === 'avatar');
    const measured = avatarIsBad ? { ...draft, avatar: '' } : draft;
    // Bitrix24 cuts what is too long, on iPhones in the middle of a character, and then nothing arrives.
    if (budgetOf(measured, sender, people).level === 'over') {
      issues.push({ field: 'text', code: 'TEXT_TOO_LONG' });
    }
  }
  const order = Object.values(fields);
  return issues.sort((a, b) => order.indexOf(a.field) - order.indexOf(b.field));
}

/** The issue of this code; undefined for any other word. */
export function issueOf(code: string): DraftIssue | undefined {
  return isIssue(code) ? { field: fields[code], code } : undefined;
}

function isIssue(code: string): code is DraftIssue['code'] {
  return Object.hasOwn(fields, code);
}

/** The version that Bitrix24 would take for no text, if there is one. While people are not known, what was written. */
function worstText(
  template: Template,
  written: string,
  people: readonly TextPerson[] | undefined,
): string {
  if (!template.personal) {
    return fillTemplate(template);
  }
  for (const person of people ?? []) {
    const text = fillTemplate(template, person);
    if (isBlank(text) || text === '0') {
      return text;
    }
  }
  return written;
}
