import { env, l10n } from 'vscode';
import type { SetupResult } from '../accounts/setupCheck';
import { Bitrix24Error } from '../bitrix24/errors';
import type { DraftIssue, Outcome } from '../push/outcome';
import { placeholders } from '../push/personalText';
import { problemOfPartly } from './partly';
import { plainText } from './plainText';
import type { FixId, Problem } from './problem';

/** What a sentence may mention. */
export interface About {
  /** The portal's host. */
  host?: string | undefined;
  /** The scope that was needed, when the caller knows it. */
  scope?: string | undefined;
  /** A text waits: the sentence says that it is kept. Always so for outcomes of a push. */
  draftKept?: boolean | undefined;
}

/** What a row of the catalogue has to go by. */
interface Told {
  /** The portal, by its host. */
  portal: string;
  /** The host that failed, which may be the authorization server's or a proxy's. */
  host: string;
  scope: string | undefined;
  error: Bitrix24Error;
}

interface Row {
  message: string;
  severity?: Problem['severity'];
  fixes: FixId[];
}

const signInAgainRow = ({ portal }: Told): Row => ({
  message: l10n.t('The sign-in to {0} is no longer valid. Sign in again.', portal),
  fixes: ['signInAgain', 'switchAccount'],
});

const appGoneRow = ({ portal }: Told): Row => ({
  message: l10n.t(
    'The application is no longer installed on {0}. Open its page there, or enter the ID and key of another one.',
    portal,
  ),
  fixes: ['editCredentials', 'openAppPage'],
});

const unknownAppRow = ({ portal }: Told): Row => ({
  message: l10n.t(
    'Bitrix24 does not know the application of {0} any more. Enter the ID and key of one that exists.',
    portal,
  ),
  fixes: ['editCredentials', 'openAppPage'],
});

const limitRow = ({ portal, error }: Told): Row => ({
  message:
    error.retryAt === undefined
      ? l10n.t('{0} gets too many requests at the moment. Wait a little, then try again.', portal)
      : l10n.t(
          '{0} takes no more requests of this kind until {1}. Try again then.',
          portal,
          timeOf(error.retryAt),
        ),
  severity: 'warning',
  fixes: ['tryAgain'],
});

const troubleRow = ({ portal }: Told): Row => ({
  message: l10n.t('{0} has trouble of its own at the moment. Try again a little later.', portal),
  fixes: ['tryAgain', 'showLog'],
});

const signInMixUpRow = ({ portal }: Told): Row => ({
  message: l10n.t(
    'The answer belongs to another sign-in than the one at {0}, so it was not used. Sign in again.',
    portal,
  ),
  fixes: ['signInAgain'],
});

