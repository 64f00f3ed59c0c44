import { StatusBarAlignment, window } from 'vscode';
import type { StatusBarItem } from 'vscode';
import type { Account } from '../accounts/account';
import { commands } from '../common/commands';
import type { Disposable } from '../common/dispose';
import type { Recipient } from '../people/recipient';
import type { DeliverySentence } from './confirmHints';

export interface AcceptedNoticeDeps {
  sentence: DeliverySentence;
  /** Whose push it was, when the draft does not name the account. */
  current: () => Promise<Pick<Account, 'id'> | undefined>;
  /** VS Code's own when absent. */
  createItem?: () => StatusBarItem;
  shownMs?: number;
}

/**
 * In the status bar: a push was accepted. When somebody may not get it, that is said too, and a click opens
 * "Why Didn't It Arrive?".
 */
export class AcceptedNotice implements Disposable {
  readonly #deps: AcceptedNoticeDeps;
  #item: StatusBarItem | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: AcceptedNoticeDeps) {
    this.#deps = deps;
  }

  async show(
    message: string,
    { accountId, recipients }: { accountId: string | undefined; recipients: readonly Recipient[] },
  ): Promise<void> {
    this.dispose();
    const item = this.#deps.createItem?.() ?? window.createStatusBarItem(StatusBarAlignment.Left);
    this.#item = item;
    item.text = `$(check) ${message}`;
    item.show();
    this.#timer = setTimeout(() => this.dispose(), this.#deps.shownMs ?? 10_000);
    const account = accountId === undefined ? await this.#deps.current() : { id: accountId };
    const doubts = account && (await this.#deps.sentence(account, recipients));
    if (doubts !== undefined && this.#item === item) {
      item.text = `$(warning) ${message}`;
      item.tooltip = doubts;
      item.accessibilityInformation = { label: `${message}. ${doubts}` };
      item.command = commands.whyNotDelivered;
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#item?.dispose();
    this.#item = undefined;
  }
}
