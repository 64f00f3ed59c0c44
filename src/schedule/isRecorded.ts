import type { PushHistory } from '../push/pushHistory';
import type { PushStore } from '../push/pushStore';
import type { ScheduleStoreDeps } from './scheduleStore';

/** Looks for the push that a scheduled one has become: the record of a push names it. */
export function createIsRecorded(deps: {
  store: Pick<PushStore, 'open'>;
  history: Pick<PushHistory, 'list'>;
}): ScheduleStoreDeps['isRecorded'] {
  return async ({ id }) => {
    // The open ones are read first, since a push goes from them to the history.
    const open = await deps.store.open();
    return [...open, ...(await deps.history.list())].some(({ scheduled }) => scheduled === id);
  };
}
