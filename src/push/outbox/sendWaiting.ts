import type { Draft } from '../draft';
import type { DraftStore } from '../draftStore';
import type { Outcome } from '../outcome';
import type { Outbox } from './outbox';
import { isEverybody, restOfRecord, unknownOfRecord } from './recordOutcome';

export interface SendWaitingDeps {
  outbox: Pick<Outbox, 'take' | 'waitsLike'>;
  drafts: Pick<DraftStore, 'accepted'>;
  /** The whole road, with its questions. `replaces`: the id of the push whose place this one takes. */
  send: (draft: Draft, options: { sendAnyway: boolean; replaces: string }) => Promise<Outcome>;
}

const sentKinds: readonly Outcome['kind'][] = ['accepted', 'partly', 'unknown'];

/**
 * Sends a push that waits, because its user said so: to those who certainly did not get it, and only when there is
 * nobody left of them to those who may have. Another one takes its place in the outbox; it stays where it was
 * when nothing was sent. undefined when another window has taken care of it.
 */
export async function sendWaiting(
  { outbox, drafts, send }: SendWaitingDeps,
  id: string,
): Promise<Outcome | undefined> {
  const claim = await outbox.take(id);
  if (!claim) {
    return undefined;
  }
  const { record } = claim;
  const rest = restOfRecord(record);
  const unknown = unknownOfRecord(record);
  const draft = rest ?? unknown ?? record.draft;
  let outcome: Outcome | undefined;
  try {
    outcome = await send(draft, { sendAnyway: !rest, replaces: id });
    if (outcome.kind === 'accepted' && isEverybody(record, record.fates.unknown)) {
      // It may have been written to departments.
      drafts.accepted(record.draft);
    }
    return outcome;
  } finally {
    const isSent = outcome && sentKinds.includes(outcome.kind);
    if (!isSent && !(await outbox.waitsLike(draft))) {
      await claim.release();
    } else if (rest && unknown) {
      await claim.releaseWithoutRest();
    } else {
      // Also when it was not sent, and the other one waits.
      await claim.settle('again');
    }
  }
}
