import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import { openProgramServer } from './programServer';
import type { ProgramServerDeps } from './programServer';
import type { ProgramFiles } from './script';
import {
  RegisteredWindow,
  closeToOthers,
  newSocketAddress,
  openProgramFolder,
  sweepWindows,
  writeScript,
} from './windowRegistry';

export interface ProgramWindowDeps extends Omit<ProgramServerDeps, 'address'> {
  /** See `programFolder`. */
  folder: string;
  files: ProgramFiles;
  /** Paths of the window's workspace folders. */
  workspaceFolders: readonly string[];
  /** Unix ms; 0 for a window that nobody has looked at yet. */
  focusedAt: number;
}

export interface ProgramWindow extends Disposable {
  /** Where it listens. */
  address: string;
  registered: Pick<RegisteredWindow, 'write'>;
}

/** Listens for calls of b24push, writes its script and registers, so that the program finds this window. */
export async function openProgramWindow(deps: ProgramWindowDeps): Promise<ProgramWindow> {
  const { folder, files, workspaceFolders, focusedAt } = deps;
  const owned = new DisposableStore();
  try {
    await openProgramFolder(folder);
    const address = await newSocketAddress();
    const { token } = owned.add(await openProgramServer({ ...deps, address }));
    await closeToOthers(address);
    const record = { socket: address, token, folders: workspaceFolders, focusedAt };
    const registered = new RegisteredWindow(folder, record);
    owned.add({ dispose: () => registered.remove() });
    await writeScript(folder, files);
    await registered.write();
    await sweepWindows(folder, Date.now());
    return { address, registered, dispose: () => owned.dispose() };
  } catch (error) {
    owned.dispose();
    throw error;
  }
}
