import type { Memento } from 'vscode';

/*
 * Keys of what a window that starts can know without loading anything. A forged value can at most make it look.
 */

export const yesHintKey = 'reachMe.isOn';
/** When the pause ends, Unix ms. */
export const pauseHintKey = 'reachMe.pausedUntil';

/**
 * Whether a yes was probably given, without asking the keyring: good for deciding what to listen to, and for nothing
 * else.
 */
export function mayHaveStandingYes(globalState: Pick<Memento, 'get'>): boolean {
  return globalState.get<unknown>(yesHintKey) === true;
}

/** Returns whether a pause was probably not over yet, for a window that starts. */
export function mayBePaused(globalState: Pick<Memento, 'get'>, now: number): boolean {
  const until = globalState.get<unknown>(pauseHintKey);
  return typeof until === 'number' && until > now;
}