/** By the server's code in lower case, or by our own word where nothing left the machine. */
const rowsByCode: Record<string, (told: Told) => Row> = {
  // Bitrix24: pull.application.push.add.
  empty_app_name: ({ portal }) => ({
    message: l10n.t(
      'The application has no name on {0}, and Bitrix24 sends no push without one. Give it a name there, then try again.',
      portal,
    ),
    fixes: ['setAppName', 'tryAgain'],
  }),
  access_error: ({ portal }) => ({
    message: l10n.t(
      'Only an administrator of {0} may send pushes, and you are signed in as somebody else.',
      portal,
    ),
    fixes: ['signInAsAdministrator', 'switchAccount'],
  }),
  wrong_auth_type: ({ portal }) => ({
    message: l10n.t(
      '{0} sends pushes only for an application. A webhook cannot do it: sign in with a local application instead.',
      portal,
    ),
    fixes: ['signIn'],
  }),
  text_error: ({ portal }) => ({
    message: l10n.t('{0} takes neither an empty text nor a single 0. Change the text.', portal),
    fixes: ['goToText'],
  }),

  // The portal and its authorization server, about the application.
  insufficient_scope: ({ portal, scope }) => ({
    message:
      scope === undefined
        ? l10n.t(
            'The application on {0} lacks a permission. Add it on its page, then sign in again.',
            portal,
          )
        : l10n.t(
            'The application on {0} lacks the permission {1}. Add it on its page, then sign in again.',
            portal,
            scopeName(scope),
          ),
    fixes: ['openPermissions', 'signInAgain'],
  }),
  invalid_client: ({ portal }) => ({
    message: l10n.t(
      'The key (client_secret) of the application on {0} is not the right one any more.',
      portal,
    ),
    fixes: ['editCredentials', 'openAppPage'],
  }),
  wrong_client: unknownAppRow,
  unauthorized_client: unknownAppRow,
  not_installed: appGoneRow,
  application_not_found: appGoneRow,
  error_oauth: appGoneRow,

  // About the sign-in.
  expired_token: signInAgainRow,
  invalid_grant: signInAgainRow,
  invalid_token: signInAgainRow,
  no_auth_found: signInAgainRow,
  invalid_credentials: signInAgainRow,
  authorization_error: ({ portal }) => ({
    message: l10n.t(
      '{0} does not let this user in; perhaps they were dismissed. Sign in again, or as somebody else.',
      portal,
    ),
    fixes: ['signInAgain', 'switchAccount'],
  }),
  user_access_error: ({ portal }) => ({
    message: l10n.t(
      'This user may no longer use the application on {0}. Ask its administrator, then sign in again.',
      portal,
    ),
    fixes: ['signInAgain', 'switchAccount', 'openAppPage'],
  }),

  // About the portal.
  payment_required: ({ portal }) => ({
    message: l10n.t(
      'The subscription of {0} has ended, so its applications do not work. Renew it on the portal.',
      portal,
    ),
    fixes: ['openPortal', 'tryAgain'],
  }),
  access_denied: ({ portal, error }) => ({
    message: l10n.t(
      '{0} refuses access, most often because its plan does not include applications. It says: {1}',
      portal,
      wordsOf(error),
    ),
    fixes: ['openPortal', 'tryAgain', 'showLog'],
  }),
  portal_deleted: ({ portal }) => ({
    message: l10n.t('The portal {0} was deleted. Sign in to another one.', portal),
    fixes: ['openPortal', 'switchAccount'],
  }),
  overload_limit: ({ portal }) => ({
    message: l10n.t(
      'Bitrix24 has blocked the REST API of {0} because of overload. Its administrator can ask Bitrix24 to unblock it.',
      portal,
    ),
    fixes: ['openPortal', 'tryAgain'],
  }),
  method_confirm_waiting: ({ portal }) => ({
    message: l10n.t(
      'An administrator of {0} must first confirm that the application may send pushes. Try again after that.',
      portal,
    ),
    severity: 'warning',
    fixes: ['openPortal', 'tryAgain'],
  }),
  method_confirm_denied: ({ portal }) => ({
    message: l10n.t(
      'An administrator of {0} has not allowed the application to send pushes.',
      portal,
    ),
    fixes: ['openPortal'],
  }),
  error_method_not_found: ({ portal }) => ({
    message: l10n.t(
      '{0} cannot send pushes for applications: its Push and Pull module is missing or too old.',
      portal,
    ),
    fixes: ['openPortal', 'showLog'],
  }),
  query_limit_exceeded: limitRow,
  operation_time_limit: limitRow,
  connection_error: ({ portal }) => ({
    message: l10n.t(
      '{0} could not reach its authorization server. Try again a little later.',
      portal,
    ),
    fixes: ['tryAgain', 'showLog'],
  }),
  internal_server_error: troubleRow,
  error_unexpected_answer: troubleRow,
  error_core: troubleRow,

  // Our own words: accounts.
  keyring: () => ({
    message: l10n.t(
      'VS Code could not use the system’s keyring, where the sign-ins are kept. Unlock or set up the keyring, then try again.',
    ),
    fixes: ['openKeyringHelp', 'tryAgain', 'showLog'],
  }),
  no_such_account: () => ({
    message: l10n.t('This account was signed out. Sign in again, or use another account.'),
    fixes: ['signInAgain', 'switchAccount'],
  }),
  sign_in_state: signInMixUpRow,
  sign_in_no_code: signInMixUpRow,
  sign_in_other_portal: ({ portal, host }) => ({
    message: l10n.t(
      'An answer for {0} came from {1}, so it was not used. Sign in again.',
      portal,
      host,
    ),
    fixes: ['signInAgain'],
  }),
  sign_in_unknown_server: unknownServerRow,
  unknown_auth_server: unknownServerRow,
  sign_in_scopes: ({ portal }) => ({
    message: l10n.t(
      'The application on {0} lacks a permission that another extension asked for.',
      portal,
    ),
    fixes: ['openPermissions', 'signInAgain'],
  }),
  // And of a push.
  storage_failed: () => ({
    message: l10n.t(
      'The push could not be noted on disk, so it was not sent: after a crash nobody would know about it. Check the free space, then try again.',
    ),
    fixes: ['tryAgain', 'showLog'],
  }),
  internal_error: bugRow,
};

/** Where no Bitrix24 error came. */
const rowsByKind: Record<
  Exclude<Bitrix24Error['kind'], 'server' | 'cancelled' | 'invalid'>,
  (told: Told) => Row
