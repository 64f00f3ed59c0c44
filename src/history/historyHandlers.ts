import { historyCommands as ids } from '../common/commands';
import type { HistoryCommandId } from '../common/commands';
import type { LazyHistory } from './lazyHistory';

/** What each command of the history does with the line that it is handed. */
export function historyHandlers(
  history: Pick<LazyHistory, 'do'>,
): Record<HistoryCommandId, (line: unknown) => Promise<void>> {
  return {
    [ids.historyFind]: () => history.do((actions) => actions.find()),
    [ids.historyClear]: () => history.do((actions) => actions.clear()),
    [ids.historySendAgain]: (line) => history.do((actions) => actions.sendAgain(line)),
    [ids.historySendToRest]: (line) => history.do((actions) => actions.sendToRest(line)),
    [ids.historyCopyText]: (line) => history.do((actions) => actions.copyText(line)),
    [ids.historyCopyCurl]: (line) => history.do((actions) => actions.copyAs('curl', line)),
    [ids.historyCopyJavaScript]: (line) =>
      history.do((actions) => actions.copyAs('javascript', line)),
    [ids.historyCopyPhp]: (line) => history.do((actions) => actions.copyAs('php', line)),
    [ids.historyDelete]: (line) => history.do((actions) => actions.delete(line)),
    [ids.waitingSend]: (line) => history.do((actions) => actions.send(line)),
    [ids.waitingSendAnyway]: (line) => history.do((actions) => actions.send(line)),
    [ids.waitingMarkAsSent]: (line) => history.do((actions) => actions.markAsSent(line)),
  };
}
