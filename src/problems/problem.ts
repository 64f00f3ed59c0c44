import type { Account } from '../accounts/account';
import type { ResultContext } from '../push/push';

/** A fix that a notification or the form offers as a button. Each has one implementation, in the table of fixes. */
export type FixId =
  | 'setAppName'
  | 'tryAgain'
  | 'sendAnyway'
  | 'sendToRest'
  | 'sendAsNotification'
  | 'sendWaiting'
  | 'sendToPhone'
  | 'markAsSent'
  | 'discard'
  | 'signIn'
  | 'signInAsAdministrator'
  | 'signInAgain'
  | 'switchAccount'
  | 'editCredentials'
  | 'openPermissions'
  | 'openAppPage'
  | 'openPortal'
  | 'openPlanHelp'
  | 'openProxySettings'
  | 'openKeyringHelp'
  | 'showLog'
  | 'showInHistory'
  | 'goToRecipients'
  | 'goToText'
  | 'goToAvatar';

/** One thing that went wrong, told well. Plain text only: nothing in it may become a link. */
export interface Problem {
  /** The server's code, or our own word; shown small for those who search for it. */
  code: string;
  /** What happened on which portal, and what to do. Localised. */
  message: string;
  severity: 'error' | 'warning' | 'info';
  /** In the order offered; at most three. */
  fixes: readonly FixId[];
}

/** What the fixes work on. Without `act`, none of the fixes that send or decide is offered. */
export type ProblemContext = Partial<ResultContext>;

/** Runs fixes. The composition root fills the table, so problems need no knowledge of other folders. */
export interface Fixes {
  /** Of the button; some name a number that the context tells. */
  label(fix: FixId, context?: ProblemContext): string;
  /** Resolves to the account in use afterwards, where the fix was about accounts and was not cancelled. */
  run(fix: FixId, context: ProblemContext): Promise<Account | undefined>;
}
