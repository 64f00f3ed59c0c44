import { l10n } from 'vscode';
import { plainText } from '../common/plainText';
import type { DraftIssue } from '../push/checkDraft';
import type { FixId, Problem } from './problem';

/** What is wrong with a draft and what to do. For a fault that has a place in `text`, it names that place. */
export function issueMessage(issue: DraftIssue, text?: string): string {
  const place = text === undefined ? undefined : placeOf(issue, text);
  switch (issue.code) {
    case 'NO_ACCOUNT':
      return l10n.t('Sign in to a Bitrix24 portal first.');
    case 'NO_RECIPIENTS':
      return l10n.t('Choose at least one person.');
    case 'BAD_RECIPIENT':
      return l10n.t('A recipient’s id is not valid: ids are whole numbers above 0.');
    case 'TEXT_EMPTY':
      return l10n.t('Write some text.');
    case 'TEXT_ZERO':
      return l10n.t('Bitrix24 treats the text “0” as empty. Write a little more.');
    case 'TEXT_TOO_LONG':
      return l10n.t('The text is too long for a push. Shorten it.');
    case 'PLACEHOLDER_UNKNOWN':
      if (place) {
        return l10n.t(
          '“{0}” in line {1}, character {2} cannot be filled in. Only these words can stand between braces: {3}. To send a brace itself, write it twice.',
          ...place,
          fillableWords(),
        );
      }
      return l10n.t(
        'Only these words can stand between braces: {0}. To send a brace itself, write it twice.',
        fillableWords(),
      );
    case 'PLACEHOLDER_OPEN':
      if (place) {
        return l10n.t(
          'The brace “{0}” in line {1}, character {2} is unmatched. To send a brace itself, write it twice.',
          ...place,
        );
      }
      return l10n.t('A brace is unmatched. To send a brace itself, write it twice.');
    case 'AVATAR_NOT_HTTP':
      return l10n.t(
        'The avatar must be the address of a picture and begin with https:// or http://.',
      );
  }
}

/** The words that can stand between braces, as a user of this language writes them: see `placeholderWords`. */
export function fillableWords(): string {
  return l10n.t({
    message: 'name, last_name, full_name, position, department',
    comment: [
      'What can stand between braces: only these words and their Russian names are understood',
    ],
  });
}

/** The piece of text at fault, its line, and its first character in that line; both count from 1. */
function placeOf({ offset = 0, length = 0 }: DraftIssue, text: string): [string, number, number] {
  const lines = text.slice(0, offset).split(/\r\n?|\n/);
  const written = plainText(text.slice(offset, offset + length), 40);
  return [written, lines.length, Array.from(lines.at(-1) ?? '').length + 1];
}

/** Where the faults of a field are put right. */
const issueFixes: Record<DraftIssue['field'], FixId> = {
  account: 'signIn',
  recipients: 'goToRecipients',
  text: 'goToText',
  avatar: 'goToAvatar',
};

/** The same for a notification, with its way on. */
export function problemOfIssue(issue: DraftIssue): Problem {
  const { code, field } = issue;
  return { code, severity: 'error', message: issueMessage(issue), fixes: [issueFixes[field]] };
}

/** Says whether the text that waits is on disk. */
export function keptSentence(isSaved: boolean): string {
  return isSaved
    ? l10n.t('Your text is kept.')
    : l10n.t('Your text could not be saved: copy it before you close this window.');
}
