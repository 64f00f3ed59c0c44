import { randomUUID } from 'node:crypto';
import { batchSize } from '../../bitrix24/restBatch';
import { Bitrix24Error } from '../../bitrix24/errors';
import { pageSize } from '../../bitrix24/rows';
import { firstPeople, morePeople } from '../../bitrix24/peopleByPage';
import type { PeoplePages, PeoplePosition } from '../../bitrix24/peopleByPage';
import type { PortalClient } from '../../bitrix24/portalClient';
import { cancelledError } from '../../bitrix24/abort';
import type { Clock } from '../../common/clock';
import type { StorageFolder } from '../../common/storageFolder';
import { firstLineOf, pageLineOf, parseReading } from './reading';
import type { Reading } from './reading';

export interface ReadProgress {
  /** The number of people read. */
  read: number;
  /** The number of all people; undefined if the portal does not tell it. */
  total: number | undefined;
}

interface ReaderDeps {
  client: Pick<PortalClient, 'call' | 'batch'>;
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
  try {
    return await new Reader(deps, file, signal, onProgress).read(earlier);
  } finally {
    // The next reading may continue it at once, without waiting for `leftAfterMs`.
    await deps.folder.touch(file, 0);
  }
}

class Reader {
  readonly #deps: ReaderDeps;
  readonly #file: string;
  readonly #signal: AbortSignal;
  readonly #onProgress: (progress: ReadProgress) => void;
  readonly #seen = new Set<number>();

  constructor(
    deps: ReaderDeps,
    file: string,
    signal: AbortSignal,
    onProgress: (progress: ReadProgress) => void,
  ) {
    this.#deps = deps;
    this.#file = file;
    this.#signal = signal;
    this.#onProgress = onProgress;
  }

  async read(earlier: Reading | undefined): Promise<Reading> {
    const reading = earlier ?? (await this.#begin());
    earlier?.people.forEach(({ id }) => this.#seen.add(id));
    // Fewer pages at a time are asked for if a portal takes too long or its answer is too large.
    let pages = batchSize;
    while (!reading.isComplete) {
      const left = Math.ceil(((reading.total ?? Infinity) - reading.position.rows) / pageSize);
      try {
        const options = { signal: this.#signal, timeoutMs, lane: 'background' } as const;
        const wanted = Math.min(pages, left);
        await this.#take(
          reading,
          await morePeople(this.#deps.client, reading.position, wanted, options),
        );
      } catch (error) {
        if (pages === 1 || !isTooMuch(error)) {
          throw error;
        }
        pages = Math.max(1, Math.floor(pages / 5));
      }
    }
    return reading;
  }

  async #begin(): Promise<Reading> {
    const { client, clock, folder } = this.#deps;
    const startedAt = clock.now();
    const found = await firstPeople(client, { signal: this.#signal, lane: 'background' });
    const position: PeoplePosition = { after: 0, rows: 0, by: 'id' };
    const reading = { startedAt, total: found.total, people: [], position, isComplete: false };
    await folder.write(this.#file, firstLineOf(reading), notDurable);
    await this.#take(reading, found);
    return reading;
  }

  async #take(reading: Reading, { people, next }: PeoplePages): Promise<void> {
    const fresh = people.filter(({ id }) => !this.#seen.has(id));
    for (const person of fresh) {
      this.#seen.add(person.id);
      reading.people.push(person);
    }
    reading.position = next ?? reading.position;
    reading.isComplete = next === undefined || reading.position.rows >= (reading.total ?? Infinity);
    const line = pageLineOf(fresh, reading);
    const isKept = await this.#deps.folder.append(this.#file, line, notDurable);
    this.#onProgress({ read: reading.people.length, total: reading.total });
    if (!isKept) {
      // The account was removed meanwhile, maybe in another window.
      throw cancelledError();
    }
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
