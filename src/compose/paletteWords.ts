import { env, l10n } from 'vscode';
import type { PushBudget } from '../bitrix24/budget';
import { draftText } from '../push/draft';
import type { DraftWords } from '../push/draft';

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
