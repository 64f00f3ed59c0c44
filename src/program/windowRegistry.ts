import { randomBytes } from 'node:crypto';
import { rmSync, rmdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { binName, distrustOf, scriptPath, windowsName } from '../b24push/place';
import { formatRecord, parseRecord } from '../b24push/windowRecords';
import type { WindowRecord } from '../b24push/windowRecords';
import { ifThere, retryWhileHeld } from '../common/files';
import { processFate, thisProcess } from '../common/processIdentity';
import { storageFolder } from '../common/storageFolder';
import { shellScript, windowsScript } from './script';
import type { ProgramFiles } from './script';

/** A window of another machine or container that shares the home folder counts as ended after this time, ms. */
const forgottenAfterMs = 30 * 24 * 3_600_000;
/** macOS takes no longer path for a Unix socket, Linux four more. */
const longestSocketPath = 103;
const socketName = 's';

/** Makes the folder of the program; throws if others could have put something there. */
export async function openProgramFolder(folder: string): Promise<void> {
  await mkdir(folder, { mode: 0o700 }).catch((error: unknown) => {
    const distrust = distrustOf(folder);
    if (distrust === 'is not there') {
      throw error;
    }
  });
  const distrust = distrustOf(folder);
  if (distrust !== undefined) {
    throw new Error(`The folder for b24push ${distrust}, so the program is off.`);
  }
  for (const name of [windowsName, binName]) {
    await mkdir(path.join(folder, name), { recursive: true, mode: 0o700 });
  }
}

/** Writes the script that terminals and hooks call, if it is another one than this window's. */
export async function writeScript(folder: string, files: ProgramFiles): Promise<void> {
  const isWindows = process.platform === 'win32';
  const file = scriptPath(folder);
  const text = isWindows ? windowsScript(files) : shellScript(files);
  if ((await ifThere(readFile(file, 'utf8'))) === text) {
    return;
  }
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  await writeFile(temporary, text, { mode: 0o700, flag: 'wx' });
  await retryWhileHeld(() => rename(temporary, file));
}

/** A new address to listen at, which only this user can reach. */
export async function newSocketAddress(): Promise<string> {
  if (process.platform === 'win32') {
    return `\\\\.\\pipe\\b24push-${randomBytes(16).toString('hex')}`;
  }
  const places = [process.env['XDG_RUNTIME_DIR'], os.tmpdir(), '/tmp'];
  for (const place of places) {
    if (place && path.join(place, 'b24push-XXXXXX', socketName).length <= longestSocketPath) {
      try {
        return path.join(await mkdtemp(path.join(place, 'b24push-')), socketName);
      } catch {
        // The next place may be writable.
      }
    }
  }
  throw new Error('There is no folder for a socket.');
}

/** Keeps others from the socket even where its folder is open. */
export async function closeToOthers(socket: string): Promise<void> {
  if (process.platform !== 'win32') {
    await chmod(socket, 0o600);
  }
}

/** How this window can be called, as a file that the program reads. */
export class RegisteredWindow {
  readonly #folder: string;
  readonly #name: string;
  #record: WindowRecord;
  #writing = Promise.resolve();
  #isRemoved = false;

  constructor(folder: string, record: Omit<WindowRecord, 'process'>) {
    this.#folder = path.join(folder, windowsName);
    this.#record = { ...record, process: thisProcess() };
    this.#name = `${this.#record.process}-${randomBytes(4).toString('hex')}.json`;
  }

  /** Resolves once this and all earlier changes are written. */
  write(change: Partial<Pick<WindowRecord, 'folders' | 'focusedAt'>> = {}): Promise<void> {
    this.#record = { ...this.#record, ...change };
    this.#writing = this.#writing
      .catch(() => undefined)
      .then(async () => {
        if (!this.#isRemoved) {
          const options = { durable: false };
          await storageFolder(this.#folder).write(this.#name, formatRecord(this.#record), options);
        }
        if (this.#isRemoved) {
          this.#remove();
        }
      });
    return this.#writing;
  }

  /** At once, because a window that ends does not wait. */
  remove(): void {
    this.#isRemoved = true;
    this.#remove();
    removeSocketSync(this.#record.socket);
  }

  #remove(): void {
    rmSync(path.join(this.#folder, this.#name), { force: true });
  }
}

/** Removes what windows left behind that were killed. */
export async function sweepWindows(folder: string, now: number): Promise<void> {
  const windows = storageFolder(path.join(folder, windowsName));
  const me = thisProcess();
  for (const name of await windows.list()) {
    const isRecord = name.endsWith('.json');
    const record = isRecord ? parseRecord((await windows.read(name)) ?? '') : undefined;
    const fate = processFate(path.parse(name).name, me);
    const touchedAt = (await windows.touchedAt(name)) ?? now;
    const isOld = now - touchedAt > forgottenAfterMs;
    if (isRecord && (fate === 'ended' || (fate === 'elsewhere' && isOld))) {
      await windows.remove(name);
      if (record && fate === 'ended') {
        await removeSocket(record.socket);
      }
    }
  }
  await windows.removeStray(now - 60_000);
}

/** The socket's folder is removed only if it is empty then. */
async function removeSocket(socket: string): Promise<void> {
  if (isOurSocket(socket)) {
    await rm(socket, { force: true });
    await rmdir(path.dirname(socket)).catch(() => undefined);
  }
}

function removeSocketSync(socket: string): void {
  if (isOurSocket(socket)) {
    rmSync(socket, { force: true });
    try {
      rmdirSync(path.dirname(socket));
    } catch {
      // Node.js removes the socket of a server that it closes, and the system a whole runtime folder at its end.
    }
  }
}

const isOurSocket = (socket: string): boolean =>
  process.platform !== 'win32' &&
  path.basename(socket) === socketName &&
  path.basename(path.dirname(socket)).startsWith('b24push-');
