import { EventEmitter, commands, window } from 'vscode';
import type { TreeDataProvider, TreeItem, TreeView } from 'vscode';
import { historyCommands as ids } from '../common/commands';
import type { HistoryCommandId } from '../common/commands';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import { lazy } from '../common/lazy';
import type { HistoryCommands } from './historyCommands';
import type { HistoryNode } from './historyTree';

export interface LazyHistoryDeps {
  /** Id of the view in the manifest. */
  id: string;
  /** Called when somebody first looks. `changed` makes VS Code ask for the lines again. */
  open: (tree: TreeView<HistoryNode>, changed: () => void) => Promise<HistoryCommands>;
}

/** The history as VS Code knows it from the start. It loads the rest when somebody looks. */
export class LazyHistory implements TreeDataProvider<HistoryNode>, Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new EventEmitter<undefined>());
  readonly #tree: TreeView<HistoryNode>;
  readonly #history: () => Promise<HistoryCommands>;
  readonly #id: string;
  /** The line above each line that was asked for, by id. */
  readonly #parents = new Map<string, HistoryNode>();

  readonly onDidChangeTreeData = this.#changed.event;

  constructor(deps: LazyHistoryDeps) {
    this.#id = deps.id;
    this.#tree = this.#owned.add(
      window.createTreeView(deps.id, { treeDataProvider: this, showCollapseAll: true }),
    );
    this.#history = lazy(async () =>
      this.#owned.add(await deps.open(this.#tree, () => this.#changed.fire(undefined))),
    );
  }

  async getChildren(node?: HistoryNode): Promise<HistoryNode[]> {
    const children = await (await this.#history()).view.getChildren(node);
    if (node) {
      children.forEach(({ id }) => this.#parents.set(id, node));
    }
    return children;
  }

  getParent({ id }: HistoryNode): HistoryNode | undefined {
    return this.#parents.get(id);
  }

  /** Brings the history forward and selects the line of a push or of a notice, if one is named. */
  async show(recordId?: string): Promise<void> {
    await commands.executeCommand(`${this.#id}.focus`);
    if (recordId === undefined) {
      return;
    }
    const { view } = await this.#history();
    view.filter = '';
    const roots = await this.getChildren();
    const lines = (await Promise.all(roots.map((root) => this.getChildren(root)))).flat();
    const line = lines.find(
      (node) => (node.kind === 'notice' ? node.kept.notice.id : node.id) === recordId,
    );
    if (line) {
      await this.#tree.reveal(line, { select: true, focus: true, expand: true });
    }
  }

  async getTreeItem(node: HistoryNode): Promise<TreeItem> {
    return (await this.#history()).view.getTreeItem(node);
  }

  /** Runs a command with the line that VS Code hands to it. */
  async run(command: HistoryCommandId, line: unknown): Promise<void> {
    await handlers[command](await this.#history(), line);
  }

  dispose(): void {
    this.#owned.dispose();
  }
}

const handlers: Record<
  HistoryCommandId,
  (history: HistoryCommands, line: unknown) => Promise<void>
> = {
  [ids.historyFind]: (history) => history.find(),
  [ids.historyClear]: (history) => history.clear(),
  [ids.historySendAgain]: (history, line) => history.sendAgain(line),
  [ids.historySendToRest]: (history, line) => history.sendToRest(line),
  [ids.historyCopyText]: (history, line) => history.copyText(line),
  [ids.historyCopyCurl]: (history, line) => history.copyAs('curl', line),
  [ids.historyCopyPowerShell]: (history, line) => history.copyAs('powershell', line),
  [ids.historyCopyJavaScript]: (history, line) => history.copyAs('javascript', line),
  [ids.historyCopyPhp]: (history, line) => history.copyAs('php', line),
  [ids.deleteNotification]: (history, line) => history.deleteNotification(line),
  [ids.historyDelete]: (history, line) => history.delete(line),
  [ids.heldSend]: (history, line) => history.sendHeld(line),
  [ids.heldDiscard]: (history, line) => history.discardHeld(line),
  [ids.scheduledSend]: (history, line) => history.sendScheduled(line),
  [ids.scheduledChangeTime]: (history, line) => history.changeScheduledTime(line),
  [ids.scheduledEdit]: (history, line) => history.editScheduled(line),
  [ids.scheduledCancel]: (history, line) => history.cancelScheduled(line),
  [ids.waitingSend]: (history, line) => history.send(line),
  [ids.waitingSendAnyway]: (history, line) => history.send(line),
  [ids.waitingMarkAsSent]: (history, line) => history.markAsSent(line),
};
