import type { Event, Memento, SecretStorage } from 'vscode';
import type { PortalClient } from '../bitrix24/portalClient';
import type { Transport } from '../bitrix24/transport';
import type { Clock } from '../common/clock';
import type { Log } from '../common/log';
import type { Messages } from '../common/messages';
import type { Account, Accounts } from './account';
import type { SignInDialogs } from './signInDialogs';

export interface AccountsDeps {
  secrets: SecretStorage;
  globalState: Memento;
  transport: Transport;
  clock: Clock;
  log: Log;
  /** Opens the browser; false when the user said no. */
  openExternal(url: string): Thenable<boolean>;
  messages: Messages;
  dialogs: SignInDialogs;
  /** The setting bitrix24Push.signIn.port, read at each sign-in. */
  signInPort(): number;
}

export interface DirectSignIn {
  /** Origin of the portal. */
  portal: string;
  credentials: { clientId: string; clientSecret: string };
  integrationId?: number | undefined;
  /** Opens the authorize address by itself and gives back the address it was redirected to. */
  obtainCallback(authorizeUrl: string): Promise<string>;
}

export class Bitrix24Accounts implements Accounts {
  readonly onDidChange: Event<void>;

  constructor(_deps: AccountsDeps) {
    throw new Error('not built yet');
  }

  list(): Promise<readonly Account[]> {
    throw new Error('not built yet');
  }

  current(): Promise<Account | undefined> {
    throw new Error('not built yet');
  }

  get(_id: string): Promise<Account | undefined> {
    throw new Error('not built yet');
  }

  select(_id: string): Promise<void> {
    throw new Error('not built yet');
  }

  signIn(_options?: { portal?: string; account?: Account }): Promise<Account | undefined> {
    throw new Error('not built yet');
  }

  /** Signs in without dialogs and without listening: for the sandbox, which knows its own application. */
  signInDirectly(_options: DirectSignIn): Promise<Account> {
    throw new Error('not built yet');
  }

  /** Asks for the application's id and key again, then signs in; undefined when cancelled. */
  editCredentials(_account: Account): Promise<Account | undefined> {
    throw new Error('not built yet');
  }

  signOut(_id: string): Promise<void> {
    throw new Error('not built yet');
  }

  /** Forgets every account, and what was set aside as damaged. */
  forgetAll(): Promise<void> {
    throw new Error('not built yet');
  }

  update(_id: string, _facts: Partial<Pick<Account, 'senderName' | 'integrationId'>>): Promise<void> {
    throw new Error('not built yet');
  }

  client(_id: string): Promise<PortalClient> {
    throw new Error('not built yet');
  }

  dispose(): void {}
}
