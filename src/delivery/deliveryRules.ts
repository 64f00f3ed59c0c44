import type { DeliveryFact } from '../bitrix24/presence';

/*
 * What Bitrix24 does with a push depends on the person's account, phone and presence. The rules and numbers in this
 * file are those of docs/bitrix24.md, section 8.
 */

export type DeliveryHintCode =
  | 'unknownId'
  | 'dismissed'
  | 'extranet'
  | 'neverMobile'
  | 'mobileLongAgo'
  | 'desktopOpen'
  | 'onlineInBrowser'
  /** Online, but the portal does not say on which device. */
  | 'online';

/** One thing about a person that affects a push to them. */
export interface DeliveryHint {
  code: DeliveryHintCode;
  /** True if Bitrix24 sends this person nothing. Otherwise the push may still arrive. */
  certain: boolean;
  /** Whole days since the mobile app was used; only with `mobileLongAgo`. */
  days?: number;
}

/** `never`: nothing is sent; `unlikely`: phones usually show nothing; `late`: 15 to 60 s; `none`: no effect. */
export type DeliveryWeight = 'never' | 'unlikely' | 'late' | 'none';

/** The device on which Bitrix24 considers a person present. undefined: the portal does not say. */
export type Presence =
  'phone' | 'desktop' | 'desktopIdle' | 'browser' | 'somewhere' | 'offline' | undefined;

/** Bitrix24 considers a person present for 300 s after their last action. */
const presenceMs = 300_000;
/** Bitrix24 forgets a phone whose app has not been opened for 14 days. */
const phoneKeptMs = 14 * 24 * 60 * 60 * 1000;

const dayMs = 24 * 60 * 60 * 1000;

/** The reasons against a push that is sent at `now` (Unix ms), strongest first. Empty if none is known. */
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
  } else if (mobileAt !== undefined && now - mobileAt >= phoneKeptMs) {
    add('mobileLongAgo', Math.floor((now - mobileAt) / dayMs));
  }
  const presence = presenceOf(fact, now);
  if (presence === 'desktop') {
    add('desktopOpen');
  } else if (presence === 'browser') {
    add('onlineInBrowser');
  } else if (presence === 'somewhere') {
    add('online');
  }
  if (fact.extranet) {
    add('extranet');
  }
  return hints;
}

/** Checks the devices in Bitrix24's order: the phone first, the desktop app before the browser. */
export function presenceOf(fact: DeliveryFact, now: number): Presence {
  const { mobileAt, desktopAt, activityAt } = fact;
  // A time after `now` counts too, because a portal's clock may be ahead of ours.
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

/** One thing that Bitrix24 looks at before it sends a push to a person. */
export type DeliveryRule = 'exists' | 'active' | 'mobile' | 'desktop' | 'browser' | 'extranet';

/** `certain`: the push does not arrive because of this; `unchecked`: the portal does not say. */
export type CheckResult = 'fine' | 'maybe' | 'certain' | 'unchecked';

export interface DeliveryCheck {
  rule: DeliveryRule;
  result: CheckResult;
  /** With the rules `exists`, `active` and `mobile`, if they speak against the push. */
  hint?: DeliveryHint;
  /** With the rules `desktop` and `browser`. */
  presence?: Presence;
  /** When the mobile app was last used, Unix ms; with the rule `mobile`. */
  mobileAt?: number;
}

const rules: readonly DeliveryRule[] = ['exists', 'active', 'mobile', 'desktop', 'browser'];

/**
 * Checks every rule for one person, in Bitrix24's order. After a rule with the result `certain` the others do not
 * matter and are left out. Without a fact every rule is `unchecked`.
 */
export function checksOf(fact: DeliveryFact | undefined, now: number): DeliveryCheck[] {
  if (!fact) {
    return rules.map((rule) => ({ rule, result: 'unchecked' }));
  }
  const hints = new Map(hintsOf(fact, now).map((hint) => [hint.code, hint]));
  const presence = presenceOf(fact, now);
  const { mobileAt } = fact;
  const unknown = hints.get('unknownId');
  if (unknown) {
    return [{ rule: 'exists', result: unknown.certain ? 'certain' : 'maybe', hint: unknown }];
  }
  const exists: DeliveryCheck = { rule: 'exists', result: 'fine' };
  const dismissed = hints.get('dismissed');
  if (dismissed) {
    return [exists, { rule: 'active', result: 'certain', hint: dismissed }];
  }
  const phone = hints.get('neverMobile') ?? hints.get('mobileLongAgo');
  const browser = hints.get('onlineInBrowser') ?? hints.get('online');
  return [
    exists,
    { rule: 'active', result: fact.active === undefined ? 'unchecked' : 'fine' },
    {
      rule: 'mobile',
      result: phone ? 'maybe' : mobileAt === undefined ? 'unchecked' : 'fine',
      ...(phone && { hint: phone }),
      ...(typeof mobileAt === 'number' && { mobileAt }),
    },
    {
      rule: 'desktop',
      result:
        presence === 'desktop' ? 'maybe' : fact.desktopAt === undefined ? 'unchecked' : 'fine',
      presence,
    },
    {
      rule: 'browser',
      result: browser ? 'maybe' : presence === undefined ? 'unchecked' : 'fine',
      presence,
    },
    ...(fact.extranet ? [{ rule: 'extranet', result: 'fine' } as const] : []),
  ];
}
