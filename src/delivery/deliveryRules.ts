import type { DeliveryFact } from '../bitrix24/presence';

/*
 * Bitrix24 delivers or drops a push by the person's account, phone and presence. The rules and numbers in this
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

/** `not`: nothing is sent, or phones usually show nothing; `late`: 15 to 60 s; `none`: no effect. */
export type DeliveryWeight = 'not' | 'late' | 'none';

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
  const presence = presenceOf(fact, now);
  const codes: DeliveryHintCode[] = [];
  const phone = phoneHint(fact, now);
  if (presence === 'desktop') {
    codes.push('desktopOpen');
  } else if (presence === 'browser') {
    codes.push('onlineInBrowser');
  } else if (presence === 'somewhere') {
    codes.push('online');
  }
  if (fact.extranet) {
    codes.push('extranet');
  }
  return [...(phone ? [phone] : []), ...codes.map((code) => ({ code, certain: false }))];
}

function phoneHint({ mobileAt }: DeliveryFact, now: number): DeliveryHint | undefined {
  if (mobileAt === null) {
    return { code: 'neverMobile', certain: false };
  }
  return mobileAt !== undefined && now - mobileAt >= phoneKeptMs
    ? { code: 'mobileLongAgo', certain: false, days: Math.floor((now - mobileAt) / dayMs) }
    : undefined;
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

export function weightOf({ code }: DeliveryHint): DeliveryWeight {
  switch (code) {
    case 'unknownId':
    case 'dismissed':
    case 'neverMobile':
    case 'mobileLongAgo':
    case 'desktopOpen':
      return 'not';
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
  /** With the rule `mobile`, if it speaks against the push. */
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
  if (fact.unknown) {
    return [{ rule: 'exists', result: fact.unknown === 'certain' ? 'certain' : 'maybe' }];
  }
  const exists: DeliveryCheck = { rule: 'exists', result: 'fine' };
  if (fact.active === false) {
    return [exists, { rule: 'active', result: 'certain' }];
  }
  const { mobileAt } = fact;
  const presence = presenceOf(fact, now);
  const phone = phoneHint(fact, now);
  const isOnline = presence === 'browser' || presence === 'somewhere';
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
      result: isOnline ? 'maybe' : presence === undefined ? 'unchecked' : 'fine',
      presence,
    },
    ...(fact.extranet ? [{ rule: 'extranet', result: 'fine' } as const] : []),
  ];
}
