import { l10n } from 'vscode';
import type { Bitrix24Error } from '../bitrix24/errors';
import type { FixId } from './problem';

/** A sentence with its fixes; `{portal}`, `{host}`, `{scope}`, `{time}` and `{words}` (the server's) are not filled in yet. */
export interface Row {
  message: string;
  fixes: readonly FixId[];
  isWarning: boolean;
}

/** The row of the catalogue for an error. `scope`: the missing one, if it is known. Cancelling has none, and never comes here. */
export function rowFor(error: Bitrix24Error, scope: string | undefined): Row {
  if (error.kind === 'invalid' || error.kind === 'cancelled') {
    return rowOfCode(error.code) ?? rowOf('internal_error');
  }
  if (error.kind !== 'server') {
    if (error.is('ANSWER_IS_A_PAGE')) {
      return rowOf('page');
    }
    return rowOf(error.is('REFRESH_LOCKED') ? 'refreshLocked' : error.kind);
  }
  if (error.is('insufficient_scope') && scope === undefined) {
    return rowOf('unnamedScope');
  }
  if (error.is('access_denied') && planRefusal.test(error.description ?? '')) {
    return rowOf('noRest');
  }
  if (error.retryAt !== undefined && error.is('query_limit_exceeded', 'operation_time_limit')) {
    return rowOf('limitUntil');
  }
  return rowOfCode(error.code) ?? rowOf('unknownCode');
}

/**
 * Texts of ACCESS_DENIED by which the portal's plan is known to be the reason; other reasons have the same code.
 * Source: docs/bitrix24.md, section 2.
 */
const planRefusal = /commercial plans|by subscription|extended plans/i;

type Key = keyof typeof sentences;

function rowOf(key: Key): Row {
  return { message: sentences[key], fixes: fixes[key], isWarning: warnings.has(key) };
}

/** Codes come in mixed case, and a server may send any word, even one that every object knows. */
function rowOfCode(code: string): Row | undefined {
  const key = code.toLowerCase();
  return isCode(key) ? rowOf(key) : undefined;
}

function isCode(word: string): word is keyof typeof byCode {
  return Object.hasOwn(byCode, word);
}

const signInAgain = l10n.t('The sign-in to {portal} is no longer valid. Sign in again.');
const appGone = l10n.t(
  'The application is no longer installed on {portal}. Open its page there, or enter the ID and key of another one.',
);
const unknownApp = l10n.t(
  'Bitrix24 no longer knows the application on {portal}. Enter the ID and key of an existing one.',
);
const limit = l10n.t(
  '{portal} is getting too many requests at the moment. Wait a little, then try again.',
);
const trouble = l10n.t('{portal} is having problems at the moment. Try again a little later.');
const signInMixUp = l10n.t(
  'This answer does not belong to the sign-in at {portal}, so it was not used. Sign in again.',
);
const unknownServer = l10n.t(
  '{portal} asks for the application’s key to be sent to {host}, which is not an authorization server of Bitrix24. The key was not sent.',
);

