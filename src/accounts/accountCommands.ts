import { l10n, QuickPickItemKind, window } from 'vscode';
import type { QuickPickItem } from 'vscode';
import { Bitrix24Error } from '../bitrix24/errors';
import type { Messages } from '../common/messages';
import type { Account } from './account';
import type { Bitrix24Accounts } from './bitrix24Accounts';
import { patientProgress } from './patientProgress';
import type { SetupResult } from './setupCheck';

export interface AccountCommandDeps {
  accounts: Bitrix24Accounts;
  messages: Messages;
  /** Tells the result of the setup check with its fixes; resolves without waiting for the user. */
  tellSetup: (account: Account, result: SetupResult) => Promise<void>;
}

/**
 * The handlers of the commands that belong to accounts. They throw Bitrix24Error, which whoever registers them tells;
 * cancelling is silent.
 */
export interface AccountCommands {
  /** Signs in, then checks the setup. */
  signIn(options?: { portal?: string; account?: Account }): Promise<Account | undefined>;
  signOut(): Promise<void>;
  /** The account chosen, or undefined when cancelled. */
  switchAccount(): Promise<Account | undefined>;
  checkSetup(account?: Account): Promise<void>;
  editCredentials(account?: Account): Promise<Account | undefined>;
  setSenderName(account?: Account): Promise<void>;
}

type AccountItem = QuickPickItem & { account?: Account; all?: true };

export function createAccountCommands({
  accounts,
  messages,
  tellSetup,
}: AccountCommandDeps): AccountCommands {
  const signIn: AccountCommands['signIn'] = async (options) => {
    const account = await accounts.signIn(options);
    if (account) {
      await checkSetup(account);
    }
    return account;
  };

  const checkSetup = async (given?: Account): Promise<void> => {
    const account = given ?? (await theAccount(l10n.t('Check the setup of which account?')));
    if (!account) {
      return;
    }
    try {
      const result = await patientProgress(l10n.t('Checking {0}…', account.host), (signal) =>
        accounts.checkSetup(account.id, signal),
      );
      await tellSetup((await accounts.get(account.id)) ?? account, result);
    } catch (error) {
      if (!(error instanceof Bitrix24Error && error.kind === 'cancelled')) {
        throw error;
      }
    }
  };

  const switchAccount = async (): Promise<Account | undefined> => {
    const [list, current] = [await accounts.list(), await accounts.current()];
    const items: AccountItem[] = list.map((account) => itemOf(account, account.id === current?.id));
    const other: AccountItem = { label: l10n.t('Sign In to Another Portal…') };
    const chosen = await window.showQuickPick(
      [...items, { label: '', kind: QuickPickItemKind.Separator }, other],
      { title: l10n.t('Switch Bitrix24 Account'), placeHolder: l10n.t('Send new pushes as') },
    );
    if (!chosen) {
      return undefined;
    }
    if (!chosen.account) {
      return signIn();
    }
    await accounts.select(chosen.account.id);
    return chosen.account;
  };

  const signOut = async (): Promise<void> => {
    const list = await accounts.list();
    const all: AccountItem = { label: l10n.t('Forget All Portals'), all: true };
    const [only] = list;
    const chosen: AccountItem | undefined =
      list.length === 1 && only
        ? itemOf(only, false)
        : await window.showQuickPick(
            [
              ...list.map((account) => itemOf(account, false)),
              ...(list.length > 1 ? [separator, all] : [all]),
            ],
            {
              title: l10n.t('Sign Out of Bitrix24'),
              placeHolder: l10n.t('Sign out of which account?'),
            },
          );
    if (chosen?.all) {
      await forgetAll(list);
    } else if (chosen?.account) {
      await signOutOf(chosen.account);
    }
  };

  const signOutOf = async (account: Account): Promise<void> => {
    const yes = l10n.t('Sign Out');
    const answer = await messages.ask({
      message: l10n.t('Sign out of {0} as {1}?', account.host, account.userName),
      detail: l10n.t(
        'The tokens and the application’s key will be forgotten. The application itself stays on the portal.',
      ),
      answers: [yes],
    });
    if (answer === yes) {
      await accounts.signOut(account.id);
      messages.inform(l10n.t('Signed out of {0}.', account.host));
    }
  };

  const forgetAll = async (list: readonly Account[]): Promise<void> => {
    const yes = l10n.t('Forget All');
    const answer = await messages.ask({
      message: l10n.t('Forget all Bitrix24 portals?'),
      detail: [...new Set(list.map(({ host }) => host))].join('\n'),
      answers: [yes],
    });
    if (answer === yes) {
      await accounts.forgetAll();
      messages.inform(l10n.t('All Bitrix24 portals have been forgotten.'));
    }
  };

  const editCredentials: AccountCommands['editCredentials'] = async (given) => {
    const account = given ?? (await theAccount(l10n.t('Edit the application of which account?')));
    if (!account) {
      return undefined;
    }
    const edited = await accounts.editCredentials(account);
    if (edited) {
      await checkSetup(edited);
    }
    return edited;
  };

  const setSenderName = async (given?: Account): Promise<void> => {
    const account = given ?? (await theAccount(l10n.t('Set the sender name of which account?')));
    const name =
      account &&
      (await window.showInputBox({
        title: l10n.t('Sender Name in the Preview'),
        prompt: l10n.t(
          'The name of your application on {0}, as phones show it. This changes only the preview: to change the real name, use Set App Name.',
          account.host,
        ),
        value: account.senderName ?? '',
        ignoreFocusOut: true,
        validateInput: (value) =>
          value.trim().length > 100
            ? l10n.t('The name is too long: 100 characters at most.')
            : undefined,
      }));
    if (account && name !== undefined) {
      await accounts.update(account.id, { senderName: name.trim() || undefined });
    }
  };

  /** The current account, or the one chosen now; signs in when there is none. */
  const theAccount = async (question: string): Promise<Account | undefined> => {
    const current = await accounts.current();
    if (current) {
      return current;
    }
    const list = await accounts.list();
    if (list.length === 0) {
      return accounts.signIn();
    }
    const chosen = await window.showQuickPick(
      list.map((account) => itemOf(account, false)),
      { title: question },
    );
    return chosen?.account;
  };

  return { signIn, signOut, switchAccount, checkSetup, editCredentials, setSenderName };
}

const separator: AccountItem = { label: '', kind: QuickPickItemKind.Separator };

function itemOf(account: Account, current: boolean): AccountItem & { account: Account } {
  return {
    // A name that looks like an icon stays a name.
    label: account.userName.replaceAll('$(', '$ ('),
    description: account.host,
    ...(current ? { detail: l10n.t('Current') } : {}),
    account,
  };
}
