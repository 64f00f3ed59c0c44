// The window that is killed: reads its orders from the first argument, sends one push, and ends where it is told to.
import path from 'node:path';
import { nodeFetchTransport } from '../../src/bitrix24/nodeFetchTransport';
import { PortalClient } from '../../src/bitrix24/portalClient';
import type { Tokens } from '../../src/bitrix24/oauth';
import { systemClock } from '../../src/common/clock';
import { silentLog } from '../../src/common/log';
import type { Draft } from '../../src/push/draft';
import { DraftStore } from '../../src/push/draftStore';
import { folderDisk } from '../../src/push/folderDisk';
import { Outbox } from '../../src/push/outbox/outbox';
import { PushHistory } from '../../src/push/outbox/pushHistory';
import { recordFolder } from '../../src/push/outbox/recordFolder';
import {
  lateNotes,
  watchedHistory,
  watchedOutbox,
  watchedLimiter,
  watchedWire,
} from './killPoints';
import type { KillPoint } from './killPoints';
import { sureRoad as road } from './killRoad';

export interface KillOrder {
  folder: string;
  tokens: Tokens;
  host: string;
  draft: Draft;
  point: KillPoint;
  /** At which time that it gets there. */
  time: number;
  /** It notes a request only with its answer, as no window may. */
  lateNotes: boolean;
}

async function main(order: KillOrder): Promise<void> {
  const { folder, tokens, host, draft, point, time } = order;
  let left = time;
  const reach = (here: KillPoint): void => {
    if (here === point && --left === 0) {
      process.kill(process.pid, 'SIGKILL');
    }
  };
  const shared = { clock: systemClock, log: silentLog };
  const drafts = new DraftStore({
    ...shared,
    disk: folderDisk(path.join(folder, 'drafts')),
    key: 'w',
  });
  await drafts.ready;
  drafts.update(draft);
  await drafts.flush();
  const history = new PushHistory({
    ...shared,
    folder: watchedHistory(recordFolder(path.join(folder, 'history')), reach),
    keep: () => 'all',
  });
  const records = recordFolder(path.join(folder, 'outbox'));
  const outbox = new Outbox({
    ...shared,
    folder: watchedOutbox(
      order.lateNotes ? lateNotes(records) : records,
      reach,
      (here) => here === point && left === 1,
    ),
    history,
  });
  const client = new PortalClient({
    transport: watchedWire(nodeFetchTransport({ userAgent: 'kill/1' }), reach),
    clock: systemClock,
    log: silentLog,
    limiter: watchedLimiter(systemClock, reach),
    tokens: {
      tokens: () => Promise.resolve(tokens),
      refreshed: () => Promise.reject(new Error('these tokens are not refreshed')),
      moved: () => Promise.resolve(undefined),
    },
  });
  await road({ draft, host, client, drafts, outbox });
  reach('all done');
}

void main(JSON.parse(process.argv[2] ?? '') as KillOrder);
