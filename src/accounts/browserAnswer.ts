import { parseCallback, parseRefusal } from '../bitrix24/callback';
import type { Callback, Refusal } from '../bitrix24/callback';
import type { Emitter } from '../common/emitter';
import type { Log } from '../common/log';
import { isFromPortal } from './completeSignIn';
import { listenForCallback, sameSecret } from './loopbackListener';
import type {
  BrowserTrouble,
  BrowserWait,
  PasteVerdict,
  SignInDialogs,
  SignInPlace,
} from './signInDialogs';

const listenMs = 5 * 60_000;

/** One trip to the browser. */
export interface BrowserTrip extends Omit<BrowserWait, 'onTrouble' | 'judge'> {
  /** Origin. */
  portal: string;
  state: string;
  /** The port of the handler address; 0 for no listener. */
  port: number;
  place: SignInPlace;
  dialogs: SignInDialogs;
  troubles: Emitter<BrowserTrouble>;
  log: Log;
}

export type BrowserAnswer =
  | { kind: 'callback'; callback: Callback }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'back' }
  | { kind: 'cancelled' };

/**
 * Waits for the portal's answer in two ways at once: the browser is sent to our listener, or the user pastes the
 * address that the browser ended at. The first that brings something wins. When this resolves, the other has ended
 * and the port is free again.
 */
export async function browserAnswer(trip: BrowserTrip): Promise<BrowserAnswer> {
  const over = new AbortController();
  const ways = [pasted(trip, over.signal), ...(trip.port > 0 ? [listened(trip, over.signal)] : [])];
  const found = ways.map(async (way) => {
    const answer = await way;
    if (!answer) {
      throw new Error('This way brings nothing; the other one may.');
    }
    return answer;
  });
  try {
    return await Promise.any(found);
  } catch {
    return { kind: 'cancelled' };
  } finally {
    over.abort();
    await Promise.allSettled(found);
  }
}

/** Resolves to undefined when the port is taken or nobody came. */
async function listened(
  { port, state, dialogs, troubles, log }: BrowserTrip,
  signal: AbortSignal,
): Promise<BrowserAnswer | undefined> {
  let listener;
  try {
    const pages = dialogs.callbackPages();
    listener = await listenForCallback({ port, state, pages, timeoutMs: listenMs, log });
  } catch {
    log.warn(`Sign-in cannot listen on port ${port}; the answer can be pasted.`);
    troubles.fire({ kind: 'portTaken', port });
    return undefined;
  }
  const stop = () => listener.dispose();
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) {
    stop();
  }
  const url = await listener.answer;
  signal.removeEventListener('abort', stop);
  log.debug(`The sign-in listener ended: ${url ? 'answered' : 'no answer'}.`);
  if (!url && !signal.aborted) {
    troubles.fire({ kind: 'listeningEnded' });
  }
  return url && answerIn(url);
}

async function pasted(trip: BrowserTrip, signal: AbortSignal): Promise<BrowserAnswer | undefined> {
  const { dialogs, place, troubles } = trip;
  const judge = (text: string) => judgePaste(text, trip);
  const typed = await dialogs.askForAnswer(
    place,
    { ...trip, onTrouble: troubles.event, judge },
    signal,
  );
  if (typed.kind !== 'next') {
    return typed;
  }
  return ['answer', 'bareCode', 'refused'].includes(judge(typed.value))
    ? answerIn(typed.value)
    : undefined;
}

/** Reads an address whose state is the right one. */
function answerIn(address: string | URL): BrowserAnswer | undefined {
  const [callback, refusal] = [parseCallback(address), parseRefusal(address)];
  return callback ? { kind: 'callback', callback } : refusal && { kind: 'refused', refusal };
}

/**
 * Tells what a pasted text is. An address must carry this sign-in's state and portal. A bare code carries neither:
 * it counts only because the user puts it into this box, in this sign-in, by hand.
 */
export function judgePaste(
  text: string,
  { portal, state }: Pick<BrowserTrip, 'portal' | 'state'>,
): PasteVerdict {
  if (text.trim() === '') {
    return 'empty';
  }
  const callback = parseCallback(text);
  const answer = callback ?? parseRefusal(text);
  if (!answer) {
    return 'noCode';
  }
  if (!/[?&=]/.test(text)) {
    return 'bareCode';
  }
  if (answer.state === undefined || !sameSecret(answer.state, state)) {
    return 'otherSignIn';
  }
  if (!callback) {
    return 'refused';
  }
  return isFromPortal(callback, portal) ? 'answer' : 'otherPortal';
}
