import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { ExtensionKind, env, l10n, window, workspace } from 'vscode';
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
  /** Where the window registers; the user's own folder unless told otherwise. */
  folder?: string;
}

/** What leads the program to this window. */
export interface StartedProgram extends Disposable {
  /** Variables for programs that VS Code starts outside of its terminals; none if the window cannot be called. */
  environment(): Promise<Readonly<Record<string, string>>>;
}

/** Opens this window to calls of the program b24push. Costs nothing while nobody calls. */
export function startProgram(deps: StartProgramDeps): StartedProgram {
  const owned = new DisposableStore();
  const environment = open(deps, owned).catch((error: unknown) => {
    deps.log.warn(`b24push: ${String(error)}`);
    return {};
  });
  return { environment: () => environment, dispose: () => owned.dispose() };
}

/** Resolves to the variables that lead here. */
async function open(deps: StartProgramDeps, owned: DisposableStore) {
  const { context, handle, log, folder = programFolder() } = deps;
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
  const variables = {
    ...{ B24PUSH: scriptPath(folder), B24PUSH_NODE: files.node, B24PUSH_MAIN: files.main },
    B24PUSH_IPC: address,
  };
  owned.add(showInTerminals(context, path.join(folder, binName), variables));
  return variables;
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
  { environmentVariableCollection: collection, extension }: StartProgramDeps['context'],
  bin: string,
  variables: Readonly<Record<string, string>>,
): Disposable {
  const isTerminalSide =
    extension.extensionKind === ExtensionKind.Workspace || env.remoteName === undefined;
  collection.persistent = false;
  collection.clear();
  if (!isTerminalSide) {
    return { dispose: () => undefined };
  }
  collection.description = l10n.t('b24push sends a push to your phone.');
  // Twice, because a profile of a login shell may set PATH anew.
  collection.prepend('PATH', bin + path.delimiter, {
    ...{ applyAtProcessCreation: true, applyAtShellIntegration: true },
  });
  Object.entries(variables).forEach(([name, value]) => collection.replace(name, value));
  return { dispose: () => collection.clear() };
}
