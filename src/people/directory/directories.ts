import { createHash } from 'node:crypto';
import type { Event } from 'vscode';
import type { Accounts } from '../../accounts/account';
import { Bitrix24Error } from '../../bitrix24/errors';
import type { Clock } from '../../common/clock';
import type { Disposable } from '../../common/dispose';
import { Emitter } from '../../common/emitter';
import type { Log } from '../../common/log';
import type { DirectoryFolder } from './directoryFolder';
import type { ReadProgress } from './directoryReader';
import type { PeopleDirectory } from './peopleDirectory';

export interface DirectoriesDeps {
  accounts: Pick<Accounts, 'client'>;
  folder: DirectoryFolder;
  clock: Clock;
  log: Log;
}

/** How reading a portal's people ended. */
export type ReadOutcome =
  | { kind: 'read'; directory: PeopleDirectory }
  /** The application may not look people up; ids and "Me" still work. This scope would help. */
  | { kind: 'missingScope'; missingScope: 'user' }
  /** Another window is reading; its result is there at the next `open`. */
  | { kind: 'elsewhere' }
  /** What was read is kept and gone on with next time. */
  | { kind: 'cancelled' };

export interface ReadOptions {
  /** Stops the reading, also for others who wait for it. */
  signal?: AbortSignal;
  onProgress?: (progress: ReadProgress) => void;
}

const dayMs = 24 * 60 * 60 * 1000;
/** How long a portal is left alone that could not be read in the background: somebody types, and each key asks. */
const quietMs = 60 * 1000;

/** Should people that were read then be read again? Never read: yes. */
export function isStale(readAt: number | undefined, now: number): boolean {
  return readAt === undefined || now - readAt > dayMs || readAt > now;
}

/** Most windows never look for anybody. */
const engine = () => import('./directoryEngine');

interface Loaded {
  directory: PeopleDirectory;
  /** Of the file: another window may have written a newer one. */
  stamp: string;
}

interface Running {
  outcome: Promise<ReadOutcome>;
  abort: AbortController;
  listeners: Set<(progress: ReadProgress) => void>;
  progress: ReadProgress;
}

/** The people of each account's portal: read from it, kept on disk, searched in memory. */
export class Directories implements Disposable {
  readonly #deps: DirectoriesDeps;
  readonly #loaded = new Map<string, Loaded>();
  readonly #running = new Map<string, Running>();
  readonly #withoutScope = new Set<string>();
  /** When reading in the background failed, Unix ms. */
  readonly #failedAt = new Map<string, number>();
  readonly #changed = new Emitter<string>();

  /** Fires with the account's id when other people are known than before. */
  readonly onDidChange: Event<string> = this.#changed.event;

  readonly #moved = new Emitter<string>();

  /** Fires with the account's id when a reading begins, has come further, or has ended; see {@link reading}. */
  readonly onDidProgress: Event<string> = this.#moved.event;

  constructor(deps: DirectoriesDeps) {
    this.#deps = deps;
  }

  /** What is in memory; no disk, no network. */
  peek(accountId: string): PeopleDirectory | undefined {
    return this.#loaded.get(accountId)?.directory;
  }

