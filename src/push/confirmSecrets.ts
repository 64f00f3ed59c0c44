import { l10n } from 'vscode';
import type { Messages } from '../common/messages';
import { plainText } from '../common/plainText';
import { maskSecrets } from './maskSecrets';
import type { ConfirmSecrets } from './secretCheck';

const shownAtMost = 5;

/** Asks in a modal window; shows no more of a secret than what it can be known by. */
export function createConfirmSecrets(messages: Pick<Messages, 'ask'>): ConfirmSecrets {
  return async ({ text, found }) => {
    const yes = l10n.t('Send Anyway');
    const excerpts = (found ?? [])
      .slice(0, shownAtMost)
      .map(({ start, end }) => plainText(maskSecrets(text.slice(start, end)), 80));
    const answer = await messages.ask({
      message: sentenceOf(found?.[0]?.kind),
      detail: [
        ...excerpts,
        l10n.t(
          'A push appears even on a locked phone, and it passes through servers outside your portal on its way.',
        ),
      ].join('\n\n'),
      answers: [yes],
    });
    return answer === yes;
  };
}

function sentenceOf(kind: string | undefined): string {
  switch (kind) {
    case undefined:
      return l10n.t('The text could not be checked for secrets. Send it?');
    case 'key':
      return l10n.t('The text seems to contain a private key. Send it?');
    case 'password':
      return l10n.t('The text seems to contain a password. Send it?');
    case 'connection':
      return l10n.t('The text seems to contain a connection string with a password. Send it?');
    default:
      return l10n.t('The text seems to contain a token or a key. Send it?');
  }
}
