import type { Push, PushOrigin, ToldThing } from '../push/push';

/** Where a notice comes from. */
export type NoticeOrigin = Extract<
  PushOrigin,
  'task' | 'terminal' | 'debug' | 'program' | 'agent' | 'tool'
>;

/**
 * How the thing ended, or that it waits. `ended`: with code 0 or without a code, which is no proof of success;
 * `stopped`: by an error of its own, e.g. of an agent's service; `waits`: for an answer of its user; `said`: nothing
 * ended, the words are the notice.
 */
export type NoticeResult = 'ended' | 'failed' | 'stopped' | 'waits' | 'said';

/** Something that happened, and that its user may want to hear of on the phone. */
export interface NewNotice {
  origin: NoticeOrigin;
  result: NoticeResult;
  /** Unix ms when it happened; now if it is absent. */
  at?: number | undefined;
  /** The task, command, program or agent, in a few words: never its output, environment or arguments. */
  name: string;
  /** The program's exit code, where it is known and not 0. */
  exitCode?: number | undefined;
  /** How long it took, ms; absent where nobody saw its start. */
  durationMs?: number | undefined;
  /** Takes the place of the setting for how long a thing must take, ms. */
  minimumMs?: number | undefined;
  /** Name of the folder or project. */
  folder?: string | undefined;
  /** What a program says, a text of the user's own rule, or, where that is switched on, a command line or last words. */
  words?: string | undefined;
  /** Its user asked to hear of this one: it is sent whether they are away or not, and however short it was. */
  isAskedFor?: boolean | undefined;
  /** Two notices with the same key within a few minutes are one: two callers tell of one event. */
  key?: string | undefined;
  /**
   * The conversation or program that it belongs to. A later notice of the same thread, or {@link Reach.goesOn}, says that
   * one that `waits` has been answered.
   */
  thread?: string | undefined;
  /** The program or agent that sent it, by its own word; shown in the history. */
  askedBy?: string | undefined;
}

/** A notice as it lies on disk. */
export interface Notice extends NewNotice {
  /** Sorts by time. */
  id: string;
  at: number;
}

/**
 * Why a notice was not sent at once. `gathering`: others may follow within seconds; `notAway`: its user has not been
 * away for long enough; `paused`, `quietHours`, `cap` (too many pushes this hour); `desktopApp`: Bitrix24 would swallow
 * it; `noAnswerYet`: the question may be answered at once; `trouble`: the push could not be made, e.g. no network.
 */
export type HoldReason =
  | 'gathering'
  | 'notAway'
  | 'paused'
  | 'quietHours'
  | 'cap'
  | 'desktopApp'
  | 'noAnswerYet'
  | 'trouble';

/**
 * Why a notice is over without a push. `cameBack`: its user is at the window; `answered`: it does not wait any more;
 * `discarded`: by its user; `shown`: told in a window, because the one that had it ended.
 */
export type OverReason = 'cameBack' | 'answered' | 'discarded' | 'shown';

/** A notice with what became of it so far. */
export type KeptNotice =
  | { notice: Notice; state: 'held'; why: HoldReason; until?: number | undefined }
  | { notice: Notice; state: 'over'; why: OverReason; at: number };

/** How a notice ended: in a push, alone or with others, or without one. */
export type NoticeEnd = { kind: 'push'; push: Push } | { kind: 'over'; why: OverReason };

export type Taken =
  /** There is no standing yes: nothing is kept, and nothing will be sent. */
  | { kind: 'off' }
  /** Nothing is kept: its user is at the window and did not ask for it, it was short, or its event was told already. */
  | { kind: 'notDue' }
  /** The notice is on disk. `end` resolves when it is over, and never rejects. */
  | { kind: 'kept'; id: string; end: Promise<NoticeEnd> };

/** Everything that happens goes through this to its user's phone. `src/automation/reach.ts` is the only one. */
export interface Reach {
  /** Takes a notice. On disk when it resolves with `kept`. Rejects if the disk does not take it. */
  take(notice: NewNotice): Promise<Taken>;
  /** The thread goes on: what it waited for was answered. */
  goesOn(thread: string): Promise<void>;
}

/** Turns a notice into its line of a push's record. */
export function toldThing(
  { at, origin }: Notice,
  text: string,
  held: HoldReason | undefined,
): ToldThing {
  return { at, origin, text, held };
}
