import path from 'node:path';
import type { NewNotice } from '../../automation/notice';
import { plainText } from '../../common/plainText';
import { agentNames } from '../agent';
import type { AgentId } from '../agent';
import type { AgentEvent, ReadEvent } from './agentEvent';
import { readClaudeEvent, readQwenEvent } from './claudeEvents';
import { readCodexEvent } from './codexEvents';
import { readCopilotEvent } from './copilotEvents';
import { readGeminiEvent } from './geminiEvents';
import type { HookMemory, KnownSession } from './hookMemory';
import { readOpencodeEvent } from './opencodeEvents';

/** A call of a hook. Nothing in it is trusted. */
export interface HookCall {
  agent: AgentId;
  /** The event's name from the hook's command line, for agents that do not say it in the payload. */
  event?: string | undefined;
  /** Parsed JSON. */
  payload: unknown;
  /** The working directory of the hook. */
  cwd: string;
  /** Unix ms. */
  at: number;
  /** True if the last words of the agent may be sent. */
  wantsWords: boolean;
}

export type HookResult =
  | { kind: 'notice'; notice: NewNotice }
  /** The conversation goes on: its question was answered. */
  | { kind: 'goesOn'; thread: string }
  | { kind: 'nothing' };

const readers: Readonly<Record<AgentId, ReadEvent>> = {
  claude: readClaudeEvent,
  codex: readCodexEvent,
  gemini: readGeminiEvent,
  copilot: readCopilotEvent,
  opencode: readOpencodeEvent,
  qwen: readQwenEvent,
  vscode: readClaudeEvent,
};

/** Two hooks that are called within this time tell of the same end or question. */
const sameMomentMs = 3_000;
/** Claude Code notifies of a question 6 s after the hook of the same question. */
const sameQuestionMs = 15_000;
const wordsAtMost = 400;
const nothing: HookResult = { kind: 'nothing' };

/** Turns the call of an agent's hook into a notice, exactly one for each turn and each question. Never throws. */
export function hookNotice(call: HookCall, memory: HookMemory): HookResult {
  const event = readers[call.agent](call.event, call.payload);
  if (!event) {
    return nothing;
  }
  const session = memory.session(event.session);
  if (event.kind === 'subagent') {
    session.isSubagent = true;
    return nothing;
  }
  return session.isSubagent ? nothing : resultOf(call, event, session);
}

function resultOf(
  call: HookCall,
  event: Exclude<AgentEvent, { kind: 'subagent' }>,
  session: KnownSession,
): HookResult {
  const goesOn: HookResult = { kind: 'goesOn', thread: event.session };
  switch (event.kind) {
    case 'started':
      if (!session.hasBackground) {
        session.startedAt = call.at;
      }
      session.end = undefined;
      session.wait = undefined;
      return goesOn;
    case 'goesOn':
      session.hasBackground ||= event.hasBackground === true;
      session.wait = undefined;
      return goesOn;
    case 'waits':
      return isSameQuestion(session, event.via, call.at) ? nothing : asked(call, event, session);
    case 'ended':
    case 'stopped':
      return isSameEnd(session, event, call.at) ? nothing : ended(call, event, session);
    case 'closed':
      return session.startedAt === undefined
        ? goesOn
        : ended(call, { ...event, kind: 'stopped' }, session);
  }
}

function isSameQuestion({ wait }: KnownSession, via: string, now: number): boolean {
  return wait !== undefined && now - wait.at < (wait.via === via ? sameMomentMs : sameQuestionMs);
}

/** Returns whether this end was told already: by another caller, or as the error that it ended with. */
function isSameEnd({ end }: KnownSession, { kind, turn }: AgentEvent, now: number): boolean {
  if (!end) {
    return false;
  }
  if (turn !== undefined && end.turn !== undefined) {
    return turn === end.turn;
  }
  return now - end.at < sameMomentMs || (end.isError && kind === 'ended');
}

function asked(
  call: HookCall,
  event: Extract<AgentEvent, { kind: 'waits' }>,
  session: KnownSession,
): HookResult {
  session.wait = { at: call.at, via: event.via };
  return {
    kind: 'notice',
    notice: {
      ...common(call, event, session),
      result: 'waits',
      key: `${event.session}/waits/${call.at}`,
    },
  };
}

function ended(
  call: HookCall,
  event: Extract<AgentEvent, { kind: 'ended' | 'stopped' }> | (AgentEvent & { kind: 'stopped' }),
  session: KnownSession,
): HookResult {
  const about = common(call, event, session);
  session.end = { at: call.at, turn: event.turn, isError: event.kind === 'stopped' };
  session.startedAt = undefined;
  session.hasBackground = false;
  session.wait = undefined;
  const words =
    event.kind === 'ended' && call.wantsWords && event.words
      ? plainText(event.words, wordsAtMost)
      : undefined;
  return {
    kind: 'notice',
    notice: {
      ...about,
      result: event.kind,
      ...(words ? { words } : {}),
      key: `${event.session}/${event.turn ?? call.at}`,
    },
  };
}

/** The command that an agent wants to run is never part of a notice. */
function common(call: HookCall, event: AgentEvent, { startedAt }: KnownSession) {
  const name = agentNames[event.isFromVscode ? 'vscode' : call.agent];
  const folder = plainText(path.basename(event.cwd || call.cwd), 60);
  return {
    origin: 'agent' as const,
    name,
    askedBy: name,
    thread: event.session,
    folder: folder === '' ? undefined : folder,
    durationMs: startedAt === undefined ? undefined : Math.max(0, call.at - startedAt),
  };
}
