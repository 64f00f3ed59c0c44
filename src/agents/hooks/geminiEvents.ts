import * as v from 'valibot';
import { flag, id, text } from './agentEvent';
import type { ReadEvent } from './agentEvent';

const payloadSchema = v.object({
  session_id: id,
  hook_event_name: text,
  cwd: text,
  prompt_response: text,
  stop_hook_active: flag,
  notification_type: text,
});

/** Gemini CLI says this in place of an answer after an error. */
const noAnswer = '[no response text]';

export const readGeminiEvent: ReadEvent = (event, payload) => {
  const parsed = v.safeParse(payloadSchema, payload);
  if (!parsed.success) {
    return undefined;
  }
  const { session_id: session, hook_event_name, cwd, prompt_response, ...said } = parsed.output;
  const about = { session, cwd };
  const name = hook_event_name ?? event;
  switch (name) {
    case 'BeforeAgent':
      return { ...about, kind: 'started' };
    case 'AfterTool':
      return { ...about, kind: 'goesOn' };
    case 'AfterAgent':
      if (said.stop_hook_active === true) {
        return { ...about, kind: 'goesOn' };
      }
      return prompt_response?.trim() === noAnswer
        ? { ...about, kind: 'stopped' }
        : { ...about, kind: 'ended', words: prompt_response };
    case 'Notification':
      return said.notification_type === 'ToolPermission'
        ? { ...about, kind: 'waits', via: name }
        : undefined;
    case undefined:
    default:
      return undefined;
  }
};
