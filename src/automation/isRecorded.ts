import type { StorageFolder } from '../common/storageFolder';
import { filesOf, shortDraftId } from '../push/pushFileName';
import type { HistoryKeep, PushHistory } from '../push/pushHistory';

export interface IsRecordedDeps {
  /** The folder of the pushes that are not over, and of the marks of those that went out. */
  outbox: Pick<StorageFolder, 'list'>;
  history: Pick<PushHistory, 'list'>;
  keep: () => HistoryKeep;
}

/**
 * Tells whether a push of this draft was ever recorded. undefined where no trace is no proof, because the history keeps
 * nothing.
 */
export function createIsRecorded({ outbox, history, keep }: IsRecordedDeps) {
  return async (draftId: string): Promise<boolean | undefined> => {
    // First, since a push goes from there to the history.
    const names = filesOf(await outbox.list());
    if (names.some(({ draft }) => draft === shortDraftId(draftId))) {
      return true;
    }
    if ((await history.list()).some(({ draft }) => draft.id === draftId)) {
      return true;
    }
    return keep() === 'none' ? undefined : false;
  };
}
