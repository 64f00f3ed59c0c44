import { env, l10n } from 'vscode';
import type { PushBudget } from '../bitrix24/pushSize';
import { plainText } from '../common/plainText';
import { draftText } from '../push/draft';
import type { DraftWords } from '../push/draft';
import type { DraftIssue } from '../push/outcome';
import { placeholders } from '../push/personalText';
import { issueMessage } from '../problems/draftProblems';
import { textFaultOf } from '../form/textFault';

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

const writtenAtMost = 40;

/** What is wrong with a text, with its place where it has one. */
export function textIssueMessage(issue: DraftIssue, text: string): string {
  const fault = textFaultOf(issue, text);
  if (!fault) {
    return issueMessage(issue.code);
  }
  const { line, column } = fault;
  const written = plainText(fault.written, writtenAtMost);
  return fault.code === 'PLACEHOLDER_OPEN'
    ? l10n.t(
        'The brace “{0}” in line {1}, character {2} has no partner. To send a brace, write it twice.',
        written,
        line,
        column,
      )
    : l10n.t(
        '“{0}” in line {1}, character {2} cannot be filled in. Between braces only these words can: {3}. To send a brace, write it twice.',
        written,
        line,
        column,
        placeholders.join(', '),
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
