import { CancellationError, l10n, window } from 'vscode';
import { Bitrix24Error } from '../bitrix24/errors';
import type { Messages } from '../common/messages';
import type { Account } from './account';
import { accountItems, separator } from './accountItems';
import type { AccountItem } from './accountItems';
import type { Bitrix24Accounts } from './bitrix24Accounts';
import { patientProgress } from './patientProgress';
import type { SetupResult } from './setupCheck';

export interface AccountCommandDeps {
  accounts: Bitrix24Accounts;
  messages: Messages;
  /** Tells the result of the setup check with its fixes. */
  tellSetup: (account: Account, result: SetupResult) => void;
  /** Resolves to a sentence for each push of these accounts that is being sent. */
  underWay: (accountIds: readonly string[]) => Promise<string[]>;
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
    const items = accountItems(list, current);
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
    const all: AccountItem = { label: l10n.t('Forget All Portals') };
    const items = accountItems(list);
    const chosen =
      list.length === 1
        ? items[0]
        : await window.showQuickPick(list.length > 1 ? [...items, separator, all] : [all], {
            title: l10n.t('Sign Out of Bitrix24'),
            placeHolder: l10n.t('Sign out of which account?'),
          });
    if (chosen?.account) {
      await this.#signOutOf(chosen.account);
    } else if (chosen) {
      await this.#forgetAll(list);
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

  /** Signs out as VS Code's Accounts menu asks: it has asked the user, but knows nothing of pushes. */
  async signOutFromMenu(id: string): Promise<void> {
    const account = await this.#deps.accounts.get(id);
    const isSending = account && (await this.#deps.underWay([id])).length > 0;
    if (isSending && !(await this.#maySignOut(account))) {
      throw new CancellationError();
    }
    await this.#deps.accounts.signOut(id);
  }

  async #signOutOf(account: Account): Promise<void> {
    const { accounts, messages } = this.#deps;
    if (await this.#maySignOut(account)) {
      await accounts.signOut(account.id);
      messages.inform(l10n.t('Signed out of {0}.', account.host));
    }
  }

  async #maySignOut(account: Account): Promise<boolean> {
    const yes = l10n.t('Sign Out');
    const answer = await this.#deps.messages.ask({
      message: l10n.t('Sign out of {0} as {1}?', account.host, account.userName),
      detail: await this.#withPushes(
        [account],
        l10n.t(
          'The tokens and the application’s key will be forgotten. The application itself stays on the portal.',
        ),
      ),
      answers: [yes],
    });
    return answer === yes;
  }

  /** What to know before accounts go: a push that is on its way stops there. */
  async #withPushes(accounts: readonly Account[], detail: string): Promise<string> {
    const pushes = await this.#deps.underWay(accounts.map(({ id }) => id));
    return pushes.length === 0
      ? detail
      : [
          ...pushes,
          l10n.t(
            'It will stop: whoever has not got it yet will not get it until you sign in and send it again.',
          ),
          detail,
        ].join('\n\n');
  }

  async #forgetAll(list: readonly Account[]): Promise<void> {
    const { accounts, messages } = this.#deps;
    const yes = l10n.t('Forget All');
    const answer = await messages.ask({
      message: l10n.t('Forget all Bitrix24 portals?'),
      detail: await this.#withPushes(list, [...new Set(list.map(({ host }) => host))].join('\n')),
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
