import { StatusBarAlignment, window } from 'vscode';
import type { StatusBarItem } from 'vscode';
import type { Account } from '../accounts/account';
import { commands } from '../common/commands';
import type { Disposable } from '../common/dispose';
import type { Recipient } from '../people/recipient';
import type { DeliverySentence } from './hintText';

export interface AcceptedStatusDeps {
  sentence: DeliverySentence;
  /** The account in use, for a draft that does not name its account. */
  current: () => Promise<Pick<Account, 'id'> | undefined>;
  /** For tests; window.createStatusBarItem if absent. */
  createItem?: () => StatusBarItem;
}

const shownMs = 10_000;

/**
 * The status bar item which says for ten seconds that a push was accepted. If somebody may not get the push, the item
 * says so too, and a click on it opens "Why Didn't It Arrive?".
 */
export class AcceptedStatus implements Disposable {
  readonly #deps: AcceptedStatusDeps;
  #item: StatusBarItem | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: AcceptedStatusDeps) {
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
    this.#timer = setTimeout(() => this.dispose(), shownMs);
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
