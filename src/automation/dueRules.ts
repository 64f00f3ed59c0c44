import type { HoldReason, Notice } from './notice';
import { gatherMs } from './reachState';

/** A notice that waits for its push, and what this window knows of it. */
export interface WaitingNotice {
  notice: Notice;
  /** Its user has been away for long enough since it came: it waits for other things now. */
  isAwayLongEnough: boolean;
  /** The pause or the quiet hours held it: it is told at their end, whether its user is away or not. */
  isForLater: boolean;
  /** Its user wants it sent now, whatever speaks against it. */
  isNow: boolean;
  /** An earlier window had it. */
  isLeft: boolean;
  /** Why it is held, as its file says. */
  why: HoldReason;
  until: number | undefined;
  /** The reason why it was held longest, for the record of its push. */
  toldWhy: HoldReason | undefined;
}

export function newWaiting(notice: Notice): WaitingNotice {
  return {
    ...{ notice, isAwayLongEnough: false, isForLater: false, isNow: false, isLeft: false },
    ...{ why: 'notAway' as const, until: undefined, toldWhy: undefined },
  };
}

/** What this window holds, for the status bar. */
export interface HeldNow {
  /** Unix ms. */
  pausedUntil: number | undefined;
  notices: readonly Pick<WaitingNotice, 'notice' | 'why' | 'until'>[];
}

export interface Circumstances {
  now: number;
  /** Since when nobody has been at the window, Unix ms; undefined while its user is there. */
  awaySince: number | undefined;
  awayAfterMs: number;
  pausedUntil: number | undefined;
  quietUntil: number | undefined;
  /** What keeps all pushes from leaving until then. */
  gate: Gate | undefined;
}

export interface Gate {
  why: Extract<HoldReason, 'gathering' | 'cap' | 'desktopApp' | 'trouble'>;
  until: number;
}

/** `mayJoin`: it goes along if another one is due. */
export type Verdict =
  { kind: 'due' } | { kind: 'held'; why: HoldReason; until: number | undefined; mayJoin: boolean };

/** A question may be answered at once: then nobody needs to hear of it. */
const graceMs = 6_000;

/** Says whether a notice is due, or why it is held. Notes what it has got past in `waiting`. */
export function verdictOf(waiting: WaitingNotice, around: Circumstances): Verdict {
  const { notice } = waiting;
  const { now, awaySince, awayAfterMs, pausedUntil, quietUntil, gate } = around;
  if (waiting.isNow) {
    return { kind: 'due' };
  }
  const isAskedFor = notice.isAskedFor === true;
  if (!isAskedFor && notice.result === 'waits' && now < notice.at + graceMs) {
    return held('noAnswerYet', notice.at + graceMs);
  }
  if (!isAskedFor && !waiting.isAwayLongEnough) {
    const until = awaySince === undefined ? undefined : awaySince + awayAfterMs;
    if (until === undefined || now < until) {
      return held('notAway', until);
    }
    waiting.isAwayLongEnough = true;
  }
  if (pausedUntil !== undefined || quietUntil !== undefined) {
    waiting.isForLater = true;
    return pausedUntil !== undefined ? held('paused', pausedUntil) : held('quietHours', quietUntil);
  }
  if (gate && now < gate.until) {
    return { ...held(gate.why, gate.until), mayJoin: true };
  }
  const gatheredAt = notice.at + gatherMs;
  return isAskedFor || waiting.isForLater || now >= gatheredAt
    ? { kind: 'due' }
    : { ...held('gathering', gatheredAt), mayJoin: true };
}

/**
 * Returns whether a notice is over once its user is back at the window. One that an earlier window had is never sent
 * late in silence: its user is told.
 */
export function endsByComingBack({ notice, isForLater, isNow, isLeft }: WaitingNotice): boolean {
  return !isNow && (isLeft || (!notice.isAskedFor && !isForLater));
}

function held(why: HoldReason, until: number | undefined): Verdict & { kind: 'held' } {
  return { kind: 'held', why, until, mayJoin: false };
}

/** A push tells why a thing came late, but not that its user had just left. */
export function isTold(why: HoldReason): boolean {
  return why !== 'notAway' && why !== 'gathering' && why !== 'noAnswerYet';
}
