import { actionsOf, isWaiting, summaryOf } from './push';
import type { Push, PushAction } from './push';
import type { PushHistory } from './pushHistory';

const keptAtMost = 100;

/** Pushes that ended in this window. They can be acted on also where the history keeps no texts. */
export class EndedPushes {
  readonly #history: Pick<PushHistory, 'get'>;
  readonly #pushes = new Map<string, Push>();

  constructor(history: Pick<PushHistory, 'get'>) {
    this.#history = history;
  }

  remember(push: Push): Push {
    this.#pushes.set(push.id, push);
    const [oldest] = this.#pushes.keys();
    if (this.#pushes.size > keptAtMost && oldest !== undefined) {
      this.#pushes.delete(oldest);
    }
    return push;
  }

  /**
   * Resolves to the push in a state that allows the action; to undefined if it has been taken care of, here or in
   * another window. `claimed`: the push as it waits, if this window has claimed it.
   */
  async find(id: string, action: PushAction, claimed: Push | undefined): Promise<Push | undefined> {
    const ended = this.#pushes.get(id);
    const states = claimed
      ? // Its rest is in a draft, and this window has also offered to send the rest from where it was told.
        [claimed, ...(claimed.isRestMoved && ended ? [ended] : [])]
      : [await this.#over(id)];
    return states.find((push) => push && actionsOf(push).includes(action));
  }

  /** Notes that a later push of the same draft went to the rest of the earlier ones, from wherever it was sent. */
  restWentTo(by: Push): void {
    const { accepted, unknown } = summaryOf(by).counts;
    if (isWaiting(by) || accepted + unknown > 0) {
      for (const [id, push] of this.#pushes) {
        if (push.draft.id === by.draft.id && id !== by.id) {
          this.#pushes.set(id, { ...push, isRestMoved: true });
        }
      }
    }
  }

  /** A push that is over. One that waits and cannot be claimed is in another window's hands. */
  async #over(id: string): Promise<Push | undefined> {
    const filed = await this.#history.get(id);
    const push = this.#pushes.get(id) ?? filed;
    return push && !filed?.decision && !isWaiting(push) ? push : undefined;
  }
}
