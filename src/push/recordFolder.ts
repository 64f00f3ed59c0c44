import type { Clock } from '../common/clock';
import type { Log } from '../common/log';
import type { StorageFolder } from '../common/storageFolder';
import type { Push } from './push';
import { parsePush } from './pushFile';

/** A folder of records of pushes, shared by all windows of the machine. */
export interface RecordFolder {
  folder: StorageFolder;
  clock: Pick<Clock, 'now'>;
  log: Log;
  /** A file could not be understood; it was set aside under this name. */
  onDamaged: (name: string) => void;
  /** The disk does not give a file of this name. */
  onUnreadable: (name: string) => void;
}

/** A push as its file tells it. */
export interface FoundPush {
  push: Push;
  content: string;
}

/** Half a file of this age was left by a window that was killed while it wrote. */
export const strayMs = 60 * 60 * 1000;

export const readAtOnce = 32;

/**
 * Reads the file of the push with this id; undefined if there is none. A file that cannot be understood is set aside,
 * unless it is another window's: it may be in words of a later version.
 */
export async function readRecord(
  { folder, clock, log, onDamaged }: RecordFolder,
  { name, id, isTheirs = false }: { name: string; id: string; isTheirs?: boolean },
): Promise<FoundPush | undefined> {
  const content = await folder.read(name);
  const push = content === undefined ? undefined : parsePush(content);
  // The id names files of the history, so one from the content is never trusted.
  if (content !== undefined && push?.id === id) {
    return { push, content };
  }
  const to = `${name}.${clock.now()}.damaged`;
  if (content !== undefined && !isTheirs && (await folder.rename(name, to))) {
    log.warn(`The record of a push could not be understood and was set aside as ${to}.`);
    onDamaged(to);
  }
  return undefined;
}
