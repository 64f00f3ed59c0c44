import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { ExtensionKind, env, window, workspace } from 'vscode';
import type { ExtensionContext } from 'vscode';
import { binName, programFolder, scriptPath } from '../b24push/place';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';
import type { HandleRequest } from './programServer';
import { openProgramWindow } from './programWindow';

export interface StartProgramDeps {
  context: Pick<ExtensionContext, 'environmentVariableCollection' | 'extension' | 'extensionUri'>;
  /** Answers a call; loads the rest of the extension. */
  handle: HandleRequest;
  log: Log;
}

/** Opens this window to calls of the program b24push. Costs nothing while nobody calls. */
export function startProgram(deps: StartProgramDeps): Disposable {
  const owned = new DisposableStore();
  void open(deps, owned).catch((error: unknown) => deps.log.warn(`b24push: ${String(error)}`));
  return owned;
}

async function open({ context, handle, log }: StartProgramDeps, owned: DisposableStore) {
  const folder = programFolder();
  const files = {
    node: process.execPath,
    main: path.join(context.extensionUri.fsPath, 'dist', 'b24push.js'),
  };
  const { address, registered } = owned.add(
    await openProgramWindow({
      ...{ folder, files, handle, log, workspaceFolders: await foldersHere() },
      focusedAt: window.state.focused ? Date.now() : 0,
    }),
  );
  const write = (change: Parameters<typeof registered.write>[0]) =>
    void registered
      .write(change)
      .catch((error: unknown) => log.warn(`b24push: this window is not found: ${String(error)}`));
  owned.add(
    window.onDidChangeWindowState(({ focused }) => focused && write({ focusedAt: Date.now() })),
  );
  owned.add(
    workspace.onDidChangeWorkspaceFolders(async () => write({ folders: await foldersHere() })),
  );
  owned.add(showInTerminals(context, { folder, address, ...files }));
}

/** The paths of the workspace's folders on this machine, with and without links. */
async function foldersHere(): Promise<string[]> {
  const paths = (workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => uri.fsPath);
  const real = await Promise.all(paths.map((one) => realpath(one).catch(() => one)));
  return [...new Set([...paths, ...real])];
}

/**
 * Lets terminals find the program and this window. The token is not in the environment, which many programs print: it
 * stands in the window's record, which only the user can read. Terminals of another machine get nothing.
 */
function showInTerminals(
  { environmentVariableCollection: variables, extension }: StartProgramDeps['context'],
  { folder, address, node, main }: Record<'folder' | 'address' | 'node' | 'main', string>,
): Disposable {
  const isTerminalSide =
    extension.extensionKind === ExtensionKind.Workspace || env.remoteName === undefined;
  variables.persistent = false;
  variables.clear();
  if (!isTerminalSide) {
    return { dispose: () => undefined };
  }
  variables.description = 'b24push sends a push to your phone.';
  // Twice, because a profile of a login shell may set PATH anew.
  variables.prepend('PATH', path.join(folder, binName) + path.delimiter, {
    ...{ applyAtProcessCreation: true, applyAtShellIntegration: true },
  });
  variables.replace('B24PUSH', scriptPath(folder));
  variables.replace('B24PUSH_NODE', node);
  variables.replace('B24PUSH_MAIN', main);
  variables.replace('B24PUSH_IPC', address);
  return { dispose: () => variables.clear() };
}
