import { l10n } from 'vscode';
import type { Account } from '../accounts/account';
import type { Messages } from '../common/messages';
import { plainText } from '../common/plainText';
import { draftText } from './draft';
import type { Draft } from './draft';
import type { Twin } from './outbox/outbox';

/** The user's yes or no to a push of which an equal one went, or is going, a moment before. */
export type ConfirmTwin = (input: {
  account: Account;
  draft: Draft;
  /** At least one. */
  twins: readonly Twin[];
}) => Promise<boolean>;

/** Asks in a modal window. */
export function createConfirmTwin(messages: Pick<Messages, 'ask'>): ConfirmTwin {
  return async ({ account: { host }, draft, twins }) => {
    const yes = l10n.t('Send Once More');
    const answer = await messages.ask({
      message: twins.some(({ state }) => state === 'sending')
        ? l10n.t(
            'The same text is being sent to the same people on {0} already. Send it twice?',
            host,
          )
        : l10n.t(
            'The same text went to the same people on {0} a short time ago. Send it again?',
            host,
          ),
      detail: plainText(draftText(draft), 200),
      answers: [yes],
    });
    return answer === yes;
  };
}
