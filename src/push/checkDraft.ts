import { pushBudget } from '../bitrix24/budget';
import type { PushBudget } from '../bitrix24/budget';
import { checkPush } from '../bitrix24/push';
import type { PushFault, PushRequest } from '../bitrix24/push';
import type { Account } from '../accounts/account';
import { draftText } from './draft';
import type { Draft } from './draft';
import type { DraftIssue } from './outcome';

/** Stands for the application's name while the user has not told it; no method of Bitrix24 does. */
const typicalSenderName = 'Bitrix24 application';

/** Account facts that a budget needs. */
export type Sender = Pick<Account, 'clientId' | 'senderName'>;

/** What goes over the wire for a draft. */
export function pushRequestOf(draft: Draft): PushRequest {
  return {
    userIds: draft.recipients.map(({ id }) => id),
    text: draftText(draft),
    avatar: draft.avatar,
  };
}

/** How much room the draft takes on each platform. */
export function budgetOf(
  draft: Pick<Draft, 'text' | 'location' | 'avatar'>,
  sender: Sender,
): PushBudget {
  return pushBudget({
    text: draftText(draft),
    avatar: draft.avatar,
    appName: sender.senderName || typicalSenderName,
    clientId: sender.clientId,
  });
}

/** Everything that is wrong with a draft, without asking the portal; empty when it may leave. */
export function checkDraft(draft: Draft, sender: Sender | undefined): DraftIssue[] {
  const issues = checkPush(pushRequestOf(draft)).map(issueOf);
  if (!sender) {
    return [{ field: 'account', code: 'NO_ACCOUNT' }, ...issues];
  }
  const avatarIsBad = issues.some(({ field }) => field === 'avatar');
  const measured = avatarIsBad ? { ...draft, avatar: '' } : draft;
  // Bitrix24 cuts what is too long, on iPhones in the middle of a character, and then nothing arrives.
  if (budgetOf(measured, sender).level === 'over') {
    const at = issues.findIndex(({ field }) => field === 'avatar');
    issues.splice(at < 0 ? issues.length : at, 0, { field: 'text', code: 'TEXT_TOO_LONG' });
  }
  return issues;
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
