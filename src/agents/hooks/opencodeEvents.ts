import * as v from 'valibot';
import { id, text } from './agentEvent';
import type { ReadEvent } from './agentEvent';

/** What our plugin for opencode hands over: an event of opencode, or the start of a turn. */
const payloadSchema = v.object({
  type: v.string(),
  properties: v.object({
    sessionID: v.optional(id),
    /** The session, with `session.created` and `session.updated`. */
    info: v.fallback(v.optional(v.object({ id, parentID: text })), undefined),
    error: v.fallback(v.optional(v.object({ name: text })), undefined),
    /** The last words of the agent, which the plugin has gathered. */
    words: text,
  }),
});

/** The error by which opencode says that its user pressed Esc. */
const byItsUser = 'MessageAbortedError';

export const readOpencodeEvent: ReadEvent = (_event, payload) => {
  const parsed = v.safeParse(payloadSchema, payload);
  if (!parsed.success) {
    return undefined;
  }
  const { type, properties } = parsed.output;
  const { info, error, words } = properties;
  if (type === 'session.created') {
    return info?.parentID === undefined ? undefined : { kind: 'subagent', session: info.id };
  }
  const session = properties.sessionID;
  if (session === undefined) {
    return undefined;
  }
  switch (type) {
    case 'chat.message':
      return { session, kind: 'started' };
    case 'permission.replied':
    case 'question.replied':
    case 'question.rejected':
      return { session, kind: 'goesOn' };
    case 'permission.asked':
    case 'question.asked':
      return { session, kind: 'waits', via: type };
    case 'session.idle':
      return { session, kind: 'ended', words };
    case 'session.error':
      return error?.name === byItsUser ? { session, kind: 'goesOn' } : { session, kind: 'stopped' };
    default:
      return undefined;
  }
};
