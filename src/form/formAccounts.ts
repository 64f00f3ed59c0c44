import type { Account, Accounts } from '../accounts/account';
import type { FormDraft } from './formDraft';

/** Knows which account the form's draft is sent from, and moves the draft when that changes. */
export class FormAccounts {
  readonly #accounts: Pick<Accounts, 'list' | 'current'>;
  readonly #draft: FormDraft;
  #list: readonly Account[] = [];
  #current: Account | undefined;
  #reading = 0;
  #otherPortal = false;
  /** True while a push is on its way: its end must find the draft as it was sent. */
  #isHeld = false;
  /** The account to move to after that. */
  #next: Account | undefined;

  constructor(accounts: Pick<Accounts, 'list' | 'current'>, draft: FormDraft) {
    this.#accounts = accounts;
    this.#draft = draft;
  }

  get count(): number {
    return this.#list.length;
  }

  /** The draft's own account, else the current one. */
  get shown(): Account | undefined {
    return this.of(this.#draft.current.accountId) ?? this.#current;
  }

  of(accountId: string | undefined): Account | undefined {
    return this.#list.find(({ id }) => id === accountId);
  }

  /** True if the people chosen before belong to another portal, and nobody has been chosen since. */
  get otherPortal(): boolean {
    return this.#otherPortal;
  }

  peopleAreRight(): void {
    this.#otherPortal = false;
  }

  /** Reads the accounts anew; the draft follows when another one was chosen or its own is gone. */
  async read(): Promise<void> {
    const number = ++this.#reading;
    const [list, current] = [await this.#accounts.list(), await this.#accounts.current()];
    if (number !== this.#reading) {
      return;
    }
    const chosenAnew = this.#current !== undefined && current?.id !== this.#current.id;
    this.#list = list;
    this.#current = current;
    const { accountId } = this.#draft.current;
    const gone = accountId !== undefined && !this.of(accountId);
    if (current && (chosenAnew || gone)) {
      this.#moveTo(current);
    }
  }

  /** Choosing an account moves the draft there, also when it is the current one: a restored draft may be elsewhere. */
  choose(accountId: string): void {
    const account = this.of(accountId);
    if (account) {
      this.#moveTo(account);
    }
  }

  /** Lets the draft stay with its account until {@link release}. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Moves the draft to the account that was chosen meanwhile. */
  release(): void {
    this.#isHeld = false;
    const next = this.#next && this.of(this.#next.id);
    this.#next = undefined;
    if (next) {
      this.#moveTo(next);
    }
  }

  #moveTo(account: Account): void {
    if (this.#isHeld) {
      this.#next = account;
      return;
    }
    this.#otherPortal = this.#draft.moveTo(account) || this.#otherPortal;
  }
}
