import { EventEmitter, window } from 'vscode';
import type { TreeDataProvider, TreeItem, TreeView } from 'vscode';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import { lazy } from '../common/lazy';
import type { HistoryRoom } from './historyRoom';
import type { HistoryCommands } from './historyCommands';
import type { HistoryNode } from './historyTree';

export interface LazyHistoryDeps {
  /** Of the view in the manifest. */
  id: string;
  /** Called when somebody first looks. */
  open: (tree: TreeView<HistoryNode>, changed: () => void) => Promise<HistoryRoom>;
}

/** Stands where VS Code looks for the history, and fetches the rest when somebody looks. */
export class LazyHistory implements TreeDataProvider<HistoryNode>, Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new EventEmitter<undefined>());
  readonly #tree: TreeView<HistoryNode>;
  readonly #room: () => Promise<HistoryRoom>;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(deps: LazyHistoryDeps) {
    this.#tree = this.#owned.add(
      window.createTreeView(deps.id, { treeDataProvider: this, showCollapseAll: true }),
    );
    this.#room = lazy(async () =>
      this.#owned.add(await deps.open(this.#tree, () => this.#changed.fire(undefined))),
    );
  }

  async getChildren(node?: HistoryNode): Promise<HistoryNode[]> {
    return await (await this.#room()).view.getChildren(node);
  }

  async getTreeItem(node: HistoryNode): Promise<TreeItem> {
    return (await this.#room()).view.getTreeItem(node);
  }

  async do(work: (actions: HistoryCommands) => Promise<void>): Promise<void> {
    await work((await this.#room()).actions);
  }

  dispose(): void {
    this.#owned.dispose();
  }
}
