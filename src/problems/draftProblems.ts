import { l10n } from 'vscode';
import type { Bitrix24Error } from '../bitrix24/errors';
import type { DraftIssue } from '../push/outcome';
import type { FixId, Problem } from './problem';

/** What is wrong with a draft, for the field or for a notification. */
export function problemOfIssue(issue: DraftIssue): Problem {
  const rows: Record<DraftIssue['code'], () => { message: string; fixes: FixId[] }> = {
    NO_ACCOUNT: () => ({
      message: l10n.t('Sign in to a Bitrix24 portal first.'),
      fixes: ['signIn'],
    }),
    NO_RECIPIENTS: () => ({
      message: l10n.t('Choose who gets the push.'),
      fixes: ['goToRecipients'],
    }),
    BAD_RECIPIENT: () => ({
      message: l10n.t('A recipient is not a user id of Bitrix24: ids are whole numbers from 1.'),
      fixes: ['goToRecipients'],
    }),
    TEXT_EMPTY: () => ({
      message: l10n.t('Write a text: Bitrix24 sends no empty push.'),
      fixes: ['goToText'],
    }),
    TEXT_ZERO: () => ({
      message: l10n.t(
        'Bitrix24 takes a text of a single 0 for an empty one. Write something more.',
      ),
      fixes: ['goToText'],
    }),
    TEXT_TOO_LONG: () => ({
      message: l10n.t('The text is longer than a phone gets. Shorten it.'),
      fixes: ['goToText'],
    }),
    AVATAR_NOT_HTTP: () => ({
      message: l10n.t(
        'The avatar must be the address of an image, starting with http:// or https://.',
      ),
      fixes: ['goToAvatar'],
    }),
  };
  return { code: issue.code, severity: 'error', ...rows[issue.code]() };
}

/** The client checks a push as well as the draft's own check does; both mean the same fields. */
export function draftIssueOf(error: Bitrix24Error): DraftIssue | undefined {
  if (error.kind !== 'invalid') {
    return undefined;
  }
  switch (error.code) {
    case 'NO_RECIPIENTS':
    case 'BAD_RECIPIENT':
      return { field: 'recipients', code: error.code };
    case 'TEXT_EMPTY':
    case 'TEXT_ZERO':
    case 'TEXT_TOO_LONG':
      return { field: 'text', code: error.code };
    case 'AVATAR_NOT_HTTP':
      return { field: 'avatar', code: error.code };
    default:
      return undefined;
  }
}
