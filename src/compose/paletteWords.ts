import { env, l10n } from 'vscode';
import type { PushBudget } from '../bitrix24/budget';
import { draftText } from '../push/draft';
import type { DraftWords } from '../push/draft';
import type { DraftIssue } from '../push/outcome';
import { placeholders } from '../push/personalText';

/** What is wrong with a draft and what to do, in one sentence. */
export function issueMessage({ code }: DraftIssue): string {
  switch (code) {
    case 'NO_ACCOUNT':
      return l10n.t('Sign in first.');
    case 'NO_RECIPIENTS':
      return l10n.t('Choose at least one person.');
    case 'BAD_RECIPIENT':
      return l10n.t('Ids are whole numbers above 0.');
    case 'TEXT_EMPTY':
      return l10n.t('Write a text.');
    case 'TEXT_ZERO':
      return l10n.t('Bitrix24 takes the text "0" for an empty one. Write a little more.');
    case 'TEXT_TOO_LONG':
      return l10n.t('The text is too long for a push.');
    case 'PLACEHOLDER_UNKNOWN':
      return l10n.t(
        'Between braces only these words can be filled in: {0}. To send a brace, write it twice.',
        placeholders.join(', '),
      );
    case 'PLACEHOLDER_OPEN':
      return l10n.t('A brace has no partner. To send a brace, write it twice.');
    case 'AVATAR_NOT_HTTP':
      return l10n.t('Enter an address that begins with https:// or http://, or nothing.');
  }
}

/** How much a text that is too long would lose. */
export function cutMessage(draft: DraftWords, budget: PushBudget): string {
  const text = draftText(draft);
  const characters = new Intl.Segmenter(env.language);
  const lost = (cutAt: number): number => [...characters.segment(text.slice(cutAt))].length;
  return l10n.t(
    'Too long for a push. Characters that would not arrive: iPhone {0}, Android {1}.',
    number(lost(budget.ios.cutAt)),
    number(lost(budget.android.cutAt)),
  );
}

/** The room that a push takes on both platforms. */
export function sizeMessage({ ios, android }: PushBudget): string {
  return l10n.t(
    'iPhone: {0} of {1} bytes, Android: {2} of {3} bytes',
    number(ios.usedBytes),
    number(ios.limitBytes),
    number(android.usedBytes),
    number(android.limitBytes),
  );
}

function number(value: number): string {
  return new Intl.NumberFormat(env.language).format(value);
}
