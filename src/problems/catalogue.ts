import { l10n } from 'vscode';
import type { Account } from '../accounts/account';
import type { SetupResult } from '../accounts/setupCheck';
import { Bitrix24Error } from '../bitrix24/errors';
import { countOfPeople, counted } from '../common/counted';
import { dateTime } from '../common/dateTime';
import { plainText } from '../common/plainText';
import { scopeName } from '../common/scopeName';
import { isNotification } from '../push/draft';
import { peopleWith, summaryOf } from '../push/push';
import type { DeliveryStatus, Push } from '../push/push';
import type { SendResult } from '../push/pushService';
import { issueOf } from '../push/checkDraft';
import { rowFor } from './catalogueRows';
import { keptSentence, problemOfIssue } from './draftProblems';
import { namesOf, problemOfPartly } from './partly';
import type { Problem } from './problem';

/** What a sentence may mention. */
export interface About {
  /** The portal's host. */
  host?: string | undefined;
  /** The scope that was needed, when the caller knows it. */
  scope?: string | undefined;
  /** A text waits: the sentence says that it is kept. */
  draftKept?: boolean | undefined;
  /** The disk did not take that text. */
  isUnsaved?: boolean | undefined;
}

/** The problem behind an error; undefined where there is none (cancelled). */
export function problemOf(error: Error, about: About = {}): Problem | undefined {
  if (!(error instanceof Bitrix24Error)) {
    return problemOfCode('INTERNAL_ERROR', about);
  }
  if (error.kind === 'cancelled') {
    return undefined;
  }
  // The client checks a push as well as the draft's own check does.
  const issue = error.kind === 'invalid' ? issueOf(error.code) : undefined;
  return issue ? problemOfIssue(issue) : problemOfRow(error, about);
}

/** The problem behind what came of sending; undefined where there is none (accepted, cancelled). */
export function problemOfResult(result: SendResult, about: About = {}): Problem | undefined {
  switch (result.kind) {
    case 'cancelled':
      return undefined;
    case 'push':
      return problemOfPush(result.push, about);
    case 'stillUnknown':
      return problemOfUnknown(result.push, { ...about, code: 'STILL_UNKNOWN' });
    case 'failed':
      return problemOf(result.error, { ...ofPush, ...about });
    case 'invalid':
      return result.issues[0] && problemOfIssue(result.issues[0]);
  }
}

/** The problem behind what became of a push; undefined where there is none. */
export function problemOfPush(push: Push, about: About = {}): Problem | undefined {
  const { error, host } = push;
  const scope = isNotification(push.draft) ? 'im' : ofPush.scope;
  const facts: About = { ...ofPush, scope, host, ...about };
  switch (summaryOf(push).state) {
    case 'accepted':
    case 'pending':
    case 'sending':
      return undefined;
    case 'refused':
    case 'notSent':
      return isInterrupted(push) ? problemOfUnsent(push) : error && problemOf(error, facts);
    case 'unknown':
      return problemOfUnknown(push, { ...about, code: error?.code ?? 'NO_ANSWER' });
    case 'partly':
      return problemOfPartly(push, {
        portal: plainText(facts.host ?? host, 100),
        cause: isInterrupted(push)
          ? problemOfInterruption(push)
          : error && problemOf(error, { ...facts, draftKept: false }),
      });
  }
}

/** A push from before, whose answer never came, in one line: not the one that is being written. */
export function problemOfEarlier(push: Push): Problem {
  const people = peopleWith(push, 'unknown');
  const text = plainText(push.draft.text, 30);
  const day = dateTime(push.at, { day: 'numeric', month: 'short' });
  const when = `${day}, ${dateTime(push.at, { timeStyle: 'short' })}`;
  return {
    ...{ code: 'STILL_UNKNOWN', severity: 'warning', fixes: ['showInHistory'] },
    message:
      people.length > 0
        ? l10n.t('May have arrived: “{0}” for {1}, {2}.', text, namesOf(people, 1), when)
        : l10n.t('May have arrived: “{0}”, {1}.', text, when),
  };
}

/** Says that a fix has signed somebody in, and what to press now. */
export function problemOfSignedIn({ host, userName }: Pick<Account, 'host' | 'userName'>): Problem {
  return {
    ...{ code: '', severity: 'info', fixes: [] },
    message: l10n.t(
      'Signed in to {0} as {1}. Press Send to send the push.',
      plainText(host, 100),
      plainText(userName, 100),
    ),
  };
}

/** A sentence about a push names the permission that it needs, and says that the text is kept. */
const ofPush: About = { scope: 'pull', draftKept: true };

/** One sentence for the setup check: ready, or what is missing with its fix. */
export function problemOfSetup(result: SetupResult, about: About): Problem {
  const portal = about.host ?? 'Bitrix24';
  switch (result.kind) {
    case 'ready':
      return {
        code: 'READY',
        message: result.people
          ? l10n.t('Ready: {0} accepts pushes from you.', portal)
          : l10n.t(
              'Ready: {0} accepts pushes from you. With the permission {1} you could also choose colleagues by name.',
              portal,
              scopeName('user'),
            ),
        severity: 'info',
        fixes: result.people ? [] : ['openPermissions'],
      };
    case 'missingScope':
      return problemOfCode('insufficient_scope', { ...about, scope: result.scope });
    case 'notAdministrator':
      return problemOfCode('ACCESS_ERROR', about);
    case 'refused':
      return problemOf(result.error, about) ?? problemOfCode('INTERNAL_ERROR', about);
  }
}

