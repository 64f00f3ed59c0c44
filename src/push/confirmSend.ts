import { l10n } from 'vscode';
import type { window } from 'vscode';
import { shownHost } from '../accounts/account';
import type { Account } from '../accounts/account';
import { counted, countOfPeople, firstNames, formatNumber } from '../common/counted';
import { dateTime } from '../common/dateTime';
import type { Messages } from '../common/messages';
import { plainText } from '../common/plainText';
import { callerLine, callerName } from './callerName';
import { mustConfirm, mustTypeCount, typedCount } from './confirmPolicy';
import type { ConfirmPolicy } from './confirmPolicy';
import { notificationQuestion, notificationRemarks, notificationYes } from './confirmNotification';
import { byWay, draftText, isNotification } from './draft';
import type { Draft } from './draft';
import type { PlanSummary, PushPlan } from './plan';
import { workspaceGroupsOf } from '../people/groups';
import type { Recipient } from '../people/recipient';
import { recipientName } from '../people/recipientName';
import type { SameMessage } from './pushStore';
import type { ResolvedAudience } from './resolveAudience';

/** A push that is about to leave. */
export interface PushToConfirm {
  account: Account;
  draft: Draft;
  audience: ResolvedAudience;
  plan: PushPlan;
  /** The program, agent or extension that wants it sent, by its own word; absent where the user wrote it. */
  askedBy?: string | undefined;
  /** When it shall leave, Unix ms; absent for at once. */
  at?: number | undefined;
}

/** The user's yes or no to a push that is about to leave. */
export type ConfirmSend = (push: PushToConfirm) => Promise<boolean>;

/** The user's yes or no to sending once more what went to the same people a moment before. `earlier`: at least one. */
export type ConfirmDuplicate = (
  push: Pick<PushToConfirm, 'account' | 'draft' | 'askedBy'>,
  earlier: readonly SameMessage[],
) => Promise<boolean>;

export interface ConfirmSendDeps {
  messages: Pick<Messages, 'ask'>;
  /** The setting bitrix24Push.confirm, read at each push. */
  policy: () => ConfirmPolicy;
  /** The setting bitrix24Push.confirmCount, read at each push. */
  countAbove: () => number;
  /** Says who may not get it, in a sentence; undefined for nothing to say. Answers in a moment. */
  doubts: (account: Account, people: readonly Recipient[]) => Promise<string | undefined>;
  /** Brings a draft that somebody else wants sent to where the user can change it. Sends nothing. */
  change: (draft: Draft) => Promise<unknown>;
  window: Pick<typeof window, 'showInputBox'>;
}

/** Asks about a duplicate in a modal window. */
export function createConfirmDuplicate(messages: Pick<Messages, 'ask'>): ConfirmDuplicate {
  return async ({ account, draft, askedBy }, earlier) => {
    const host = shownHost(account);
    const yes = l10n.t('Send Once More');
    const isBeingSent = earlier.some(({ state }) => state === 'sending');
    const answer = await messages.ask({
      message: isBeingSent
        ? l10n.t(
            'The same text is being sent to the same people on {0} already. Send it twice?',
            host,
          )
        : l10n.t(
            'The same text went to the same people on {0} a short time ago. Send it again?',
            host,
          ),
      detail: paragraphs([...askedByLines(askedBy), plainLines(draftText(draft), glance)]),
      answers: [yes],
    });
    return answer === yes;
  };
}

/** How much of a push the question shows. */
interface Shown {
  names: number;
  lines: number;
  /** Characters of a line. */
  characters: number;
}

/** Enough for the user to recognise what they wrote. */
const glance: Shown = { names: 10, lines: 8, characters: 200 };
/** The whole text of a push that the user sees for the first time, and as many names as one would read. */
const whole: Shown = { names: 50, lines: Infinity, characters: Infinity };

/**
 * Asks in a modal window, as far as the setting wants it; for very many people also to type how many. It always asks
 * about a push that somebody else wants sent: with the exact text, and with the way to change it.
 */
export function createConfirmSend(deps: ConfirmSendDeps): ConfirmSend {
  const { messages, policy, countAbove } = deps;
  return async (push) => {
    const { account, draft, audience, plan, askedBy } = push;
    const groups = workspaceGroupsOf({ people: draft.recipients, departments: draft.departments });
    const count = plan.summary.people;
    const isBell = isNotification(draft);
    const title = isBell
      ? notificationQuestion(count, account)
      : questionOf(count, account, push.at);
    const typing = mustTypeCount(countAbove(), count);
    const isAsked = askedBy !== undefined;
    if (!isBell && !isAsked && !typing && groups.length === 0 && !mustConfirm(policy(), count)) {
      return true;
    }
    const yes = isBell
      ? notificationYes(count)
      : push.at === undefined
        ? counted(l10n.t('Send to {0} person|Send to {0} people'), count)
        : l10n.t('Schedule');
    const change = l10n.t('Change in Form');
    const message = isAsked && !isBell ? wishOf(askedBy, count, account) : title;
    // They are about phones.
    const doubts = isBell ? undefined : await deps.doubts(account, audience.people);
    const remarks = isBell
      ? [...notificationRemarks(plan.requests.flat(), draft), ...askedByLines(askedBy)]
      : [];
    const details = isAsked ? askedDetail(push, doubts) : detailOf(push, glance, doubts);
    const answer = await messages.ask({
      message,
      detail: paragraphs([...remarks, groupsText(groups), details]),
      // Enter presses the first, and this question may come while the user is typing something else.
      answers: isAsked ? [change, yes] : [yes],
    });
    if (isAsked && answer === change) {
      await deps.change(byWay(draft, 'push'));
    }
    if (answer !== yes) {
      return false;
    }
    return !typing || (await typesCount(count, title, deps.window));
  };
}

