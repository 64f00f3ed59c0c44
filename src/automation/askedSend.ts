import type { PushOrigin } from '../push/push';

/** A push to others that a task, a program, an agent's tool or another extension wants sent. Parsed, and not trusted. */
export interface AskedPush {
  /** Each as one would write it into the form: a name, an id, an address, `group:Release team`, `me`. */
  to: readonly string[];
  text: string;
  /** http(s) address. */
  avatar?: string | undefined;
  /** Host of the portal, or the id of an account; absent for the account in use. */
  from?: string | undefined;
  /** Who asks, by its own word, e.g. "Claude Code"; shown where the user is asked. */
  by: string;
  origin: Extract<PushOrigin, 'task' | 'program' | 'tool' | 'command'>;
}

/** What came of it. `message`: one English sentence for whoever asked, without names of people but those it named. */
export interface AskedAnswer {
  outcome: 'accepted' | 'partly' | 'refused' | 'notSent' | 'unknown' | 'cancelled' | 'invalid';
  message: string;
  /** How many people Bitrix24 accepted it for. */
  accepted: number;
}

/** Asks the user in a modal window of ours, whatever the settings say, and sends after a yes. Never rejects. */
export type AskedSend = (push: AskedPush, signal?: AbortSignal) => Promise<AskedAnswer>;
