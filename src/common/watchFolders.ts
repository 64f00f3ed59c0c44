import { mkdirSync, watch } from 'node:fs';
import type { FSWatcher } from 'node:fs';
import type { Disposable } from './dispose';
import type { Log } from './log';

/** Several changes come at once: a file is written, renamed and touched. */
const settledMs = 100;

/**
 * Calls back soon after files of these folders have changed, by this process or another one. The system tells of
 * changes, so nothing runs while there are none. A folder that cannot be watched is logged.
 */
export function watchFolders(
  folders: readonly string[],
  changed: () => void,
  log: Log,
): Disposable {
  let timer: NodeJS.Timeout | undefined;
  const watchers: FSWatcher[] = [];
  const fail = (error: unknown) => log.warn(`A folder cannot be watched: ${String(error)}`);
  for (const folder of folders) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const watcher = watch(folder, { persistent: false }, () => {
        timer ??= setTimeout(() => {
          timer = undefined;
          changed();
        }, settledMs);
      });
      watchers.push(watcher.on('error', fail));
    } catch (error) {
      fail(error);
    }
  }
  return {
    dispose: () => {
      clearTimeout(timer);
      watchers.forEach((watcher) => watcher.close());
    },
  };
}
