import { EventEmitter, window } from 'vscode';
import type { TreeDataProvider, TreeItem, TreeView } from 'vscode';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import type { HistoryRoom } from './historyRoom';
import type { HistoryCommands } from './historyCommands';
import type { HistoryNode } from './historyTree';

export interface LazyHistoryDeps {
  /** Of the view in the manifest. */
  id: string;
  /** Called at most once. */
  open: (tree: TreeView<HistoryNode>, changed: () => void) => Promise<HistoryRoom>;
}

/** Stands where VS Code looks for the history, and fetches the rest when somebody looks. */
export class LazyHistory implements TreeDataProvider<HistoryNode>, Disposable {
  readonly #deps: LazyHistoryDeps;
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new EventEmitter<undefined>());
  readonly #tree: TreeView<HistoryNode>;
  #room: Promise<HistoryRoom> | undefined;

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(deps: LazyHistoryDeps) {
    this.#deps = deps;
    this.#tree = this.#owned.add(
      window.createTreeView(deps.id, { treeDataProvider: this, showCollapseAll: true }),
    );
  }

  async getChildren(node?: HistoryNode): Promise<HistoryNode[]> {
    return await (await this.#open()).view.getChildren(node);
  }

  async getTreeItem(node: HistoryNode): Promise<TreeItem> {
    return (await this.#open()).view.getTreeItem(node);
  }

  async do(work: (actions: HistoryCommands) => Promise<void>): Promise<void> {
    await work((await this.#open()).actions);
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #open(): Promise<HistoryRoom> {
    this.#room ??= this.#deps
      .open(this.#tree, () => this.#changed.fire(undefined))
      .then((room) => this.#owned.add(room));
    return this.#room;
  }
}
