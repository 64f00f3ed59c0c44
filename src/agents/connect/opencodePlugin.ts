/**
 * Returns the text of our plugin for opencode. It hands events over to the program that `command` names, and waits for
 * nothing: opencode does not wait for plugins either when it ends.
 */
export function opencodePlugin(command: readonly string[]): string {
  return `// Tells Bitrix24 Push for VS Code when opencode has finished or needs you. Delete this file to stop that.
import { spawn } from 'node:child_process';

const [program, ...args] = ${JSON.stringify(command)};
const told = [
  'session.idle',
  'session.error',
  'permission.asked',
  'permission.replied',
  'question.asked',
  'question.replied',
  'question.rejected',
];

export const Bitrix24Push = async ({ directory }) => {
  const subagents = new Set();
  // Sessions whose turn ended with an error: opencode says that they are idle, too.
  const failed = new Set();
  // The newest message of the agent in each session, and its text.
  const messages = new Map();
  const words = new Map();
  const tell = (type, properties) => {
    if (subagents.has(properties.sessionID)) {
      return;
    }
    const child = spawn(program, [...args, type], {
      cwd: directory,
      detached: true,
      // It has time to read, since nobody waits for it: opencode may be busy before it writes.
      env: { ...process.env, B24PUSH_DETACHED: '1' },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    child.on('error', () => {});
    child.stdin.on('error', () => {});
    child.stdin.end(JSON.stringify({ type, properties }));
    child.unref();
  };
  return {
    'chat.message': async ({ sessionID }) => {
      failed.delete(sessionID);
      words.delete(sessionID);
      tell('chat.message', { sessionID });
    },
    event: async ({ event: { type, properties = {} } }) => {
      if (type === 'session.created' && properties.info?.parentID) {
        subagents.add(properties.info.id);
      } else if (type === 'message.updated' && properties.info?.role === 'assistant') {
        messages.set(properties.info.sessionID, properties.info.id);
      } else if (type === 'message.part.updated' && properties.part?.type === 'text') {
        const { sessionID, messageID, text } = properties.part;
        // The other texts are those of its user.
        if (messages.get(sessionID) === messageID) {
          words.set(sessionID, text);
        }
      } else if (told.includes(type)) {
        const { sessionID, error } = properties;
        if (type === 'session.error') {
          failed.add(sessionID);
        } else if (type === 'session.idle' && failed.has(sessionID)) {
          return;
        }
        const last = type === 'session.idle' ? words.get(sessionID)?.slice(0, 1000) : undefined;
        tell(type, { sessionID, error: error && { name: error.name }, words: last });
      }
    },
  };
};
`;
}
