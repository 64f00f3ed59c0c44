import path from 'node:path';
import { NoticePush } from '../../src/automation/noticePush';
import type { Notice } from '../../src/automation/notice';
import { NoticeStore } from '../../src/automation/noticeStore';
import { PhoneReach } from '../../src/automation/reach';
import { ReachState, parseReachFile } from '../../src/automation/reachState';
import { createCleanLine } from '../../src/automation/cleanLine';
import { createIsRecorded } from '../../src/automation/isRecorded';
import type { Clock } from '../../src/common/clock';
import { Emitter } from '../../src/common/emitter';
import { SharedFile } from '../../src/common/sharedFile';
import { storageFolder } from '../../src/common/storageFolder';
import type { StorageFolder } from '../../src/common/storageFolder';
import { InterruptedPushes } from '../../src/push/interruptedPushes';
import type { Push } from '../../src/push/push';
import { phrases } from '../support/notices';
import { silentLog } from '../support/silentLog';
import { openPushWindow } from './pushWindow';
import type { PushWindow, PushWindowOptions } from './pushWindow';

type FolderName = 'drafts' | 'pushes' | 'history' | 'notices' | 'noticesPast';

export interface NoticeWindowOptions extends Pick<
  PushWindowOptions,
  'root' | 'client' | 'account' | 'isAlone'
> {
  clock: Clock;
  /** Whether its user has been away for ten minutes; else they are at the window. */
  isAway: boolean;
  /** Puts something before one of the folders. */
  wrap?: (folder: StorageFolder, name: FolderName) => StorageFolder;
  /** Hears that this window has taken leave to send one push. */
  onLeave?: () => void;
  /** It shares with nobody how many pushes it sent, which no window may do. */
  apart?: boolean;
}

/** All that a window has to reach its user, on the disk that windows share, with the standing yes given. */
export interface NoticeWindow extends PushWindow {
  notices: NoticeStore;
  reach: PhoneReach;
  /** What this window has told its user: pushes of windows that ended, and notices that those left. */
  told: { pushes: Push[]; left: Notice[]; sendLeft: (() => Promise<void>)[] };
  /** What a window does at its start: looks at what windows that ended have left. */
  lookBack: () => Promise<void>;
  /** Its user is at the window from now on. */
  comeBack: () => Promise<void>;
}

export async function openNoticeWindow(options: NoticeWindowOptions): Promise<NoticeWindow> {
  const { root, client, account, clock, isAway, isAlone = false } = options;
  const wrap = options.wrap ?? ((folder) => folder);
  const folder = (name: FolderName) => wrap(storageFolder(path.join(root, name)), name);
  const window = await openPushWindow({ root, client, account, clock, isAlone, wrap });
  const { service, store, history } = window;
  const notices = new NoticeStore({
    ...{ folder: folder('notices'), past: folder('noticesPast') },
    ...{ keep: () => 'all', clock, log: silentLog, uptime: () => clock.now() },
  });
  const cleanLine = createCleanLine({
    findSecrets: () => Promise.resolve([]),
    ...{ phrases, log: silentLog },
  });
  const told: NoticeWindow['told'] = { pushes: [], left: [], sendLeft: [] };
  const never = new Emitter<undefined>().event;
  const since = isAway ? clock.now() - 600_000 : undefined;
  const away: { since: number | undefined; onDidChange: typeof never } = {
    ...{ since, onDidChange: never },
  };
  const yes = () => Promise.resolve({ account, at: 0 });
  const reach = new PhoneReach({
    standing: {
      ...{ get: yes, find: yes, takeBack: () => Promise.resolve(), onDidChange: never },
    },
    ...{ store: notices, state: sharedState(options), away, clock, log: silentLog },
    push: new NoticePush({ store: notices, service, cleanLine, phrases }),
    settings: () => ({
      ...{ longerThanMs: 60_000, agentsLongerThanMs: 30_000, awayAfterMs: 60_000 },
      quietHours: undefined,
    }),
    isAtDesktop: () => Promise.resolve(false),
    isRecorded: createIsRecorded({ outbox: folder('pushes'), history, keep: () => 'all' }),
    tell: {
      notAccepted: (push) => void told.pushes.push(push),
      trouble: () => undefined,
      left: (left, sendNow) => {
        told.left.push(...left);
        told.sendLeft.push(sendNow);
      },
    },
  });
  const interrupted = new InterruptedPushes({
    ...{ service, store, log: silentLog, waiting: { told: () => undefined } },
    sender: {
      tell: (result) => {
        told.pushes.push(...(result.kind === 'push' ? [result.push] : []));
        return Promise.resolve();
      },
    },
  });
  return {
    ...{ ...window, notices, reach, told },
    lookBack: async () => {
      await interrupted.tell();
      await reach.recover();
    },
    comeBack: async () => {
      away.since = undefined;
      await reach.look();
    },
    close: async () => {
      [reach, notices, interrupted].forEach((one) => one.dispose());
      await window.close();
    },
  };
}

/** The pause and the pushes of the last hour, in the file that windows share. */
function sharedState({ root, clock, onLeave, apart }: NoticeWindowOptions): ReachState {
  const file = new SharedFile({
    ...{
      file: path.join(root, apart ? `reach-${process.pid}` : 'reach', 'state.json'),
      parse: parseReachFile,
    },
    ...{ durable: false, log: silentLog },
  });
  const state = new ReachState(file, clock);
  const reserve = state.reserve.bind(state);
  state.reserve = async (anyway) => {
    const slot = await reserve(anyway);
    if (slot.kind === 'free') {
      onLeave?.();
    }
    return slot;
  };
  return state;
}
