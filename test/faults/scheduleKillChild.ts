// The window that is killed while it schedules and sends a push: it reads its orders from the first argument.
import path from 'node:path';
import { nodeFetchTransport } from '../../src/bitrix24/nodeFetchTransport';
import type { Tokens } from '../../src/bitrix24/oauth';
import { PortalClient } from '../../src/bitrix24/portalClient';
import { systemClock } from '../../src/common/clock';
import { storageFolder } from '../../src/common/storageFolder';
import type { Draft } from '../../src/push/draft';
import { ManualClock } from '../support/manualClock';
import { MemorySecrets } from '../support/memorySecrets';
import { openScheduleWindow } from '../support/scheduleWindow';
import { silentLog } from '../support/silentLog';
import { until } from '../support/until';
import { watchedLimiter, watchedPushes, watchedWire } from './killPoints';
import type { KillPoint } from './killPoints';
import { forgetful, untaken, watchedSchedule } from './schedulePoints';
import type { SchedulePoint } from './schedulePoints';

export interface ScheduleKillOrder {
  /** Folder of everything that windows keep. */
  root: string;
  tokens: Tokens;
  /** Unix ms by the clock of all windows. */
  now: number;
  draft: Draft;
  /** What SecretStorage holds. */
  secrets: Record<string, string>;
  point: SchedulePoint;
  /** Something that no window may do, to see that the cases notice. */
  mistake: 'forgetful' | 'untaken' | undefined;
}

const minute = 60_000;

async function main({ root, tokens, now, draft, secrets, point, mistake }: ScheduleKillOrder) {
  const reach = (here: SchedulePoint | KillPoint): void => {
    if (here === point) {
      process.kill(process.pid, 'SIGKILL');
    }
  };
  const clock = new ManualClock(now);
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
  const folder = storageFolder(path.join(root, 'pushes'));
  const isTorn = (here: KillPoint): boolean => here === point;
  const made = { forgetful, untaken };
  const window = await openScheduleWindow(root, {
    ...{ clock, client, keyring: new MemorySecrets(secrets) },
    time: { at: now + 5 * minute, zone: 'UTC' },
    stores: { clock, folder: watchedPushes(folder, { reach, isTorn, waitingId: undefined }) },
    wrap: (disk) => watchedSchedule(mistake ? made[mistake](disk) : disk, reach),
  });
  await window.sendLater.ask(draft, 'form');
  clock.advance(5 * minute);
  await window.clock.look();
  await until(() => window.told.results.length > 0, 'the end of the push');
  reach('all done');
}

void main(JSON.parse(process.argv[2] ?? '') as ScheduleKillOrder);
