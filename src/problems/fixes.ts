import { l10n } from 'vscode';
import type { Account, Accounts } from '../accounts/account';
import { formatNumber } from '../common/counted';
import { peopleWith } from '../push/push';
import type { PushAction } from '../push/push';
import type { FixId, Fixes, ProblemContext } from './problem';

export interface FixDeps {
  accounts: Pick<Accounts, 'current'>;
  /** The sign-in with its dialogs; undefined when cancelled. */
  signIn(options: { portal?: string; account?: Account }): Promise<Account | undefined>;
  /** The quick pick over accounts; undefined when cancelled. */
  switchAccount(): Promise<Account | undefined>;
  editCredentials(account: Account | undefined): Promise<Account | undefined>;
  openExternal(url: string): Thenable<boolean>;
  showLog(): void;
  /** VS Code's, such as "ru". */
  language: string;
  /** Opens VS Code's settings at this query. */
  openSettings(query: string): Thenable<unknown>;
  /** Reveals the form and puts the cursor there. */
  focusForm(field: 'recipients' | 'text' | 'avatar'): Thenable<unknown>;
  /** Shows the history, with this push selected. */
  showPush(id?: string): Thenable<unknown>;
}

/** The button and what it does. */
type Fix = [
  label: string | ((context: ProblemContext) => string),
  run: (context: ProblemContext) => Promise<Account | undefined>,
];

/** VS Code's own page about keyrings that do not work. */
const keyringHelp =
  'https://code.visualstudio.com/docs/configure/settings-sync#_troubleshooting-keychain-issues';

/**
 * Bitrix24's page about plans, subscriptions and trials with REST API access. What is sold differs by country, so each
 * documentation has its own; where no cloud portal tells the country, the user's language does.
 */
function planHelp(host: string | undefined, language: string): string {
  const zone = /\.bitrix24\.([a-z.]+)$/.exec(host ?? '')?.[1];
  const isRussian = zone === undefined ? language.startsWith('ru') : russianZones.has(zone);
  return `https://apidocs.bitrix24.${isRussian ? 'ru' : 'com'}/first-steps/access-to-rest-api.html`;
}

const russianZones: ReadonlySet<string> = new Set(['ru', 'by', 'kz', 'uz']);

/** Each fix once: its button and what it does. */
export function createFixes(deps: FixDeps): Fixes {
  const table: Record<FixId, Fix> = { ...pushFixes(), ...accountFixes(deps), ...openFixes(deps) };
  return {
    label: (fix, context = {}) => {
      const [label] = table[fix];
      return typeof label === 'string' ? label : label(context);
    },
    run: (fix, context) => table[fix][1](context),
  };
}

/** The fixes that send a push or decide about it. */
function pushFixes() {
  const act = (action: PushAction): Fix[1] =>
    opening((context) => context.act?.(action, context.account));
  const sendToRest = ({ push }: ProblemContext): string => {
    const people = push ? peopleWith(push, 'refused', 'notSent').length : 0;
    return l10n.t('Send to the {0} who did not get it', formatNumber(people));
  };
  return {
    tryAgain: [l10n.t('Try Again'), act('retry')],
    sendAnyway: [l10n.t('Send Anyway'), act('sendAnyway')],
    sendToRest: [sendToRest, act('sendToRest')],
    sendAsNotification: [l10n.t('Send as Notification'), act('sendAsNotification')],
    sendWaiting: [l10n.t('Send'), act('retry')],
    sendToPhone: [l10n.t('Send to My Phone'), act('retry')],
    markAsSent: [l10n.t('Mark as Sent'), act('markAsSent')],
    discard: [l10n.t('Discard'), act('discard')],
  } satisfies Partial<Record<FixId, Fix>>;
}

/** The fixes that may end with another account in use. */
function accountFixes(deps: FixDeps) {
  const signInAgain: Fix[1] = async (context) => {
    const account = await accountOf(deps, context);
    return await deps.signIn(account ? { account } : {});
  };
  return {
    signIn: [
      l10n.t('Sign In'),
      ({ account }) => deps.signIn(account ? { portal: account.portal } : {}),
    ],
    signInAsAdministrator: [l10n.t('Sign In as Administrator'), signInAgain],
    signInAgain: [l10n.t('Sign In Again'), signInAgain],
    switchAccount: [l10n.t('Switch Account'), () => deps.switchAccount()],
    editCredentials: [
      l10n.t('Edit App Credentials'),
      async (context) => await deps.editCredentials(await accountOf(deps, context)),
    ],
  } satisfies Partial<Record<FixId, Fix>>;
}

/** The fixes that open a page, a setting, the log, or a field of the form. */
function openFixes(deps: FixDeps) {
  const onPortal =
    (path: (account: Account) => string): Fix[1] =>
    async (context) => {
      const account = await accountOf(deps, context);
      if (!account) {
        // Without an account there is no portal to open.
        return await deps.signIn({});
      }
      await deps.openExternal(new URL(path(account), account.portal).href);
      return undefined;
    };
  return {
    setAppName: [l10n.t('Set App Name'), onPortal(appPage)],
    openPermissions: [l10n.t('Open App Permissions'), onPortal(appPage)],
    openAppPage: [l10n.t('Open App Page'), onPortal(appPage)],
    openPortal: [l10n.t('Open Portal'), onPortal(() => '/')],
    openPlanHelp: [
      l10n.t('Show Plans with REST API'),
      opening(async (context) =>
        deps.openExternal(planHelp((await accountOf(deps, context))?.host, deps.language)),
      ),
    ],
    openProxySettings: [
      l10n.t('Open Proxy Settings'),
      opening(() => deps.openSettings('http.proxy')),
    ],
    openKeyringHelp: [l10n.t('Open Help'), opening(() => deps.openExternal(keyringHelp))],
    showLog: [l10n.t('Show Log'), opening(() => deps.showLog())],
    showInHistory: [l10n.t('Show in History'), opening(({ push }) => deps.showPush(push?.id))],
    goToRecipients: [l10n.t('Choose Recipients'), opening(() => deps.focusForm('recipients'))],
    goToText: [l10n.t('Edit Text'), opening(() => deps.focusForm('text'))],
    goToAvatar: [l10n.t('Edit Avatar'), opening(() => deps.focusForm('avatar'))],
  } satisfies Partial<Record<FixId, Fix>>;
}

async function accountOf({ accounts }: FixDeps, context: ProblemContext) {
  return context.account ?? (await accounts.current());
}

/** A fix that does not change the account in use. */
function opening(open: (context: ProblemContext) => unknown): Fix[1] {
  return async (context) => {
    await open(context);
    return undefined;
  };
}

/** Bitrix24: the application's own page where its number is known, else the list of integrations. */
function appPage({ integrationId }: Account): string {
  return integrationId === undefined
    ? '/devops/list/'
    : `/devops/edit/application/${integrationId}/`;
}
