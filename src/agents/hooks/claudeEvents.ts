import * as v from 'valibot';
import { flag, id, list, text } from './agentEvent';
import type { AgentEvent, ReadEvent } from './agentEvent';

const payloadSchema = v.object({
  session_id: id,
  hook_event_name: text,
  prompt_id: text,
  cwd: text,
  timestamp: text,
  last_assistant_message: text,
  stop_hook_active: flag,
  background_tasks: list,
  agent_id: text,
  notification_type: text,
  message: text,
});
type Payload = v.InferOutput<typeof payloadSchema>;

/** VS Code writes the names of the fields in its own way. */
const vscodeSchema = v.object({
  sessionId: id,
  hookEventName: text,
  cwd: text,
  stop_hook_active: flag,
});

/** Claude Code, Qwen Code and the agents of VS Code have the same events. */
export const readClaudeEvent: ReadEvent = (event, payload) => {
  const claude = v.safeParse(payloadSchema, payload);
  if (claude.success) {
    const read = eventOf(claude.output, event);
    // Claude Code sends no time, and VS Code always does.
    return read && { ...read, isFromVscode: claude.output.timestamp !== undefined };
  }
  const vscode = v.safeParse(vscodeSchema, payload);
  if (!vscode.success) {
    return undefined;
  }
  const { sessionId, hookEventName, ...rest } = vscode.output;
  const read = eventOf({ session_id: sessionId, hook_event_name: hookEventName, ...rest }, event);
  return read && { ...read, isFromVscode: true };
};

/** Qwen Code sends a time with every event, and is not read by VS Code. */
export const readQwenEvent: ReadEvent = (event, payload) => {
  const read = readClaudeEvent(event, payload);
  return read && { ...read, isFromVscode: false };
};

type Fields = Pick<Payload, 'session_id'> & Partial<Payload>;

function eventOf(payload: Fields, argument: string | undefined): AgentEvent | undefined {
  const name = payload.hook_event_name ?? argument;
  const about = { session: payload.session_id, turn: payload.prompt_id, cwd: payload.cwd };
  switch (name) {
    case 'UserPromptSubmit':
      return { ...about, kind: 'started' };
    case 'PostToolUse':
      // A tool of a subagent says nothing about a question of another one.
      return payload.agent_id === undefined ? { ...about, kind: 'goesOn' } : undefined;
    case 'Stop':
      return stopOf(payload, about);
    case 'StopFailure':
      return { ...about, kind: 'stopped' };
    case 'PermissionRequest':
      return { ...about, kind: 'waits', via: name };
    case 'Notification':
      return isQuestion(payload) ? { ...about, kind: 'waits', via: name } : undefined;
    case undefined:
    default:
      return undefined;
  }
}

function stopOf(
  { agent_id, background_tasks, stop_hook_active, last_assistant_message }: Fields,
  about: Pick<AgentEvent, 'session' | 'turn' | 'cwd'>,
): AgentEvent | undefined {
  if (agent_id !== undefined) {
    return undefined;
  }
  if (background_tasks && background_tasks.length > 0) {
    return { ...about, kind: 'goesOn', hasBackground: true };
  }
  // The first stop of the turn was told, and another hook had the agent go on.
  return stop_hook_active === true
    ? { ...about, kind: 'goesOn' }
    : { ...about, kind: 'ended', words: last_assistant_message };
}

/** Idle agents, and agents that have signed in, notify as well. */
function isQuestion({ notification_type, message }: Fields): boolean {
  return notification_type === undefined
    ? /permission/i.test(message ?? '')
    : ['permission_prompt', 'elicitation_dialog'].includes(notification_type);
}
