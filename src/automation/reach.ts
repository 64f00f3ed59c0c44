import type { Event } from 'vscode';
import type { Account } from '../accounts/account';
import { Bitrix24Error } from '../bitrix24/errors';
import type { Clock } from '../common/clock';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import { Emitter } from '../common/emitter';
import type { Log } from '../common/log';
import { isKeptByNetwork, summaryOf } from '../push/push';
import type { Away } from './away';
import { endsByComingBack, isTold, newWaiting, verdictOf } from './dueRules';
import type { Circumstances, Gate, HeldNow, WaitingNotice } from './dueRules';
import { DesktopWatch } from './isAtDesktop';
import type { HoldReason, NewNotice, Notice, NoticeEnd, OverReason, Reach, Taken } from './notice';
import type { NoticeStore } from './noticeStore';
import { errorOf, idsOf, isAccountGone } from './noticePush';
import type { NoticePush, SentNotices } from './noticePush';
import { quietUntil } from './quietHours';
import { isShort } from './reachSettings';
import type { ReachSettings } from './reachSettings';
import type { ReachState } from './reachState';
import type { ReachTeller } from './reachTeller';
import type { StandingYes } from './standingYes';

export interface ReachDeps {
  standing: Pick<StandingYes, 'get' | 'find' | 'takeBack' | 'onDidChange'>;
  store: Pick<NoticeStore, 'add' | 'reopen' | 'hold' | 'remove' | 'end' | 'beat' | 'recover'>;
  state: Pick<
    ReachState,
    'pausedUntil' | 'pause' | 'resume' | 'reserve' | 'release' | 'isNew' | 'forget'
  >;
  push: Pick<NoticePush, 'send'>;
  away: Pick<Away, 'since' | 'onDidChange'>;
  settings: () => ReachSettings;
  /** Whether Bitrix24 would swallow a push, because the user works in its desktop app. False where it cannot be told. */
  isAtDesktop: (account: Account) => Promise<boolean>;
  /** Whether a push of this draft was recorded; undefined where the records do not tell. */
  isRecorded: (draftId: string) => Promise<boolean | undefined>;
  tell: ReachTeller;
  clock: Clock;
  log: Log;
}

interface Hold {
  waiting: WaitingNotice;
  why: HoldReason;
  until: number | undefined;
}

const minuteMs = 60_000;
const longestPauseMs = 30 * minuteMs;
/** Failures in a row, half an hour apart in all, before the user is told. */
const failuresBeforeTold = 6;

/**
 * Decides of each notice when it goes to its user's phone, holds it visibly until then, and puts what is due at the
 * same time into one push. No timer runs while nothing is held.
 */
export class PhoneReach implements Reach, Disposable {
  readonly #deps: ReachDeps;
  readonly #owned = new DisposableStore();
  readonly #changed = this.#owned.add(new Emitter<undefined>());
  /** By the notice's id, oldest first. */
  readonly #waiting = new Map<string, WaitingNotice>();
  readonly #ends = new Map<string, (end: NoticeEnd) => void>();
  #pausedUntil: number | undefined;
  #gate: Gate | undefined;
  readonly #desktop = new DesktopWatch();
  #failures = 0;
  #looking: Promise<void> | undefined;
  #isLookWanted = false;
  #timer = new AbortController();
  #recovering = new AbortController();
  #isDisposed = false;

  constructor(deps: ReachDeps) {
    this.#deps = deps;
    this.#owned.add(deps.away.onDidChange(() => this.#noticeAway()));
    this.#owned.add(deps.standing.onDidChange(() => void this.#quietly(() => this.#checkYes())));
  }

  /** Fires when {@link held} may tell something else. */
  get onDidChange(): Event<undefined> {
    return this.#changed.event;
  }

