import { startSandbox } from '../../src/sandbox';
import type { FaultAction, Sandbox } from '../../src/sandbox';
import type { Way } from '../../src/push/draft';
import { stopPoints } from '../support/stops';
import type { StopPoint } from '../support/stops';
import { Windows } from '../support/windows';

/** Seconds by which the sandbox's clock goes ahead, so that every access token has expired. */
const anHour = 3_700;
const methods = { push: 'pull.application.push.add', notification: 'im.notify.personal.add' };

export interface StoppedWindow {
  /** What the other window found: the state of each push, after what was not sent was sent again. */
  found: string[];
  /** The same once the first window went on, where the other one could not do all before. */
  foundLater: string[];
  /** What the first window says in the end; nothing if all was accepted. */
  told: string[];
  /** And notifications. */
  pushes: number;
  refreshes: number;
}

interface StopCase {
  point: StopPoint;
  /** What is played to the first window; to what it sends, unless another method is named. */
  fault?: FaultAction & { method?: string };
  isTokenOld?: boolean;
  /** The other window has to wait for the lock to fall silent. */
  isSlow?: boolean;
  expected: Omit<StoppedWindow, 'told'>;
}

const sentAgain = { found: ['accepted'], foundLater: [], pushes: 1 };
const stopCases: readonly StopCase[] = [
  {
    point: 'pause',
    fault: { action: 'status', status: 503, error: 'QUERY_LIMIT_EXCEEDED' },
    expected: { ...sentAgain, refreshes: 0 },
  },
  { point: 'reconnect', expected: { ...sentAgain, refreshes: 0 } },
  { point: 'lock', isTokenOld: true, expected: { ...sentAgain, refreshes: 1 } },
  {
    // The server has traded in the token, and the new one lies in the stopped window.
    point: 'refresh',
    fault: { action: 'slow', delayMs: 400, method: 'oauth.token' },
    ...{ isTokenOld: true, isSlow: true },
    expected: { found: ['refused'], foundLater: ['accepted'], pushes: 1, refreshes: 2 },
  },
  {
    // Nobody can know, and nothing is sent without the user.
    point: 'post',
    expected: { found: ['unknown'], foundLater: ['unknown'], pushes: 1, refreshes: 0 },
  },
];

/** The points at which a stop takes no long waits. */
export const quickStops = stopPoints.filter(
  (point) => !stopCases.some((one) => one.point === point && one.isSlow),
);

/**
 * One window stops, another one takes its push over and sends it, and the first one goes on: it must not send too.
 * Returns what is wrong.
 */
export async function stopAt(point: StopPoint, via: Way = 'push'): Promise<string[]> {
  const stopCase = stopCases.find((one) => one.point === point)!;
  const { told, ...seen } = await playStop(stopCase, via);
  const { expected } = stopCase;
  const isAsExpected = JSON.stringify(seen) === JSON.stringify({ ...seen, ...expected });
  // Only a window that was stopped just before its POST may send, and say so.
  const isToldRight = point === 'post' || told.length > 0;
  return isAsExpected && isToldRight
    ? []
    : [`${JSON.stringify({ ...seen, told })} instead of ${JSON.stringify(expected)}`];
}

async function playStop({ point, fault, isTokenOld }: StopCase, via: Way): Promise<StoppedWindow> {
  const sandbox = await startSandbox({ policy: 'strict' });
  const windows = await Windows.open(sandbox, { world: 'live', count: 2 });
  try {
    // Both have their tokens, and the portal knows nothing of a pause.
    await windows.call({ calls: 1 });
    const before = countOf(sandbox);
    if (isTokenOld) {
      sandbox.patchState({ clockOffset: anHour });
    }
    if (fault) {
      sandbox.addFaults({ method: methods[via], ...fault });
    }
    const first = windows.ask(0, { calls: 0, batchTo: [1], via, stopAt: point });
    await windows.stopped(0);
    const { codes: found } = await windows.ask(1, { calls: 0, takeOver: true });
    windows.resume(0);
    const { codes: told } = await first;
    const isOver = found.every((state) => state === 'accepted');
    const later = isOver ? { codes: [] } : await windows.ask(1, { calls: 0, takeOver: true });
    const after = countOf(sandbox);
    return {
      ...{ found, foundLater: later.codes, told },
      pushes: after.pushes - before.pushes,
      refreshes: after.refreshes - before.refreshes,
    };
  } finally {
    await windows.close();
    await sandbox.close();
  }
}

function countOf(sandbox: Sandbox): { pushes: number; refreshes: number } {
  const { pushes, notifications, requests } = sandbox.snapshot();
  // A notification that took the place of another counts, too.
  const bells = Math.max(0, ...notifications.map(({ id }) => id));
  const refreshes = requests.filter(({ method }) => method === 'oauth.token').length;
  return { pushes: pushes.length + bells, refreshes };
}
