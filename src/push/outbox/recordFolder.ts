import { constants } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { ifThere, writeAtomically } from '../../common/files';

/** A flat folder that all windows of the machine share, as a seam. Names are plain file names. */
export interface RecordFolder {
  list(): Promise<string[]>;
  /** undefined when there is no such file. */
  read(name: string): Promise<string | undefined>;
  /** All or nothing, also after a power cut. */
  write(name: string, content: string): Promise<void>;
  /** false: the file is not there any more. `durable`: it survives a power cut once this resolves. */
  append(name: string, text: string, durable: boolean): Promise<boolean>;
  /** When the file was last touched, Unix ms; undefined when there is no such file. */
  touchedAt(name: string): Promise<number | undefined>;
  touch(name: string): Promise<void>;
  /** false: the file is not there any more. Of two who rename the same file, one gets true. */
  rename(name: string, to: string): Promise<boolean>;
  remove(name: string): Promise<void>;
}

/** A folder of the machine that this extension host runs on; made when first written to. */
export function recordFolder(folder: string): RecordFolder {
  const at = (name: string): string => path.join(folder, name);
  return {
    list: async () => (await ifThere(readdir(folder))) ?? [],
    read: (name) => ifThere(readFile(at(name), 'utf8')),
    write: async (name, content) => {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await writeAtomically(at(name), [Buffer.from(content)]);
    },
    append: async (name, text, durable) => {
      // Not made anew: whoever took it has it under another name.
      const file = await ifThere(open(at(name), constants.O_WRONLY | constants.O_APPEND));
      try {
        await file?.appendFile(text);
        if (durable) {
          await file?.datasync();
        }
      } finally {
        await file?.close();
      }
      return file !== undefined;
    },
    touchedAt: async (name) => (await ifThere(stat(at(name))))?.mtimeMs,
    touch: async (name) => {
      const now = new Date();
      await ifThere(utimes(at(name), now, now));
    },
    rename: async (name, to) => (await ifThere(rename(at(name), at(to)).then(() => true))) ?? false,
    remove: (name) => rm(at(name), { force: true }),
  };
}
