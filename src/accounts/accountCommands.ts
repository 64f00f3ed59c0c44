import { l10n, QuickPickItemKind, window } from 'vscode';
import type { QuickPickItem } from 'vscode';
import { Bitrix24Error } from '../bitrix24/errors';
import type { Messages } from '../common/messages';
import { plainLabel } from '../common/plainText';
import type { Account } from './account';
import type { Bitrix24Accounts } from './bitrix24Accounts';
import { patientProgress } from './patientProgress';
import type { SetupResult } from './setupCheck';

export interface AccountCommandDeps {
  accounts: Bitrix24Accounts;
  messages: Messages;
  /** Tells the result of the setup check with its fixes. */
  tellSetup: (account: Account, result: SetupResult) => void;
}

/**
 * The handlers of the commands that belong to accounts. They throw Bitrix24Error, which the caller tells the user;
 * cancelling is silent, and resolves to undefined.
 */
export class AccountCommands {
  readonly #deps: AccountCommandDeps;

  constructor(deps: AccountCommandDeps) {
    this.#deps = deps;
  }

  /** Signs in, then checks the setup. */
  async signIn(): Promise<Account | undefined> {
    const account = await this.#deps.accounts.signIn();
    if (account) {
      await this.checkSetup(account);
    }
    return account;
  }

  async checkSetup(given?: Account): Promise<void> {
    const { accounts, tellSetup } = this.#deps;
    const account = await this.#theAccount(given);
    if (!account) {
      return;
    }
    try {
      const result = await patientProgress(l10n.t('Checking {0}…', account.host), (signal) =>
        accounts.checkSetup(account.id, signal),
      );
      tellSetup((await accounts.get(account.id)) ?? account, result);
    } catch (error) {
      if (!(error instanceof Bitrix24Error && error.kind === 'cancelled')) {
        throw error;
      }
    }
  }

  /** Resolves to the account chosen. */
  switchAccount(): Promise<Account | undefined> {
    return this.#choose(() => this.signIn());
  }

  async #choose(signIn: () => Promise<Account | undefined>): Promise<Account | undefined> {
    const { accounts } = this.#deps;
    const [list, current] = [await accounts.list(), await accounts.current()];
    if (list.length === 0) {
      return signIn();
    }
    const items: AccountItem[] = list.map((account) => itemOf(account, account.id === current?.id));
    const other: AccountItem = { label: l10n.t('Sign In to Another Portal…') };
    const chosen = await window.showQuickPick([...items, separator, other], {
      title: l10n.t('Switch Bitrix24 Account'),
      placeHolder: l10n.t('Send new pushes as'),
    });
    if (!chosen) {
      return undefined;
    }
    if (!chosen.account) {
      return signIn();
    }
    await accounts.select(chosen.account.id);
    return chosen.account;
  }

  async signOut(): Promise<void> {
    const { accounts } = this.#deps;
    const list = await accounts.list();
    const all: AccountItem = { label: l10n.t('Forget All Portals'), all: true };
    const items = list.map((account) => itemOf(account));
    const chosen =
      items.length === 1
        ? items[0]
        : await window.showQuickPick(items.length > 1 ? [...items, separator, all] : [all], {
            title: l10n.t('Sign Out of Bitrix24'),
            placeHolder: l10n.t('Sign out of which account?'),
          });
    if (chosen?.all) {
      await this.#forgetAll(list);
    } else if (chosen?.account) {
      await this.#signOutOf(chosen.account);
    }
  }

  async editCredentials(given?: Account): Promise<Account | undefined> {
    const { accounts } = this.#deps;
    const account = await this.#theAccount(given);
    if (!account) {
      return undefined;
    }
    const edited = await accounts.editCredentials(account);
    if (edited) {
      await this.checkSetup(edited);
    }
    return edited;
  }

  async setSenderName(given?: Account): Promise<void> {
    const { accounts } = this.#deps;
    const account = await this.#theAccount(given);
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
  }

  async #signOutOf(account: Account): Promise<void> {
    const { accounts, messages } = this.#deps;
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
  }

  async #forgetAll(list: readonly Account[]): Promise<void> {
    const { accounts, messages } = this.#deps;
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
  }

  /** Resolves to the account given, else the current one, else the one chosen now. */
  async #theAccount(given: Account | undefined): Promise<Account | undefined> {
    const { accounts } = this.#deps;
    return given ?? (await accounts.current()) ?? (await this.#choose(() => accounts.signIn()));
  }
}

type AccountItem = QuickPickItem & { account?: Account; all?: true };

const separator: AccountItem = { label: '', kind: QuickPickItemKind.Separator };

function itemOf(account: Account, current = false): AccountItem {
  return {
    label: plainLabel(account.userName),
    description: account.host,
    ...(current ? { detail: l10n.t('Current') } : {}),
    account,
  };
}
