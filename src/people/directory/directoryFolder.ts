import {
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { ifThere, writeAtomically } from '../../common/files';

/** The folder of the directories on disk, as a seam. Names are plain file names. */
export interface DirectoryFolder {
  list(): Promise<string[]>;
  /** undefined when there is no such file. */
  read(name: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  readText(name: string): Promise<string | undefined>;
  /** When the file was last written to and how long it is; undefined when there is no such file. */
  stamp(name: string): Promise<{ modifiedAt: number; size: number } | undefined>;
  /** Replaces the file atomically. */
  write(name: string, parts: readonly Uint8Array[]): Promise<void>;
  /** Creates or replaces a file, not atomically. */
  begin(name: string, text: string): Promise<void>;
  /** Returns false if the file does not exist any more. */
  append(name: string, text: string): Promise<boolean>;
  /** Sets the time of the last writing to the distant past. */
  age(name: string): Promise<void>;
  /** Returns false if the file does not exist any more. */
  rename(name: string, to: string): Promise<boolean>;
  remove(name: string): Promise<void>;
}

/** A folder on the machine that this extension host runs on; created when it is first written to. */
export function directoryFolder(folder: string): DirectoryFolder {
  const at = (name: string): string => path.join(folder, name);
  const make = () => mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    list: async () => (await ifThere(readdir(folder))) ?? [],
    read: (name) => ifThere(readWhole(at(name))),
    readText: (name) => ifThere(readFile(at(name), 'utf8')),
    stamp: async (name) => {
      const found = await ifThere(stat(at(name)));
      return found && { modifiedAt: found.mtimeMs, size: found.size };
    },
    write: async (name, parts) => {
      await make();
      await writeAtomically(at(name), parts);
    },
    begin: async (name, text) => {
      await make();
      await writeFile(at(name), text, { mode: 0o600 });
    },
    append: async (name, text) => {
      // The file is not created again, because the account may have been removed.
      const file = await ifThere(open(at(name), 'r+'));
      try {
        const { size } = (await file?.stat()) ?? { size: 0 };
        await file?.write(text, size);
      } finally {
        await file?.close();
      }
      return file !== undefined;
    },
    age: async (name) => {
      await ifThere(utimes(at(name), 0, 0));
    },
    rename: async (name, to) => (await ifThere(rename(at(name), at(to)).then(() => true))) ?? false,
    remove: (name) => rm(at(name), { force: true }),
  };
}

/** Reads a file with one call, because readFile reads large files in many small parts. */
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
