import type { Bitrix24Error } from '../bitrix24/errors';

/** What is wrong with a draft before anything leaves the machine, by field. */
export type DraftIssue =
  | { field: 'account'; code: 'NO_ACCOUNT' }
  | { field: 'recipients'; code: 'NO_RECIPIENTS' | 'BAD_RECIPIENT' }
  | { field: 'text'; code: 'TEXT_EMPTY' | 'TEXT_ZERO' | 'TEXT_TOO_LONG' }
  | { field: 'avatar'; code: 'AVATAR_NOT_HTTP' };

/** What became of a push. Exactly one of these is told to the user where the user is looking. */
export type Outcome =
  /** Bitrix24 answered true: accepted, which is not delivered. */
  | { kind: 'accepted'; count: number; at: number; host: string }
  /** Bitrix24 answered with an error; nobody got anything. */
  | { kind: 'refused'; error: Bitrix24Error }
  /** It never reached the portal. */
  | { kind: 'notSent'; error: Bitrix24Error }
  /** It was sent and no answer came: it may have been accepted. */
  | { kind: 'unknown'; error: Bitrix24Error }
  /** The draft's own faults; nothing left the machine. */
  | { kind: 'invalid'; issues: DraftIssue[] }
  /** The user said no, or cancelled a wait. */
  | { kind: 'cancelled' };
