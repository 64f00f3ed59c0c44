import { env, l10n } from 'vscode';
import type { Bitrix24Error } from '../bitrix24/errors';
import { plainText } from '../common/plainText';
import { scopeName } from '../common/scopeName';
import type { FixId, Problem } from './problem';

/** What a row of the catalogue has to go by. */
export interface Told {
  /** The portal, by its host. */
  portal: string;
  /** The host that failed, which may be the authorization server's or a proxy's. */
  host: string;
  scope: string | undefined;
  error: Bitrix24Error;
}

export interface Row {
  message: string;
  severity?: Problem['severity'];
  fixes: FixId[];
}

/** The row of the catalogue for an error; cancelling has none, and never comes here. */
export function rowFor(error: Bitrix24Error): (told: Told) => Row {
  if (error.kind !== 'server' && error.is('INTERRUPTED')) {
    return interruptedRow;
  }
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

const interruptedRow = ({ portal }: Told): Row => ({
  message: l10n.t('VS Code was closed too early: the push to {0} was not sent.', portal),
  severity: 'warning',
  fixes: ['sendWaiting', 'discard'],
});

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
    'Bitrix24 no longer knows the application on {0}. Enter the ID and key of an existing one.',
    portal,
  ),
  fixes: ['editCredentials', 'openAppPage'],
});

const limitRow = ({ portal, error }: Told): Row => ({
  message:
    error.retryAt === undefined
      ? l10n.t(
          '{0} is getting too many requests at the moment. Wait a little, then try again.',
          portal,
        )
      : l10n.t(
          '{0} accepts no more requests of this kind until {1}. Try again then.',
          portal,
          timeOf(error.retryAt),
        ),
  severity: 'warning',
  fixes: ['tryAgain'],
});

const troubleRow = ({ portal }: Told): Row => ({
  message: l10n.t('{0} is having problems at the moment. Try again a little later.', portal),
  fixes: ['tryAgain', 'showLog'],
});

const signInMixUpRow = ({ portal }: Told): Row => ({
  message: l10n.t(
    'This answer does not belong to the sign-in at {0}, so it was not used. Sign in again.',
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
      'Only an administrator of {0} may send pushes, and you are not signed in as one.',
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
    message: l10n.t('{0} accepts neither an empty text nor a single 0. Change the text.', portal),
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
      'The key (client_secret) of the application on {0} is no longer valid.',
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
      'The push could not be saved on this computer’s disk, so it was not sent. Free some space or check the folder’s permissions, then try again.',
    ),
    fixes: ['tryAgain', 'showLog'],
  }),
  taken_over: ({ portal }) => ({
    message: l10n.t(
      'Another window took over this push to {0}, because this window had not responded for minutes. This window stopped sending it; the other one shows what became of it.',
      portal,
    ),
    severity: 'warning',
    fixes: ['showLog'],
  }),
  department_gone: ({ portal, error }) => ({
    message: l10n.t(
      'The department “{0}” is no longer on {1}, so nothing was sent. Remove it from the recipients or choose another one.',
      wordsOf(error),
      portal,
    ),
    fixes: ['goToRecipients'],
  }),
  department_empty: ({ portal, error }) => ({
    message: l10n.t(
      'The department “{0}” on {1} has no people any more, so nothing was sent. Remove it from the recipients or choose another one.',
      wordsOf(error),
      portal,
    ),
    fixes: ['goToRecipients'],
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
      'There is no secure connection to {0}: its certificate, or the certificate of a proxy in between, is not trusted on this computer.',
      host,
    ),
    fixes: ['tryAgain', 'openProxySettings', 'showLog'],
  }),
  proxy: ({ host }) => ({
    message: l10n.t(
      'The proxy did not let the request through to {0}. Check its address and whether it requires a sign-in.',
      host,
    ),
    fixes: ['openProxySettings', 'tryAgain', 'showLog'],
  }),
  reset: ({ host }) => ({
    message: l10n.t('The connection to {0} was lost.', host),
    fixes: ['tryAgain', 'openProxySettings', 'showLog'],
  }),
  timeout: ({ host }) => ({
    message: l10n.t('{0} did not answer in time.', host),
    fixes: ['tryAgain', 'openProxySettings', 'showLog'],
  }),
  notJson: ({ host }) => ({
    message: l10n.t(
      'The answer from {0} did not come from Bitrix24. It may be the sign-in page of your network, or an error page.',
      host,
    ),
    fixes: ['tryAgain', 'openProxySettings', 'showLog'],
  }),
  tooLarge: ({ host }) => ({
    message: l10n.t(
      'The answer from {0} is far larger than an answer from Bitrix24 can be, so it was not read.',
      host,
    ),
    fixes: ['tryAgain', 'showLog'],
  }),
  redirect: ({ portal }) => ({
    message: l10n.t(
      '{0} redirects to an address that you have not agreed to, so nothing was sent there.',
      portal,
    ),
    fixes: ['tryAgain', 'signInAgain', 'showLog'],
  }),
};

function unknownCodeRow({ portal, error }: Told): Row {
  return {
    message: l10n.t('{0} answered: {1}', portal, wordsOf(error)),
    fixes: ['showLog', 'tryAgain'],
  };
}

function unknownServerRow({ portal, host }: Told): Row {
  return {
    message: l10n.t(
      '{0} asks for the application’s key to be sent to {1}, which is not an authorization server of Bitrix24. The key was not sent.',
      portal,
      host,
    ),
    fixes: ['showLog'],
  };
}

function bugRow(): Row {
  return {
    message: l10n.t('Something went wrong in Bitrix24 Push. See the log for details.'),
    fixes: ['showLog', 'tryAgain'],
  };
}

/** The server's own words, safe to show. */
function wordsOf(error: Bitrix24Error): string {
  return plainText(error.description ?? '') || plainText(error.code, 60);
}

function timeOf(unixMs: number): string {
  return new Intl.DateTimeFormat(env.language, { timeStyle: 'short' }).format(unixMs);
}
