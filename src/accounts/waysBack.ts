import { parseCallback } from '../bitrix24/callback';
import type { Callback } from '../bitrix24/callback';
import type { Emitter } from '../common/emitter';
import type { Log } from '../common/log';
import { isFromPortal } from './completeSignIn';
import { handlerAddress } from './handlerAddress';
import { listenForCallback, sameSecret } from './loopbackListener';
import type { Complaint, Notice, PasteVerdict, SignInDialogs, StepPlace } from './signInDialogs';

/** Nobody waits longer for a browser. */
const listenMs = 5 * 60_000;

/** One trip to the browser. */
export interface Attempt {
  /** Origin. */
  portal: string;
  state: string;
  authorizeUrl: string;
  /** Of the handler address; 0 for no listener. */
  port: number;
  place: StepPlace;
  complaint: Complaint | undefined;
  dialogs: SignInDialogs;
  notices: Emitter<Notice>;
  log: Log;
  openBrowser(): Promise<void>;
}

export type Arrival =
  | { kind: 'callback'; callback: Callback }
  | { kind: 'back' }
  | { kind: 'cancelled' }
  /** This way leads nowhere; another one may. */
  | { kind: 'none' };

/** A way for the portal's answer to come back from the browser. */
export interface WayBack {
  /** For the log. */
  readonly label: string;
  canRun(attempt: Attempt): boolean;
  run(attempt: Attempt, signal: AbortSignal): Promise<Arrival>;
}

const loopback: WayBack = {
  label: 'loopback',
  canRun: ({ port }) => port > 0,
  async run({ port, state, dialogs, notices, log }, signal) {
    let listener;
    try {
      listener = await listenForCallback({
        port,
        state,
        pages: dialogs.callbackPages(),
        timeoutMs: listenMs,
        log,
      });
    } catch {
      log.warn(`Sign-in cannot listen on port ${port}; the answer can be pasted.`);
      notices.fire({ kind: 'portTaken', port });
      return { kind: 'none' };
    }
    const stop = () => listener.dispose();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) {
      stop();
    }
    const answer = await listener.answer;
    signal.removeEventListener('abort', stop);
    if (answer.kind === 'timedOut') {
      notices.fire({ kind: 'listeningEnded' });
    }
    const callback = answer.kind === 'answered' ? parseCallback(answer.url) : undefined;
    return callback ? { kind: 'callback', callback } : { kind: 'none' };
  },
};

const paste: WayBack = {
  label: 'paste',
  canRun: () => true,
  async run(attempt, signal) {
    const { portal, authorizeUrl, dialogs, place, complaint, notices } = attempt;
    const typed = await dialogs.askForAnswer(
      place,
      {
        host: new URL(portal).host,
        authorizeUrl,
        handler: handlerAddress(attempt.port),
        complaint,
        onNotice: notices.event,
        openBrowser: () => attempt.openBrowser(),
        judge: (pasted) => judgePaste(pasted, attempt),
      },
      signal,
    );
    if (typed.kind !== 'next') {
      return typed;
    }
    const verdict = judgePaste(typed.value, attempt);
    const callback = parseCallback(typed.value);
    return callback && (verdict === 'answer' || verdict === 'bareCode')
      ? { kind: 'callback', callback }
      : { kind: 'none' };
  },
};

/** Offered together; the first that brings an answer wins. */
export const waysBack: readonly WayBack[] = [loopback, paste];

/**
 * An address must carry this sign-in's state and portal. A bare code carries neither: it counts only because
 * the user puts it into this box, in this sign-in, by hand.
 */
export function judgePaste(
  pasted: string,
  { portal, state }: Pick<Attempt, 'portal' | 'state'>,
): PasteVerdict {
  if (pasted.trim() === '') {
    return 'empty';
  }
  const callback = parseCallback(pasted);
  if (!callback) {
    return 'noCode';
  }
  const bare = !/[?&=]/.test(pasted);
  if (bare) {
    return 'bareCode';
  }
  if (callback.state === undefined || !sameSecret(callback.state, state)) {
    return 'otherSignIn';
  }
  return isFromPortal(callback, portal) ? 'answer' : 'otherPortal';
}

/** The first answer of all ways that can run. The others have ended, and the port is free again, when it resolves. */
export async function firstWayBack(ways: readonly WayBack[], attempt: Attempt): Promise<Arrival> {
  const over = new AbortController();
  const running = ways
    .filter((way) => way.canRun(attempt))
    .map(async (way) => {
      const arrival = await way.run(attempt, over.signal);
      if (arrival.kind === 'none') {
        throw new Error(way.label);
      }
      attempt.log.debug(`Sign-in: ${way.label} ended with ${arrival.kind}.`);
      return arrival;
    });
  try {
    return await Promise.any(running);
  } catch {
    return { kind: 'cancelled' };
  } finally {
    over.abort();
    await Promise.allSettled(running);
  }
}
