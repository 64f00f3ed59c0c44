import { createHash } from 'node:crypto';
import type { Event } from 'vscode';
import type { Accounts } from '../../accounts/account';
import { Bitrix24Error } from '../../bitrix24/errors';
import type { Clock } from '../../common/clock';
import type { Disposable } from '../../common/dispose';
import { Emitter } from '../../common/emitter';
import type { Log } from '../../common/log';
import type { StorageFolder } from '../../common/storageFolder';
import { readEverybody, removeFiles, readingSuffix } from './directoryReader';
import type { ReadProgress } from './directoryReader';
import { PeopleDirectory } from './peopleDirectory';
import { DamagedFile, encodePeople } from './peopleFile';

interface DirectoriesDeps {
  accounts: Pick<Accounts, 'client'>;
  folder: StorageFolder;
  clock: Clock;
  log: Log;
}

/** How reading a portal's people ended. */
export type ReadOutcome =
  | { kind: 'read'; directory: PeopleDirectory }
  /** The application may not look people up; ids and "Me" still work. This scope would help. */
  | { kind: 'missingScope'; missingScope: 'user' }
  /** Another window is reading; `open` finds its result once it is done. */
  | { kind: 'elsewhere' }
  /** What was read is kept, and the next reading continues from there. */
  | { kind: 'cancelled' };

/** How old a directory may be before it is read again. */
const freshForMs = 24 * 60 * 60 * 1000;
/** How long nothing is read in the background after a failure, because each keystroke asks for it. */
const quietMs = 60 * 1000;

interface Running {
  outcome: Promise<ReadOutcome>;
  abort: AbortController;
  progress: ReadProgress;
}

/** Reads the people of each account's portal, keeps them on disk, and searches them in memory. */
export class Directories implements Disposable {
  readonly #deps: DirectoriesDeps;
  /** Each directory with the time when its file was written, because another window may write a newer one. */
  readonly #loaded = new Map<string, { directory: PeopleDirectory; writtenAt: number }>();
  readonly #running = new Map<string, Running>();
  readonly #withoutScope = new Set<string>();
  /** When reading in the background failed or was stopped, Unix ms. */
  readonly #failedAt = new Map<string, number>();
  readonly #changed = new Emitter<string>();
  readonly #progressed = new Emitter<string>();

  /** Fires with the account's id when its directory was replaced or forgotten. */
  readonly onDidChange: Event<string> = this.#changed.event;
  /** Fires with the account's id when a reading begins, makes progress, or ends; see {@link reading}. */
  readonly onDidProgress: Event<string> = this.#progressed.event;

  constructor(deps: DirectoriesDeps) {
    this.#deps = deps;
  }

  /** The directory that is in memory; asks neither disk nor network. */
  peek(accountId: string): PeopleDirectory | undefined {
    return this.#loaded.get(accountId)?.directory;
  }

  /** The newest directory on disk; no network. undefined if the people were never read, or the file is damaged. */
  async open(accountId: string): Promise<PeopleDirectory | undefined> {
    const { folder, log } = this.#deps;
    const file = fileOf(accountId);
    const loaded = this.#loaded.get(accountId);
    try {
      const writtenAt = await folder.touchedAt(file);
      const isNewer = writtenAt !== undefined && writtenAt !== loaded?.writtenAt;
      const bytes = isNewer ? await folder.readBytes(file) : undefined;
      if (!isNewer || !bytes) {
        return loaded?.directory;
      }
      const directory = await PeopleDirectory.open(bytes);
      this.#loaded.set(accountId, { directory, writtenAt });
      this.#changed.fire(accountId);
      return directory;
    } catch (error) {
      if (error instanceof DamagedFile) {
        log.warn(`The kept directory of people is set aside: ${error.message}`);
        await folder.rename(file, `${file}.damaged`);
      } else {
        log.warn(`The kept directory of people cannot be read: ${String(error)}`);
      }
      return loaded?.directory;
    }
  }

