import { onlyTo } from '../draft';
import type { Draft } from '../draft';
import type { Outcome } from '../outcome';
import type { Outbox } from './outbox';
import { restOfRecord } from './recordOutcome';

export interface SendWaitingDeps {
  outbox: Pick<Outbox, 'take'>;
  /** The whole road, with its questions. `replaces`: the id of the push whose place this one takes. */
  send: (draft: Draft, options: { sendAnyway: boolean; replaces: string }) => Promise<Outcome>;
}

/**
 * Sends a push that waits, because its user said so: to those who certainly did not get it, and only when there is
 * nobody left of them to those who may have. Another one takes its place in the outbox; it stays where it was
 * when nothing was sent. undefined when another window has taken care of it.
 */
export async function sendWaiting(
  { outbox, send }: SendWaitingDeps,
  id: string,
): Promise<Outcome | undefined> {
  const claim = await outbox.take(id);
  if (!claim) {
    return undefined;
  }
  const { record } = claim;
  const rest = restOfRecord(record);
  const unknown = onlyTo(record.draft, record.fates.unknown);
  let outcome: Outcome | undefined;
  try {
    outcome = await send(rest ?? unknown, { sendAnyway: !rest, replaces: id });
    return outcome;
  } finally {
    if (!outcome || outcome.kind === 'cancelled' || outcome.kind === 'invalid') {
      await claim.release();
    } else if (rest && unknown.recipients.length > 0) {
      await claim.releaseWithoutRest();
    } else {
      // Also when it was not sent: then the other one waits.
      await claim.settle('again');
    }
  }
}
