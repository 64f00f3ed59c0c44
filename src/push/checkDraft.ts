import type { PushBudget } from '../bitrix24/pushSize';
import { checkPush } from '../bitrix24/push';
import type { PushFault } from '../bitrix24/push';
import type { Account } from '../accounts/account';
import { templateOf } from './draft';
import type { Draft, DraftMessage } from './draft';
import { budgetOfVersions } from './longestVersion';
import { fillTemplate } from './personalText';
import type { Template, TemplateFault, TextPerson } from './personalText';

/** What is wrong with a draft before anything leaves the machine, by field. */
export type DraftIssue =
  | { field: 'account'; code: 'NO_ACCOUNT' }
  | { field: 'recipients'; code: 'NO_RECIPIENTS' | 'BAD_RECIPIENT' }
  | { field: 'text'; code: 'TEXT_EMPTY' | 'TEXT_ZERO' | 'TEXT_TOO_LONG' }
  | ({ field: 'text' } & TemplateFault)
  | { field: 'avatar'; code: 'AVATAR_NOT_HTTP' };

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
  const issues = [
    ...faults
      .filter(({ code }) => code !== 'NO_RECIPIENTS' || draft.departments.length === 0)
      .map(issueOf),
    ...template.faults.map((fault): DraftIssue => ({ field: 'text', ...fault })),
  ];
  if (!sender) {
    issues.push({ field: 'account', code: 'NO_ACCOUNT' });
  } else {
    const avatarIsBad = issues.some(({ field }) => field === 'avatar');
    const measured = avatarIsBad ? { ...draft, avatar: '' } : draft;
    // Bitrix24 cuts what is too long, on iPhones in the middle of a character, and then nothing arrives.
    if (budgetOf(measured, sender, people).level === 'over') {
      issues.push({ field: 'text', code: 'TEXT_TOO_LONG' });
    }
  }
  return issues.sort((a, b) => fieldOrder.indexOf(a.field) - fieldOrder.indexOf(b.field));
}

const fieldOrder = ['account', 'recipients', 'text', 'avatar'];

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
    if (text.trim() === '' || text === '0') {
      return text;
    }
  }
  return written;
}

function issueOf(fault: PushFault): DraftIssue {
  switch (fault.code) {
    case 'NO_RECIPIENTS':
    case 'BAD_RECIPIENT':
      return { field: 'recipients', code: fault.code };
    case 'TEXT_EMPTY':
    case 'TEXT_ZERO':
      return { field: 'text', code: fault.code };
    case 'AVATAR_NOT_HTTP':
      return { field: 'avatar', code: fault.code };
  }
}
