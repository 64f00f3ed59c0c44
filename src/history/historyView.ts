import { ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState, l10n, window } from 'vscode';
import type { TreeView } from 'vscode';
import * as v from 'valibot';
import { formatNumber } from '../common/counted';
import type { Clock } from '../common/clock';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';
import { plainText } from '../common/plainText';
import type { Outbox } from '../push/outbox/outbox';
import type { PushHistory } from '../push/outbox/pushHistory';
import type { PushRecord } from '../push/outbox/pushRecord';
import { recipientName } from '../people/recipientName';
import { abilitiesOf, historyChildren, historyRoots, nodeId } from './historyTree';
import type { Fate, HistoryNode, PushLine } from './historyTree';
import { dayWords, fateWords, peopleWords, pushWords, stateWords, timeWords } from './historyWords';

export interface HistoryViewDeps {
  tree: Pick<TreeView<HistoryNode>, 'message' | 'visible' | 'selection' | 'onDidChangeVisibility'>;
  /** Makes VS Code ask for the lines again. */
  changed: () => void;
  outbox: Pick<Outbox, 'waiting' | 'onDidChange'>;
  history: Pick<PushHistory, 'list' | 'onDidChange'>;
  clock: Pick<Clock, 'now'>;
  log: Log;
}

/** What was sent and what waits, as a tree. Read from disk when it is looked at: other windows write there too. */
export class HistoryView implements Disposable {
  readonly #deps: HistoryViewDeps;
  readonly #owned = new DisposableStore();
  readonly #tree: HistoryViewDeps['tree'];
  #filter = '';
  /** Those on screen, by id. */
  readonly #pushes = new Map<string, PushLine>();

  constructor(deps: HistoryViewDeps) {
    this.#deps = deps;
    this.#tree = deps.tree;
    const refresh = (): void => this.refresh();
    this.#owned.add(deps.outbox.onDidChange(refresh));
    this.#owned.add(deps.history.onDidChange(refresh));
    this.#owned.add(this.#tree.onDidChangeVisibility(({ visible }) => visible && refresh()));
    this.#owned.add(window.onDidChangeWindowState(({ focused }) => focused && refresh()));
  }

  /** Nothing is read while nobody looks. */
  refresh(): void {
    if (this.#tree.visible) {
      this.#deps.changed();
    }
  }

  get filter(): string {
    return this.#filter;
  }

  /** Shows only pushes in which all these words are found; '' shows all. */
  set filter(words: string) {
    this.#filter = words;
    this.#deps.changed();
  }

  async getChildren(node?: HistoryNode): Promise<HistoryNode[]> {
    if (node) {
      const children = historyChildren(node);
      for (const child of children) {
        if (child.kind === 'push') {
          this.#pushes.set(child.record.id, child);
        }
      }
      return children;
    }
    this.#pushes.clear();
    const { outbox, history, log } = this.#deps;
    try {
      const [waiting, past] = await Promise.all([outbox.waiting(), history.list()]);
      const roots = historyRoots({ waiting, past, filter: this.#filter });
      this.#say(this.#message(roots.length));
      return roots;
    } catch (error) {
      log.error(`The history could not be read: ${String(error)}`);
      this.#say(l10n.t('The history could not be read. See the log for details.'));
      return [];
    }
  }

  /** What VS Code hands to a command of a line, or else the line that is selected. */
  pushOf(line: unknown): PushLine | undefined {
    const parsed = v.safeParse(pushLine, line ?? this.#tree.selection[0]);
    return parsed.success ? this.#pushes.get(parsed.output.record.id) : undefined;
  }

  getTreeItem(node: HistoryNode): TreeItem {
    const item = this.#item(node);
    item.id = nodeId(node);
    return item;
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #say(message: string): void {
    this.#tree.message = message;
  }

  #message(found: number): string {
    if (this.#filter === '') {
      return '';
    }
    return found > 0
      ? l10n.t('Showing pushes with “{0}”', plainText(this.#filter, 80))
      : l10n.t('No pushes with “{0}”', plainText(this.#filter, 80));
  }

  #item(node: HistoryNode): TreeItem {
    const { Collapsed, Expanded, None } = TreeItemCollapsibleState;
    switch (node.kind) {
      case 'waiting':
        return new TreeItem(l10n.t('Waiting'), Expanded);
      case 'day': {
        const item = new TreeItem(dayWords(node.at, this.#deps.clock.now()), Expanded);
        item.description = String(node.records.length);
        return item;
      }
      case 'push':
        return pushItem(node.record, node.waits);
      case 'fate': {
        const item = new TreeItem(fateWords(node.fate), node.record.bare ? None : Collapsed);
        item.description = String(node.count);
        item.iconPath = fateIcon(node.fate);
        return item;
      }
      case 'person': {
        const item = new TreeItem(plainText(recipientName(node), 80), None);
        item.description =
          node.code === undefined ? fateWords(node.fate) : plainText(node.code, 60);
        item.iconPath = fateIcon(node.fate);
        return item;
      }
      case 'more':
        return new TreeItem(l10n.t('{0} more', formatNumber(node.count)), None);
    }
  }
}

const pushLine = v.object({ record: v.object({ id: v.string() }) });

function pushItem(record: PushRecord, waits: boolean): TreeItem {
  const { at, bare, draft, state } = record;
  const label = bare ? stateWords(state) : plainText(draft.text, 80);
  const item = new TreeItem(label, TreeItemCollapsibleState.Collapsed);
  const about = [timeWords(at), peopleWords(record)];
  item.description = about.join(' · ');
  item.tooltip = pushWords(record);
  item.iconPath = stateIcon(record);
  item.contextValue = abilitiesOf(record, waits);
  item.accessibilityInformation = { label: [stateWords(state), label, ...about].join(', ') };
  return item;
}

function stateIcon({ state }: PushRecord): ThemeIcon {
  switch (state) {
    case 'prepared':
      return new ThemeIcon('clock');
    case 'sending':
      return new ThemeIcon('sync~spin');
    case 'partly':
      return new ThemeIcon('warning', new ThemeColor('list.warningForeground'));
    case 'accepted':
    case 'refused':
    case 'notSent':
    case 'unknown':
      return fateIcon(state);
  }
}

function fateIcon(fate: Fate): ThemeIcon {
  switch (fate) {
    case 'accepted':
      return new ThemeIcon('check');
    case 'refused':
      return new ThemeIcon('error', new ThemeColor('list.errorForeground'));
    case 'notSent':
      return new ThemeIcon('circle-slash');
    case 'unknown':
      return new ThemeIcon('question', new ThemeColor('list.warningForeground'));
  }
}