/** True for a push whose window ended before the push did. */
function isInterrupted({ error }: Push): boolean {
  return error?.kind !== 'server' && error?.is('INTERRUPTED') === true;
}

/** Why a push that an earlier window began did not go to everybody. */
function problemOfInterruption(push: Push): Problem {
  const [, text, , time] = namesIn(push, 'notSent');
  return {
    code: 'INTERRUPTED',
    message: l10n.t(
      'The window that was sending “{0}” ({1}) ended before it was done.',
      text,
      time,
    ),
    severity: 'warning',
    fixes: [],
  };
}

/** A push that an earlier window was about to send. */
function problemOfUnsent(push: Push): Problem {
  return {
    code: 'INTERRUPTED',
    message: l10n.t(
      'The window that was about to send “{1}” to {2} on {0} ({3}) ended too early, so nothing was sent.',
      ...namesIn(push, 'notSent'),
    ),
    severity: 'warning',
    fixes: ['sendWaiting', 'discard'],
  };
}

function problemOfUnknown(push: Push, { host, code }: About & { code: string }): Problem {
  const portal = plainText(host ?? push.host, 100);
  const isBell = isNotification(push.draft);
  if (isInterrupted(push) && code === 'INTERRUPTED') {
    return unknownProblem(
      code,
      l10n.t(
        'The window that was sending “{1}” to {2} on {0} ({3}) ended before the answer came: it may have been accepted. Ask one of the recipients before you send it again.',
        ...namesIn(push, 'unknown'),
      ),
    );
  }
  switch (code) {
    case 'STILL_UNKNOWN':
      return unknownProblem(
        code,
        isBell
          ? l10n.t(
              'The same text went to bells on {0} before and got no answer, so it may be there already. Ask one of the recipients before you send it again.',
              portal,
            )
          : l10n.t(
              'The same push was sent to {0} before and got no answer, so it may have been accepted already. Ask one of the recipients before you send it again.',
              portal,
            ),
      );
    case 'ANSWER_IS_A_PAGE':
      return {
        ...unknownProblem(
          code,
          isBell
            ? l10n.t(
                'Something between this computer and {0} answered with a page: the sign-in page of a network, or a proxy. The notification may be in the bell all the same. Ask one of the recipients before you send it again.',
                portal,
              )
            : l10n.t(
                'Something between this computer and {0} answered with a page: the sign-in page of a network, or a proxy. The push may have been accepted all the same. Ask one of the recipients before you send it again.',
                portal,
              ),
        ),
        fixes: ['openProxySettings', 'markAsSent', 'sendAnyway'],
      };
    default:
      return unknownProblem(
        code,
        isBell
          ? l10n.t(
              '{0} gave no answer: the notification may be in the bell. Ask one of the recipients before you send it again.',
              portal,
            )
          : l10n.t(
              '{0} gave no answer: the push may have been accepted. Ask one of the recipients before you send it again.',
              portal,
            ),
      );
  }
}

/** Returns what a user recognises a push by: its portal, text, people of this delivery status, and time. */
function namesIn(push: Push, status: DeliveryStatus): [string, string, string, string] {
  const { host, at, draft, isResolved } = push;
  const people = [...(isResolved ? [] : draft.departments), ...peopleWith(push, status)];
  const all = people.length > 0 ? namesOf(people) : countOfPeople(summaryOf(push).people);
  return [plainText(host, 100), plainText(draft.text, 60) || '…', all, dateTime(at)];
}

function unknownProblem(code: string, message: string): Problem {
  return {
    ...{ code: plainText(code, 60), message },
    ...{ severity: 'warning', fixes: ['sendAnyway', 'markAsSent', 'discard'] },
  };
}

function problemOfCode(code: string, about: About): Problem {
  return problemOfRow(new Bitrix24Error({ kind: 'server', phase: 'notSent', code }), about);
}

function problemOfRow(error: Bitrix24Error, about: About): Problem {
  const portal = about.host ?? error.host ?? 'Bitrix24';
  const scope = error.scope ?? about.scope;
  // A server's code is a server's text, too.
  const code = plainText(error.code, 60);
  const { message, fixes, isWarning } = rowFor(error, scope);
  const values: Record<string, string | undefined> = {
    portal: plainText(portal, 100),
    host: plainText(error.host ?? portal, 100),
    scope: scopeName(scope ?? ''),
    time: error.retryAt === undefined ? '' : dateTime(error.retryAt, { timeStyle: 'short' }),
    words: plainText(error.description ?? '') || code,
  };
  const sentence = message.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
  return {
    code,
    message: about.draftKept ? `${sentence} ${keptSentence(!about.isUnsaved)}` : sentence,
    severity: isWarning ? 'warning' : 'error',
    fixes,
  };
}

/** Pushes that the network kept from leaving, now that their portal can be reached again. */
export function problemOfWaiting(count: number, host: string): Problem {
  return {
    code: 'WAITING',
    message: counted(
      l10n.t(
        '{0} push to {1} could not be sent without the network. Send it now?|{0} pushes to {1} could not be sent without the network. Send them now?',
      ),
      count,
      plainText(host, 100),
    ),
    severity: 'info',
    fixes: ['sendWaiting'],
  };
}
