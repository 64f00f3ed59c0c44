import { env, l10n } from 'vscode';
import type { Messages } from '../common/messages';
import { plainText } from '../common/plainText';
import { callerLine } from './callerName';
import type { Draft } from './draft';
import { maskSecrets } from './maskSecrets';
import type { ConfirmSecrets } from './secretCheck';

const shownAtMost = 5;

export interface ConfirmSecretsDeps {
  messages: Pick<Messages, 'ask'>;
  /** Brings the draft's text to where it can be edited. */
  editText: (draft: Draft) => Promise<unknown>;
}

/** Asks in a modal window; shows no more of a secret than what it can be known by. */
export function createConfirmSecrets({ messages, editText }: ConfirmSecretsDeps): ConfirmSecrets {
  return async ({ draft, text, found, askedBy }) => {
    const edit = l10n.t('Edit Text');
    const send = l10n.t('Send Anyway');
    const excerpts = (found ?? [])
      .slice(0, shownAtMost)
      .map(({ start, end }) => plainText(maskSecrets(text.slice(start, end)), 80));
    const answer = await messages.ask({
      message: questionOf((found ?? []).map(({ kind }) => kind)),
      detail: [
        ...(askedBy === undefined ? [] : [callerLine(askedBy)]),
        ...excerpts,
        l10n.t(
          'A push appears even on a locked phone, and it passes through servers outside your portal on its way.',
        ),
      ].join('\n\n'),
      // Enter presses the first.
      answers: [edit, send],
    });
    if (answer === edit) {
      await editText(draft);
    }
    return answer === send;
  };
}

/** Names every kind of secret that was found, the gravest first. */
function questionOf(found: readonly string[]): string {
  const kinds: readonly [kind: string, name: string][] = [
    ['key', l10n.t('a private key')],
    ['password', l10n.t('a password')],
    ['connection', l10n.t('a connection string with a password')],
    ['token', l10n.t('a token or a key')],
  ];
  const names = kinds.filter(([kind]) => found.includes(kind)).map(([, name]) => name);
  return names.length === 0
    ? l10n.t('The text could not be checked for secrets. Send it?')
    : l10n.t(
        'The text seems to contain {0}. Send it?',
        new Intl.ListFormat(env.language, { type: 'conjunction' }).format(names),
      );
}
