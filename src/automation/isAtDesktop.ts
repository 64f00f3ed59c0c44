import type { Account } from '../accounts/account';
import type { Clock } from '../common/clock';
import type { Log } from '../common/log';
import type { DeliveryHints } from '../delivery/deliveryHints';
import { presenceOf } from '../delivery/deliveryRules';

export interface IsAtDesktopDeps {
  hints: Pick<DeliveryHints, 'ask'>;
  clock: Pick<Clock, 'now'>;
  log: Log;
}

/** Bitrix24's desktop app may stay open for the whole day. */
const heldAtMostMs = 30 * 60_000;

/** Holds pushes while their user works in Bitrix24's desktop app, for half an hour at most. */
export class DesktopWatch {
  /** Since when they have been there, as far as this window has looked. */
  #since: number | undefined;

  async holds(now: number, isAtDesktop: () => Promise<boolean>): Promise<boolean> {
    const isOver = this.#since !== undefined && now - this.#since >= heldAtMostMs;
    if (isOver || !(await isAtDesktop())) {
      this.#since = undefined;
      return false;
    }
    this.#since ??= now;
    return true;
  }
}

/** The push does not wait for longer than this for an answer. */
const withinMs = 5_000;

/** Asks the portal whether the account's person works in Bitrix24's desktop app now. False where it does not say. */
export function createIsAtDesktop({ hints, clock, log }: IsAtDesktopDeps) {
  return async ({ id, userId }: Account): Promise<boolean> => {
    try {
      const facts = await hints.ask(id, [userId], AbortSignal.timeout(withinMs));
      const fact = facts.get(userId);
      return fact !== undefined && presenceOf(fact, clock.now()) === 'desktop';
    } catch (error) {
      log.info(`Whether the desktop app is in use could not be asked: ${String(error)}`);
      return false;
    }
  };
}
