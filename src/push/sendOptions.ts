import type { Account } from '../accounts/account';
import type { Bitrix24Error } from '../bitrix24/errors';
import type { DraftIssue } from './checkDraft';
import type { Draft } from './draft';
import type { Push, PushOrigin, ToldThing } from './push';
import type { SendHooks } from './sendPlan';

export type PushStep = 'checking' | 'confirming' | 'sending';

/** Who says yes to a push that nobody wrote by hand. */
export type Consent =
  /** The standing yes of the user, for pushes to themselves. Nothing is asked; any other recipient is refused. */
  | { kind: 'standing'; things: readonly ToldThing[] }
  /** The user is asked, whatever the settings say and whatever was agreed to before. `by`: who wants it sent. */
  | { kind: 'asked'; by: string }
  /**
   * The user was asked when they scheduled this version of the draft, see {@link Agreed}. Nothing is asked; where a
   * question would be needed now, the push does not leave.
   */
  | { kind: 'agreed'; version: string };

export interface SendOptions extends SendHooks {
  origin: PushOrigin;
  /** Absent for a push that its user wrote: the settings say whether they are asked. */
  consent?: Consent | undefined;
  onStep?: ((step: PushStep) => void) | undefined;
  /** The same push once more after a fix: a yes that was given for this message to its people still counts. */
  again?: boolean | undefined;
  /** The account in use after a fix. */
  as?: Account | undefined;
  /** Id of the scheduled push that it has been; this window has taken that one. */
  scheduled?: string | undefined;
}

/** What the user has agreed to send later: the draft with its account named, as it would leave now. */
export interface Agreed {
  kind: 'agreed';
  draft: Draft;
  account: Account;
  people: number;
}

/** What came of asking for a push. Only `push` and `stillUnknown` have a record. */
export type SendResult =
  /** It was sent, or waits for the network; its summary says what became of it. */
  | { kind: 'push'; push: Push }
  /** Nothing was sent: this earlier push of the same message may have been accepted. */
  | { kind: 'stillUnknown'; push: Push }
  /** Nothing was sent: the draft has faults. */
  | { kind: 'invalid'; issues: DraftIssue[] }
  /** Nothing was sent: an account or the portal was in the way before the push was recorded. */
  | { kind: 'failed'; error: Bitrix24Error }
  /** Nothing was sent: the user said no, or cancelled. */
  | { kind: 'cancelled' };

export type ActResult =
  | SendResult
  /** The user's decision is on disk. */
  | { kind: 'decided' }
  /** Another window has decided or sent it. */
  | { kind: 'takenCareOf' };
