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
  /** People read. */
  read: number;
  /** People in all; undefined when the portal does not tell. */
  total: number | undefined;
}

export interface ReaderDeps {
  client: Pick<PortalClient, 'call' | 'batch'>;
  folder: DirectoryFolder;
  clock: Clock;
}

/** Fifty pages take a busy portal longer than one call; it gives up itself after a minute. */
const timeoutMs = 60_000;
/** A reading that nobody has added to for so long was left by a window that closed. */
const leftAfterMs = 90_000;
/** What was read earlier than this is not gone on with. */
const resumeWithinMs = 6 * 60 * 60 * 1000;

/**
 * Reads everybody of a portal, going on where a reading was interrupted. `name` is the beginning of the file
 * names that belong to the account; the file with what was read is left for {@link removeReadings}.
 * undefined: another window is reading. Throws Bitrix24Error and what the folder throws; 'CANCELLED' also when
 * the account was forgotten meanwhile.
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
    // Whoever reads next may go on from it, without the wait that a window's sudden end costs.
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
    // Fewer at a time where a portal takes too long for as many or says too much.
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
      // The account was forgotten meanwhile, maybe in another window.
      throw cancelled();
    }
  }
}

/** Removes what readings of the account have left. */
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

/** Takes over a reading that was left: whoever renames a file first has it. */
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
    // Written anew, because what is added goes after a last line that may be torn.
    await folder.begin(file, firstLineOf(taken) + pageLineOf(taken.people, taken));
  }
  return taken;
}

/** Reading again does no harm, unlike sending. */
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
