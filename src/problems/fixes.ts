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
  /** Opens VS Code's settings at this query. */
  openSettings(query: string): Thenable<unknown>;
  /** Reveals the form and puts the cursor there. */
  focusForm(field: 'recipients' | 'text' | 'avatar'): Thenable<unknown>;
}

interface Fix {
  label(context: ProblemContext): string;
  run(context: ProblemContext): Promise<Account | undefined>;
}

/** VS Code's own page about keyrings that do not work. */
const keyringHelp =
  'https://code.visualstudio.com/docs/configure/settings-sync#_troubleshooting-keychain-issues';

/** The fixes that send a push or decide about it. */
type PushFix = 'tryAgain' | 'sendAnyway' | 'sendToRest' | 'sendWaiting' | 'markAsSent' | 'discard';

/** Each fix once: its button and what it does. */
export function createFixes(deps: FixDeps): Fixes {
  const table: Record<FixId, Fix> = { ...pushFixes(), ...accountFixes(deps), ...openFixes(deps) };
  return {
    label: (fix, context = {}) => table[fix].label(context),
    run: (fix, context) => table[fix].run(context),
  };
}

function pushFixes(): Record<PushFix, Fix> {
  const act = (action: PushAction) => (context: ProblemContext) =>
    withoutAccount(context.act?.(action, context.account));
  return {
    tryAgain: { label: () => l10n.t('Try Again'), run: act('retry') },
    sendAnyway: { label: () => l10n.t('Send Anyway'), run: act('sendAnyway') },
    sendToRest: {
      label: ({ push }) => {
        const people = push ? peopleWith(push, 'refused', 'notSent').length : 0;
        return l10n.t('Send to the {0} who did not get it', formatNumber(people));
      },
      run: act('sendToRest'),
    },
    sendWaiting: { label: () => l10n.t('Send'), run: act('retry') },
    markAsSent: { label: () => l10n.t('Mark as Sent'), run: act('markAsSent') },
    discard: { label: () => l10n.t('Discard'), run: act('discard') },
  };
}

/** The fixes that may end with another account in use. */
function accountFixes(deps: FixDeps) {
  const signInAgain = async (context: ProblemContext) => {
    const account = await accountOf(deps, context);
    return await deps.signIn(account ? { account } : {});
  };
  return {
    signIn: {
      label: () => l10n.t('Sign In'),
      run: (context: ProblemContext) =>
        deps.signIn(context.account ? { portal: context.account.portal } : {}),
    },
    signInAsAdministrator: {
      label: () => l10n.t('Sign In as Administrator'),
      run: signInAgain,
    },
    signInAgain: { label: () => l10n.t('Sign In Again'), run: signInAgain },
    switchAccount: {
      label: () => l10n.t('Switch Account'),
      run: () => deps.switchAccount(),
    },
    editCredentials: {
      label: () => l10n.t('Edit App Credentials'),
      run: async (context: ProblemContext) =>
        await deps.editCredentials(await accountOf(deps, context)),
    },
  };
}

/** The fixes that open a page, a setting, the log, or a field of the form. */
function openFixes(deps: FixDeps) {
  const onPortal = (path: (account: Account) => string) => async (context: ProblemContext) => {
    const account = await accountOf(deps, context);
    if (!account) {
      // Without an account there is no portal to open.
      return await deps.signIn({});
    }
    await deps.openExternal(new URL(path(account), account.portal).href);
    return undefined;
  };
  return {
    setAppName: { label: () => l10n.t('Set App Name'), run: onPortal(appPage) },
    openPermissions: { label: () => l10n.t('Open App Permissions'), run: onPortal(appPage) },
    openAppPage: { label: () => l10n.t('Open App Page'), run: onPortal(appPage) },
    openPortal: { label: () => l10n.t('Open Portal'), run: onPortal(() => '/') },
    openProxySettings: {
      label: () => l10n.t('Open Proxy Settings'),
      run: () => withoutAccount(deps.openSettings('http.proxy')),
    },
    openKeyringHelp: {
      label: () => l10n.t('Open Help'),
      run: () => withoutAccount(deps.openExternal(keyringHelp)),
    },
    showLog: {
      label: () => l10n.t('Show Log'),
      run: () => {
        deps.showLog();
        return Promise.resolve(undefined);
      },
    },
    goToRecipients: {
      label: () => l10n.t('Choose Recipients'),
      run: () => withoutAccount(deps.focusForm('recipients')),
    },
    goToText: {
      label: () => l10n.t('Edit Text'),
      run: () => withoutAccount(deps.focusForm('text')),
    },
    goToAvatar: {
      label: () => l10n.t('Edit Avatar'),
      run: () => withoutAccount(deps.focusForm('avatar')),
    },
  };
}

async function accountOf({ accounts }: FixDeps, context: ProblemContext) {
  return context.account ?? (await accounts.current());
}

/** Waits for a fix that does not change the account in use. */
async function withoutAccount(work: Thenable<unknown> | undefined): Promise<undefined> {
  await work;
  return undefined;
}

/** Bitrix24: the application's own page where its number is known, else the list of integrations. */
function appPage({ integrationId }: Account): string {
  return integrationId === undefined
    ? '/devops/list/'
    : `/devops/edit/application/${integrationId}/`;
}
