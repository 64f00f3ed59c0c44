import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { distrustOf, windowsName } from './place';
import { parseObject, protocolVersion } from './protocol';

/** How a window can be called: a file in the program's folder. */
export interface WindowRecord {
  /** Name of the process, by `processIdentity`. */
  process: string;
  /** Path of its Unix socket, or name of its pipe. */
  socket: string;
  token: string;
  /** Paths of its workspace folders, also by their real names where they are reached through links. */
  folders: readonly string[];
  /** Unix ms when its user was last there. */
  focusedAt: number;
}

/** undefined where the file is none of ours, or of another version. */
export function parseRecord(text: string): WindowRecord | undefined {
  const { v, process, socket, token, folders, focusedAt } = parseObject(text) ?? {};
  if (
    v !== protocolVersion ||
    typeof process !== 'string' ||
    typeof socket !== 'string' ||
    typeof token !== 'string' ||
    !Array.isArray(folders) ||
    typeof focusedAt !== 'number'
  ) {
    return undefined;
  }
  const paths: unknown[] = folders;
  const isPath = (one: unknown): one is string => typeof one === 'string' && one !== '';
  return { process, socket, token, folders: paths.filter(isPath), focusedAt };
}

export const formatRecord = (record: WindowRecord): string =>
  JSON.stringify({ v: protocolVersion, ...record });

export interface Caller {
  /** Working directory of the call. */
  cwd: string;
  /** Socket of the window that the call's terminal belongs to, by its environment. */
  socket?: string | undefined;
  /** The environment is not trusted to name the right window: an agent's daemon has that of its first terminal. */
  isHook?: boolean | undefined;
}

/**
 * Returns the windows that have registered in this folder, the right one for this caller first. Some may have ended.
 * `distrust`: why nothing in the folder is used.
 */
export function windowsFor(
  folder: string,
  caller: Caller,
): { windows: readonly WindowRecord[]; distrust?: string | undefined } {
  const distrust = distrustOf(folder);
  if (distrust !== undefined) {
    return { windows: [], distrust };
  }
  const windows = readRecords(path.join(folder, windowsName)).filter(isSafe);
  const rank = ({ socket, folders, focusedAt }: WindowRecord): [number, number, number] => {
    const isNamed = socket === caller.socket ? 1 : 0;
    const depth = Math.max(0, ...folders.map((one) => depthOf(one, caller.cwd)));
    return caller.isHook === true ? [depth, isNamed, focusedAt] : [isNamed, depth, focusedAt];
  };
  const ranked = windows.map((window) => ({ window, rank: rank(window) }));
  ranked.sort(({ rank: a }, { rank: b }) => b[0] - a[0] || b[1] - a[1] || b[2] - a[2]);
  return { windows: ranked.map(({ window }) => window) };
}

/**
 * Returns false where another user may listen at the address of a window that was killed: the folder of its socket has
 * been removed, and may be theirs by now. On Windows, pipes have no folder; there, the window's process must live.
 */
function isSafe({ socket, process: name }: WindowRecord): boolean {
  if (process.platform !== 'win32') {
    return distrustOf(path.dirname(socket)) === undefined;
  }
  try {
    return process.kill(Number.parseInt(name, 10), 0);
  } catch {
    return false;
  }
}

function readRecords(folder: string): WindowRecord[] {
  return namesIn(folder).flatMap((name) => {
    try {
      return parseRecord(readFileSync(path.join(folder, name), 'utf8')) ?? [];
    } catch {
      // Its window has just removed it.
      return [];
    }
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.json'));
  } catch {
    return [];
  }
}

/** Returns the length of the folder's path if `inner` is in it, or is it; 0 otherwise. */
function depthOf(folder: string, inner: string): number {
  const way = path.relative(folder, inner);
  const isOutside = way === '..' || way.startsWith(`..${path.sep}`) || path.isAbsolute(way);
  return isOutside ? 0 : folder.length;
}
