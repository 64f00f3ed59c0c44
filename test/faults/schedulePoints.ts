import type { StorageFolder } from '../../src/common/storageFolder';
import type { KillPoint } from './killPoints';

/** The steps of a push from its schedule to the wire, in order, and on to its end. */
export const schedulePoints = [
  'while it is scheduled',
  'scheduled',
  'taken at its time',
  'before it is recorded',
  'while it is recorded',
  'recorded, nothing sent',
  'out of the schedule',
  'its file in the schedule removed',
  'waiting for its turn',
  'request recorded, not on the wire',
  'request on the wire',
  'answer there, not recorded',
  'answer recorded',
  'end recorded',
  'out of the open pushes',
  'all done',
] as const;

export type SchedulePoint =
  | Extract<(typeof schedulePoints)[number], KillPoint>
  | 'while it is scheduled'
  | 'scheduled'
  | 'taken at its time'
  | 'out of the schedule'
  | 'its file in the schedule removed';

/** The folder of scheduled pushes, with its steps told. */
export function watchedSchedule(
  folder: StorageFolder,
  reach: (point: SchedulePoint) => void,
): StorageFolder {
  return {
    ...folder,
    write: async (name, content, options) => {
      await folder.write(`${name}.half.tmp`, content.slice(0, content.length / 2));
      reach('while it is scheduled');
      await folder.remove(`${name}.half.tmp`);
      await folder.write(name, content, options);
      reach('scheduled');
    },
    rename: async (name, to) => {
      const there = await folder.rename(name, to);
      reach(to.endsWith('.done.scheduled') ? 'out of the schedule' : 'taken at its time');
      return there;
    },
    remove: async (name) => {
      await folder.remove(name);
      if (name.endsWith('.scheduled')) {
        reach('its file in the schedule removed');
      }
    },
  };
}

/** The folder of a window that forgets a scheduled push as soon as it takes it, which no window may do. */
export function forgetful(folder: StorageFolder): StorageFolder {
  return {
    ...folder,
    rename: async (name, to) => {
      if (!to.includes('.clock~')) {
        await folder.remove(name);
        return true;
      }
      const content = (await folder.read(name)) ?? '';
      await folder.remove(name);
      kept.set(folder, content);
      return true;
    },
    read: async (name) => (await folder.read(name)) ?? kept.get(folder),
  };
}

/** What such a window has in memory. */
const kept = new WeakMap<StorageFolder, string>();

/** The folder of a window that sends what it has not taken, which no window may do. */
export function untaken(folder: StorageFolder): StorageFolder {
  // By the name that the window believes in.
  const real = new Map<string, string>();
  const nameOf = (name: string) => real.get(name) ?? name;
  return {
    ...folder,
    rename: (name, to) => {
      real.set(to, nameOf(name));
      return Promise.resolve(true);
    },
    read: (name) => folder.read(nameOf(name)),
    remove: () => Promise.resolve(),
  };
}
