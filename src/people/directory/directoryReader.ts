import { randomUUID } from 'node:crypto';
import { batchSize } from '../../bitrix24/restBatch';
import { Bitrix24Error } from '../../bitrix24/errors';
import { pageSize } from '../../bitrix24/rows';
import { peopleByPage } from '../../bitrix24/peopleByPage';
import type { PortalClient } from '../../bitrix24/portalClient';
import { cancelledError } from '../../bitrix24/abort';
import type { Clock } from '../../common/clock';
import type { StorageFolder } from '../../common/storageFolder';
import { firstLineOf, newReading, pageLineOf, parseReading } from './reading';
import type { Reading } from './reading';

export interface ReadProgress {
  /** The number of people read. */
  read: number;
  /** The number of all people; undefined if the portal does not tell it. */
  total: number | undefined;
}

interface ReaderDeps {
  client: Pick<PortalClient, 'batch'>;
  folder: StorageFolder;
  clock: Clock;
}

/** Fifty pages take a busy portal longer than one call. The portal itself gives up after a minute. */
const timeoutMs = 60_000;
/** A reading that was not written to for so long belongs to a window that has closed. */
const leftAfterMs = 90_000;
/** An interrupted reading is continued only if it began within this time. */
const resumeWithinMs = 6 * 60 * 60 * 1000;

/** What a power cut takes is read from the portal again. */
const notDurable = { durable: false };

export const readingSuffix = '.reading';

/**
 * Reads everybody of a portal, or continues an interrupted reading. `name` is the beginning of the account's file names;
 * the file with what was read stays until it is removed. Returns undefined if another window is reading. Throws
 * Bitrix24Error and errors of the folder; the code is 'CANCELLED' also if the account was removed meanwhile.
 */
export async function readEverybody(
  deps: ReaderDeps,
  name: string,
  signal: AbortSignal,
  onProgress: (progress: ReadProgress) => void,
): Promise<Reading | undefined> {
  const file = `${name}.${randomUUID()}${readingSuffix}`;
  const earlier = await earlierReading(deps, name, file);
  if (earlier === 'elsewhere') {
    return undefined;
  }
  const { client, folder, clock } = deps;
  try {
    const reading = earlier ?? newReading(clock.now());
    const seen = new Set(reading.people.map(({ id }) => id));
    // Fewer pages at a time are asked for if a portal takes too long or its answer is too large.
    let most = batchSize;
    while (!reading.isComplete) {
      const { position } = reading;
      const isFirst = position.rows === 0;
      const left = Math.ceil(((reading.total ?? Infinity) - position.rows) / pageSize);
      const pages = isFirst ? 1 : Math.min(most, left);
      try {
        const options = { signal, timeoutMs, lane: 'background' } as const;
        const { people, next, total } = await peopleByPage(client, position, pages, options);
        const fresh = people.filter(({ id }) => !seen.has(id));
        fresh.forEach(({ id }) => seen.add(id));
        reading.people.push(...fresh);
        reading.total ??= total;
        reading.position = next ?? position;
        reading.isComplete = !next || next.rows >= (reading.total ?? Infinity);
        if (isFirst) {
          await folder.write(file, firstLineOf(reading), notDurable);
        }
        const isKept = await folder.append(file, pageLineOf(fresh, reading), notDurable);
        onProgress({ read: reading.people.length, total: reading.total });
        if (!isKept) {
          // The account was removed meanwhile, maybe in another window.
          throw cancelledError();
        }
      } catch (error) {
        if (pages === 1 || !isTooMuch(error)) {
          throw error;
        }
        most = Math.max(1, Math.floor(most / 5));
      }
    }
    return reading;
  } finally {
    // The next reading may continue it at once, without waiting for `leftAfterMs`.
    await folder.touch(file, 0);
  }
}

/** Removes the account's files, or only those with this ending. */
export async function removeFiles(folder: StorageFolder, name: string, suffix = ''): Promise<void> {
  for (const file of await filesOf(folder, name, suffix)) {
    await folder.remove(file);
  }
}

async function filesOf(folder: StorageFolder, name: string, suffix: string): Promise<string[]> {
  const all = await folder.list();
  return all.filter((file) => file.startsWith(`${name}.`) && file.endsWith(suffix));
}

/** Takes over a reading that another window left. The window that renames the file first has it. */
async function earlierReading(
  { folder, clock }: ReaderDeps,
  name: string,
  file: string,
): Promise<Reading | 'elsewhere' | undefined> {
  const now = clock.now();
  let taken: Reading | undefined;
  for (const found of await filesOf(folder, name, readingSuffix)) {
    const touchedAt = await folder.touchedAt(found);
    if (touchedAt === undefined || Math.abs(now - touchedAt) < leftAfterMs) {
      return 'elsewhere';
    }
    if (taken !== undefined) {
      await folder.remove(found);
      continue;
    }
    if (!(await folder.rename(found, file))) {
      return 'elsewhere';
    }
    const reading = parseReading((await folder.read(file)) ?? '');
    if (reading && Math.abs(now - reading.startedAt) < resumeWithinMs) {
      taken = reading;
    } else {
      await folder.remove(file);
    }
  }
  if (taken) {
    // The file is written anew, because its last line may be incomplete.
    await folder.write(file, firstLineOf(taken) + pageLineOf(taken.people, taken), notDurable);
  }
  return taken;
}

/** Did the portal fail because too much was asked for at once? Reading, unlike sending, may be repeated. */
function isTooMuch(error: unknown): boolean {
  return (
    error instanceof Bitrix24Error &&
    (error.kind === 'timeout' || error.kind === 'tooLarge' || (error.httpStatus ?? 0) >= 502) &&
    !error.is('QUERY_LIMIT_EXCEEDED')
  );
}
