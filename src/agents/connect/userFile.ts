import {
  access,
  constants,
  lstat,
  mkdir,
  readFile,
  realpath,
  rm,
  rmdir,
  stat,
} from 'node:fs/promises';
import path from 'node:path';
import { hasCode, ifThere, writeAtomically } from '../../common/files';

/** What a file of the user has in it: undefined if there is none. */
export interface UserFile {
  text: string | undefined;
}

/** `notText`: it is no UTF-8 text; `noAccess`: it cannot be read or written; `noTarget`: a link that leads nowhere. */
export type AccessFault = 'notText' | 'noAccess' | 'noTarget';

export type WriteResult = 'written' | 'changed' | AccessFault;

/** Reads a file in full, with its byte order mark. */
export async function readUserFile(file: string): Promise<UserFile | AccessFault> {
  try {
    if (!(await ifThere(lstat(file)))) {
      return { text: undefined };
    }
    const bytes = await ifThere(readFile(file));
    return bytes ? { text: decode(bytes) } : 'noTarget';
  } catch (error) {
    return error instanceof TypeError ? 'notText' : 'noAccess';
  }
}

/**
 * Replaces the content of a file, or makes it with the folders that it needs. A link stays one, and the file keeps its
 * mode. Nothing is written if the file is not as `before` any more.
 */
export async function writeUserFile(
  file: string,
  before: string | undefined,
  after: string,
): Promise<WriteResult> {
  try {
    const target = before === undefined ? file : await realpath(file);
    if (before === undefined) {
      await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    } else {
      // Renaming would replace a file that is protected against writing.
      await access(target, constants.W_OK);
    }
    const mode = before === undefined ? undefined : (await stat(target)).mode & 0o7777;
    if (!(await isStill(file, before))) {
      return 'changed';
    }
    await writeAtomically(target, [after], mode === undefined ? {} : { mode });
    return 'written';
  } catch (error) {
    return hasCode(error, 'ENOENT') ? 'changed' : 'noAccess';
  }
}

/** Deletes a file that we made, and of the folders above it those that were made for it, as far as they are empty. */
export async function deleteUserFile(
  file: string,
  before: string,
  madeFolder: string | undefined,
): Promise<WriteResult> {
  try {
    if (!(await isStill(file, before))) {
      return 'changed';
    }
    await rm(file);
  } catch {
    return 'noAccess';
  }
  await removeEmptyFolders(path.dirname(file), madeFolder);
  return 'written';
}

/** The topmost folder that does not exist yet of those that a file needs. */
export async function missingFolder(file: string): Promise<string | undefined> {
  let missing: string | undefined;
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    if (await ifThere(stat(folder)).catch(() => true)) {
      return missing;
    }
    missing = folder;
  }
}

async function removeEmptyFolders(folder: string, topmost: string | undefined): Promise<void> {
  const isBelow = (inner: string) =>
    topmost !== undefined && (inner === topmost || inner.startsWith(topmost + path.sep));
  try {
    for (let inner = folder; isBelow(inner); inner = path.dirname(inner)) {
      await rmdir(inner);
    }
  } catch {
    // Somebody else uses it.
  }
}

async function isStill(file: string, text: string | undefined): Promise<boolean> {
  const now = await readUserFile(file);
  return typeof now === 'object' && now.text === text;
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}
