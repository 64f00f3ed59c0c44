import type { Account } from '../accounts/account';
import type { Draft } from '../push/draft';

/** A fix that a notification or the form offers as a button. Each has one implementation, in the table of fixes. */
export type FixId =
  | 'setAppName'
  | 'tryAgain'
  | 'sendAnyway'
  | 'sendToRest'
  | 'sendWaiting'
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
  | 'openProxySettings'
  | 'openKeyringHelp'
  | 'showLog'
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
  fixes: FixId[];
}

/** What the fixes work on. */
export interface ProblemContext {
  account?: Account | undefined;
  /** The draft that waits. */
  draft?: Draft | undefined;
  /** Sends the same draft again, through the whole road; from `account` when a fix signed in as somebody else there. */
  retry?: ((account?: Account) => Promise<void>) | undefined;
  /** A push that went to some: sends it to those who certainly did not get it. */
  rest?: { people: number; send: () => Promise<void> } | undefined;
  /** Forgets a push whose fate is unknown, or one that waits. */
  discard?: (() => Promise<void>) | undefined;
  /** The user has found out that a push whose fate is unknown was sent. */
  markAsSent?: (() => Promise<void>) | undefined;
}

/** Runs fixes. The composition root fills the table, so problems need no knowledge of other rooms. */
export interface Fixes {
  /** Of the button; some name a number that the context tells. */
  label(fix: FixId, context?: ProblemContext): string;
  /** Resolves to the account in use afterwards, where the fix was about accounts and was not cancelled. */
  run(fix: FixId, context: ProblemContext): Promise<Account | undefined>;
}
