import type { Clock } from '../common/clock';
import type { Log } from '../common/log';
import type { Draft } from '../push/draft';
import type { DraftStore } from '../push/draftStore';
import { actionsOf } from '../push/push';
import type { PushAction, PushOrigin } from '../push/push';
import type { PushService, SendResult } from '../push/pushService';
import type { SendWithProgress, TellResult } from '../push/sendWithProgress';
import { notSent } from '../push/recordWriter';
import type { ScheduleStore } from './scheduleStore';
import type { ScheduledPush } from './scheduledPush';

/** A time that the user has chosen. */
export interface ChosenTime {
  /** Unix ms. */
  at: number;
  zone: string;
}

/** Asks for a time; undefined when cancelled. `before`: the time until now, of a push that gets another one. */
export type AskTime = (before?: ChosenTime) => Promise<ChosenTime | undefined>;

export interface SendLaterDeps {
  askTime: AskTime;
  service: Pick<PushService, 'prepare'>;
  /** Does what the user chooses about an earlier push that is in the way. */
  sender: Pick<SendWithProgress, 'act'>;
  store: Pick<ScheduleStore, 'add'>;
  drafts: Pick<DraftStore, 'replace' | 'flush'>;
  /** Tells why a draft cannot be scheduled. */
  tell: TellResult;
  tellScheduled: (push: ScheduledPush) => void;
  clock: Pick<Clock, 'now'>;
  log: Log;
}

/** The one way to send later. All that is asked before a push is sent is asked here, while its user is there. */
export class SendLater {
  readonly #deps: SendLaterDeps;

  constructor(deps: SendLaterDeps) {
    this.#deps = deps;
  }

  /** Asks when this draft shall be sent and whether it shall, and keeps it until then. Never sends. */
  async ask(draft: Draft, origin: PushOrigin): Promise<'scheduled' | 'cancelled'> {
    const { askTime, service, store, drafts, tellScheduled, clock, log } = this.#deps;
    const time = await askTime();
    if (!time) {
      return 'cancelled';
    }
    const result = await service.prepare(draft, { origin, at: time.at });
    if (result.kind !== 'agreed') {
      await this.#tell(result, draft, origin);
      return 'cancelled';
    }
    if (time.at <= clock.now()) {
      // The questions took longer than until then: nothing is sent that the user still thought about.
      return await this.ask(draft, origin);
    }
    const { account, people } = result;
    let push: ScheduledPush;
    try {
      push = await store.add({
        ...{ draft: result.draft, host: account.host, origin, ...time },
        agreed: { by: account.userName, people },
      });
    } catch (error) {
      log.error(`A push could not be scheduled: ${String(error)}`);
      await this.#tell(
        { kind: 'failed', error: notSent('STORAGE_FAILED', account.host, error) },
        draft,
        origin,
      );
      return 'cancelled';
    }
    // It is in the schedule now, unless it has been edited since.
    if (drafts.replace(draft, undefined)) {
      await drafts.flush().catch((error: unknown) => log.warn(`Drafts: ${String(error)}`));
    }
    tellScheduled(push);
    return 'scheduled';
  }

  async #tell(result: SendResult, draft: Draft, origin: PushOrigin): Promise<void> {
    const { tell, sender } = this.#deps;
    const push = 'push' in result ? result.push : undefined;
    await tell(result, {
      ...{ account: undefined, draft, push },
      actions: push ? actionsOf(push) : ['retry'],
      act: async (action: PushAction) => {
        if (push) {
          await sender.act(push, action);
        } else {
          await this.ask(draft, origin);
        }
      },
    });
  }
}
