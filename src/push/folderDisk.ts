import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** A flat folder of small files, as a seam. Names are plain file names. */
export interface Disk {
  list(): Promise<string[]>;
  /** undefined when there is no such file. */
  read(name: string): Promise<string | undefined>;
  /** All or nothing: readers see the old content or the new one, also after a power cut. */
  write(name: string, content: string): Promise<void>;
  /** As {@link read} and {@link write}, for the moment when the process ends. */
  readSync(name: string): string | undefined;
  writeSync(name: string, content: string): void;
  rename(name: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** A folder of the machine that this extension host runs on; made when first written to. */
export function folderDisk(folder: string): Disk {
  const at = (name: string): string => path.join(folder, name);
  return {
    list: async () => (await ifThere(readdir(folder))) ?? [],
    read: (name) => ifThere(readFile(at(name), 'utf8')),
    write: async (name, content) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const temporary = at(`${name}.${randomUUID()}.tmp`);
      try {
        const file = await open(temporary, 'wx', 0o600);
        try {
          await file.writeFile(content, 'utf8');
          await file.sync();
        } finally {
          await file.close();
        }
        await renameOver(temporary, at(name));
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
    readSync: (name) => {
      try {
        return readFileSync(at(name), 'utf8');
      } catch (error) {
        if (hasCode(error, 'ENOENT')) {
          return undefined;
        }
        throw error;
      }
    },
    writeSync: (name, content) => {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const temporary = at(`${name}.${randomUUID()}.tmp`);
      writeFileSync(temporary, content, { flag: 'wx', mode: 0o600, flush: true });
      renameSync(temporary, at(name));
    },
    rename: (name, to) => rename(at(name), at(to)),
    remove: (name) => rm(at(name), { force: true }),
  };
}

/** On Windows a virus scanner or a reader may hold the old file for a moment. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let left = 5; ; left -= 1) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      if (left === 0 || !hasCode(error, 'EPERM', 'EACCES', 'EBUSY')) {
        throw error;
      }
      await setTimeout(20);
    }
  }
}

async function ifThere<T>(result: Promise<T>): Promise<T | undefined> {
  try {
    return await result;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) {
      return undefined;
    }
    throw error;
  }
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.some((code) => code === error.code);
}
