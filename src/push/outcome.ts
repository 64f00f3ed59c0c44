import type { Bitrix24Error } from '../bitrix24/errors';
import type { Recipient } from '../people/recipient';
import type { TemplateFault } from './personalText';

/** What is wrong with a draft before anything leaves the machine, by field. */
export type DraftIssue =
  | { field: 'account'; code: 'NO_ACCOUNT' }
  | { field: 'recipients'; code: 'NO_RECIPIENTS' | 'BAD_RECIPIENT' }
  | { field: 'text'; code: 'TEXT_EMPTY' | 'TEXT_ZERO' | 'TEXT_TOO_LONG' }
  | ({ field: 'text' } & TemplateFault)
  | { field: 'avatar'; code: 'AVATAR_NOT_HTTP' };

/** How far a push with several texts has come, in people. */
export interface SendProgress {
  accepted: number;
  /** Not sent yet. */
  left: number;
  /** Refused. */
  failed: number;
  /** Sent, and no answer came. */
  unknown: number;
  total: number;
}

/** Somebody whose push Bitrix24 answered with an error. */
export interface RefusedPerson {
  id: number;
  name?: string | undefined;
  /** The server's. */
  code: string;
}

/** Each of the draft's people, and of its departments', is in exactly one of the lists of ids. */
export interface PartlyOutcome {
  kind: 'partly';
  accepted: number[];
  refused: RefusedPerson[];
  notSent: number[];
  /** They may have got it. */
  unknown: number[];
  /** All of them, where the draft names departments instead. */
  people?: Recipient[] | undefined;
  /** Why not everybody got it; kind `cancelled` when the user stopped it. */
  error: Bitrix24Error;
  /** Unix ms. */
  at: number;
  host: string;
}

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
  /** Not the same for everybody. */
  | PartlyOutcome
  /** The draft's own faults; nothing left the machine. */
  | { kind: 'invalid'; issues: DraftIssue[] }
  /** The user said no, or cancelled a wait. */
  | { kind: 'cancelled' };
