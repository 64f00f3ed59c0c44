import type { DeliveryFact } from '../bitrix24/presence';

export type DeliveryHintCode =
  | 'unknownId'
  | 'dismissed'
  | 'extranet'
  | 'neverMobile'
  | 'mobileLongAgo'
  | 'desktopOpen'
  | 'onlineInBrowser'
  /** Online, and the portal does not tell us where. */
  | 'online';

/** One thing about a person that bears on a push to them. */
export interface DeliveryHint {
  code: DeliveryHintCode;
  /** A fact: Bitrix24 sends this person nothing. Otherwise the push may well arrive. */
  certain: boolean;
  /** For `mobileLongAgo`: whole days since the mobile app was used. */
  days?: number;
}

/** `never`: nothing is sent; `unlikely`: phones usually show nothing; `late`: 15 to 60 s; `none`: only worth knowing. */
export type DeliveryWeight = 'never' | 'unlikely' | 'late' | 'none';

/** Where somebody is, as Bitrix24 looks at it when a push leaves. undefined: not told. */
export type Whereabouts =
  'phone' | 'desktop' | 'desktopIdle' | 'browser' | 'somewhere' | 'offline' | undefined;

/** Bitrix24: who did something within the last 300 s is there. */
export const presenceMs = 300_000;
/** Bitrix24: phones that have not come back for 14 days are forgotten. */
export const forgottenMs = 14 * 24 * 60 * 60 * 1000;

const dayMs = 24 * 60 * 60 * 1000;

/** What speaks against a push that is sent at `now` (Unix ms), the strongest first. Empty: nothing that is known. */
export function hintsOf(fact: DeliveryFact, now: number): DeliveryHint[] {
  if (fact.unknown) {
    return [{ code: 'unknownId', certain: fact.unknown === 'certain' }];
  }
  if (fact.active === false) {
    return [{ code: 'dismissed', certain: true }];
  }
  const hints: DeliveryHint[] = [];
  const add = (code: DeliveryHintCode, days?: number): void => {
    hints.push({ code, certain: false, ...(days !== undefined && { days }) });
  };
  const { mobileAt } = fact;
  if (mobileAt === null) {
    add('neverMobile');
  } else if (mobileAt !== undefined && now - mobileAt >= forgottenMs) {
    add('mobileLongAgo', Math.floor((now - mobileAt) / dayMs));
  }
  const where = whereabouts(fact, now);
  if (where === 'desktop') {
    add('desktopOpen');
  } else if (where === 'browser') {
    add('onlineInBrowser');
  } else if (where === 'somewhere') {
    add('online');
  }
  if (fact.extranet) {
    add('extranet');
  }
  return hints;
}

/** Bitrix24 asks in this order: the phone first, the desktop app before the browser. */
export function whereabouts(fact: DeliveryFact, now: number): Whereabouts {
  const { mobileAt, desktopAt, activityAt } = fact;
  // A portal's clock may be ahead of ours.
  const isRecent = (at: number | null | undefined) =>
    typeof at === 'number' && now - at < presenceMs;
  if (isRecent(mobileAt)) {
    return 'phone';
  }
  if (isRecent(desktopAt)) {
    return fact.idle ? 'desktopIdle' : 'desktop';
  }
  const online = activityAt === undefined ? fact.online : isRecent(activityAt);
  if (online === undefined) {
    return undefined;
  }
  if (!online) {
    return 'offline';
  }
  return mobileAt === undefined || desktopAt === undefined ? 'somewhere' : 'browser';
}

export function weightOf({ code, certain }: DeliveryHint): DeliveryWeight {
  switch (code) {
    case 'unknownId':
    case 'dismissed':
      return certain ? 'never' : 'unlikely';
    case 'neverMobile':
    case 'mobileLongAgo':
    case 'desktopOpen':
      return 'unlikely';
    case 'onlineInBrowser':
    case 'online':
      return 'late';
    case 'extranet':
      return 'none';
  }
}
