import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { hasCode, ifThere } from '../common/fileErrors';
import { writeAtomically } from '../common/files';

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
  /** Removes what writes that a crash cut off have left, if it is older than this, Unix ms. */
  sweep?(before: number): Promise<void>;
}

/** A folder of the machine that this extension host runs on; made when first written to. */
export function folderDisk(folder: string): Disk {
  const at = (name: string): string => path.join(folder, name);
  return {
    list: async () => (await ifThere(readdir(folder))) ?? [],
    read: (name) => ifThere(readFile(at(name), 'utf8')),
    write: async (name, content) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeAtomically(at(name), [Buffer.from(content)]);
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
    sweep: async (before) => {
      for (const name of (await ifThere(readdir(folder))) ?? []) {
        const found = name.endsWith('.tmp') ? await ifThere(stat(at(name))) : undefined;
        if (found?.isFile() && found.mtimeMs < before) {
          await rm(at(name), { force: true });
        }
      }
    },
  };
}
