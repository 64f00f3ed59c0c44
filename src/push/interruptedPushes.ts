import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';
import { summaryOf } from './push';
import type { PushService } from './pushService';
import type { PushStore } from './pushStore';
import type { SendWithProgress } from './sendWithProgress';
import type { WaitingPushes } from './waitingPushes';

export interface InterruptedPushesDeps {
  service: Pick<PushService, 'recover'>;
  store: Pick<PushStore, 'othersAreSending'>;
  sender: Pick<SendWithProgress, 'tell'>;
  waiting: Pick<WaitingPushes, 'told'>;
  log: Log;
  /** When to look again while another window is sending, ms. */
  againMs?: number;
}

/** Tells of pushes whose answer an earlier window did not live to hear. Sends nothing by itself. */
export class InterruptedPushes implements Disposable {
  readonly #deps: InterruptedPushesDeps;
  #telling: Promise<void> | undefined;
  #again: NodeJS.Timeout | undefined;
  #disposed = false;

  constructor(deps: InterruptedPushesDeps) {
    this.#deps = deps;
  }

  /** Never rejects. */
  tell(): Promise<void> {
    this.#telling ??= this.#tellAll()
      .catch((error: unknown) => {
        this.#deps.log.error(`Interrupted pushes could not be looked at: ${String(error)}`);
      })
      .finally(() => (this.#telling = undefined));
    return this.#telling;
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#again);
  }

  async #tellAll(): Promise<void> {
    const { service, store, sender, waiting, againMs = 15_000 } = this.#deps;
    for (const push of await service.recover()) {
      if (summaryOf(push).state !== 'accepted') {
        waiting.told([push]);
        await sender.tell({ kind: 'push', push }, push.draft, push);
      }
    }
    // A window that is closing may need a moment; whatever it does not end is interrupted, too.
    clearTimeout(this.#again);
    if ((await store.othersAreSending()) && !this.#disposed) {
      this.#again = setTimeout(() => void this.tell(), againMs);
      this.#again.unref();
    }
  }
}
