// The window that is killed: it reads its orders from the first argument, sends one push, and ends where it is told to.
import { silentLog } from '../support/silentLog';
import { nodeFetchTransport } from '../../src/bitrix24/nodeFetchTransport';
import { PortalClient } from '../../src/bitrix24/portalClient';
import type { Tokens } from '../../src/bitrix24/oauth';
import { systemClock } from '../../src/common/clock';
import { byWay } from '../../src/push/draft';
import type { Draft } from '../../src/push/draft';
import type { PushAction } from '../../src/push/push';
import { lateRecords, losingWire, turningAway, unsettled } from './killPoints';
import {
  watchedDrafts,
  watchedHistory,
  watchedLimiter,
  watchedPushes,
  watchedWire,
} from './killPoints';
import type { KillPoint } from './killPoints';
import { accountOf, openPushWindow } from './pushWindow';

export interface KillOrder {
  /** Folder of everything that windows keep. */
  root: string;
  tokens: Tokens;
  portal: string;
  accountId: string;
  /** A draft that is sent, perhaps that of a push that waits; or what is done about a push that waits. */
  task: { draft: Draft; waitingId?: string } | { waitingId: string; action: PushAction };
  point: KillPoint;
  /** The window dies, or is stopped, when it gets to the point for this time, from 1. */
  time: number;
  signal: 'SIGKILL' | 'SIGSTOP';
  /** What happens to the first request: the network loses it, or the portal turns it away. */
  first: 'passes' | 'isLost' | 'isTurnedAway';
  /** Something that no window may do, to see that the cases notice. */
  mistake: 'lateRecords' | 'unsettled' | undefined;
}

async function main(order: KillOrder): Promise<void> {
  const { root, tokens, portal, accountId, task, point, time, first, mistake } = order;
  let left = time;
  let isWatched = false;
  const reach = (here: KillPoint): void => {
    if (isWatched && here === point && --left === 0) {
      process.kill(process.pid, order.signal);
    }
  };
  const isTorn = (here: KillPoint): boolean => isWatched && here === point && left === 1;
  const { waitingId } = task;
  const isLossy = first === 'isLost';
  const wire = nodeFetchTransport({ userAgent: 'kill/1' });
  const client = new PortalClient({
    transport:
      first === 'isTurnedAway'
        ? turningAway(watchedWire(wire, reach), reach)
        : watchedWire(isLossy ? losingWire(wire) : wire, reach),
    clock: systemClock,
    log: silentLog,
    limiter: watchedLimiter(systemClock, reach),
    tokens: {
      tokens: () => Promise.resolve(tokens),
      refreshed: () => Promise.reject(new Error('these tokens are not refreshed')),
      moved: () => Promise.resolve(undefined),
    },
  });
  const { service, drafts } = await openPushWindow({
    ...{ root, client, account: accountOf(accountId, portal), isAlone: true },
    wrap: (folder, name) => {
      switch (name) {
        case 'drafts':
          return watchedDrafts(folder, reach, isLossy);
        case 'history':
          return watchedHistory(folder, { reach, waitingId });
        case 'pushes': {
          const made =
            mistake === 'lateRecords'
              ? lateRecords(folder)
              : mistake === 'unsettled'
                ? unsettled(folder)
                : folder;
          return watchedPushes(made, { reach, isTorn, waitingId });
        }
      }
    },
  });
  if ('draft' in task) {
    drafts.open(byWay(task.draft, 'push'));
    await drafts.flush();
  }
  isWatched = true;
  await ('draft' in task
    ? service.send(task.draft, { origin: 'form' })
    : service.act(task.waitingId, task.action));
  reach('all done');
}

void main(JSON.parse(process.argv[2] ?? '') as KillOrder);