/** Sentences by the server's code in lower case, or by our own code where nothing left the machine. */
const byCode = {
  // Bitrix24: pull.application.push.add.
  empty_app_name: l10n.t(
    'The application has no name on {portal}, and Bitrix24 sends no push without one. Give it a name there, then try again.',
  ),
  access_error: l10n.t(
    'Only an administrator of {portal} may send pushes, and you are not signed in as one.',
  ),
  wrong_auth_type: l10n.t(
    '{portal} sends pushes only for an application. A webhook cannot do it: sign in with a local application instead.',
  ),
  text_error: l10n.t('{portal} accepts neither an empty text nor a single 0. Change the text.'),

  // im.notify.personal.add.
  not_added: l10n.t(
    '{portal} did not put the notification into the bell. Perhaps the person is not there any more.',
  ),
  user_id_empty: l10n.t('{portal} does not know whose bell the notification is for.'),
  message_empty: l10n.t('{portal} accepts no notification without a text. Change the text.'),

  // The portal and its authorization server, about the application.
  insufficient_scope: l10n.t(
    'The application on {portal} lacks the permission {scope}. Add it on its page, then sign in again.',
  ),
  invalid_client: l10n.t(
    'The key (client_secret) of the application on {portal} is no longer valid.',
  ),
  wrong_client: unknownApp,
  unauthorized_client: unknownApp,
  not_installed: appGone,
  application_not_found: appGone,
  error_oauth: appGone,

  // About the sign-in.
  expired_token: signInAgain,
  invalid_grant: signInAgain,
  invalid_token: signInAgain,
  no_auth_found: signInAgain,
  invalid_credentials: signInAgain,
  authorization_error: l10n.t(
    '{portal} does not let this user in; perhaps they were dismissed. Sign in again, or as somebody else.',
  ),
  user_access_error: l10n.t(
    'This user may no longer use the application on {portal}. Ask its administrator, then sign in again.',
  ),

  // About the portal.
  payment_required: l10n.t(
    'The subscription of {portal} has ended, so its applications do not work. An administrator can renew it on the portal, under My plan.',
  ),
  access_denied: l10n.t('{portal} refuses access to this user or application. It says: {words}'),
  portal_deleted: l10n.t('The portal {portal} was deleted. Sign in to another one.'),
  overload_limit: l10n.t(
    'Bitrix24 has blocked the REST API of {portal} because of overload. Its administrator can ask Bitrix24 to unblock it.',
  ),
  method_confirm_waiting: l10n.t(
    'An administrator of {portal} must first confirm that the application may send pushes. Try again after that.',
  ),
  method_confirm_denied: l10n.t(
    'An administrator of {portal} has not allowed the application to send pushes.',
  ),
  error_method_not_found: l10n.t(
    '{portal} cannot send pushes for applications: its Push and Pull module is missing or too old.',
  ),
  query_limit_exceeded: limit,
  operation_time_limit: limit,
  connection_error: l10n.t(
    '{portal} could not reach its authorization server. Try again a little later.',
  ),
  internal_server_error: trouble,
  error_unexpected_answer: trouble,
  error_core: trouble,

  // Our own words: accounts.
  keyring: l10n.t(
    'VS Code could not use the system’s keyring, where the sign-ins are kept. Unlock or set up the keyring, then try again.',
  ),
  no_such_account: l10n.t('This account was signed out. Sign in again, or use another account.'),
  sign_in_state: signInMixUp,
  sign_in_no_code: signInMixUp,
  sign_in_other_portal: l10n.t(
    'An answer for {portal} came from {host}, so it was not used. Sign in again.',
  ),
  sign_in_unknown_server: unknownServer,
  unknown_auth_server: unknownServer,
  sandbox_only: l10n.t(
    'An account of the sandbox sends everything to this computer only, so nothing went to {host}.',
  ),
  sign_in_scopes: l10n.t(
    'The application on {portal} lacks a permission that another extension asked for.',
  ),
  // And of a push.
  storage_failed: l10n.t(
    'The push could not be saved on this computer’s disk, so it was not sent. Free some space or check the folder’s permissions, then try again.',
  ),
  taken_over: l10n.t(
    'Another window took over this push to {portal}, because this window had not responded for minutes. This window stopped sending it; the other one shows what became of it.',
  ),
  department_gone: l10n.t(
    'The department “{words}” is no longer on {portal}, so nothing was sent. Remove it from the recipients or choose another one.',
  ),
  department_empty: l10n.t(
    'The department “{words}” on {portal} has no people any more, so nothing was sent. Remove it from the recipients or choose another one.',
  ),
  not_oneself: l10n.t(
    'Without asking you, a push may go to yourself only. This one had other recipients, so it was not sent.',
  ),
  secret_in_text: l10n.t(
    'The text looks like it contains a secret, and you were not there to be asked, so it was not sent.',
  ),
  same_text_sent: l10n.t(
    'The same text went to the same people on {portal} a moment before, or is being sent to them, and you were not there to be asked.',
  ),
  internal_error: l10n.t('Something went wrong in Bitrix24 Push. See the log for details.'),
};

const sentences = {
  ...byCode,
  unknownCode: l10n.t('{portal} answered: {words}'),
  noRest: l10n.t(
    'The plan of {portal} does not include the REST API, which pushes need. An administrator can choose a plan or start a trial that includes it on the portal, under My plan.',
  ),
  unnamedScope: l10n.t(
    'The application on {portal} lacks a permission. Add it on its page, then sign in again.',
  ),
  limitUntil: l10n.t(
    '{portal} accepts no more requests of this kind until {time}. Try again then.',
  ),

  // Where no Bitrix24 error came: by the kind of the error.
  refused: l10n.t('{host} refuses the connection. It may be down, or a proxy may be needed.'),
  dns: l10n.t(
    'The address {host} cannot be found. You may be offline, or the address has changed.',
  ),
  tls: l10n.t(
    'There is no secure connection to {host}: its certificate, or the certificate of a proxy in between, is not trusted on this computer.',
  ),
  proxy: l10n.t(
    'The proxy did not let the request through to {host}. Check its address and whether it requires a sign-in.',
  ),
  reset: l10n.t('The connection to {host} was lost.'),
  timeout: l10n.t('{host} did not answer in time.'),
  notJson: l10n.t(
    'The answer from {host} did not come from Bitrix24. It may be the sign-in page of your network, or an error page.',
  ),
  refreshLocked: l10n.t(
    'Another VS Code window is renewing the sign-in to {portal} and does not finish. Nothing was sent. Close that window, or try again.',
  ),
  page: l10n.t(
    'Something between this computer and {host} answered with a page instead: the sign-in page of a network, or a proxy. Open {host} in a browser, or check the proxy settings.',
  ),
  tooLarge: l10n.t(
    'The answer from {host} is far larger than an answer from Bitrix24 can be, so it was not read.',
  ),
  redirect: l10n.t(
    '{portal} redirects to an address that you have not agreed to, so nothing was sent there.',
  ),
};

