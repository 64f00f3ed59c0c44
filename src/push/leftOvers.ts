import { Bitrix24Error } from '../bitrix24/errors';
import type { DraftStore } from './draftStore';
import type { SendAndTell } from './sendAndTell';

/** Tells of pushes whose answer an earlier window did not live to hear. Sends nothing by itself. */
export async function tellLeftOvers(
  drafts: Pick<DraftStore, 'ready' | 'leftOver'>,
  sender: Pick<SendAndTell, 'tell'>,
): Promise<void> {
  await drafts.ready;
  for (const { draft, host } of drafts.leftOver) {
    const error = new Bitrix24Error({
      kind: 'reset',
      phase: 'noAnswer',
      code: 'INTERRUPTED',
      description: 'The window was closed before the portal answered.',
      host,
    });
    await sender.tell({ kind: 'unknown', error }, draft, 'palette');
  }
}