  /**
   * Called before a search: opens the directory and, if it is missing or older than a day, starts to read the portal
   * in the background, at most once a minute after a failure. {@link onDidChange} fires when that is done.
   */
  async prepare(accountId: string): Promise<PeopleDirectory | undefined> {
    const directory = await this.open(accountId);
    const now = this.#deps.clock.now();
    const isQuiet = now - (this.#failedAt.get(accountId) ?? -Infinity) < quietMs;
    const mayRead = !this.#withoutScope.has(accountId) && !this.#running.has(accountId) && !isQuiet;
    // A time in the future comes from a clock that was ahead.
    const ageMs = now - (directory?.readAt ?? -Infinity);
    if (mayRead && (ageMs > freshForMs || ageMs < 0)) {
      this.read(accountId).catch((error: unknown) => {
        this.#failedAt.set(accountId, this.#deps.clock.now());
        this.#deps.log.warn(`The people of the portal could not be read: ${String(error)}`);
      });
    }
    return directory;
  }

  /** The progress of the reading that this window has under way; undefined if there is none. */
  reading(accountId: string): ReadProgress | undefined {
    return this.#running.get(accountId)?.progress;
  }

  /** Ends the reading for the user. What was read is kept, and nothing is read in the background for a minute. */
  stop(accountId: string): void {
    const running = this.#running.get(accountId);
    if (running) {
      this.#failedAt.set(accountId, this.#deps.clock.now());
      running.abort.abort();
    }
  }

  /** The scope that the application lacked when the people were last read. */
  missingScope(accountId: string): 'user' | undefined {
    return this.#withoutScope.has(accountId) ? 'user' : undefined;
  }

  /**
   * Reads everybody from the portal, or continues a reading that was interrupted; joins one that is under way. Throws
   * Bitrix24Error and errors of the disk; what was read until then is kept.
   */
  async read(accountId: string): Promise<ReadOutcome> {
    const running = this.#running.get(accountId) ?? this.#start(accountId);
    return await running.outcome;
  }

  /** Deletes all that is kept about the people of an account's portal, from memory and disk. */
  async forget(accountId: string): Promise<void> {
    const running = this.#running.get(accountId);
    running?.abort.abort();
    await running?.outcome.catch(() => undefined);
    this.#loaded.delete(accountId);
    this.#withoutScope.delete(accountId);
    this.#failedAt.delete(accountId);
    await removeFiles(this.#deps.folder, nameOf(accountId));
    this.#changed.fire(accountId);
  }

  dispose(): void {
    for (const { abort } of this.#running.values()) {
      abort.abort();
    }
    this.#loaded.clear();
    this.#changed.dispose();
    this.#progressed.dispose();
  }

  #start(accountId: string): Running {
    const abort = new AbortController();
    const outcome = this.#read(accountId, abort.signal, (progress) => {
      running.progress = progress;
      this.#progressed.fire(accountId);
    }).finally(() => {
      this.#running.delete(accountId);
      this.#progressed.fire(accountId);
    });
    const running: Running = { outcome, abort, progress: { read: 0, total: undefined } };
    this.#running.set(accountId, running);
    this.#progressed.fire(accountId);
    return running;
  }

  async #read(
    accountId: string,
    signal: AbortSignal,
    onProgress: (progress: ReadProgress) => void,
  ): Promise<ReadOutcome> {
    const { accounts, folder, clock, log } = this.#deps;
    const name = nameOf(accountId);
    try {
      const client = await accounts.client(accountId);
      const reading = await readEverybody({ client, folder, clock }, name, signal, onProgress);
      if (!reading) {
        return { kind: 'elsewhere' };
      }
      const parts = await encodePeople(reading.people, reading.startedAt);
      signal.throwIfAborted();
      await folder.writeBytes(fileOf(accountId), parts);
      await removeFiles(folder, name, readingSuffix);
      await folder.remove(`${fileOf(accountId)}.damaged`);
      this.#withoutScope.delete(accountId);
      log.info(`${reading.people.length} people of the portal were read`);
      const directory = await this.open(accountId);
      return directory ? { kind: 'read', directory } : { kind: 'cancelled' };
    } catch (error) {
      if (signal.aborted || (error instanceof Bitrix24Error && error.kind === 'cancelled')) {
        return { kind: 'cancelled' };
      }
      if (error instanceof Bitrix24Error && error.is('insufficient_scope')) {
        this.#withoutScope.add(accountId);
        return { kind: 'missingScope', missingScope: 'user' };
      }
      throw error;
    }
  }
}

/** The beginning of the account's file names. It is a hash, so that nobody learns the portal from it. */
function nameOf(accountId: string): string {
  return createHash('sha256').update(accountId).digest('hex').slice(0, 32);
}

function fileOf(accountId: string): string {
  return `${nameOf(accountId)}.people`;
}
