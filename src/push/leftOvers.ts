import { Bitrix24Error } from '../bitrix24/errors';
import { restOf } from './draftStore';
import type { DraftStore } from './draftStore';
import type { Outcome } from './outcome';
import type { SendAndTell } from './sendAndTell';

/** Tells of pushes whose answer an earlier window did not live to hear. Sends nothing by itself. */
export async function tellLeftOvers(
  drafts: Pick<DraftStore, 'ready' | 'leftOver'>,
  sender: Pick<SendAndTell, 'tell'>,
): Promise<void> {
  await drafts.ready;
  for (const push of drafts.leftOver) {
    const { draft, host, progress, at } = push;
    const error = new Bitrix24Error({
      kind: 'reset',
      phase: 'noAnswer',
      code: 'INTERRUPTED',
      description: 'The window was closed before the portal answered.',
      host,
    });
    const outcome: Outcome = progress
      ? {
          kind: 'partly',
          accepted: progress.accepted,
          refused: [],
          notSent: restOf(push),
          unknown: progress.wire,
          error,
          at,
          host,
        }
      : { kind: 'unknown', error };
    await sender.tell(outcome, draft, 'palette');
  }
}
