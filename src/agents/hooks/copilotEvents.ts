import * as v from 'valibot';
import { id, text } from './agentEvent';
import type { ReadEvent } from './agentEvent';
import { readClaudeEvent } from './claudeEvents';

const payloadSchema = v.object({
  sessionId: id,
  cwd: text,
  agentId: text,
  parentAgentId: text,
  notification_type: text,
  reason: text,
});

/** VS Code reads the hooks of Copilot CLI as well, and says the event's name in its own way. */
const vscodeSchema = v.union([
  v.object({ hookEventName: v.string() }),
  v.object({ hook_event_name: v.string() }),
]);

/** Most payloads of Copilot CLI do not name their event: the hook's command line does. */
export const readCopilotEvent: ReadEvent = (event, payload) => {
  const parsed = v.safeParse(payloadSchema, payload);
  if (v.is(vscodeSchema, payload) && event !== 'notification') {
    const read = readClaudeEvent(event, payload);
    return read && { ...read, isFromVscode: true };
  }
  if (!parsed.success) {
    return undefined;
  }
  const { sessionId, cwd, agentId, parentAgentId, notification_type, reason } = parsed.output;
  if (agentId !== undefined || parentAgentId !== undefined) {
    return undefined;
  }
  const about = { session: sessionId, cwd };
  switch (event) {
    case 'userPromptSubmitted':
      return { ...about, kind: 'started' };
    case 'postToolUse':
      return { ...about, kind: 'goesOn' };
    case 'agentStop':
      return { ...about, kind: 'ended' };
    case 'notification':
      return notification_type === 'permission_prompt' || notification_type === 'elicitation_dialog'
        ? { ...about, kind: 'waits', via: event }
        : undefined;
    case 'sessionEnd':
      // An error is told for each of its retries; only here it is the end.
      return reason === 'error' ? { ...about, kind: 'stopped' } : undefined;
    case undefined:
    default:
      return undefined;
  }
};