  get held(): HeldNow {
    return { pausedUntil: this.#pausedUntil, notices: [...this.#waiting.values()] };
  }

  async take(notice: NewNotice): Promise<Taken> {
    const { standing, state, store, away, settings } = this.#deps;
    if (!(await standing.get())) {
      return { kind: 'off' };
    }
    const { key, thread, isAskedFor } = notice;
    if (key !== undefined && !(await state.isNew(key))) {
      return { kind: 'notDue' };
    }
    if (thread !== undefined) {
      await this.goesOn(thread);
    }
    // The user saw what happened while they were at the window.
    const isSeen = away.since === undefined || away.since > (notice.at ?? this.#deps.clock.now());
    if (isShort(notice, settings()) || (!isAskedFor && isSeen)) {
      return { kind: 'notDue' };
    }
    const why = isAskedFor ? 'gathering' : 'notAway';
    const taken = await store.add(notice, why).catch(async (error: unknown) => {
      await (key === undefined ? undefined : this.#quietly(() => state.forget(key)));
      throw error;
    });
    const end = new Promise<NoticeEnd>((resolve) => this.#ends.set(taken.id, resolve));
    this.#wait(taken, { why });
    void this.look();
    return { kind: 'kept', id: taken.id, end };
  }

  async goesOn(thread: string): Promise<void> {
    const answered = [...this.#waiting.values()].filter(
      ({ notice }) => notice.thread === thread && notice.result === 'waits',
    );
    await this.#end(answered, 'answered');
  }

  async pause(until: number): Promise<void> {
    await this.#deps.state.pause(until);
    await this.look();
  }

  async resume(): Promise<void> {
    await this.#deps.state.resume();
    await this.look();
  }

  /** Sends one notice, or all that this window holds, whatever holds it. False if this window does not hold it. */
  async sendNow(id?: string): Promise<boolean> {
    const wanted = this.#heldAs(id);
    for (const waiting of wanted) {
      waiting.isNow = true;
    }
    await this.look();
    return wanted.length > 0;
  }

  /** False if this window does not hold it. */
  async discard(id?: string): Promise<boolean> {
    const unwanted = this.#heldAs(id);
    await this.#end(unwanted, 'discarded');
    return unwanted.length > 0;
  }

  /**
   * Takes the notices of windows that have ended. They go on here while nobody is at this window; else its user is told
   * of them once. Never rejects.
   */
  async recover(): Promise<void> {
    await this.#quietly(async () => {
      const { store } = this.#deps;
      const { left, isUndecided } = await store.recover();
      const waiting: WaitingNotice[] = [];
      const told: WaitingNotice[] = [];
      for (const { notice, draftId } of left) {
        const isRecorded = draftId !== undefined && (await this.#deps.isRecorded(draftId));
        if (isRecorded === true) {
          await store.remove([notice.id]);
        } else {
          (isRecorded === undefined ? told : waiting).push({ ...newWaiting(notice), isLeft: true });
        }
      }
      if (await this.#isTakenBack()) {
        await this.#end([...told, ...waiting], 'discarded');
        return;
      }
      waiting.forEach((one) => this.#waiting.set(one.notice.id, one));
      await this.#tellLeft(told);
      if (isUndecided && !this.#isDisposed) {
        this.#recoverLater();
      }
    });
    await this.look();
  }

  /** Looks at all that is held. Resolves when nothing can be done before time passes or something happens. */
  look(): Promise<void> {
    this.#isLookWanted = true;
    this.#looking ??= this.#lookWhileWanted().finally(() => {
      this.#looking = undefined;
      if (this.#isLookWanted && !this.#isDisposed) {
        void this.look();
      }
    });
    return this.#looking;
  }

  /** What is held stays on disk for the next window. */
  dispose(): void {
    this.#isDisposed = true;
    this.#timer.abort();
    this.#recovering.abort();
    this.#owned.dispose();
  }

  #heldAs(id: string | undefined): WaitingNotice[] {
    return [...this.#waiting.values()].filter(({ notice }) => id === undefined || notice.id === id);
  }

  #recoverLater(): void {
    this.#recovering.abort();
    this.#recovering = new AbortController();
    this.#deps.clock.sleep(minuteMs, this.#recovering.signal).then(
      () => void this.recover(),
      () => undefined,
    );
  }

