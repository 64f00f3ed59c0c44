import type { Memento } from 'vscode';

export const standingYesHint = 'reachMe.isOn';

/**
 * Whether a standing yes was probably given, without asking the keyring: good for deciding what to listen to, and for
 * nothing else.
 */
export function mayHaveStandingYes(globalState: Pick<Memento, 'get'>): boolean {
  return globalState.get<unknown>(standingYesHint) === true;
}
