import type { Accounts } from '../accounts/account';
import type { Bitrix24Error } from '../bitrix24/errors';
import { deleteNotifications } from '../bitrix24/notification';
import type { PortalClient } from '../bitrix24/portalClient';
import { batchSize } from '../bitrix24/restBatch';
import type { Clock } from '../common/clock';
import { isNotification } from './draft';
import { notificationTag } from './notificationTag';
import { peopleWith } from './push';
import type { Push, PushPerson } from './push';
import type { PushHistory } from './pushHistory';
import { asBitrix24Error } from './unexpectedError';

export interface DeleteNotificationDeps {
  accounts: Pick<Accounts, 'client'>;
  history: Pick<PushHistory, 'add'>;
  clock: Pick<Clock, 'now'>;
}

/** What came of taking a notification back. */
export interface DeletedNotification {
  /** People in whose bells it is not any more. */
  gone: readonly number[];
  /** People in whose bells it may still be. */
  failed: readonly number[];
  /** Why it may still be there; undefined where nobody failed. */
  error: Bitrix24Error | undefined;
}

export type DeleteNotification = (push: Push) => Promise<DeletedNotification>;

/** People in whose bells a notification is or may be, as far as its record tells. */
export function peopleWithNotification(push: Push): PushPerson[] {
  return isNotification(push.draft)
    ? peopleWith(push, 'accepted', 'unknown').filter(({ isDeleted }) => isDeleted !== true)
    : [];
}

/**
 * Deletes a notification out of all bells by the tags that it was sent with: by its id, Bitrix24 deletes out of the
 * caller's own bell only (docs/bitrix24.md, section 9). The record of the push notes whom it is gone for. Deleting what
 * is gone already does no harm, so it may be done again for people who failed. Rejects with a Bitrix24Error if the
 * account is gone; nothing was deleted then.
 */
export function createDeleteNotification(deps: DeleteNotificationDeps): DeleteNotification {
  const { accounts, history, clock } = deps;
  return async (push) => {
    const client = await accounts.client(push.draft.accountId ?? '');
    const ids = peopleWithNotification(push).map(({ id }) => id);
    const result = await deleteFor(client, push, ids);
    if (result.gone.length > 0) {
      await history.add(push.id, { t: 'deleted', at: clock.now(), from: [...result.gone] });
    }
    return result;
  };
}

async function deleteFor(
  client: PortalClient,
  { draft, host }: Push,
  ids: readonly number[],
): Promise<DeletedNotification> {
  const gone: number[] = [];
  const failed: number[] = [];
  let first: Bitrix24Error | undefined;
  for (let from = 0; from < ids.length; from += batchSize) {
    const some = ids.slice(from, from + batchSize);
    try {
      const tags = some.map((id) => notificationTag(draft.id, id));
      const errors = await deleteNotifications(client, tags);
      for (const [index, id] of some.entries()) {
        (errors[index] ? failed : gone).push(id);
        first ??= errors[index];
      }
    } catch (error) {
      // The next requests would most likely fail for the same reason.
      failed.push(...ids.slice(from));
      return { gone, failed, error: first ?? asBitrix24Error(error, 'noAnswer', host) };
    }
  }
  return { gone, failed, error: first };
}