  /** From memory, else from disk; no network. undefined: never read, or what was kept is damaged. */
  async open(accountId: string): Promise<PeopleDirectory | undefined> {
    const { folder, log } = this.#deps;
    const file = fileOf(accountId);
    const loaded = this.#loaded.get(accountId);
    const { DamagedFile, PeopleDirectory, PeopleTable } = await engine();
    try {
      const found = await folder.stamp(file);
      const stamp = found && `${found.modifiedAt} ${found.size}`;
      if (stamp === undefined || stamp === loaded?.stamp) {
        return loaded?.directory;
      }
      const bytes = await folder.read(file);
      if (!bytes) {
        return loaded?.directory;
      }
      const directory = new PeopleDirectory(new PeopleTable(bytes));
      this.#loaded.set(accountId, { directory, stamp });
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
   * For whoever is about to search: opens what is there and, when it is older than a day or missing, reads the
   * portal in the background, after a failure at most once a minute; {@link onDidChange} tells when that is done.
   */
  async prepare(accountId: string): Promise<PeopleDirectory | undefined> {
    const directory = await this.open(accountId);
    const now = this.#deps.clock.now();
    const isQuiet = now - (this.#failedAt.get(accountId) ?? -Infinity) < quietMs;
    const mayRead = !this.#withoutScope.has(accountId) && !this.#running.has(accountId) && !isQuiet;
    if (mayRead && isStale(directory?.readAt, now)) {
      this.read(accountId).catch((error: unknown) => {
        this.#failedAt.set(accountId, this.#deps.clock.now());
        this.#deps.log.warn(`The people of the portal could not be read: ${String(error)}`);
      });
    }
    return directory;
  }

  /** How far the reading is that is under way, in this window. */
  reading(accountId: string): ReadProgress | undefined {
    return this.#running.get(accountId)?.progress;
  }

  /** Ends the reading that is under way, for the user; what was read is kept. Nothing begins anew for a minute. */
  stop(accountId: string): void {
    const running = this.#running.get(accountId);
    if (running) {
      this.#failedAt.set(accountId, this.#deps.clock.now());
      running.abort.abort();
    }
  }

  /** The scope that the last reading lacked. */
  missingScope(accountId: string): 'user' | undefined {
    return this.#withoutScope.has(accountId) ? 'user' : undefined;
  }

  /**
   * Reads everybody from the portal, or goes on where that was interrupted; joins a reading that is under way.
   * Throws Bitrix24Error and errors of the disk; what was read until then is kept.
   */
  async read(accountId: string, { signal, onProgress }: ReadOptions = {}): Promise<ReadOutcome> {
    const running = this.#running.get(accountId) ?? this.#start(accountId);
    const stop = (): void => running.abort.abort();
    if (onProgress) {
      running.listeners.add(onProgress);
    }
    if (signal?.aborted) {
      stop();
    }
    signal?.addEventListener('abort', stop, { once: true });
    try {
      return await running.outcome;
    } finally {
      signal?.removeEventListener('abort', stop);
      if (onProgress) {
        running.listeners.delete(onProgress);
      }
    }
  }

  /** With the account goes everything about its portal's people, from memory and disk. */
  async forget(accountId: string): Promise<void> {
    const running = this.#running.get(accountId);
    running?.abort.abort();
    await running?.outcome.catch(() => undefined);
    this.#loaded.delete(accountId);
    this.#withoutScope.delete(accountId);
    this.#failedAt.delete(accountId);
    const { folder } = this.#deps;
    const name = nameOf(accountId);
    for (const file of await folder.list()) {
      if (file.startsWith(`${name}.`)) {
        await folder.remove(file);
      }
    }
    this.#changed.fire(accountId);
  }

  dispose(): void {
    for (const { abort } of this.#running.values()) {
      abort.abort();
    }
    this.#loaded.clear();
    this.#changed.dispose();
    this.#moved.dispose();
  }

  #start(accountId: string): Running {
    const abort = new AbortController();
    const listeners: Running['listeners'] = new Set();
    const outcome = this.#read(accountId, abort.signal, (progress) => {
      running.progress = progress;
      listeners.forEach((listener) => listener(progress));
      this.#moved.fire(accountId);
    }).finally(() => {
      this.#running.delete(accountId);
      this.#moved.fire(accountId);
    });
    const running: Running = {
      outcome,
      abort,
      listeners,
      progress: { read: 0, total: undefined },
    };
    this.#running.set(accountId, running);
    this.#moved.fire(accountId);
    return running;
  }

  async #read(
    accountId: string,
    signal: AbortSignal,
    onProgress: (progress: ReadProgress) => void,
  ): Promise<ReadOutcome> {
    const { accounts, folder, clock, log } = this.#deps;
    const name = nameOf(accountId);
    const { buildPeopleTable, readEverybody, removeReadings } = await engine();
    try {
      const client = await accounts.client(accountId);
      const reading = await readEverybody({ client, folder, clock }, name, signal, onProgress);
      if (!reading) {
        return { kind: 'elsewhere' };
      }
      const parts = await buildPeopleTable(reading.people, reading.startedAt);
      signal.throwIfAborted();
      await folder.write(fileOf(accountId), parts);
      await removeReadings(folder, name);
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

/** A file name tells nobody which portal it is. */
function nameOf(accountId: string): string {
  return createHash('sha256').update(accountId).digest('hex').slice(0, 32);
}

function fileOf(accountId: string): string {
  return `${nameOf(accountId)}.people`;
}
