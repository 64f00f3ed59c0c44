import type { PushAction } from '../push/push';
import type { FixId, ProblemContext } from './problem';

/** What a fix does about a push; after any other fix the push still waits. */
export const actionOfFix: Partial<Record<FixId, PushAction>> = {
  tryAgain: 'retry',
  sendWaiting: 'retry',
  sendToPhone: 'retry',
  sendToRest: 'sendToRest',
  sendAsNotification: 'sendAsNotification',
  sendAnyway: 'sendAnyway',
  markAsSent: 'markAsSent',
  discard: 'discard',
};

/** False for a fix that the context does not allow. */
export function canRun(fix: FixId, { act, actions, account }: ProblemContext): boolean {
  const action = actionOfFix[fix];
  const isAllowed = fix !== 'sendAsNotification' || account?.mayNotify !== false;
  return !action || (isAllowed && act !== undefined && actions?.includes(action) === true);
}
