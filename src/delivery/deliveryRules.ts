import type { DeliveryFact } from '../bitrix24/presence';

/*
 * Bitrix24 delivers or drops a push by the person's account, phone and presence. The rules and numbers in this
 * file are those of docs/bitrix24.md, section 8.
 */

/** One thing that Bitrix24 looks at before it sends a push to a person. */
export type DeliveryRule = 'exists' | 'active' | 'mobile' | 'desktop' | 'browser' | 'extranet';

/** `certain`: the push does not arrive because of this; `unchecked`: the portal does not say. */
export type CheckResult = 'fine' | 'maybe' | 'certain' | 'unchecked';

/** What one rule says about one person. */
export interface DeliveryCheck {
  rule: DeliveryRule;
  result: CheckResult;
  /** Where the person is active; only with the rules `desktop` and `browser`. */
  presence?: Presence;
  /** When the mobile app was last used, Unix ms; absent: never, or not known. With the rule `mobile`. */
  mobileAt?: number;
  /** Whole days since then, if Bitrix24 has forgotten the phone by now. With the rule `mobile`. */
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

const rules: readonly DeliveryRule[] = ['exists', 'active', 'mobile', 'desktop', 'browser'];

/**
 * Checks every rule for one person and a push that is sent at `now` (Unix ms), in Bitrix24's order. After a rule with
 * the result `certain` the others do not matter and are left out. Without a fact every rule is `unchecked`.
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
  const presence = presenceOf(fact, now);
  const isOnline = presence === 'browser' || presence === 'somewhere';
  return [
    exists,
    { rule: 'active', result: fact.active === undefined ? 'unchecked' : 'fine' },
    phoneCheck(fact, now),
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

function phoneCheck({ mobileAt }: DeliveryFact, now: number): DeliveryCheck {
  if (typeof mobileAt !== 'number') {
    return { rule: 'mobile', result: mobileAt === null ? 'maybe' : 'unchecked' };
  }
  const isForgotten = now - mobileAt >= phoneKeptMs;
  return isForgotten
    ? { rule: 'mobile', result: 'maybe', mobileAt, days: Math.floor((now - mobileAt) / dayMs) }
    : { rule: 'mobile', result: 'fine', mobileAt };
}

/** The checks that a list shows beside a name, strongest first. Empty if nothing is known against a push. */
export function hintsOf(fact: DeliveryFact, now: number): DeliveryCheck[] {
  return checksOf(fact, now).filter(
    ({ rule, result }) => result === 'certain' || result === 'maybe' || rule === 'extranet',
  );
}

/** What a hint means for the push. */
export function weightOf({ rule }: DeliveryCheck): DeliveryWeight {
  return rule === 'extranet' ? 'none' : rule === 'browser' ? 'late' : 'not';
}
