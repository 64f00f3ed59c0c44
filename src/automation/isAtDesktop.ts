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
