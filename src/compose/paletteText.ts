import { env, InputBoxValidationSeverity, l10n, QuickPickItemKind, ThemeIcon } from 'vscode';
import type { InputBoxValidationMessage, QuickInputButton, QuickPickItem } from 'vscode';
import type { Account } from '../accounts/account';
import type { PushBudget } from '../bitrix24/pushSize';
import { counted, countOfDepartments, countOfPeople, formatNumber } from '../common/counted';
import { plainLabel } from '../common/plainLabel';
import { plainText } from '../common/plainText';
import { textFaultOf } from '../form/textFault';
import { departmentName, recipientName } from '../people/recipientName';
import { issueMessage } from '../problems/draftProblems';
import { budgetOf, checkDraft } from '../push/checkDraft';
import { draftText } from '../push/draft';
import type { Draft, DraftMessage } from '../push/draft';
import type { DraftIssue } from '../push/checkDraft';
import { placeholders } from '../push/personalText';

export type StepId = 'portal' | 'recipients' | 'text' | 'avatar' | 'review';
export type Move = 'next' | 'back' | 'cancelled' | 'send' | Exclude<StepId, 'review'>;

/** The state that the steps of the palette work on. */
export interface Writing {
  accounts: readonly Account[];
  account: Account;
  draft: Draft;
}

/** Nobody reads more names in one line. */
const namesAtMost = 20;

interface ReviewItem extends QuickPickItem {
  move?: Move;
}

/** The lines of the last step: Send first, then what can be changed. */
export function reviewItems({ accounts, account, draft }: Writing): ReviewItem[] {
  const items: ReviewItem[] = [
    {
      label: `$(send) ${sendLabel(draft)}`,
      description: plainLabel(account.host),
      detail: sizeMessage(budgetOf(draft, account)),
      move: 'send',
    },
    { label: l10n.t('change'), kind: QuickPickItemKind.Separator },
    {
      label: `$(organization) ${l10n.t('Recipients')}`,
      description: recipientsLabel(draft),
      move: 'recipients',
    },
    {
      label: `$(edit) ${l10n.t('Text')}`,
      description: plainLabel(draft.text),
      move: 'text',
    },
    {
      label: `$(file-media) ${l10n.t('Avatar')}`,
      description: draft.avatar ? plainLabel(draft.avatar) : l10n.t('none'),
      move: 'avatar',
    },
  ];
  if (accounts.length > 1) {
    items.push({
      label: `$(globe) ${l10n.t('Portal')}`,
      description: `${plainLabel(account.host)} · ${plainLabel(account.userName)}`,
      move: 'portal',
    });
  }
  return items;
}

/** Departments are counted as such, because their members are looked up only when the push is sent. */
function sendLabel({ recipients, departments }: Draft): string {
  const people = recipients.length;
  if (departments.length === 0) {
    return counted(l10n.t('Send to {0} person|Send to {0} people'), people);
  }
  if (people > 0) {
    return l10n.t(
      'Send to {0} and {1}',
      countOfPeople(people),
      countOfDepartments(departments.length),
    );
  }
  return counted(
    l10n.t('Send to people of {0} department|Send to people of {0} departments'),
    departments.length,
  );
}

function recipientsLabel({ recipients, departments }: Draft): string {
  const names = [...departments.map(departmentName), ...recipients.map(recipientName)];
  return plainLabel(
    names.slice(0, namesAtMost).join(', ') + (names.length > namesAtMost ? '…' : ''),
  );
}

/** The button that switches between a personal text and one that is sent as it is. */
export function modeButton({ mode }: Draft): QuickInputButton {
  return mode === 'personal'
    ? {
        iconPath: new ThemeIcon('person'),
        tooltip: l10n.t('Personal: braces are filled in. Switch to literal'),
      }
    : {
        iconPath: new ThemeIcon('json'),
        tooltip: l10n.t('Literal: braces are sent as they are. Switch to personal'),
      };
}

/** What is wrong with the text of a draft, or that it is nearly too long. */
export function textIssue(draft: Draft, account: Account): InputBoxValidationMessage | undefined {
  const issue = checkDraft(draft, account).find(({ field }) => field === 'text');
  if (issue) {
    const message =
      issue.code === 'TEXT_TOO_LONG'
        ? cutMessage(draft, budgetOf(draft, account))
        : textIssueMessage(issue, draft.text);
    return { message, severity: InputBoxValidationSeverity.Error };
  }
  const budget = budgetOf(draft, account);
  return budget.level === 'near'
    ? {
        message: l10n.t('Nearly full. {0}', sizeMessage(budget)),
        severity: InputBoxValidationSeverity.Warning,
      }
    : undefined;
}

/** What is wrong with the avatar of a draft. */
export function avatarIssue(draft: Draft, account: Account): InputBoxValidationMessage | undefined {
  const issue = checkDraft(draft, account).find(
    // The address takes bytes away from the text.
    ({ field, code }) => field === 'avatar' || code === 'TEXT_TOO_LONG',
  );
  return issue && { message: issueMessage(issue.code), severity: InputBoxValidationSeverity.Error };
}

/** Says how many characters of a text that is too long would be lost. */
function cutMessage(draft: DraftMessage, budget: PushBudget): string {
  const text = draftText(draft);
  const characters = new Intl.Segmenter(env.language);
  const lost = (cutAt: number): number => [...characters.segment(text.slice(cutAt))].length;
  return l10n.t(
    'Too long for a push. Characters that would not arrive: iPhone {0}, Android {1}.',
    formatNumber(lost(budget.ios.cutAt)),
    formatNumber(lost(budget.android.cutAt)),
  );
}

const writtenAtMost = 40;

/** Says what is wrong with a text and, if the fault has a place, where. */
function textIssueMessage(issue: DraftIssue, text: string): string {
  const fault = textFaultOf(issue, text);
  if (!fault) {
    return issueMessage(issue.code);
  }
  const { line, column } = fault;
  const written = plainText(fault.written, writtenAtMost);
  return fault.code === 'PLACEHOLDER_OPEN'
    ? l10n.t(
        'The brace “{0}” in line {1}, character {2} is unmatched. To send a brace itself, write it twice.',
        written,
        line,
        column,
      )
    : l10n.t(
        '“{0}” in line {1}, character {2} cannot be filled in. Only these words can stand between braces: {3}. To send a brace itself, write it twice.',
        written,
        line,
        column,
        placeholders.join(', '),
      );
}

/** Says how many bytes a push takes on both platforms. */
export function sizeMessage({ ios, android }: PushBudget): string {
  return l10n.t(
    'iPhone: {0} of {1} bytes, Android: {2} of {3} bytes',
    formatNumber(ios.usedBytes),
    formatNumber(ios.limitBytes),
    formatNumber(android.usedBytes),
    formatNumber(android.limitBytes),
  );
}
