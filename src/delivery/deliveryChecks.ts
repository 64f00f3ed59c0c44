import type { DeliveryFact } from '../bitrix24/presence';
import { hintsOf, whereabouts } from './deliveryHint';
import type { DeliveryHint, Whereabouts } from './deliveryHint';

/** What Bitrix24 looks at before it sends to somebody, in its order, as far as a portal tells. */
export type DeliveryRule = 'exists' | 'active' | 'mobile' | 'desktop' | 'browser' | 'extranet';

/** `certain`: this is why nothing comes; `unchecked`: the portal did not tell. */
export type CheckResult = 'fine' | 'maybe' | 'certain' | 'unchecked';

export interface DeliveryCheck {
  rule: DeliveryRule;
  result: CheckResult;
  /** What was found. */
  hint?: DeliveryHint;
  where?: Whereabouts;
  /** When the mobile app was used, Unix ms. */
  mobileAt?: number;
}

/** Every rule for one person. After a certain one the others do not matter and are left out. */
export function checksOf(fact: DeliveryFact | undefined, now: number): DeliveryCheck[] {
  if (!fact) {
    return rules.map((rule) => ({ rule, result: 'unchecked' }));
  }
  const hints = new Map(hintsOf(fact, now).map((hint) => [hint.code, hint]));
  const where = whereabouts(fact, now);
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
      result: where === 'desktop' ? 'maybe' : fact.desktopAt === undefined ? 'unchecked' : 'fine',
      where,
    },
    {
      rule: 'browser',
      result: browser ? 'maybe' : where === undefined ? 'unchecked' : 'fine',
      where,
    },
    ...(fact.extranet ? [{ rule: 'extranet', result: 'fine' } as const] : []),
  ];
}

const rules: readonly DeliveryRule[] = ['exists', 'active', 'mobile', 'desktop', 'browser'];
