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

/** Each fix once: its button and what it does. */
export function createFixes(deps: FixDeps): Fixes {
  const accountOf = async (context: ProblemContext) =>
    context.account ?? (await deps.accounts.current());

  const openOnPortal = async (context: ProblemContext, path: (account: Account) => string) => {
    const account = await accountOf(context);
    if (!account) {
      // Without an account there is no portal to open.
      return deps.signIn({});
    }
    await deps.openExternal(new URL(path(account), account.portal).href);
    return undefined;
  };

  const signInAgain = async (context: ProblemContext) => {
    const account = await accountOf(context);
    return deps.signIn(account ? { account } : {});
  };

  const only = async (work: Thenable<unknown> | undefined): Promise<undefined> => {
    await work;
    return undefined;
  };

  const act = (action: PushAction) => (context: ProblemContext) =>
    only(context.act?.(action, context.account));

  const table: Record<FixId, Fix> = {
    setAppName: {
      label: () => l10n.t('Set App Name'),
      run: (context) => openOnPortal(context, appPage),
    },
    tryAgain: {
      label: () => l10n.t('Try Again'),
      run: act('retry'),
    },
    sendAnyway: {
      label: () => l10n.t('Send Anyway'),
      run: act('sendAnyway'),
    },
    sendToRest: {
      label: ({ push }) => {
        const people = push ? peopleWith(push, 'refused', 'notSent').length : 0;
        return l10n.t('Send to the {0} who did not get it', formatNumber(people));
      },
      run: act('sendToRest'),
    },
    sendWaiting: {
      label: () => l10n.t('Send'),
      run: act('retry'),
    },
    markAsSent: {
      label: () => l10n.t('Mark as Sent'),
      run: act('markAsSent'),
    },
    discard: {
      label: () => l10n.t('Discard'),
      run: act('discard'),
    },
    signIn: {
      label: () => l10n.t('Sign In'),
      run: (context) => deps.signIn(context.account ? { portal: context.account.portal } : {}),
    },
    signInAsAdministrator: {
      label: () => l10n.t('Sign In as Administrator'),
      run: signInAgain,
    },
    signInAgain: {
      label: () => l10n.t('Sign In Again'),
      run: signInAgain,
    },
    switchAccount: {
      label: () => l10n.t('Switch Account'),
      run: () => deps.switchAccount(),
    },
    editCredentials: {
      label: () => l10n.t('Edit App Credentials'),
      run: async (context) => deps.editCredentials(await accountOf(context)),
    },
    openPermissions: {
      label: () => l10n.t('Open App Permissions'),
      run: (context) => openOnPortal(context, appPage),
    },
    openAppPage: {
      label: () => l10n.t('Open App Page'),
      run: (context) => openOnPortal(context, appPage),
    },
    openPortal: {
      label: () => l10n.t('Open Portal'),
      run: (context) => openOnPortal(context, () => '/'),
    },
    openProxySettings: {
      label: () => l10n.t('Open Proxy Settings'),
      run: () => only(deps.openSettings('http.proxy')),
    },
    openKeyringHelp: {
      label: () => l10n.t('Open Help'),
      run: () => only(deps.openExternal(keyringHelp)),
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
      run: () => only(deps.focusForm('recipients')),
    },
    goToText: {
      label: () => l10n.t('Edit Text'),
      run: () => only(deps.focusForm('text')),
    },
    goToAvatar: {
      label: () => l10n.t('Edit Avatar'),
      run: () => only(deps.focusForm('avatar')),
    },
  };

  return {
    label: (fix, context = {}) => table[fix].label(context),
    run: (fix, context) => table[fix].run(context),
  };
}

/** Bitrix24: the application's own page where its number is known, else the list of integrations. */
function appPage({ integrationId }: Account): string {
  return integrationId === undefined
    ? '/devops/list/'
    : `/devops/edit/application/${integrationId}/`;
}
