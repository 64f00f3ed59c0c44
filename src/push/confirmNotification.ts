import { l10n } from 'vscode';
import { shownHost } from '../accounts/account';
import type { Account } from '../accounts/account';
import { counted } from '../common/counted';
import type { PlannedPush } from './plan';

/** The question about a notification. */
export function notificationQuestion(count: number, account: Account): string {
  return counted(
    l10n.t(
      'Put a notification into the bell of {0} person on {1}?|Put a notification into the bells of {0} people on {1}?',
    ),
    count,
    shownHost(account),
  );
}

export function notificationYes(count: number): string {
  return counted(l10n.t('Notify {0} person|Notify {0} people'), count);
}

/** Why it is something else than a push, and what of the draft reads otherwise there. */
export function notificationRemarks(
  pushes: readonly PlannedPush[],
  { avatar }: { avatar: string },
): string[] {
  const isFormatted = pushes.some(({ text }) => hasFormat(text));
  return [
    l10n.t(
      'A notification in Bitrix24’s bell, not a push. It rings only where the person allows it.',
    ),
    ...(isFormatted
      ? [
          l10n.t(
            'Bitrix24 shows words in square brackets, such as [b], as format or a link, and #BR# as a new line. The text cannot be sent otherwise.',
          ),
        ]
      : []),
    ...(avatar === '' ? [] : [l10n.t('Without the picture: a notification shows its sender’s.')]),
  ];
}

/** True for a text with a word in square brackets that a BB code might be, or with the mark of a new line. */
export function hasFormat(text: string): boolean {
  return /\[\/?[a-z*][^[\]]*\]|#BR#/i.test(text);
}
