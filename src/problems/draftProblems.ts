import { l10n } from 'vscode';
import type { DraftIssue } from '../push/checkDraft';
import { placeholders } from '../push/personalText';
import type { FixId, Problem } from './problem';

/** What is wrong with a draft and what to do, in the same words wherever it is shown. */
export function issueMessage(code: DraftIssue['code']): string {
  switch (code) {
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
      return l10n.t(
        'Only these words can stand between braces: {0}. To send a brace itself, write it twice.',
        placeholders.join(', '),
      );
    case 'PLACEHOLDER_OPEN':
      return l10n.t('A brace is unmatched. To send a brace itself, write it twice.');
    case 'AVATAR_NOT_HTTP':
      return l10n.t(
        'The avatar must be the address of a picture and begin with https:// or http://.',
      );
  }
}

/** Where a fault of each field is put right. */
const issueFixes: Record<DraftIssue['field'], FixId> = {
  account: 'signIn',
  recipients: 'goToRecipients',
  text: 'goToText',
  avatar: 'goToAvatar',
};

/** The same for a notification, with its way on. */
export function problemOfIssue({ code, field }: DraftIssue): Problem {
  return { code, severity: 'error', message: issueMessage(code), fixes: [issueFixes[field]] };
}
