import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault, RecordedRequest } from './controlApi';
import type { FaultPlan } from './faults';
import { BodyTooLargeError, htmlReply, jsonReply, readBody, sendReply, type Reply } from './http';
import type { PhpArray } from './php';
import { hideSecrets, redact } from './redact';
import type { PortalState } from './portalState';

/** An answer with what the log of requests says about it. */
export interface LoggedReply {
  reply: Reply;
  /** The `error` in the answer; null for none. */
  error: string | null;
  note: string;
  caller?: RecordedRequest['caller'];
  /** Names that are no parameters of the method. */
  ignored?: readonly string[];
}

export interface Operation {
  /** The name in faults and the log: a REST method in lower case, `oauth.token`, `oauth.app.info` or `oauth.authorize`. */
  method: string;
  read: (body: Buffer) => Promise<PhpArray>;
  carryOut: (params: PhpArray, requestId: number) => LoggedReply;
}

/** Answers one request of a program, plays the fault that is set for it, and adds it to the log. */
export async function serveWithFaults(
  portal: PortalState,
  faults: FaultPlan,
  request: IncomingMessage,
  response: ServerResponse,
  operation: Operation,
): Promise<void> {
  const id = portal.nextRequestId();
  const fault = faults.take(operation.method);
  let params: PhpArray | null = null;
  const startedAt = performance.now();
  const log = (status: number, error: string | null, note: string, done?: LoggedReply) => {
    const secrets = secretsOf(portal);
    portal.recordRequest({
      id,
      time: portal.isoTime(),
      method: operation.method,
      http: request.method === 'POST' ? 'POST' : 'GET',
      caller: done?.caller ?? null,
      params: params === null ? {} : redact(params, secrets),
      durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
      status,
      error,
      answer: status === 0 || done === undefined ? '' : shownAnswer(done.reply, secrets),
      ignored: (done?.ignored ?? []).map((name) => hideSecrets(name, secrets)),
      note: hideSecrets(note, secrets),
      fault: fault?.action ?? null,
    });
  };

  if (fault !== null && playBeforeReading(fault, request)) {
    log(0, null, fault.action === 'refuse' ? 'refused' : 'not carried out');
    return;
  }
  // A request that is given up loses its socket.
  const { socket } = request;
  let body: Buffer;
  try {
    body = await readBody(request);
  } catch (error) {
    const isTooLarge = error instanceof BodyTooLargeError;
    log(0, null, isTooLarge ? 'the body is too large' : 'the request broke off');
    socket.destroy();
    return;
  }
  params = await operation.read(body);

  const substitute = fault === null ? null : substituteReply(fault);
  if (substitute !== null) {
    log(substitute.status, null, 'not carried out', { reply: substitute, error: null, note: '' });
    sendReply(response, substitute);
    return;
  }
  const done = operation.carryOut(params, id);
  if (fault?.action === 'hang' || fault?.action === 'cut') {
    log(0, done.error, `carried out, not answered. ${done.note}`.trim(), done);
    if (fault.action === 'cut') {
      request.socket.destroy();
    }
    return;
  }
  const reply = fault === null ? done.reply : spoiltReply(fault, done.reply);
  log(reply.status, done.error, done.note, { ...done, reply });
  await sendAsFaultWants(response, reply, fault);
}

/** @returns what neither the log nor the control API may show. */
export function secretsOf({ identity }: PortalState): string[] {
  return [identity.clientSecret, identity.webhookSecret, identity.applicationToken];
}

const MOST_ANSWER_CHARACTERS = 4000;
const LONGEST_SECRET = 100;

/** A page may show a code of six digits, so only the answers of programs are kept. */
function shownAnswer(reply: Reply, secrets: readonly string[]): string {
  return /^(?:application\/json|text\/xml)/.test(reply.headers['content-type'] ?? '')
    ? hideSecrets(reply.body.slice(0, MOST_ANSWER_CHARACTERS + LONGEST_SECRET), secrets).slice(
        0,
        MOST_ANSWER_CHARACTERS,
      )
    : '';
}

