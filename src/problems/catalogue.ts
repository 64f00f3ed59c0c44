import { l10n } from 'vscode';
import type { SetupResult } from '../accounts/setupCheck';
import { Bitrix24Error } from '../bitrix24/errors';
import { dateTime } from '../common/dateTime';
import { plainText } from '../common/plainText';
import { scopeName } from '../common/scopeName';
import type { Recipient } from '../push/draft';
import type { Outcome } from '../push/outcome';
import { rowFor } from './catalogueRows';
import type { Row, Told } from './catalogueRows';
import { draftIssueOf, problemOfIssue } from './draftProblems';
import { namesOf, problemOfPartly } from './partly';
import type { Problem } from './problem';

/** What a sentence may mention. */
export interface About {
  /** The portal's host. */
  host?: string | undefined;
  /** The scope that was needed, when the caller knows it. */
  scope?: string | undefined;
  /** A text waits: the sentence says that it is kept. Always so for outcomes of a push. */
  draftKept?: boolean | undefined;
  /** An earlier push that is meant, not the one that was sent just now. Nobody where only outcomes are kept. */
  earlier?: { at: number; people: readonly Recipient[] } | undefined;
}

/** The problem behind any error or failed outcome; undefined where there is none (accepted, cancelled). */
export function problemOf(what: Outcome | Error, about: About = {}): Problem | undefined {
  if (what instanceof Error) {
    return problemOfError(what, about);
  }
  const ofPush: About = { scope: 'pull', ...about, draftKept: true };
  switch (what.kind) {
    case 'accepted':
    case 'cancelled':
      return undefined;
    case 'refused':
    case 'notSent':
      return problemOfError(what.error, ofPush);
    case 'unknown':
      return problemOfUnknown(what.error, ofPush);
    case 'partly':
      return problemOfPartly(what, {
        portal: plainText(about.host ?? what.host, 100),
        cause: problemOfError(what.error, { ...ofPush, draftKept: false }),
      });
    case 'invalid':
      return what.issues[0] && problemOfIssue(what.issues[0]);
  }
}

/** One sentence for the setup check: ready, or what is missing with its fix. */
export function problemOfSetup(result: SetupResult, about: About): Problem {
  const portal = about.host ?? 'Bitrix24';
  switch (result.kind) {
    case 'ready':
      return result.people
        ? {
            code: 'READY',
            message: l10n.t('Ready: {0} accepts pushes from you.', portal),
            severity: 'info',
            fixes: [],
          }
        : {
            code: 'READY',
            message: l10n.t(
              'Ready: {0} accepts pushes from you. With the permission {1} you could also choose colleagues by name.',
              portal,
              scopeName('user'),
            ),
            severity: 'info',
            fixes: ['openPermissions'],
          };
    case 'missingScope':
      return problemOfCode('insufficient_scope', { ...about, scope: result.scope });
    case 'notAdministrator':
      return problemOfCode('ACCESS_ERROR', about);
    case 'refused':
      return problemOfError(result.error, about) ?? problemOfCode('INTERNAL_ERROR', about);
  }
}

function problemOfError(error: Error, about: About): Problem | undefined {
  if (!(error instanceof Bitrix24Error)) {
    return problemOfCode('INTERNAL_ERROR', about);
  }
  if (error.kind === 'cancelled') {
    return undefined;
  }
  const told = toldBy(error, about);
  const issue = draftIssueOf(error);
  if (issue) {
    return problemOfIssue(issue);
  }
  return finish(error.code, rowFor(error)(told), about);
}

function problemOfUnknown(error: Bitrix24Error, about: About): Problem {
  const { portal } = toldBy(error, about);
  return {
    code: plainText(error.code, 60),
    message: unknownSentence(error, portal, about.earlier),
    severity: 'warning',
    fixes: ['sendAnyway', 'markAsSent', 'discard'],
  };
}

function unknownSentence(error: Bitrix24Error, portal: string, earlier: About['earlier']): string {
  if (earlier) {
    const when = dateTime(earlier.at);
    return earlier.people.length > 0
      ? l10n.t(
          '{0} gave no answer to the push to {2} on {1}: it may have been accepted. Ask one of the recipients before you send it again.',
          portal,
          when,
          namesOf(earlier.people),
        )
      : l10n.t(
          '{0} gave no answer to the push on {1}: it may have been accepted. Ask one of the recipients before you send it again.',
          portal,
          when,
        );
  }
  if (error.is('STILL_UNKNOWN')) {
    return l10n.t(
      'The same push was sent to {0} before and got no answer, so it may have been accepted already. Ask one of the recipients before you send it again.',
      portal,
    );
  }
  if (error.is('INTERRUPTED')) {
    return l10n.t(
      'VS Code was closed before {0} answered: the push may have been accepted. Ask one of the recipients before you send it again.',
      portal,
    );
  }
  return l10n.t(
    '{0} gave no answer: the push may have been accepted. Ask one of the recipients before you send it again.',
    portal,
  );
}

function problemOfCode(code: string, about: About): Problem {
  const error = new Bitrix24Error({ kind: 'server', phase: 'notSent', code });
  return finish(code, rowFor(error)(toldBy(error, about)), about);
}

function finish(code: string, row: Row, about: About): Problem {
  return {
    // A server's code is a server's text, too.
    code: plainText(code, 60),
    message: about.draftKept ? `${row.message} ${l10n.t('Your text is kept.')}` : row.message,
    severity: row.severity ?? 'error',
    fixes: row.fixes,
  };
}

function toldBy(error: Bitrix24Error, about: About): Told {
  const portal = about.host ?? error.host ?? 'Bitrix24';
  return {
    portal: plainText(portal, 100),
    host: plainText(error.host ?? portal, 100),
    scope: error.scope ?? about.scope,
    error,
  };
}
