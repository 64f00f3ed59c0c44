import type { Account, Accounts } from '../accounts/account';
import type { Fixes } from './problem';

export interface FixDeps {
  accounts: Pick<Accounts, 'signIn' | 'current'>;
  /** The quick pick over accounts; undefined when cancelled. */
  switchAccount(): Promise<Account | undefined>;
  editCredentials(account: Account | undefined): Promise<unknown>;
  openExternal(url: string): Thenable<boolean>;
  showLog(): void;
  /** Opens VS Code's settings at this query. */
  openSettings(query: string): Thenable<unknown>;
  /** Reveals the form and puts the cursor there. */
  focusForm(field?: 'recipients' | 'text' | 'avatar'): Thenable<unknown>;
}

export function createFixes(_deps: FixDeps): Fixes {
  throw new Error('not built yet');
}
