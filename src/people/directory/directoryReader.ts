import { randomUUID } from 'node:crypto';
import { batchSize } from '../../bitrix24/restBatch';
import { Bitrix24Error } from '../../bitrix24/errors';
import { pageSize } from '../../bitrix24/rows';
import { firstPeople, morePeople } from '../../bitrix24/peopleByPage';
import type { PeoplePages, PeoplePosition } from '../../bitrix24/peopleByPage';
import type { PortalClient } from '../../bitrix24/portalClient';
import type { Clock } from '../../common/clock';
import type { DirectoryFolder } from './directoryFolder';
import { firstLineOf, pageLineOf, parseReading } from './reading';
import type { Reading } from './reading';

export interface ReadProgress {
  /** The number of people read. */
  read: number;
  /** The number of all people; undefined if the portal does not tell it. */
  total: number | undefined;
}

export interface ReaderDeps {
  client: Pick<PortalClient, 'call' | 'batch'>;
  folder: DirectoryFolder;
  clock: Clock;
}

/** Fifty pages take a busy portal longer than one call. The portal itself gives up after a minute. */
const timeoutMs = 60_000;
/** A reading that was not written to for so long belongs to a window that has closed. */
const leftAfterMs = 90_000;
/** An interrupted reading is continued only if it began within this time. */
const resumeWithinMs = 6 * 60 * 60 * 1000;

/**
 * Reads everybody of a portal, or continues an interrupted reading. `name` is the beginning of the account's file names;
 * {@link removeReadings} removes the file with what was read. Returns undefined if another window is reading. Throws
 * Bitrix24Error and errors of the folder; the code is 'CANCELLED' also if the account was removed meanwhile.
 */
export async function readEverybody(
  { client, folder, clock }: ReaderDeps,
  name: string,
  signal: AbortSignal,
  onProgress: (progress: ReadProgress) => void,
): Promise<Reading | undefined> {
  const file = `${name}.${randomUUID()}${readingSuffix}`;
  const earlier = await earlierReading(folder, name, file, clock.now());
  if (earlier === 'elsewhere') {
    return undefined;
  }
  try {
    return await new Reader(client, folder, file, clock, signal, onProgress).read(earlier);
  } finally {
    // The next reading may continue it at once, without waiting for `leftAfterMs`.
    await folder.age(file);
  }
}

class Reader {
  readonly #client: ReaderDeps['client'];
  readonly #folder: DirectoryFolder;
  readonly #file: string;
  readonly #signal: AbortSignal;
  readonly #onProgress: (progress: ReadProgress) => void;
  readonly #clock: Clock;
  readonly #seen = new Set<number>();

  constructor(
    client: ReaderDeps['client'],
    folder: DirectoryFolder,
    file: string,
    clock: Clock,
    signal: AbortSignal,
    onProgress: (progress: ReadProgress) => void,
  ) {
    this.#client = client;
    this.#folder = folder;
    this.#file = file;
    this.#signal = signal;
    this.#onProgress = onProgress;
    this.#clock = clock;
  }

  async read(earlier: Reading | undefined): Promise<Reading> {
    const reading = earlier ?? (await this.#begin());
    earlier?.people.forEach(({ id }) => this.#seen.add(id));
    // Fewer pages at a time are asked for if a portal takes too long or its answer is too large.
    let pages = batchSize;
    while (!reading.isComplete) {
      const left = Math.ceil(((reading.total ?? Infinity) - reading.position.rows) / pageSize);
      try {
        const found = await morePeople(this.#client, reading.position, Math.min(pages, left), {
          signal: this.#signal,
          timeoutMs,
          lane: 'background',
        });
        await this.#take(reading, found);
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
    const startedAt = this.#clock.now();
    const found = await firstPeople(this.#client, { signal: this.#signal, lane: 'background' });
    const position: PeoplePosition = { after: 0, rows: 0, by: 'id' };
    const reading = { startedAt, total: found.total, people: [], position, isComplete: false };
    await this.#folder.begin(this.#file, firstLineOf(reading));
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
    const isKept = await this.#folder.append(this.#file, pageLineOf(fresh, reading));
    this.#onProgress({ read: reading.people.length, total: reading.total });
    if (!isKept) {
      // The account was removed meanwhile, maybe in another window.
      throw cancelled();
    }
  }
}

/** Removes the files of the account's readings. */
export async function removeReadings(folder: DirectoryFolder, name: string): Promise<void> {
  for (const file of await readingsOf(folder, name)) {
    await folder.remove(file);
  }
}

const readingSuffix = '.reading';

async function readingsOf(folder: DirectoryFolder, name: string): Promise<string[]> {
  return (await folder.list()).filter(
    (file) => file.startsWith(`${name}.`) && file.endsWith(readingSuffix),
  );
}

/** Takes over a reading that another window left. The window that renames the file first has it. */
async function earlierReading(
  folder: DirectoryFolder,
  name: string,
  file: string,
  now: number,
): Promise<Reading | 'elsewhere' | undefined> {
  let taken: Reading | undefined;
  for (const found of await readingsOf(folder, name)) {
    const stamp = await folder.stamp(found);
    if (stamp === undefined || Math.abs(now - stamp.modifiedAt) < leftAfterMs) {
      return 'elsewhere';
    }
    if (taken !== undefined) {
      await folder.remove(found);
      continue;
    }
    if (!(await folder.rename(found, file))) {
      return 'elsewhere';
    }
    const reading = parseReading((await folder.readText(file)) ?? '');
    if (reading && Math.abs(now - reading.startedAt) < resumeWithinMs) {
      taken = reading;
    } else {
      await folder.remove(file);
    }
  }
  if (taken) {
    // The file is written anew, because its last line may be incomplete.
    await folder.begin(file, firstLineOf(taken) + pageLineOf(taken.people, taken));
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

function cancelled(): Bitrix24Error {
  return new Bitrix24Error({ kind: 'cancelled', phase: 'notSent', code: 'CANCELLED' });
}
