import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** On Windows a virus scanner or a reader may hold a file for a moment: then the system answers with one of these. */
const heldCodes = ['EPERM', 'EACCES', 'EBUSY'];
const retries = 7;
const firstPauseMs = 10;

/**
 * Writes a file, all or nothing: readers see the old content or the new one. Only the user can read it, unless `mode`
 * says otherwise. `durable`: it survives a power cut once this resolves; false is for what may be lost with the machine.
 * `signal`: rejects, with the old content in place, if it is aborted before the new one is.
 */
export async function writeAtomically(
  file: string,
  parts: readonly (string | Uint8Array)[],
  { durable = true, mode, signal }: { durable?: boolean; mode?: number; signal?: AbortSignal } = {},
): Promise<void> {
  const temporary = temporaryName(file);
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      if (mode !== undefined) {
        await handle.chmod(mode);
      }
      for (const part of parts) {
        await handle.writeFile(part);
      }
      if (durable) {
        await handle.sync();
      }
    } finally {
      await handle.close();
    }
    await retryWhileHeld(() => {
      signal?.throwIfAborted();
      return rename(temporary, file);
    });
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Does the same durably, for the moment when the process ends. */
export function writeAtomicallySync(file: string, content: string): void {
  const temporary = temporaryName(file);
  try {
    writeFileSync(temporary, content, { flag: 'wx', mode: 0o600, flush: true });
    renameSyncWhileHeld(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Repeats `work` for a good second while the system says that another program holds the file. */
export async function retryWhileHeld<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === retries || !hasCode(error, ...heldCodes)) {
        throw error;
      }
      await sleep(firstPauseMs * 2 ** attempt);
    }
  }
}

function renameSyncWhileHeld(from: string, to: string): void {
  for (let attempt = 0; ; attempt += 1) {
    try {
      renameSync(from, to);
      return;
    } catch (error) {
      if (attempt === retries || !hasCode(error, ...heldCodes)) {
        throw error;
      }
      // Blocks this thread: the process is about to end, and nobody waits for a promise then.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, firstPauseMs * 2 ** attempt);
    }
  }
}

/** Resolves to undefined where `result` rejects because there is no such file. */
export async function ifThere<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) {
      return undefined;
    }
    throw error;
  }
}

/** Returns whether an error of the system has one of these codes, such as EPERM. */
export function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some((code) => code === error.code);
}

function temporaryName(file: string): string {
  return `${file}.${randomUUID()}.tmp`;
}
