import type { Account } from '../accounts/account';
import type { Draft } from './draft';
import type { Outcome } from './outcome';

/** What a push that did not go well needs to be told with its fixes. */
export interface OutcomeContext {
  account: Account | undefined;
  draft: Draft;
  /**
   * Sends the same draft again, through the whole road; after an unknown fate this is the user's "Send Anyway"; of a
   * push that went to some, it goes only to those of whom nobody knows.
   * `as`: the account in use after a fix, when that may be another one.
   */
  retry: (as?: Account) => Promise<void>;
  /** A push that went to some: sends it to those who certainly did not get it. */
  rest?: { people: number; send: () => Promise<void> } | undefined;
  /** Forgets a push of unknown fate, or one that waits. */
  discard: () => Promise<void>;
  /** The user has found out that a push of unknown fate was sent. */
  markAsSent: () => Promise<void>;
}

/** Tells the user what became of a push, where they are looking. Resolves without waiting for their answer. */
export type TellOutcome = (outcome: Outcome, context: OutcomeContext) => Promise<void>;
