import { atMost } from '../common/atMost';
import type { Clock } from '../common/clock';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';
import type { KeptScheduled, ScheduleStore, TakenScheduled } from './scheduleStore';
import type { ScheduledPush } from './scheduledPush';

export interface ScheduleClockDeps {
  store: Pick<ScheduleStore, 'recover' | 'list' | 'take' | 'onDidChange'>;
  /** Sends one whose time has come, without a question, and tells what came of it. It gives back what did not leave. */
  send: (taken: TakenScheduled) => Promise<void>;
  /** Tells of those whose time passed while nobody looked, so that their user decides. At least one. */
  offer: (late: readonly ScheduledPush[]) => void;
  /** Whether this window is in front. */
  isFocused: () => boolean;
  clock: Clock;
  log: Log;
}

/** A push that is later than this was not looked at in time: no window was open, or the computer slept. */
export const lateMs = 2 * 60_000;
const lookEveryMs = 60_000;
const sendsAtOnce = 4;

/**
 * Sends scheduled pushes at their time by the machine's clock, which is compared with theirs once a minute, and at
 * their moment: a timer of hours would not notice sleep or a clock that is set. It runs only while something is
 * scheduled. What comes late is offered, and never sent by itself.
 */
export class ScheduleClock implements Disposable {
  readonly #deps: ScheduleClockDeps;
  readonly #storeChanged: Disposable;
  readonly #inTurn = atMost(sendsAtOnce);
  /** Ids of late ones that this window has offered. */
  readonly #offered = new Set<string>();
  #looking: Promise<void> | undefined;
  #isAskedAgain = false;
  #wait: AbortController | undefined;
  #isDisposed = false;

  constructor(deps: ScheduleClockDeps) {
    this.#deps = deps;
    this.#storeChanged = deps.store.onDidChange(() => void this.look());
  }

  /** `isInFront`: the window has just started or come to the front. Never rejects. */
  look(isInFront = false): Promise<void> {
    if (this.#looking) {
      this.#isAskedAgain = true;
      return this.#looking;
    }
    this.#looking = this.#lookOnce(isInFront)
      .catch((error: unknown) => {
        this.#deps.log.error(`Scheduled pushes could not be looked at: ${String(error)}`);
        this.#lookAgain(lookEveryMs);
      })
      .finally(() => {
        this.#looking = undefined;
        if (this.#isAskedAgain && !this.#isDisposed) {
          this.#isAskedAgain = false;
          void this.look();
        }
      });
    return this.#looking;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#storeChanged.dispose();
    this.#wait?.abort();
  }

  async #lookOnce(isInFront: boolean): Promise<void> {
    const { store, offer, clock, isFocused } = this.#deps;
    await store.recover();
    const all = await store.list();
    const now = clock.now();
    const waiting = all.filter(({ state }) => state === 'waits').map(({ push }) => push);
    const late = waiting.filter(({ at }) => at < now - lateMs);
    for (const push of waiting.filter(({ at }) => at <= now && at >= now - lateMs)) {
      const taken = this.#isDisposed ? undefined : await store.take(push.id, 'clock');
      if (taken) {
        // Sending takes its time, and other ones come due meanwhile.
        void this.#inTurn(() => this.#send(taken));
      }
    }
    const news = late.filter(({ id }) => !this.#offered.has(id));
    if (news.length > 0 && (isInFront || isFocused())) {
      news.forEach(({ id }) => this.#offered.add(id));
      offer(news);
    }
    this.#lookAgain(untilNextMs(all, now));
  }

  async #send(taken: TakenScheduled): Promise<void> {
    try {
      await this.#deps.send(taken);
    } catch (error) {
      this.#deps.log.error(`A scheduled push could not be sent: ${String(error)}`);
      await taken.giveBack('stays').catch((failure: unknown) => {
        this.#deps.log.error(`A scheduled push could not be given back: ${String(failure)}`);
      });
    }
  }

  #lookAgain(ms: number | undefined): void {
    this.#wait?.abort();
    this.#wait = undefined;
    if (ms === undefined || this.#isDisposed) {
      return;
    }
    const wait = new AbortController();
    this.#wait = wait;
    this.#deps.clock.sleep(ms, wait.signal).then(
      () => this.look(),
      () => undefined,
    );
  }
}

/** When to look again; undefined where there is nothing to wait for. */
function untilNextMs(all: readonly KeptScheduled[], now: number): number | undefined {
  // One that a window has taken may be left by it.
  const isTaken = all.some(({ state }) => state === 'taken');
  const times = all
    .filter(({ state, push }) => state === 'waits' && push.at >= now - lateMs)
    .map(({ push }) => Math.max(push.at - now, 1));
  return times.length > 0 || isTaken ? Math.min(lookEveryMs, ...times) : undefined;
}
