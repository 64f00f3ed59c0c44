import path from 'node:path';
import { silentLog } from '../../src/common/log';
import { Outbox } from '../../src/push/outbox/outbox';
import type { OutboxDeps } from '../../src/push/outbox/outbox';
import { PushHistory } from '../../src/push/outbox/pushHistory';
import { storageFolder } from '../../src/common/storageFolder';

/** The outbox and the history in this folder, as a window of this number sees them; others are dead. */
export function openOutbox(
  root: string,
  more: Partial<OutboxDeps> = {},
): { outbox: Outbox; history: PushHistory } {
  const shared = { clock: { now: Date.now }, log: silentLog };
  const folder = (name: string) => storageFolder(path.join(root, name));
  const history = new PushHistory({ ...shared, folder: folder('history'), keep: () => 'all' });
  const outbox = new Outbox({
    ...shared,
    folder: folder('outbox'),
    history,
    isAlive: () => false,
    ...more,
  });
  return { outbox, history };
}

/** A road that asks nobody about secrets and twins. */
export const unasked = {
  secrets: { allows: () => Promise.resolve(true) },
  confirmTwin: () => Promise.resolve(true),
};
