import type { Reach } from '../../automation/notice';
import type { Clock } from '../../common/clock';
import { isAgentId } from '../agent';
import { HookMemory } from './hookMemory';
import { hookNotice } from './hookNotice';

export interface HookHandlerDeps {
  reach: () => Promise<Reach>;
  /** Returns the setting: may the last words of an agent be sent? */
  wantsWords: () => boolean;
  clock: Pick<Clock, 'now'>;
}

/** Takes what a hook handed over: the agent, the event of its command line, the payload as it came, its folder. */
export type HookHandler = (
  agent: string,
  event: string | undefined,
  payload: string,
  cwd: string,
) => Promise<void>;

/** Returns the window's side of `b24push --hook`. Unknown agents, events and payloads do nothing. */
export function createHookHandler({ reach, wantsWords, clock }: HookHandlerDeps): HookHandler {
  const memory = new HookMemory();
  return async (agent, event, payload, cwd) => {
    const parsed = isAgentId(agent) ? parse(payload) : undefined;
    if (!isAgentId(agent) || parsed === undefined) {
      return;
    }
    const result = hookNotice(
      { agent, event, payload: parsed, cwd, at: clock.now(), wantsWords: wantsWords() },
      memory,
    );
    if (result.kind === 'notice') {
      await (await reach()).take(result.notice);
    } else if (result.kind === 'goesOn') {
      await (await reach()).goesOn(result.thread);
    }
  };
}

function parse(payload: string): unknown {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}