  #wait(notice: Notice, more: Partial<WaitingNotice>): void {
    this.#waiting.set(notice.id, { ...newWaiting(notice), ...more });
  }

  #noticeAway(): void {
    if (this.#deps.away.since === undefined) {
      void this.#quietly(() => this.#cameBack());
    }
    if (this.#waiting.size > 0) {
      void this.look();
    }
  }

  /** Its user is at the window: nothing that happened there needs a push any more. */
  async #cameBack(): Promise<void> {
    const over = [...this.#waiting.values()].filter(endsByComingBack);
    await this.#end(
      over.filter(({ isLeft }) => !isLeft),
      'cameBack',
    );
    await this.#tellLeft(over.filter(({ isLeft }) => isLeft));
  }

  async #tellLeft(left: readonly WaitingNotice[]): Promise<void> {
    if (left.length === 0) {
      return;
    }
    const notices = left.map(({ notice }) => notice);
    await this.#end(left, 'shown');
    this.#deps.tell.left(notices, async () => {
      for (const notice of notices) {
        await this.#deps.store.reopen(notice, 'gathering');
      }
      notices.forEach((notice) => this.#wait(notice, { isNow: true }));
      await this.look();
    });
  }

  async #checkYes(): Promise<void> {
    if (this.#waiting.size > 0 && (await this.#isTakenBack())) {
      await this.discard();
    }
  }

  /** False while the keyring does not answer: what is held is not given up because of that. */
  async #isTakenBack(): Promise<boolean> {
    try {
      return (await this.#deps.standing.find()) === undefined;
    } catch (error) {
      this.#deps.log.warn(`The standing yes could not be read: ${String(error)}`);
      return false;
    }
  }

  async #end(over: readonly WaitingNotice[], why: OverReason): Promise<void> {
    if (over.length === 0) {
      return;
    }
    // At once, so that none of them goes into a push that is being made.
    const isOpen = over.filter(({ notice, isLeft }) => this.#waiting.delete(notice.id) || isLeft);
    this.#changed.fire(undefined);
    await this.#deps.store.end(
      isOpen.map(({ notice }) => notice),
      why,
    );
    isOpen.forEach(({ notice }) => this.#resolve(notice.id, { kind: 'over', why }));
  }

  #resolve(id: string, end: NoticeEnd): void {
    this.#ends.get(id)?.(end);
    this.#ends.delete(id);
  }

  async #lookWhileWanted(): Promise<void> {
    this.#timer.abort();
    let next: number | undefined;
    while (this.#isLookWanted && !this.#isDisposed) {
      this.#isLookWanted = false;
      next = undefined;
      await this.#quietly(async () => {
        next = await this.#lookOnce();
      });
    }
    const isHolding = this.#waiting.size > 0 || this.#pausedUntil !== undefined;
    if (isHolding && !this.#isDisposed) {
      this.#lookLater(next);
    }
    this.#changed.fire(undefined);
  }

  /** The clock is compared again each minute, since a machine may have slept. */
  #lookLater(at = Infinity): void {
    const { clock } = this.#deps;
    this.#timer = new AbortController();
    const ms = Math.min(Math.max(at - clock.now(), 0), minuteMs);
    clock.sleep(ms, this.#timer.signal).then(
      () => void this.look(),
      () => undefined,
    );
  }

  /** Resolves to when to look again, Unix ms. */
  async #lookOnce(): Promise<number | undefined> {
    const { state, away, settings, clock, store } = this.#deps;
    this.#pausedUntil = await state.pausedUntil();
    if (away.since === undefined) {
      await this.#cameBack();
    }
    const { awayAfterMs, quietHours } = settings();
    const now = clock.now();
    const around: Circumstances = {
      ...{ now, awayAfterMs, awaySince: away.since, gate: this.#gate },
      ...{ pausedUntil: this.#pausedUntil, quietUntil: quietUntil(now, quietHours) },
    };
    const due: WaitingNotice[] = [];
    const joining: WaitingNotice[] = [];
    const holds: Hold[] = [];
    for (const waiting of this.#waiting.values()) {
      const verdict = verdictOf(waiting, around);
      if (verdict.kind === 'due') {
        due.push(waiting);
      } else {
        holds.push({ waiting, ...verdict });
        joining.push(...(verdict.mayJoin ? [waiting] : []));
      }
    }
    if (due.length > 0) {
      await this.#send([...due, ...joining]);
      // What is left of them, and what has come meanwhile.
      this.#isLookWanted = true;
      return undefined;
    }
    await this.#noteHolds(holds);
    await store.beat();
    const times = holds.flatMap(({ until }) => until ?? []);
    return Math.min(...times, this.#pausedUntil ?? Infinity);
  }

  async #noteHolds(holds: readonly Hold[]): Promise<void> {
    const changed = holds.filter(
      ({ waiting, why, until }) => waiting.why !== why || waiting.until !== until,
    );
    for (const { waiting, why, until } of changed) {
      Object.assign(waiting, { why, until });
      waiting.toldWhy = isTold(why) ? why : waiting.toldWhy;
    }
    const noted = changed.map(({ waiting, why, until }) => ({ id: waiting.notice.id, why, until }));
    const ours = new Set(await this.#deps.store.hold(noted));
    // Another window took what this one had, because this one was stopped for minutes.
    noted.filter(({ id }) => !ours.has(id)).forEach(({ id }) => this.#waiting.delete(id));
  }

  async #send(candidates: readonly WaitingNotice[]): Promise<void> {
    const { standing, state, clock, isAtDesktop } = this.#deps;
    const yes = await standing.get();
    if (!yes) {
      if (await this.#isTakenBack()) {
        await this.#end(candidates, 'discarded');
      } else {
        this.#gate = { why: 'trouble', until: clock.now() + minuteMs };
      }
      return;
    }
    const isNow = candidates.some((one) => one.isNow);
    if (!isNow && (await this.#desktop.holds(clock.now(), () => isAtDesktop(yes.account)))) {
      this.#gate = { why: 'desktopApp', until: clock.now() + minuteMs };
      return;
    }
    const slot = await state.reserve(isNow);
    if (slot.kind === 'taken') {
      this.#gate = { why: slot.why, until: slot.until };
      return;
    }
    const sent = await this.#deps.push.send(yes, candidates, () => this.#takeOut(candidates));
    const result = sent.result ?? { kind: 'cancelled' };
    if (result.kind !== 'push') {
      await this.#quietly(() => state.release(slot.at));
    }
    this.#gate = undefined;
    // Before it got that far.
    const isStuck = sent.result !== undefined && sent.notices.length === 0;
    const stuck = candidates.filter(({ notice }) => this.#waiting.has(notice.id));
    await this.#settle({ ...sent, notices: isStuck ? stuck : sent.notices }, yes.account);
  }

  /** Returns the candidates that are still to be sent. From now on they are in the hands of a push. */
  #takeOut(candidates: readonly WaitingNotice[]): WaitingNotice[] {
    const isBack = this.#deps.away.since === undefined;
    return candidates
      .filter((one) => !(isBack && endsByComingBack(one)))
      .filter(({ notice }) => this.#waiting.delete(notice.id));
  }

  async #settle({ notices, result }: SentNotices, account: Account): Promise<void> {
    const { store, standing, tell } = this.#deps;
    if (!result || notices.length === 0) {
      return;
    }
    if (result.kind !== 'push') {
      await this.#holdForTrouble(notices, errorOf(result), account);
      return;
    }
    const { push } = result;
    this.#failures = 0;
    notices.forEach(({ notice }) => this.#resolve(notice.id, { kind: 'push', push }));
    await this.#quietly(() => store.remove(idsOf(notices)));
    const { state } = summaryOf(push);
    // What the network kept from leaving waits with the other pushes, and is offered with them.
    if (state !== 'accepted' && !isKeptByNetwork(push.error)) {
      tell.notAccepted(push);
    }
    if (isAccountGone(result)) {
      await standing.takeBack();
    }
  }

  async #holdForTrouble(
    notices: readonly WaitingNotice[],
    error = new Bitrix24Error({ kind: 'cancelled', phase: 'notSent', code: 'CANCELLED' }),
    account: Account,
  ): Promise<void> {
    const { clock, standing, tell, log } = this.#deps;
    for (const waiting of notices) {
      // With another reason than before, so that its file is renamed in any case.
      const again = { isNow: false, why: 'gathering', until: undefined } as const;
      this.#waiting.set(waiting.notice.id, { ...waiting, ...again });
    }
    this.#failures += 1;
    const pauseMs = Math.min(minuteMs * 2 ** (this.#failures - 1), longestPauseMs);
    this.#gate = { why: 'trouble', until: clock.now() + pauseMs };
    log.warn(`${notices.length} notices could not be sent and are held: ${error.code}`);
    if (error.is('NO_SUCH_ACCOUNT')) {
      await this.discard();
      await standing.takeBack();
      tell.trouble(error, 0, account);
    } else if (this.#failures === failuresBeforeTold) {
      tell.trouble(error, this.#waiting.size, account);
    }
  }

  async #quietly(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#deps.log.error(`Notices: ${String(error)}`);
    }
  }
}
