import { EventEmitter, window } from 'vscode';
import type { TreeDataProvider, TreeItem, TreeView } from 'vscode';
import { historyCommands as ids } from '../common/commands';
import type { HistoryCommandId } from '../common/commands';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import { lazy } from '../common/lazy';
import type { HistoryCommands, OpenHistory } from './historyCommands';
import type { HistoryNode } from './historyTree';

export interface LazyHistoryDeps {
  /** Id of the view in the manifest. */
  id: string;
  /** Called when somebody first looks. `changed` makes VS Code ask for the lines again. */
  open: (tree: TreeView<HistoryNode>, changed: () => void) => Promise<OpenHistory>;
}

/** The history as VS Code knows it from the start. It loads the rest when somebody looks. */
export class LazyHistory implements TreeDataProvider<HistoryNode>, Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new EventEmitter<undefined>());
  readonly #tree: TreeView<HistoryNode>;
  readonly #history: () => Promise<OpenHistory>;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(deps: LazyHistoryDeps) {
    this.#tree = this.#owned.add(
      window.createTreeView(deps.id, { treeDataProvider: this, showCollapseAll: true }),
    );
    this.#history = lazy(async () =>
      this.#owned.add(await deps.open(this.#tree, () => this.#changed.fire(undefined))),
    );
  }

  async getChildren(node?: HistoryNode): Promise<HistoryNode[]> {
    return await (await this.#history()).view.getChildren(node);
  }

  async getTreeItem(node: HistoryNode): Promise<TreeItem> {
    return (await this.#history()).view.getTreeItem(node);
  }

  async do(work: (commands: HistoryCommands) => Promise<void>): Promise<void> {
    await work((await this.#history()).commands);
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

/** What each command of the history does with the line that VS Code hands to it. */
export function historyHandlers(
  history: Pick<LazyHistory, 'do'>,
): Record<HistoryCommandId, (line: unknown) => Promise<void>> {
  return {
    [ids.historyFind]: () => history.do((commands) => commands.find()),
    [ids.historyClear]: () => history.do((commands) => commands.clear()),
    [ids.historySendAgain]: (line) => history.do((commands) => commands.sendAgain(line)),
    [ids.historySendToRest]: (line) => history.do((commands) => commands.sendToRest(line)),
    [ids.historyCopyText]: (line) => history.do((commands) => commands.copyText(line)),
    [ids.historyCopyCurl]: (line) => history.do((commands) => commands.copyAs('curl', line)),
    [ids.historyCopyJavaScript]: (line) =>
      history.do((commands) => commands.copyAs('javascript', line)),
    [ids.historyCopyPhp]: (line) => history.do((commands) => commands.copyAs('php', line)),
    [ids.historyDelete]: (line) => history.do((commands) => commands.delete(line)),
    [ids.waitingSend]: (line) => history.do((commands) => commands.send(line)),
    [ids.waitingSendAnyway]: (line) => history.do((commands) => commands.send(line)),
    [ids.waitingMarkAsSent]: (line) => history.do((commands) => commands.markAsSent(line)),
  };
}