> = {
  refused: ({ host }) => ({
    message: l10n.t('{0} refuses the connection. It may be down, or a proxy may be needed.', host),
    fixes: ['tryAgain', 'openProxySettings', 'showLog'],
  }),
  dns: ({ host }) => ({
    message: l10n.t(
      'The address {0} cannot be found. You may be offline, or the address has changed.',
      host,
    ),
    fixes: ['tryAgain', 'openProxySettings', 'showLog'],
  }),
  tls: ({ host }) => ({
    message: l10n.t(
      'There is no secure connection to {0}: its certificate, or that of a proxy on the way, is not trusted here.',
      host,
    ),
    fixes: ['tryAgain', 'openProxySettings', 'showLog'],
  }),
  proxy: ({ host }) => ({
    message: l10n.t(
      'A proxy stands in the way to {0}. Check its address and whether it wants a sign-in.',
      host,
    ),
    fixes: ['openProxySettings', 'tryAgain', 'showLog'],
  }),
  reset: ({ host }) => ({
    message: l10n.t('The connection to {0} broke.', host),
    fixes: ['tryAgain', 'openProxySettings', 'showLog'],
  }),
  timeout: ({ host }) => ({
    message: l10n.t('{0} did not answer in time.', host),
    fixes: ['tryAgain', 'openProxySettings', 'showLog'],
  }),
  notJson: ({ host }) => ({
    message: l10n.t(
      'What came from {0} is not an answer of Bitrix24: perhaps the sign-in page of your network, or an error page.',
      host,
    ),
    fixes: ['tryAgain', 'openProxySettings', 'showLog'],
  }),
  tooLarge: ({ host }) => ({
    message: l10n.t(
      'The answer of {0} is far larger than an answer of Bitrix24 can be, so it was not read.',
      host,
    ),
    fixes: ['tryAgain', 'showLog'],
  }),
  redirect: ({ portal }) => ({
    message: l10n.t(
      '{0} points to another address that you have not agreed to, so nothing was sent there.',
      portal,
    ),
    fixes: ['tryAgain', 'signInAgain', 'showLog'],
  }),
};

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

/** What is wrong with a draft, for the field or for a notification. */
export function problemOfIssue(issue: DraftIssue): Problem {
  const rows: Record<DraftIssue['code'], () => Row> = {
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
    PLACEHOLDER_UNKNOWN: () => ({
      message: l10n.t(
        'Between braces only these words can be filled in: {0}. To send a brace, write it twice.',
        placeholders.join(', '),
      ),
      fixes: ['goToText'],
    }),
    PLACEHOLDER_OPEN: () => ({
      message: l10n.t('A brace has no partner. To send a brace, write it twice.'),
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

function rowFor(error: Bitrix24Error): (told: Told) => Row {
  switch (error.kind) {
    case 'server':
      return rowOfCode(error.code) ?? unknownCodeRow;
    case 'invalid':
      return rowOfCode(error.code) ?? bugRow;
    case 'cancelled':
      return bugRow;
    case 'refused':
    case 'dns':
    case 'tls':
    case 'proxy':
    case 'reset':
    case 'timeout':
    case 'notJson':
    case 'tooLarge':
    case 'redirect':
      return rowsByKind[error.kind];
  }
}

/** Codes come in mixed case, and a server may send any word, even one that every object knows. */
function rowOfCode(code: string): ((told: Told) => Row) | undefined {
  const key = code.toLowerCase();
  return Object.hasOwn(rowsByCode, key) ? rowsByCode[key] : undefined;
}

function problemOfUnknown(error: Bitrix24Error, about: About): Problem {
  const { portal } = toldBy(error, about);
  return {
    code: error.code,
    message: unknownSentence(error, portal),
    severity: 'warning',
    fixes: ['sendAnyway', 'discard', 'showLog'],
  };
}

function unknownSentence(error: Bitrix24Error, portal: string): string {
  if (error.is('STILL_UNKNOWN')) {
    return l10n.t(
      'The same push went to {0} before without an answer, so it may have been accepted already. Ask one of the recipients before you send it again.',
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
  return finish(code, (rowOfCode(code) ?? unknownCodeRow)(toldBy(error, about)), about);
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
    scope: about.scope,
    error,
  };
}

function unknownCodeRow({ portal, error }: Told): Row {
  return {
    message: l10n.t('{0} answered: {1}', portal, wordsOf(error)),
    fixes: ['showLog', 'tryAgain'],
  };
}

function unknownServerRow({ portal, host }: Told): Row {
  return {
    message: l10n.t(
      '{0} wants the application’s key to go to {1}, which is not an authorization server of Bitrix24. It was not sent.',
      portal,
      host,
    ),
    fixes: ['showLog'],
  };
}

function bugRow(): Row {
  return {
    message: l10n.t('Something went wrong inside Bitrix24 Push. The log says what.'),
    fixes: ['showLog', 'tryAgain'],
  };
}

/** The server's own words, safe to show. */
function wordsOf(error: Bitrix24Error): string {
  return plainText(error.description ?? '') || plainText(error.code, 60);
}

/** The label in Bitrix24's form with the scope's code, which is the same in every language. */
function scopeName(scope: string): string {
  const labels: Record<string, string> = {
    pull: 'Pull&Push (pull)',
    user: 'Users (user)',
    user_basic: 'Users (user_basic)',
    user_brief: 'Users (user_brief)',
    department: 'Company structure (department)',
    im: 'Chat and notifications (im)',
  };
  return labels[scope] ?? plainText(scope, 60);
}

function timeOf(unixMs: number): string {
  return new Intl.DateTimeFormat(env.language, { timeStyle: 'short' }).format(unixMs);
}

/** The client checks a push as well as the draft's own check does; both mean the same fields. */
function draftIssueOf(error: Bitrix24Error): DraftIssue | undefined {
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
