import * as v from 'valibot';

/** What a hook says, in the same words for all agents. */
export type AgentEvent = EventKind & {
  /** The conversation, by the id that the agent gave it. */
  session: string;
  /** The agent's id of the turn, where it has one. */
  turn?: string | undefined;
  /** The working directory, where the agent says it. */
  cwd?: string | undefined;
  /** True if VS Code ran the hook of another agent, whose files it reads too. */
  isFromVscode?: boolean | undefined;
};

type EventKind =
  /** The user asked for something. */
  | { kind: 'started' }
  /** The turn goes on: a question was answered, or something runs in the background still. */
  | { kind: 'goesOn'; hasBackground?: boolean }
  | { kind: 'ended'; words?: string | undefined }
  /** An error ended the turn. */
  | { kind: 'stopped' }
  /** The session is over. A turn that had not ended was stopped. */
  | { kind: 'closed' }
  /** The agent waits for its user. `via`: the hook that said so, since two may tell of one question. */
  | { kind: 'waits'; via: string }
  /** This session belongs to a subagent, whose turns are part of another one's. */
  | { kind: 'subagent' };

/** Reads the payload of a hook. Returns undefined for what is of no interest, or cannot be understood. */
export type ReadEvent = (event: string | undefined, payload: unknown) => AgentEvent | undefined;

/** An agent's next version may send anything in a field. A field of another type counts as absent. */
export const text = v.fallback(v.optional(v.string()), undefined);
export const flag = v.fallback(v.optional(v.boolean()), undefined);
export const list = v.fallback(v.optional(v.array(v.unknown())), undefined);
export const id = v.pipe(v.string(), v.minLength(1), v.maxLength(500));