const warnings: ReadonlySet<Key> = new Set([
  ...(['query_limit_exceeded', 'operation_time_limit', 'limitUntil'] as const),
  ...([
    'method_confirm_waiting',
    'taken_over',
    'not_oneself',
    'secret_in_text',
    'same_text_sent',
  ] as const),
]);

const fixes: Record<Key, readonly FixId[]> = {
  empty_app_name: ['setAppName', 'tryAgain'],
  access_error: ['signInAsAdministrator', 'sendAsNotification', 'switchAccount'],
  wrong_auth_type: ['signIn'],
  text_error: ['goToText'],
  not_added: ['showLog'],
  user_id_empty: ['goToRecipients'],
  message_empty: ['goToText'],
  insufficient_scope: ['openPermissions', 'signInAgain'],
  unnamedScope: ['openPermissions', 'signInAgain'],
  invalid_client: ['editCredentials', 'openAppPage'],
  wrong_client: ['editCredentials', 'openAppPage'],
  unauthorized_client: ['editCredentials', 'openAppPage'],
  not_installed: ['editCredentials', 'openAppPage'],
  application_not_found: ['editCredentials', 'openAppPage'],
  error_oauth: ['editCredentials', 'openAppPage'],
  expired_token: ['signInAgain', 'switchAccount'],
  invalid_grant: ['signInAgain', 'switchAccount'],
  invalid_token: ['signInAgain', 'switchAccount'],
  no_auth_found: ['signInAgain', 'switchAccount'],
  invalid_credentials: ['signInAgain', 'switchAccount'],
  authorization_error: ['signInAgain', 'switchAccount'],
  user_access_error: ['signInAgain', 'switchAccount', 'openAppPage'],
  payment_required: ['openPlanHelp', 'openPortal', 'tryAgain'],
  noRest: ['openPlanHelp', 'openPortal', 'tryAgain'],
  access_denied: ['openPortal', 'tryAgain', 'showLog'],
  portal_deleted: ['openPortal', 'switchAccount'],
  overload_limit: ['openPortal', 'tryAgain'],
  method_confirm_waiting: ['openPortal', 'tryAgain'],
  method_confirm_denied: ['openPortal'],
  error_method_not_found: ['openPortal', 'showLog'],
  query_limit_exceeded: ['tryAgain'],
  operation_time_limit: ['tryAgain'],
  limitUntil: ['tryAgain'],
  connection_error: ['tryAgain', 'showLog'],
  internal_server_error: ['tryAgain', 'showLog'],
  error_unexpected_answer: ['tryAgain', 'showLog'],
  error_core: ['tryAgain', 'showLog'],
  unknownCode: ['showLog', 'tryAgain'],
  keyring: ['openKeyringHelp', 'tryAgain', 'showLog'],
  no_such_account: ['signInAgain', 'switchAccount'],
  sign_in_state: ['signInAgain'],
  sign_in_no_code: ['signInAgain'],
  sign_in_other_portal: ['signInAgain'],
  sign_in_unknown_server: ['showLog'],
  unknown_auth_server: ['showLog'],
  sandbox_only: ['switchAccount', 'showLog'],
  sign_in_scopes: ['openPermissions', 'signInAgain'],
  storage_failed: ['tryAgain', 'showLog'],
  taken_over: ['showLog'],
  department_gone: ['goToRecipients'],
  department_empty: ['goToRecipients'],
  not_oneself: ['showLog'],
  secret_in_text: ['showLog'],
  same_text_sent: ['tryAgain', 'showInHistory'],
  internal_error: ['showLog', 'tryAgain'],
  refused: ['tryAgain', 'openProxySettings', 'showLog'],
  dns: ['tryAgain', 'openProxySettings', 'showLog'],
  tls: ['tryAgain', 'openProxySettings', 'showLog'],
  proxy: ['openProxySettings', 'tryAgain', 'showLog'],
  reset: ['tryAgain', 'openProxySettings', 'showLog'],
  timeout: ['tryAgain', 'openProxySettings', 'showLog'],
  notJson: ['tryAgain', 'openProxySettings', 'showLog'],
  refreshLocked: ['tryAgain', 'showLog'],
  page: ['openProxySettings', 'tryAgain', 'showLog'],
  tooLarge: ['tryAgain', 'showLog'],
  redirect: ['tryAgain', 'signInAgain', 'showLog'],
};
