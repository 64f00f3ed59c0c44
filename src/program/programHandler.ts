import * as v from 'valibot';
import type { AskedAnswer, AskedSend } from '../automation/askedSend';
import type { NewNotice, NoticeEnd, OverReason, Reach } from '../automation/notice';
import { protocolVersion } from '../b24push/protocol';
import type { Outcome, ProgramAnswer, ProgramRequest } from '../b24push/protocol';
import type { Log } from '../common/log';
import { summaryOf } from '../push/push';
import type { PushState } from '../push/push';
import { answerOf } from './programServer';
import type { HandleRequest } from './programServer';

export interface ProgramHandlerDeps {
  reach: () => Promise<Reach>;
  askedSend: () => Promise<AskedSend>;
  /** Takes what an agent's hook said. Its payload is not parsed. */
  hook: (agent: string, event: string | undefined, payload: string, cwd: string) => Promise<void>;
  /** Carries out the call of an agent's tool, whose request is not parsed. */
  tool: (request: unknown, signal: AbortSignal) => Promise<{ message: string; isError: boolean }>;
  log: Log;
}

/** Questions that may wait for the user at the same time. */
const mostQuestions = 10;
/** UTF-8 bytes that a push carries for certain; a longer text is cut. */
const wholeTextBytes = 3_000;

const name = v.pipe(v.string(), v.maxLength(300));
const common = { v: v.literal(protocolVersion), cwd: v.pipe(v.string(), v.maxLength(5_000)) };
const isSync = v.boolean();
const ms = v.pipe(v.number(), v.finite(), v.minValue(0));

const requestSchema = v.variant('kind', [
  v.object({ ...common, kind: v.literal('say'), text: v.string(), isSync }),
  v.object({
    ...{ ...common, kind: v.literal('ended'), name, durationMs: ms, isSync },
    exitCode: v.optional(v.pipe(v.number(), v.integer())),
  }),
  v.object({
    ...{ ...common, kind: v.literal('push'), text: v.string() },
    to: v.pipe(v.array(name), v.minLength(1), v.maxLength(1_000)),
  }),
  v.object({
    ...{ ...common, kind: v.literal('hook'), agent: name, payload: v.string() },
    event: v.optional(name),
  }),
  v.object({ ...common, kind: v.literal('tool'), request: v.unknown() }),
]);

/** Answers what the program asks for. Everything goes through the ways that the user's own pushes take. */
export function createProgramHandler(deps: ProgramHandlerDeps): HandleRequest {
  let questions = 0;
  const askUser = async (to: readonly string[], text: string, signal: AbortSignal) => {
    if (questions >= mostQuestions) {
      return answerOf('refused', 'Too many questions wait for an answer in VS Code already.');
    }
    questions += 1;
    try {
      const send = await deps.askedSend();
      return ofAsked(await send({ to, text, by: 'b24push', origin: 'program' }, signal));
    } finally {
      questions -= 1;
    }
  };
  return async (line, signal) => {
    const request = parseRequest(line);
    if (!request) {
      return answerOf(
        'invalid',
        'VS Code did not understand the request. Is b24push of another version? Reload the window.',
      );
    }
    switch (request.kind) {
      case 'say': {
        const { text: words } = request;
        const isCut = Buffer.byteLength(words) > wholeTextBytes;
        const answer = await take(
          deps,
          { origin: 'program', result: 'said', name: 'b24push', words, isAskedFor: true },
          request.isSync,
        );
        return isCut && answer.outcome !== 'refused'
          ? {
              ...answer,
              message: `${answer.message} The text is long: the phone shows its beginning.`,
            }
          : answer;
      }
      case 'ended':
        return await take(deps, endedNotice(request), request.isSync);
      case 'push':
        return await askUser(request.to, request.text, signal);
      case 'hook':
        await deps.hook(request.agent, request.event, request.payload, request.cwd);
        return answerOf('queued', '');
      case 'tool': {
        const { message, isError } = await deps.tool(request.request, signal);
        return answerOf(isError ? 'refused' : 'accepted', message);
      }
    }
  };
}

function parseRequest(line: string): ProgramRequest | undefined {
  try {
    const parsed = v.safeParse(requestSchema, JSON.parse(line));
    return parsed.success ? { ...parsed.output } : undefined;
  } catch {
    return undefined;
  }
}

function endedNotice(request: ProgramRequest & { kind: 'ended' }): NewNotice {
  const { name, exitCode, durationMs, cwd } = request;
  const hasFailed = exitCode !== undefined && exitCode !== 0;
  return {
    ...{ origin: 'program', name, durationMs, isAskedFor: true },
    result: hasFailed ? 'failed' : 'ended',
    ...(hasFailed ? { exitCode } : {}),
    // The path may be of either system.
    folder: cwd.split(/[\\/]/).findLast((part) => part !== ''),
  };
}

async function take(
  { reach, log }: ProgramHandlerDeps,
  notice: NewNotice,
  isSync: boolean,
): Promise<ProgramAnswer> {
  const taken = await (await reach()).take(notice).catch((error: unknown) => {
    log.error(`b24push: the disk did not take a notice: ${String(error)}`);
    return undefined;
  });
  switch (taken?.kind) {
    case undefined:
      return answerOf('refused', 'VS Code could not keep it on disk, so nothing will be sent.');
    case 'off':
      return answerOf(
        'refused',
        'Pushes to your phone are off. Run "Bitrix24: Reach Me on My Phone" in VS Code to turn them on.',
      );
    case 'notDue':
      return answerOf('queued', 'The same was told a moment ago, so it is not sent again.');
    case 'kept':
      return isSync
        ? ofEnd(await taken.end)
        : answerOf('queued', 'VS Code has it, and sends it to your phone once nothing holds it.');
  }
}

const ends: Record<PushState, [Outcome, string]> = {
  accepted: ['accepted', 'Bitrix24 accepted it.'],
  refused: ['refused', 'Bitrix24 refused it. The history in VS Code says why.'],
  notSent: ['refused', 'It was not sent. The history in VS Code says why.'],
  partly: ['unknown', 'Not everybody got it. See the history in VS Code.'],
  unknown: ['unknown', 'No answer came from Bitrix24, so it may arrive.'],
  sending: ['unknown', 'It is still being sent. See the history in VS Code.'],
  pending: ['unknown', 'It is still being sent. See the history in VS Code.'],
};

const overs: Record<OverReason, [Outcome, string]> = {
  cameBack: ['refused', 'It was not sent, because you are at the window.'],
  answered: ['refused', 'It was not sent, because it does not wait any more.'],
  discarded: ['cancelled', 'You discarded it in VS Code.'],
  shown: ['refused', 'It was shown in a VS Code window and not sent.'],
};

function ofEnd(end: NoticeEnd): ProgramAnswer {
  return answerOf(...(end.kind === 'push' ? ends[summaryOf(end.push).state] : overs[end.why]));
}

const askedOutcomes: Record<AskedAnswer['outcome'], Outcome> = {
  ...{ accepted: 'accepted', refused: 'refused', notSent: 'refused', invalid: 'refused' },
  ...{ partly: 'unknown', unknown: 'unknown', cancelled: 'cancelled' },
};

const ofAsked = ({ outcome, message }: AskedAnswer): ProgramAnswer =>
  answerOf(askedOutcomes[outcome], message);