/**
 * Plays a fault that ends the exchange before anything is carried out; the note of the log says so.
 * @returns false for all other faults.
 */
function playBeforeReading(fault: Fault, request: IncomingMessage): boolean {
  const isBefore = (fault.action === 'hang' || fault.action === 'cut') && fault.when === 'before';
  if (fault.action !== 'refuse' && !isBefore) {
    return false;
  }
  if (fault.action === 'hang') {
    request.resume();
  } else {
    request.socket.destroy();
  }
  return true;
}

async function sendAsFaultWants(
  response: ServerResponse,
  reply: Reply,
  fault: Fault | null,
): Promise<void> {
  if (fault?.action === 'slow') {
    await sendSlowly(response, reply, fault);
  } else if (fault?.action === 'huge') {
    await sendPadded(response, reply, fault.bytes);
  } else {
    sendReply(response, reply);
  }
}

/** Makes the answer of a fault that replaces carrying the request out; null for all other faults. */
function substituteReply(fault: Fault): Reply | null {
  if (fault.action === 'resultFalse') {
    return jsonReply({ result: false });
  }
  if (fault.action !== 'status') {
    return null;
  }
  if (fault.body !== undefined) {
    return {
      status: fault.status,
      headers: {
        'content-type': fault.contentType ?? 'text/html; charset=utf-8',
        ...fault.headers,
      },
      body: fault.body,
    };
  }
  const { error = 'INTERNAL_SERVER_ERROR', description = '' } = fault;
  const type = fault.contentType === undefined ? {} : { 'content-type': fault.contentType };
  return jsonReply({ error, error_description: description }, fault.status, {
    ...type,
    ...fault.headers,
  });
}

/** Makes the answer that a fault turns the real one into, after the request was carried out. */
function spoiltReply(fault: Fault, reply: Reply): Reply {
  if (fault.action === 'html') {
    return htmlReply('<html><body><h1>Bitrix24</h1></body></html>\n', fault.status ?? 200);
  }
  if (fault.action === 'truncate') {
    return { ...reply, body: reply.body.slice(0, Math.ceil(reply.body.length / 2)) };
  }
  return reply;
}

const SLICES_PER_SECOND = 10;

async function sendSlowly(
  response: ServerResponse,
  reply: Reply,
  pace: { delayMs?: number | undefined; bytesPerSecond?: number | undefined },
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => {
    gone.abort();
  });
  try {
    await sleep(pace.delayMs ?? 0, undefined, { signal: gone.signal });
    if (pace.bytesPerSecond === undefined) {
      sendReply(response, reply);
      return;
    }
    const bytes = Buffer.from(reply.body);
    const slice = Math.max(1, Math.floor(pace.bytesPerSecond / SLICES_PER_SECOND));
    response.writeHead(reply.status, { ...reply.headers, 'content-length': bytes.length });
    for (let sent = 0; sent < bytes.length; sent += slice) {
      response.write(bytes.subarray(sent, sent + slice));
      const pause = (slice / pace.bytesPerSecond) * 1000;
      await sleep(pause, undefined, { signal: gone.signal });
    }
    response.end();
  } catch (error) {
    if (!gone.signal.aborted) {
      throw error;
    }
  }
}

const PADDING = Buffer.alloc(64 * 1024, ' ');

/** Sends blanks and then the answer, so that a client must read all bytes to get the answer. */
async function sendPadded(response: ServerResponse, reply: Reply, bytes: number): Promise<void> {
  const body = Buffer.from(reply.body);
  const total = Math.max(bytes, body.length);
  response.writeHead(reply.status, { ...reply.headers, 'content-length': total });
  try {
    await pipeline(Readable.from(padded(body, total)), response);
  } catch (error) {
    // A client may close the connection when it has read enough.
    if (!response.destroyed) {
      throw error;
    }
  }
}

function* padded(body: Buffer, total: number): Generator<Buffer> {
  for (let left = total - body.length; left > 0; left -= PADDING.length) {
    yield left >= PADDING.length ? PADDING : PADDING.subarray(0, left);
  }
  yield body;
}
