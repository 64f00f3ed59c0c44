import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';
import { askedDraft } from './draftFile';
import type { PendingPush } from './draftFile';
import type { DraftStore } from './draftStore';
import { followUps } from './followUp';
import type { Outbox } from './outbox/outbox';
import type { PushRecord } from './outbox/pushRecord';
import { isEverybody, outcomeOfRecord, toEverybody, unknownOfRecord } from './outbox/recordOutcome';
import type { WaitingPushes } from './outbox/waitingPushes';
import type { SendAndTell } from './sendAndTell';

export interface LeftOversDeps {
  outbox: Pick<Outbox, 'recover' | 'othersSend' | 'adopt' | 'restKept' | 'onDidMarkAsSent'>;
  drafts: Pick<DraftStore, 'ready' | 'handOver' | 'accepted' | 'partly' | 'flush'>;
  sender: Pick<SendAndTell, 'tell'>;
  waiting: Pick<WaitingPushes, 'told'>;
  log: Log;
  /** When to look again while another window is sending, ms. */
  againMs?: number;
}

/**
 * Tells of pushes whose answer an earlier window did not live to hear, and forgets drafts of those that were sent.
 * Sends nothing by itself.
 */
export class LeftOvers implements Disposable {
  readonly #deps: LeftOversDeps;
  readonly #marked: Disposable;
  #telling: Promise<void> | undefined;
  #again: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(deps: LeftOversDeps) {
    this.#deps = deps;
    this.#marked = deps.outbox.onDidMarkAsSent((record) => {
      const sent = unknownOfRecord(record);
      if (sent) {
        const isWhole = isEverybody(record, record.fates.unknown);
        deps.drafts.accepted(sent, isWhole ? record.draft : sent);
      }
    });
  }

  /** Never rejects. */
  tell(): Promise<void> {
    this.#telling ??= this.#tellAll()
      .catch((error: unknown) => {
        this.#deps.log.error(`Pushes that were left could not be looked at: ${String(error)}`);
      })
      .finally(() => (this.#telling = undefined));
    return this.#telling;
  }

  dispose(): void {
    this.#disposed = true;
    this.#marked.dispose();
    clearTimeout(this.#again);
  }

  async #tellAll(): Promise<void> {
    const { outbox, drafts } = this.#deps;
    await drafts.ready;
    const left: PushRecord[] = [];
    await drafts.handOver(async (push) => {
      const record = await outbox.adopt(oldPush(push));
      left.push(...(record ? [record] : []));
    });
    const over: PushRecord[] = [];
    left.push(...(await outbox.recover((record) => over.push(record))));
    for (const record of over) {
      await this.#tellOne(record);
    }
    for (const record of left) {
      await this.#tellOne(record, record.id);
    }
    // A window that is closing may need a moment; whatever it does not end is left, too.
    clearTimeout(this.#again);
    if ((await outbox.othersSend()) && !this.#disposed) {
      this.#again = setTimeout(() => void this.tell(), this.#deps.againMs ?? 15_000);
      this.#again.unref();
    }
  }

  /** `id`: where it waits in the outbox; one that is over is sent again from its draft. */
  async #tellOne(record: PushRecord, id?: string): Promise<void> {
    const { outbox, drafts, sender, waiting } = this.#deps;
    const outcome = outcomeOfRecord(record);
    const { draft } = record;
    if (outcome?.kind === 'accepted') {
      drafts.accepted(toEverybody(record), draft);
    } else if (outcome) {
      waiting.told([record]);
      if (outcome.kind === 'partly') {
        const left = followUps(draft, outcome);
        drafts.partly(toEverybody(record), left, draft);
        if (left.rest && left.unknown) {
          await drafts.flush();
          await outbox.restKept(record.id);
        }
      }
      await sender.tell(outcome, draft, { origin: 'palette', ...(id !== undefined && { id }) });
    }
  }
}

function oldPush(push: PendingPush): Parameters<Outbox['adopt']>[0] {
  const { draft, host, at, progress } = push;
  const asked = askedDraft(push);
  return {
    ...(asked ? { draft: asked, people: draft.recipients } : { draft }),
    ...{ host, at, accepted: progress?.accepted ?? [] },
    wire: progress?.wire ?? draft.recipients.map(({ id }) => id),
  };
}
