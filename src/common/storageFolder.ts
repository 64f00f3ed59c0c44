import { constants, existsSync, mkdirSync, readFileSync } from 'node:fs';
import {
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  utimes,
} from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { ifThere, retryWhileHeld, writeAtomically, writeAtomicallySync } from './files';

export interface WriteOptions {
  /** It survives a power cut once the promise resolves. False: the system decides when it reaches the disk. */
  durable?: boolean;
  /** A write of a whole file rejects if this is aborted before the file is replaced. */
  signal?: AbortSignal;
}

/**
 * A flat folder of files that all windows of the machine share. Names are plain file names. Methods that find no
 * file of a name say so by their result; they reject only when the disk fails.
 */
export type StorageFolder = ReturnType<typeof storageFolder>;

/** A storage folder on the disk of the machine that this extension host runs on. */
export function storageFolder(folder: string) {
  const pathOf = (name: string): string => path.join(folder, name);
  const list = async () => (await ifThere(readdir(folder))) ?? [];
  const remove = (name: string) => retryWhileHeld(() => rm(pathOf(name), { force: true }));
  const write = async (
    name: string,
    parts: readonly (string | Uint8Array)[],
    options?: WriteOptions,
  ) => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await writeAtomically(pathOf(name), parts, options);
  };
  return {
    /** Resolves to the names of all files; none when the folder does not exist. */
    list,
    /** Resolves to undefined when there is no such file. */
    read: (name: string) => retryWhileHeld(() => ifThere(readFile(pathOf(name), 'utf8'))),
    readBytes: (name: string) => retryWhileHeld(() => ifThere(readWhole(pathOf(name)))),
    /** Replaces the whole file or nothing of it; durable unless told otherwise. The folder is made when it is missing. */
    write: (name: string, text: string, options?: WriteOptions) => write(name, [text], options),
    /** Writes these parts one after the other, with the same guarantees as `write`. */
    writeBytes: (name: string, parts: readonly Uint8Array[], options?: WriteOptions) =>
      write(name, parts, options),
    /**
     * Adds whole lines to an existing file. Half a line that a crash left at its end is cut off first: nobody was told
     * that it had been written. Resolves to false when the file is not there, or lost this name while it was written.
     */
    append: (name: string, lines: string, options?: WriteOptions) =>
      append(pathOf(name), lines, options),
    /** Resolves to the time of the last write or touch, Unix ms; undefined when there is no such file. */
    touchedAt: async (name: string) => (await ifThere(stat(pathOf(name))))?.mtimeMs,
    /** Sets that time, to now unless told otherwise (Unix ms). */
    touch: async (name: string, at = Date.now()) => {
      await ifThere(utimes(pathOf(name), at / 1000, at / 1000));
    },
    /** Resolves to false when there is no such file. Of two windows that rename the same file, one gets true. */
    rename: async (name: string, to: string) => {
      const renamed = retryWhileHeld(() => rename(pathOf(name), pathOf(to)).then(() => true));
      return (await ifThere(renamed)) ?? false;
    },
    remove,
    /** Removes what interrupted writes left that began before this time, Unix ms. */
    removeStray: async (before: number) => {
      for (const name of await list()) {
        const found = name.endsWith('.tmp') ? await ifThere(stat(pathOf(name))) : undefined;
        if (found?.isFile() && found.mtimeMs < before) {
          await remove(name);
        }
      }
    },
    /** Does the same as `read`, for the moment when the process ends. */
    readSync: (name: string) =>
      existsSync(pathOf(name)) ? readFileSync(pathOf(name), 'utf8') : undefined,
    writeSync: (name: string, text: string) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeAtomicallySync(pathOf(name), text);
    },
  };
}

async function append(
  file: string,
  lines: string,
  { durable = true }: WriteOptions = {},
): Promise<boolean> {
  // Without O_CREAT: a window that took the file has it under another name.
  const flags = constants.O_RDWR | constants.O_APPEND;
  const handle = await retryWhileHeld(() => ifThere(open(file, flags)));
  if (!handle) {
    return false;
  }
  try {
    await cutTornLine(handle, file);
    await handle.appendFile(lines);
    if (durable) {
      await handle.datasync();
    }
    // A window that renamed the file meanwhile may have read it before these lines were there. Its inode is not
    // compared: no other window gives this name, and on Windows stat and fstat may tell different numbers.
    return (await ifThere(stat(file))) !== undefined;
  } finally {
    await handle.close();
  }
}

async function cutTornLine(handle: FileHandle, file: string): Promise<void> {
  const newline = 0x0a;
  const { size } = await handle.stat();
  const { buffer: last } = await handle.read(Buffer.alloc(1), 0, 1, Math.max(size - 1, 0));
  if (size > 0 && last[0] !== newline) {
    const { buffer: all, bytesRead } = await handle.read(Buffer.alloc(size), 0, size, 0);
    // By name: Windows does not cut a file through a handle that was opened for appending.
    await truncate(file, all.subarray(0, bytesRead).lastIndexOf(newline) + 1);
  }
}

/**
 * Reads a file in one go, where readFile reads a large one in many small steps. The bytes begin at the start of
 * their buffer, so that typed arrays can be laid over them.
 */
async function readWhole(file: string): Promise<Uint8Array<ArrayBuffer>> {
  const handle = await open(file, 'r');
  try {
    const bytes = new Uint8Array((await handle.stat()).size);
    let length = 0;
    while (length < bytes.length) {
      const { bytesRead } = await handle.read(bytes, length);
      if (bytesRead === 0) {
        break;
      }
      length += bytesRead;
    }
    return length === bytes.length ? bytes : bytes.slice(0, length);
  } finally {
    await handle.close();
  }
}
