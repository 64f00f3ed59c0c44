import { l10n } from 'vscode';
import type { Account } from '../accounts/account';
import type { Messages } from '../common/messages';
import { plainText } from '../common/plainText';
import { mustConfirm } from './confirmPolicy';
import { draftText } from './draft';
import type { Draft } from './draft';
import { recipientName } from '../recipients/recipientName';

/** The user's yes or no to a push that is about to leave. */
export type ConfirmSend = (input: { account: Account; draft: Draft }) => Promise<boolean>;

export interface ConfirmSendDeps {
  messages: Pick<Messages, 'ask'>;
  /** The setting bitrix24Push.confirm, read at each push. */
  policy: () => unknown;
}

const namesAtMost = 10;
const textAtMost = 200;

/** Asks in a modal window, as far as the setting wants it. */
export function createConfirmSend({ messages, policy }: ConfirmSendDeps): ConfirmSend {
  return async ({ account, draft }) => {
    const { recipients } = draft;
    if (!mustConfirm(policy(), recipients.length)) {
      return true;
    }
    const one = recipients.length === 1;
    const yes = one ? l10n.t('Send to 1 person') : l10n.t('Send to {0} people', recipients.length);
    const message = one
      ? l10n.t('Send a push to 1 person on {0}?', account.host)
      : l10n.t('Send a push to {0} people on {1}?', recipients.length, account.host);
    const answer = await messages.ask({ message, detail: detailOf(draft), answers: [yes] });
    return answer === yes;
  };
}

function detailOf(draft: Draft): string {
  const names = draft.recipients
    .slice(0, namesAtMost)
    .map((recipient) => plainText(recipientName(recipient), 80))
    .join(', ');
  const more = draft.recipients.length - namesAtMost;
  const people = more > 0 ? l10n.t('{0} and {1} more', names, more) : names;
  return `${people}\n\n${plainText(draftText(draft), textAtMost)}`;
}
