import type { window } from 'vscode';
import type { Account } from '../accounts/account';
import type { Log } from '../common/log';
import type { Departments } from './departments/departments';
import type { SavedGroups } from './groups';
import type { ListMatcher } from './listMatcher';
import type { PeopleSearch } from './peopleSearch';
import type { RecentRecipients } from './recentRecipients';
import type { DepartmentRecipient, Recipient } from './recipient';

/** The functions of VS Code's window that create quick inputs. */
export type QuickInputs = Pick<typeof window, 'createQuickPick' | 'createInputBox'>;

export interface RecipientPickerDeps {
  people: Pick<
    PeopleSearch,
    | 'prepare'
    | 'local'
    | 'known'
    | 'search'
    | 'resolveIds'
    | 'onDidChange'
    | 'onDidProgress'
    | 'reading'
    | 'refresh'
    | 'stopReading'
  >;
  recents: Pick<RecentRecipients, 'list' | 'last'>;
  departments: Pick<Departments, 'of' | 'peek' | 'count'>;
  groups: Pick<SavedGroups, 'list'>;
  lists: Pick<ListMatcher, 'match'>;
  /** Says in a few words why a push may not reach somebody; undefined if nothing is known against it. */
  hints: (accountId: string, id: number) => string | undefined;
  /** Asks the portal for what {@link hints} then knows. Never rejects. */
  askHints: (accountId: string, ids: readonly number[], signal: AbortSignal) => Promise<unknown>;
  inputs: QuickInputs;
  /** Describes in one sentence what went wrong while people were looked up. */
  describeError: (error: unknown, account: Account) => string;
  log: Log;
  /** How long the user must pause typing before the portal is asked, ms; default 200. */
  delayMs?: number;
}

export interface PickRequest {
  account: Account;
  chosen: readonly Recipient[];
  departments?: readonly DepartmentRecipient[];
  title: string;
  step: number;
  totalSteps: number;
  canGoBack: boolean;
}

/** How the picker was closed, and what was chosen. */
export interface Picked {
  how: 'next' | 'back' | 'cancel';
  recipients: Recipient[];
  departments: DepartmentRecipient[];
}
