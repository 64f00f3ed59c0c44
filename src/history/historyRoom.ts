/** The history's lines and what they offer; loaded when somebody looks. */
import type { Disposable } from '../common/dispose';
import { HistoryCommands } from './historyCommands';
import type { HistoryCommandsDeps } from './historyCommands';
import { HistoryView } from './historyView';
import type { HistoryViewDeps } from './historyView';

export type HistoryDeps = Omit<HistoryCommandsDeps, 'view'> &
  HistoryViewDeps & {
    history: HistoryCommandsDeps['history'] & HistoryViewDeps['history'];
    outbox: HistoryCommandsDeps['outbox'] & HistoryViewDeps['outbox'];
  };

export interface HistoryRoom extends Disposable {
  view: Pick<HistoryView, 'getChildren' | 'getTreeItem'>;
  actions: HistoryCommands;
}

export function openHistory(deps: HistoryDeps): HistoryRoom {
  const view = new HistoryView(deps);
  return { view, actions: new HistoryCommands({ ...deps, view }), dispose: () => view.dispose() };
}
