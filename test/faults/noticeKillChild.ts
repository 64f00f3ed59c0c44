// The window that is killed while it has notices: it reads its orders from the first argument, and ends where it is
// told to. It prints the name of each notice that it has taken.
import { writeSync } from 'node:fs';
import { nodeFetchTransport } from '../../src/bitrix24/nodeFetchTransport';
import { PortalClient } from '../../src/bitrix24/portalClient';
import type { Tokens } from '../../src/bitrix24/oauth';
import { systemClock } from '../../src/common/clock';
import { aNotice } from '../support/notices';
import { ManualClock } from '../support/manualClock';
import { silentLog } from '../support/silentLog';
import { watchedHistory, watchedLimiter, watchedPushes, watchedWire } from './killPoints';
import type { KillPoint } from './killPoints';
import { forgotten, unjoined, watchedNotices, watchedPast } from './noticePoints';
import type { NoticePoint } from './noticePoints';
import { openNoticeWindow } from './noticeWindow';
import { accountOf } from './pushWindow';

export interface NoticeKillOrder {
  /** Folder of everything that windows keep. */
  root: string;
  tokens: Tokens;
  portal: string;
  accountId: string;
  /** Unix ms by the clock of all windows. */
  now: number;
  /** Names of the notices that the window takes. */
  names: readonly string[];
  /** What happens then. `takeOver`: it takes nothing, and goes on with what another window has left. */
  task: 'send' | 'comeBack' | 'takeOver';
  point: NoticePoint;
  /** The window dies when it gets to the point for this time, from 1. */
  time: number;
  /** Something that no window may do, to see that the cases notice. */
  mistake: 'unjoined' | 'forgotten' | undefined;
}

/** Longer than notices are gathered. */
const gatheredMs = 21_000;

async function main(order: NoticeKillOrder): Promise<void> {
  const { root, tokens, portal, accountId, names, task, point, mistake } = order;
  let left = order.time;
  const reach = (here: NoticePoint | KillPoint): void => {
    if (here === point && --left === 0) {
      process.kill(process.pid, 'SIGKILL');
    }
  };
  const isTorn = (here: NoticePoint | KillPoint): boolean => here === point && left === 1;
  const clock = new ManualClock(order.now);
  const client = new PortalClient({
    transport: watchedWire(nodeFetchTransport({ userAgent: 'kill/1' }), reach),
    ...{ clock: systemClock, log: silentLog },
    limiter: watchedLimiter(systemClock, reach),
    tokens: {
      tokens: () => Promise.resolve(tokens),
      refreshed: () => Promise.reject(new Error('these tokens are not refreshed')),
      moved: () => Promise.resolve(undefined),
    },
  });
  const window = await openNoticeWindow({
    ...{ root, client, account: accountOf(accountId, portal), clock },
    ...{ isAway: true, isAlone: true },
    onLeave: () => reach('leave taken'),
    wrap: (folder, name) => {
      switch (name) {
        case 'drafts':
          return folder;
        case 'history':
          return watchedHistory(folder, { reach, waitingId: undefined });
        case 'pushes':
          return watchedPushes(folder, { reach, isTorn, waitingId: undefined });
        case 'notices': {
          const made =
            mistake === 'unjoined'
              ? unjoined(folder)
              : mistake === 'forgotten'
                ? forgotten(folder)
                : folder;
          return watchedNotices(made, { reach, isTorn, isComeBack: task === 'comeBack' });
        }
        case 'noticesPast':
          return watchedPast(folder, reach);
      }
    },
  });
  if (task === 'takeOver') {
    await window.lookBack();
  }
  for (const name of names) {
    await window.reach.take(aNotice({ name }));
    writeSync(1, `${name}\n`);
  }
  await window.reach.look();
  if (task === 'comeBack') {
    await window.comeBack();
  }
  clock.advance(gatheredMs);
  await window.reach.look();
  reach('all done');
}

void main(JSON.parse(process.argv[2] ?? '') as NoticeKillOrder);
