import net from 'node:net';
import { programFolder } from './place';
import { longestLine, parseAnswer, protocolVersion } from './protocol';
import type { Message, ProgramAnswer, ProgramRequest } from './protocol';
import { windowsFor } from './windowRecords';
import type { WindowRecord } from './windowRecords';

/** `lost`: a window has it, or a part of it, and did not answer. */
export type Asked =
  | { kind: 'answer'; answer: ProgramAnswer }
  | { kind: 'noWindow'; message: string }
  | { kind: 'tooLong' }
  | { kind: 'lost' };

export interface AskOptions {
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Waits for an answer for so long, ms; for ever unless told. */
  timeoutMs?: number | undefined;
  /** Withdraws the question. */
  signal?: AbortSignal | undefined;
  /** Hears that the window has got all of it, though it has not answered yet. */
  onHandedOver?: (() => void) | undefined;
}

/** Asks the window that the call belongs to. Never rejects. */
export async function ask(message: Message, options: AskOptions = {}): Promise<Asked> {
  const { env = process.env, cwd = process.cwd() } = options;
  const folder = programFolder(env);
  const { windows, distrust } = windowsFor(folder, {
    ...{ cwd, socket: env['B24PUSH_IPC'], isHook: message.kind === 'hook' },
  });
  const request: ProgramRequest = { v: protocolVersion, cwd, ...message };
  const line = `${JSON.stringify(request)}\n`;
  if (Buffer.byteLength(line) > longestLine) {
    return { kind: 'tooLong' };
  }
  for (const window of windows) {
    const asked = await askOne(window, line, options);
    if (asked) {
      return asked;
    }
  }
  return {
    kind: 'noWindow',
    message:
      distrust === undefined || distrust === 'is not there'
        ? 'No VS Code window with Bitrix24 Push is open. Open one and try again.'
        : `The folder ${folder} ${distrust}, so it is not used. Remove it and reload the VS Code window.`,
  };
}

/** What `ask` does for the tools of an agent. Rejects if the window was lost. */
export async function askTool(
  request: unknown,
  signal: AbortSignal,
): Promise<{ message: string; isError: boolean } | undefined> {
  const asked = await ask({ kind: 'tool', request }, { signal });
  switch (asked.kind) {
    case 'answer': {
      const { outcome, message } = asked.answer;
      return { message, isError: outcome !== 'accepted' && outcome !== 'queued' };
    }
    case 'noWindow':
      return undefined;
    case 'tooLong':
      return { message: 'Nothing was sent: the request is too long.', isError: true };
    case 'lost':
      throw new Error('The VS Code window was closed before it answered.');
  }
}

const retryMs = 20;
const retries = 500;

/** Resolves to undefined if nobody is there. A window with many calls at once takes this one a little later. */
async function askOne(
  window: WindowRecord,
  line: string,
  options: AskOptions,
): Promise<Asked | undefined> {
  for (let attempt = 0; ; attempt += 1) {
    const asked = await talk(window, line, options);
    if (asked !== 'busy') {
      return asked;
    }
    if (attempt === retries || options.signal?.aborted === true) {
      return undefined;
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

function talk(
  { socket: address, token }: WindowRecord,
  line: string,
  { timeoutMs, signal, onHandedOver }: AskOptions,
): Promise<Asked | undefined | 'busy'> {
  return new Promise((resolve) => {
    let isConnected = false;
    const socket = net.connect(address);
    const withdraw = () => end({ kind: 'lost' });
    const timer = timeoutMs === undefined ? undefined : setTimeout(withdraw, timeoutMs);
    const end = (asked: Asked | undefined | 'busy') => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', withdraw);
      socket.destroy();
      resolve(asked);
    };
    signal?.addEventListener('abort', withdraw);
    socket.setEncoding('utf8');
    socket.on('connect', () => {
      isConnected = true;
      socket.write(`${token} ${line}`, (error) => error ?? onHandedOver?.());
    });
    let received = '';
    socket.on('data', (chunk: string) => {
      received += chunk;
      const [first, ...more] = received.split('\n');
      if (more.length > 0) {
        const answer = parseAnswer(first ?? '');
        end(answer ? { kind: 'answer', answer } : { kind: 'lost' });
      }
    });
    socket.on('error', (error) => {
      // The system's queue of connections is full: the process is there.
      const isBusy = !isConnected && 'code' in error && error.code === 'EAGAIN';
      end(isConnected ? { kind: 'lost' } : isBusy ? 'busy' : undefined);
    });
    socket.on('close', () => end({ kind: 'lost' }));
    if (signal?.aborted === true) {
      withdraw();
    }
  });
}
