import { constants } from 'node:fs';
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
import { ifThere } from '../../common/fileErrors';
import { writeAtomically } from '../../common/files';

/** A flat folder that all windows of the machine share, as a seam. Names are plain file names. */
export interface RecordFolder {
  list(): Promise<string[]>;
  /** undefined when there is no such file. */
  read(name: string): Promise<string | undefined>;
  /** All or nothing, also after a power cut. */
  write(name: string, content: string): Promise<void>;
  /**
   * A line. What was cut off of the one before while it was written goes: it was never said. false: the file is not
   * there, or not under this name any more. `durable`: it survives a power cut once this resolves.
   */
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
      const file = await ifThere(open(at(name), constants.O_RDWR | constants.O_APPEND));
      if (!file) {
        return false;
      }
      try {
        await cutTornLine(file, at(name));
        await file.appendFile(text);
        if (durable) {
          await file.datasync();
        }
        // Whoever took it meanwhile may have read it before this line was there. Its number is not compared: no other
        // window gives this name, and on Windows stat and fstat may tell different ones.
        return (await ifThere(stat(at(name)))) !== undefined;
      } finally {
        await file.close();
      }
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

async function cutTornLine(file: FileHandle, name: string): Promise<void> {
  const newline = 0x0a;
  const { size } = await file.stat();
  const { buffer: last } = await file.read(Buffer.alloc(1), 0, 1, Math.max(size - 1, 0));
  if (size > 0 && last[0] !== newline) {
    const { buffer: all, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0);
    // By name: Windows lets a file that was opened for appending not be cut.
    await truncate(name, all.subarray(0, bytesRead).lastIndexOf(newline) + 1);
  }
}
