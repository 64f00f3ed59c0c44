import { answerOf } from '../../src/program/programServer';
import { openProgramWindow } from '../../src/program/programWindow';
import type { ProgramWindow, ProgramWindowDeps } from '../../src/program/programWindow';
import { silentLog } from './silentLog';

export interface TestWindow extends ProgramWindow {
  /** All requests so far, parsed. */
  requests: Record<string, unknown>[];
}

/** A window without VS Code. It answers that it has queued everything, unless told otherwise. */
export async function openCallableWindow(
  home: string,
  options: Partial<ProgramWindowDeps> & Pick<ProgramWindowDeps, 'files'>,
): Promise<TestWindow> {
  const requests: Record<string, unknown>[] = [];
  const { handle = () => Promise.resolve(answerOf('queued', 'Queued.')) } = options;
  const window = await openProgramWindow({
    ...{ folder: home, workspaceFolders: [], focusedAt: 0, log: silentLog },
    ...options,
    handle: async (line, signal) => {
      requests.push(JSON.parse(line) as Record<string, unknown>);
      return await handle(line, signal);
    },
  });
  return { ...window, requests };
}
