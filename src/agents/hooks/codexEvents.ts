import * as v from 'valibot';
import { flag, id, list, text } from './agentEvent';
import type { ReadEvent } from './agentEvent';

/** The JSON that Codex gives its `notify` program as the last argument. */
const notifySchema = v.object({
  type: v.literal('agent-turn-complete'),
  'thread-id': id,
  'turn-id': text,
  cwd: text,
  client: text,
  'input-messages': list,
  'last-assistant-message': text,
});

/** The JSON on the standard input of hooks. */
const hookSchema = v.object({
  session_id: id,
  turn_id: text,
  cwd: text,
  hook_event_name: text,
  stop_hook_active: flag,
  last_assistant_message: text,
  agent_id: text,
});

/** Codex has the model write a title for every new chat, in a thread of its own. */
const titlePrompt = /^\s*Generate a (?:concise|short)\b[^\n]*\btitle\b/i;

export const readCodexEvent: ReadEvent = (event, payload) => {
  const notify = v.safeParse(notifySchema, payload);
  if (notify.success) {
    const { cwd, 'thread-id': session, 'turn-id': turn, ...said } = notify.output;
    const asked = said['input-messages']?.at(-1);
    // A subagent has no client: nobody sits before it.
    const isPart = said.client === undefined;
    return isPart || (typeof asked === 'string' && titlePrompt.test(asked))
      ? undefined
      : { kind: 'ended', session, turn, cwd, words: said['last-assistant-message'] };
  }
  const hook = v.safeParse(hookSchema, payload);
  if (!hook.success) {
    return undefined;
  }
  const { session_id, turn_id, cwd, agent_id, hook_event_name, ...said } = hook.output;
  const about = { session: session_id, turn: turn_id, cwd };
  const name = hook_event_name ?? event;
  if (agent_id !== undefined) {
    // It speaks in the session of its parent, but `notify` tells of it by this id.
    return { kind: 'subagent', session: agent_id };
  }
  switch (name) {
    case 'UserPromptSubmit':
      return { ...about, kind: 'started' };
    case 'PostToolUse':
      return { ...about, kind: 'goesOn' };
    case 'PermissionRequest':
      return { ...about, kind: 'waits', via: name };
    case 'Stop':
      return said.stop_hook_active === true
        ? { ...about, kind: 'goesOn' }
        : { ...about, kind: 'ended', words: said.last_assistant_message };
    case 'SessionEnd':
      // Nothing else tells of an error that ended the turn.
      return { ...about, kind: 'closed' };
    case undefined:
    default:
      return undefined;
  }
};
