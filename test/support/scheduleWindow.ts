import path from 'node:path';
import { storageFolder } from '../../src/common/storageFolder';
import type { StorageFolder } from '../../src/common/storageFolder';
import type { Clock } from '../../src/common/clock';
import type { ProcessFate } from '../../src/common/processIdentity';
import type { Draft } from '../../src/push/draft';
import type { SendResult } from '../../src/push/pushService';
import { createIsRecorded } from '../../src/schedule/isRecorded';
import { ScheduleClock } from '../../src/schedule/scheduleClock';
import { ScheduledSends } from '../../src/schedule/scheduledSends';
import type { NotSent } from '../../src/schedule/scheduledSends';
import { ScheduleStore } from '../../src/schedule/scheduleStore';
import type { ScheduledPush } from '../../src/schedule/scheduledPush';
import { Seals } from '../../src/schedule/seals';
import { SendLater } from '../../src/schedule/sendLater';
import type { ChosenTime } from '../../src/schedule/sendLater';
import { openService } from './builders';
import type { OpenService, ServicePatch } from './builders';
import type { MemorySecrets } from './memorySecrets';
import { silentLog } from './silentLog';

export interface ScheduleWindowOptions extends ServicePatch {
  clock: Clock;
  keyring: MemorySecrets;
  /** The time that its user chooses when asked; undefined to cancel. */
  time?: ChosenTime | undefined;
  isFocused?: boolean;
  fateOf?: (process: string) => ProcessFate;
  /** Puts something before the folder of scheduled pushes. */
  wrap?: (folder: StorageFolder) => StorageFolder;
}

/** What a window told its user. */
export interface Told {
  results: SendResult[];
  scheduled: ScheduledPush[];
  /** Why scheduled pushes were not sent. */
  reasons: string[];
  offered: string[][];
  takenCareOf: number;
  edited: Draft[];
}

/** A window with all that it needs for scheduled pushes, on the disk that windows share. */
export interface ScheduleWindow extends OpenService {
  scheduled: ScheduleStore;
  clock: ScheduleClock;
  sends: ScheduledSends;
  sendLater: SendLater;
  told: Told;
  choose: (time: ChosenTime | undefined) => void;
}

export async function openScheduleWindow(
  root: string,
  options: ScheduleWindowOptions,
): Promise<ScheduleWindow> {
  const { clock, keyring: secrets, isFocused = true, fateOf, wrap, time, ...patch } = options;
  const told: Told = {
    ...{ results: [], scheduled: [], reasons: [], offered: [], takenCareOf: 0, edited: [] },
  };
  let chosen = time;
  const askTime = () => Promise.resolve(chosen);
  const opened = await openService(root, {
    ...{ clock, stores: { clock, ...(fateOf && { fateOf }) } },
    takeOutScheduled: (draft, id) => scheduled.takeOut(draft, id),
    ...patch,
  });
  const { service, drafts, store, history } = opened;
  const folder = storageFolder(path.join(root, 'scheduled'));
  const scheduled: ScheduleStore = new ScheduleStore({
    folder: wrap ? wrap(folder) : folder,
    ...{ seals: new Seals({ secrets, clock }), isRecorded: createIsRecorded({ store, history }) },
    ...{ onDamaged: () => undefined, clock, log: silentLog },
    ...{ process: String(options.pid ?? 1), fateOf: fateOf ?? (() => 'ended') },
    uptime: () => clock.now(),
  });
  const sender = {
    send: service.send.bind(service),
    act: () => Promise.resolve(true),
  };
  const sends = new ScheduledSends({
    ...{ store: scheduled, askTime, log: silentLog },
    sender: {
      send: async (draft, how) => {
        const result = await sender.send(draft, how);
        told.results.push(result);
        return result;
      },
    },
    tellNotSent: (_, why) => Promise.resolve(void told.reasons.push(reasonOf(why))),
    tellTakenCareOf: () => (told.takenCareOf += 1),
    editDraft: (draft) => Promise.resolve(told.edited.push(draft)),
  });
  const watch = new ScheduleClock({
    ...{ store: scheduled, clock, log: silentLog, isFocused: () => isFocused },
    send: (taken) => sends.sendDue(taken),
    offer: (late) => told.offered.push(late.map(({ draft }) => draft.text)),
  });
  const sendLater = new SendLater({
    ...{ askTime, service, sender, store: scheduled, drafts, clock, log: silentLog },
    tell: (result) => Promise.resolve(void told.results.push(result)),
    tellScheduled: (push) => told.scheduled.push(push),
  });
  return {
    ...{ ...opened, scheduled, clock: watch, sends, sendLater, told },
    choose: (next) => (chosen = next),
    close: async () => {
      watch.dispose();
      scheduled.dispose();
      await opened.close();
    },
  };
}

function reasonOf(why: NotSent): string {
  if (why.kind === 'notAgreed') {
    return why.kind;
  }
  const { result } = why;
  return result.kind === 'failed' ? `failed ${result.error.code}` : result.kind;
}
