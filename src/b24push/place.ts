import { lstatSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** Names of what stands in the program's folder. */
export const windowsName = 'windows';
export const binName = 'bin';

/**
 * Returns the folder in which windows register and in which the program stands. It is the same for all windows of the
 * user, whatever environment a hook is started with. `B24PUSH_HOME` is for tests.
 */
export function programFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env['B24PUSH_HOME'] || path.join(os.homedir(), '.bitrix24-push');
}

/** Returns the path of the script that hooks and terminals call. */
export function scriptPath(folder: string, platform: NodeJS.Platform = process.platform): string {
  return path.join(folder, binName, platform === 'win32' ? 'b24push.cmd' : 'b24push');
}

/**
 * Returns why this folder cannot be trusted, as the end of a sentence; undefined where it is the user's own and nobody
 * else can look into it. Windows keeps others out of a home folder by itself.
 */
export function distrustOf(folder: string): string | undefined {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (!found) {
    return 'is not there';
  }
  if (!found.isDirectory()) {
    return 'is a link or a file';
  }
  if (process.getuid === undefined) {
    return undefined;
  }
  if (found.uid !== process.getuid()) {
    return 'belongs to another user';
  }
  return (found.mode & 0o077) === 0 ? undefined : 'is open to other users';
}
