import type { Log } from '../common/log';
import type { Draft } from '../push/draft';
import type { SendResult } from '../push/pushService';
import type { SendWithProgress } from '../push/sendWithProgress';
import type { ScheduleStore, TakenScheduled } from './scheduleStore';
import type { ScheduledPush } from './scheduledPush';
import type { AskTime } from './sendLater';

/** Why a scheduled push did not become one, for the user. */
export type NotSent =
  | { kind: 'result'; result: Exclude<SendResult, { kind: 'cancelled' | 'push' }> }
  /** Its file is not as its user agreed to it, or the key that shows this is not there. */
  | { kind: 'notAgreed' };

export interface ScheduledSendsDeps {
  store: Pick<ScheduleStore, 'take'>;
  sender: Pick<SendWithProgress, 'send'>;
  askTime: AskTime;
  /** Tells why it was not sent at its time, or by hand. It stays in the schedule. */
  tellNotSent: (push: ScheduledPush, why: NotSent) => Promise<void>;
  /** Says that another window has it in hand, or that it is gone. */
  tellTakenCareOf: () => void;
  /** Brings the draft to where it can be changed. Sends nothing. */
  editDraft: (draft: Draft) => Promise<unknown>;
  log: Log;
}

/** What becomes of scheduled pushes: at their time, and when their user says so. */
export class ScheduledSends {
  readonly #deps: ScheduledSendsDeps;

  constructor(deps: ScheduledSendsDeps) {
    this.#deps = deps;
  }

  /** Sends one whose time has come. Nothing is asked: what would need an answer stays, and is told. */
  async sendDue(taken: TakenScheduled): Promise<void> {
    const { push } = taken;
    if (!(await this.#isAgreed(taken))) {
      await taken.giveBack('stays');
      await this.#deps.tellNotSent(push, { kind: 'notAgreed' });
      return;
    }
    await this.#send(taken, 'stays', { kind: 'agreed', version: push.draft.version });
  }

  /** Sends one now, with all that is asked before a push is sent. */
  async sendNow(id: string): Promise<void> {
    const taken = await this.#take(id);
    if (taken) {
      await this.#send(taken, 'before');
    }
  }

  async changeTime(id: string): Promise<void> {
    const taken = await this.#take(id);
    if (!taken) {
      return;
    }
    try {
      const { at, zone, draft } = taken.push;
      if (!(await this.#isAgreed(taken))) {
        // Another time would seal what nobody has agreed to.
        await this.#deps.editDraft(draft);
        return;
      }
      const time = await this.#deps.askTime({ at, zone });
      if (time) {
        await taken.move(time.at, time.zone);
      }
    } finally {
      await taken.giveBack('before');
    }
  }

  /** Opens its draft. It stays in the schedule as it is until the draft is sent or scheduled once more. */
  async edit(push: ScheduledPush): Promise<void> {
    await this.#deps.editDraft(push.draft);
  }

  async cancel(id: string): Promise<void> {
    await (await this.#take(id))?.remove();
  }

  async #take(id: string): Promise<TakenScheduled | undefined> {
    const taken = await this.#deps.store.take(id, 'hand');
    if (!taken) {
      this.#deps.tellTakenCareOf();
    }
    return taken;
  }

  /** Did its user agree to this push as it is now? False where that cannot be checked. */
  async #isAgreed(taken: TakenScheduled): Promise<boolean> {
    try {
      return await taken.isAgreed();
    } catch (error) {
      this.#deps.log.warn(`The seal of a scheduled push could not be looked at: ${String(error)}`);
      return false;
    }
  }

  /** `backTo`: where it goes if it does not become a push. */
  async #send(
    taken: TakenScheduled,
    backTo: 'before' | 'stays',
    consent?: { kind: 'agreed'; version: string },
  ): Promise<void> {
    const { sender, tellNotSent } = this.#deps;
    const { id, draft, origin } = taken.push;
    const result = await sender
      .send(draft, { origin, consent, scheduled: id })
      .finally(() => taken.giveBack(backTo));
    if (result.kind !== 'push' && result.kind !== 'cancelled') {
      await tellNotSent(taken.push, { kind: 'result', result });
    }
  }
}
