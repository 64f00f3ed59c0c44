import { env, l10n } from 'vscode';
import { countOfPeople, firstNames, formatNumber } from '../common/counted';
import { dateTime } from '../common/dateTime';
import { plainText } from '../common/plainText';
import type { PushRecord, PushState } from '../push/outbox/pushRecord';
import { departmentName, recipientName } from '../people/recipientName';
import { dayOf } from './historyTree';
import type { Fate } from './historyTree';

const namesAtMost = 2;

/** Today, yesterday, or the date. */
export function dayWords(at: number, now: number): string {
  const yesterday = new Date(now);
  yesterday.setDate(yesterday.getDate() - 1);
  if (dayOf(at) === dayOf(now)) {
    return l10n.t('Today');
  }
  return dayOf(at) === dayOf(yesterday.getTime())
    ? l10n.t('Yesterday')
    : new Intl.DateTimeFormat(env.language, { dateStyle: 'full' }).format(at);
}

export function timeWords(at: number): string {
  return new Intl.DateTimeFormat(env.language, { timeStyle: 'short' }).format(at);
}

/** Some names of those it went to, or was to go to. */
export function peopleWords({ people, counts, bare, draft, unresolved }: PushRecord): string {
  const total = counts.accepted + counts.refused + counts.unknown + counts.notSent;
  const all = [
    ...(unresolved ? (draft.departments ?? []).map(departmentName) : []),
    ...people.map(recipientName),
  ];
  if (bare || all.length === 0) {
    return countOfPeople(total);
  }
  return firstNames(
    all.map((name) => plainText(name, 80)),
    namesAtMost,
  );
}

export function stateWords(state: PushState): string {
  switch (state) {
    case 'prepared':
      return l10n.t('About to be sent');
    case 'sending':
      return l10n.t('Being sent');
    case 'accepted':
      return l10n.t('Accepted by Bitrix24');
    case 'refused':
      return l10n.t('Refused');
    case 'notSent':
      return l10n.t('Not sent');
    case 'unknown':
      return l10n.t('No answer came: it may have been accepted');
    case 'partly':
      return l10n.t('Differs from person to person');
  }
}

export function fateWords(fate: Fate): string {
  switch (fate) {
    case 'accepted':
      return l10n.t('Accepted');
    case 'refused':
      return l10n.t('Refused');
    case 'notSent':
      return l10n.t('Not sent');
    case 'unknown':
      return l10n.t('Unknown: may have got it');
  }
}

/** All about a push in a few lines of plain text. */
export function pushWords(record: PushRecord): string {
  const { at, host, draft, bare, state, error, decision, counts } = record;
  return [
    ...(bare ? [] : [plainText(draft.text, 500), '']),
    `${dateTime(at)} · ${host}`,
    peopleWords(record),
    stateWords(state),
    ...(state === 'partly'
      ? (['accepted', 'refused', 'unknown', 'notSent'] as const)
          .filter((fate) => counts[fate] > 0)
          .map((fate) => l10n.t('{0}: {1}', fateWords(fate), formatNumber(counts[fate])))
      : []),
    ...(error ? [plainText(error.code, 60)] : []),
    ...(decision === 'sent' ? [l10n.t('You marked it as sent.')] : []),
    ...(decision === 'again' ? [l10n.t('It was sent again.')] : []),
  ].join('\n');
}