/** The question about a push that a program or an agent wants sent. */
function wishOf(askedBy: string, count: number, account: Account): string {
  return counted(
    l10n.t(
      '“{2}” asks to send a push to {0} person on {1}. Send it?|“{2}” asks to send a push to {0} people on {1}. Send it?',
    ),
    count,
    shownHost(account),
    callerName(askedBy),
  );
}

function questionOf(count: number, account: Account, at?: number): string {
  if (at !== undefined) {
    return counted(
      l10n.t(
        'Schedule a push to {0} person on {1} for {2}?|Schedule a push to {0} people on {1} for {2}?',
      ),
      count,
      shownHost(account),
      dateTime(at),
    );
  }
  return counted(
    l10n.t('Send a push to {0} person on {1}?|Send a push to {0} people on {1}?'),
    count,
    shownHost(account),
  );
}

function askedByLines(askedBy: string | undefined): string[] {
  return askedBy === undefined ? [] : [callerLine(askedBy)];
}

async function typesCount(
  count: number,
  title: string,
  { showInputBox }: ConfirmSendDeps['window'],
): Promise<boolean> {
  const typed = await showInputBox({
    title,
    prompt: l10n.t('Type how many people will get it: {0}', formatNumber(count)),
    ignoreFocusOut: true,
    validateInput: (text) =>
      typedCount(text) === count
        ? undefined
        : counted(l10n.t('The push goes to {0} person.|The push goes to {0} people.'), count),
  });
  return typed !== undefined && typedCount(typed) === count;
}

function detailOf(push: PushToConfirm, shown: Shown, doubts?: string): string {
  return paragraphs([whomText(push, shown, doubts), plainLines(textOf(push), shown)]);
}

/** The text comes last and below a heading, so that nothing in it can pass for something that we say. */
function askedDetail(push: PushToConfirm, doubts?: string): string {
  const avatar = isNotification(push.draft) ? '' : push.draft.avatar;
  const host = URL.canParse(avatar) ? new URL(avatar).host : '';
  return paragraphs([
    whomText(push, whole, doubts),
    host === '' ? '' : l10n.t('With a picture from {0}', plainText(host, 100)),
    `${l10n.t('The text:')}\n${plainLines(textOf(push), whole)}`,
  ]);
}

function whomText({ audience, plan }: PushToConfirm, shown: Shown, doubts = ''): string {
  const names = audience.people.map((recipient) => plainText(recipientName(recipient), 80));
  const several = plan.summary.texts > 1 ? planSentence(plan.summary) : '';
  const blanks = plan.summary.blanks > 0 ? blanksSentence(plan.summary) : '';
  const departments = departmentsText(audience.departments, shown);
  return paragraphs([departments, firstNames(names, shown.names), doubts, several, blanks]);
}

/** What the first person gets. */
function textOf({ draft, plan }: PushToConfirm): string {
  return plan.requests[0]?.[0]?.text ?? draftText(draft);
}

function paragraphs(all: readonly string[]): string {
  return all.filter((paragraph) => paragraph !== '').join('\n\n');
}

/** A repository may have brought these groups: one must see whom its settings chose. */
function groupsText(groups: readonly string[]): string {
  return groups.length === 0
    ? ''
    : l10n.t(
        'From the settings of this workspace: {0}',
        groups.map((name) => plainText(name, 80)).join(', '),
      );
}

/** The beginning of a text, or all of it, with its line breaks. */
function plainLines(text: string, shown: Shown): string {
  const lines = text.split(/\r\n?|\n/u);
  const first = lines.slice(0, shown.lines).map((line) => plainText(line, shown.characters));
  return [...first, ...(lines.length > shown.lines ? ['…'] : [])].join('\n').trim();
}

/** "Sales with sub-departments: 312 people", one a line. */
function departmentsText(departments: ResolvedAudience['departments'], shown: Shown): string {
  const lines = departments.slice(0, shown.names).map(({ department, people }) => {
    const name = plainText(department.name ?? `#${department.id}`, 80);
    const count = countOfPeople(people);
    return department.reach === 'tree'
      ? l10n.t('{0} with sub-departments: {1}', name, count)
      : l10n.t('{0}: {1}', name, count);
  });
  const more = departments.length - shown.names;
  return [
    ...lines,
    ...(more > 0
      ? [counted(l10n.t('and {0} more department|and {0} more departments'), more)]
      : []),
  ].join('\n');
}

/** "312 people, 40 texts, 1 request" */
export function planSentence({ people, texts, requests }: PlanSummary): string {
  return [
    countOfPeople(people),
    counted(l10n.t('{0} text|{0} texts'), texts),
    counted(l10n.t('{0} request|{0} requests'), requests),
  ].join(', ');
}

function blanksSentence({ people, blanks }: PlanSummary): string {
  return l10n.t(
    'For {0} of {1} people, a value used in the text is not known and is left empty.',
    formatNumber(blanks),
    formatNumber(people),
  );
}
