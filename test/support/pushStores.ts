import path from 'node:path';
import { silentLog } from './silentLog';
import { storageFolder } from '../../src/common/storageFolder';
import { PushHistory } from '../../src/push/pushHistory';
import type { PushHistoryDeps } from '../../src/push/pushHistory';
import { PushStore } from '../../src/push/pushStore';
import type { PushStoreDeps } from '../../src/push/pushStore';

/** Opens the history in the folder `history` below this one. */
export function openPushHistory(root: string, more: Partial<PushHistoryDeps> = {}): PushHistory {
  return new PushHistory({
    folder: storageFolder(path.join(root, 'history')),
    keep: () => 'all',
    clock: { now: Date.now },
    log: silentLog,
    onDamaged: () => undefined,
    onUnreadable: () => undefined,
    ...more,
  });
}

/**
 * Opens the store in the folder `pushes` below this one, with its history, as a window of its own. Unless told
 * otherwise, the processes of all other windows have ended.
 */
export function openStore(
  root: string,
  more: Partial<Omit<PushStoreDeps, 'history'>> & { history?: PushHistory } = {},
): { store: PushStore; history: PushHistory } {
  const history = more.history ?? openPushHistory(root);
  const store = new PushStore({
    folder: storageFolder(path.join(root, 'pushes')),
    clock: { now: Date.now },
    log: silentLog,
    onDamaged: () => undefined,
    onUnreadable: () => undefined,
    fateOf: () => 'ended',
    // A clock that a test moves moves all time.
    uptime: () => (more.clock ?? Date).now(),
    ...more,
    history,
  });
  return { store, history };
}
