import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import type { Socket } from 'node:net';
import { longestLine, protocolVersion } from '../b24push/protocol';
import type { Outcome, ProgramAnswer } from '../b24push/protocol';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';

/** A request must be here by then; how long its answer takes is another matter. */
const requestWithinMs = 15_000;
/** A caller that was refused may still be writing. */
const leaveWithinMs = 2_000;
/** More calls than this at the same time are refused. */
const mostConnections = 2_000;
const backlog = 2_000;
const newline = 0x0a;

/**
 * Answers one request, which is a line of JSON and not checked yet. The signal aborts when the caller has gone. Only
 * what comes with the token gets here.
 */
export type HandleRequest = (line: string, signal: AbortSignal) => Promise<ProgramAnswer>;

export interface ProgramServerDeps {
  /** Path of the socket, or name of the pipe. */
  address: string;
  handle: HandleRequest;
  log: Log;
  requestWithinMs?: number;
  mostConnections?: number;
}

export interface ProgramServer extends Disposable {
  /** What a caller must know. */
  token: string;
}

export const answerOf = (outcome: Outcome, message: string): ProgramAnswer => ({
  ...{ v: protocolVersion, outcome, message },
});

/** Listens for calls of the program. No timer runs while nobody calls. */
export async function openProgramServer(deps: ProgramServerDeps): Promise<ProgramServer> {
  const token = randomBytes(32).toString('hex');
  const sockets = new Set<Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // The caller may vanish at any moment.
    socket.on('error', () => undefined);
    if (sockets.size > (deps.mostConnections ?? mostConnections)) {
      dismiss(socket, answerOf('refused', 'There are too many calls at once. Try again.'));
    } else {
      serve(socket, Buffer.from(`${token} `), deps);
    }
  });
  server.listen({ path: deps.address, backlog });
  await once(server, 'listening');
  server.on('error', (error) => deps.log.warn(`b24push: ${error.message}`));
  return {
    token,
    dispose: () => {
      server.close();
      sockets.forEach((socket) => socket.destroy());
    },
  };
}

/** Reads the token, then the line, and answers. */
function serve(socket: Socket, key: Buffer, deps: ProgramServerDeps): void {
  const { log } = deps;
  const chunks: Buffer[] = [];
  let length = 0;
  let isKnown = false;
  const gone = new AbortController();
  socket.once('close', () => gone.abort());
  const late = setTimeout(() => {
    // A process that was stopped finds its timers first, and behind them what has come meanwhile.
    setImmediate(() => socket.listenerCount('data') > 0 && socket.destroy());
  }, deps.requestWithinMs ?? requestWithinMs);
  socket.once('close', () => clearTimeout(late));
  const stop = () => {
    clearTimeout(late);
    socket.off('data', read);
  };
  const read = (chunk: Buffer): void => {
    chunks.push(chunk);
    length += chunk.length;
    if (!isKnown) {
      if (length < key.length) {
        return;
      }
      isKnown = timingSafeEqual(Buffer.concat(chunks).subarray(0, key.length), key);
      if (!isKnown) {
        stop();
        log.warn('b24push: a call without the right token was refused.');
        dismiss(socket, answerOf('refused', 'The call had no right token.'));
        return;
      }
    }
    if (length - key.length > longestLine) {
      stop();
      dismiss(socket, answerOf('invalid', 'The request is too long.'));
    } else if (chunk.includes(newline)) {
      stop();
      // What follows is nothing that we asked for.
      socket.resume();
      const all = Buffer.concat(chunks);
      const line = all.toString('utf8', key.length, all.indexOf(newline));
      void answer(socket, line, gone.signal, deps);
    }
  };
  socket.on('data', read);
}

async function answer(
  socket: Socket,
  line: string,
  signal: AbortSignal,
  { handle, log }: ProgramServerDeps,
): Promise<void> {
  const made = await handle(line, signal).catch((error: unknown) => {
    // The message may quote the request.
    log.error(`b24push: a call failed: ${error instanceof Error ? error.name : typeof error}.`);
    return answerOf('refused', 'VS Code could not take it. Its log "Bitrix24 Push" may say why.');
  });
  dismiss(socket, made);
}

/** Answers, and lets go of the connection once the caller has. */
function dismiss(socket: Socket, made: ProgramAnswer): void {
  if (socket.destroyed) {
    return;
  }
  socket.end(`${JSON.stringify(made)}\n`);
  socket.resume();
  const leave = setTimeout(() => socket.destroy(), leaveWithinMs);
  socket.once('close', () => clearTimeout(leave));
}
