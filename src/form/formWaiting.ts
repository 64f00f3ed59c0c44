import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';
import type { Draft } from '../push/draft';
import type { Outbox } from '../push/outbox/outbox';
import type { PushRecord } from '../push/outbox/pushRecord';
import { isEverybody, restOfRecord, unknownOfRecord } from '../push/outbox/recordOutcome';
import { sameKey } from '../push/outbox/recordName';

/** What waits in the outbox for a decision, as last read: other windows send and decide, too. */
export class FormWaiting implements Disposable {
  readonly #outbox: Pick<Outbox, 'waiting' | 'onDidChange'>;
  readonly #log: Log;
  readonly #owned = new DisposableStore();
  #records: readonly PushRecord[] = [];
  #reads = 0;

  constructor(outbox: Pick<Outbox, 'waiting' | 'onDidChange'>, log: Log, changed: () => void) {
    this.#outbox = outbox;
    this.#log = log;
    this.#owned.add(outbox.onDidChange(() => void this.read().then(changed)));
  }

  /** Never rejects. */
  async read(): Promise<void> {
    const read = ++this.#reads;
    try {
      const records = await this.#outbox.waiting();
      if (read === this.#reads) {
        // Without an end it is being sent, perhaps by another window.
        this.#records = records.filter(({ endedAt }) => endedAt !== undefined);
      }
    } catch (error) {
      this.#log.warn(`Form: pushes that wait could not be read: ${String(error)}`);
    }
  }

  /** Of unknown fate, the newest. */
  get unknown(): PushRecord | undefined {
    return this.#records.findLast(({ counts }) => counts.unknown > 0);
  }

  has(id: string): boolean {
    return this.#records.some((record) => record.id === id);
  }

  /** The push of unknown fate that this draft would repeat. */
  unknownLike(draft: Draft): PushRecord | undefined {
    const key = sameKey(draft);
    return this.#records.findLast((record) => {
      const unknown = unknownOfRecord(record);
      const whole = isEverybody(record, record.fates.unknown) ? record.draft : unknown;
      return [unknown, whole].some((one) => one && sameKey(one) === key);
    });
  }

  /** The push that waits for the network and says the same. */
  unsentLike(draft: Draft): PushRecord | undefined {
    const key = sameKey(draft);
    return this.#records.findLast((record) => {
      const rest = record.counts.unknown === 0 ? restOfRecord(record) : undefined;
      return rest && sameKey(rest) === key;
    });
  }

  dispose(): void {
    this.#owned.dispose();
  }
}
