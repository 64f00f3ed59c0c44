import type { Messages } from '../common/messages';
import type { Account } from './account';
import type { Bitrix24Accounts } from './bitrix24Accounts';
import type { SetupResult } from './setupCheck';

export interface AccountCommandDeps {
  accounts: Bitrix24Accounts;
  messages: Messages;
  /** Tells the result of the setup check with its fixes. */
  tellSetup(account: Account, result: SetupResult): Promise<void>;
}

/** The handlers of the commands that belong to accounts. They throw Bitrix24Error; whoever registers them tells it. */
export interface AccountCommands {
  signIn(): Promise<void>;
  signOut(): Promise<void>;
  /** The account chosen, or undefined when cancelled. */
  switchAccount(): Promise<Account | undefined>;
  checkSetup(account?: Account): Promise<void>;
  editCredentials(account?: Account): Promise<void>;
  setSenderName(account?: Account): Promise<void>;
}

export function createAccountCommands(_deps: AccountCommandDeps): AccountCommands {
  throw new Error('not built yet');
}
