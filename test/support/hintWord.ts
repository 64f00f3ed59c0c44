import type { DeliveryCheck } from '../../src/delivery/deliveryRules';

/** A hint in one word. */
export function hintWord({ rule, presence, days }: DeliveryCheck): string {
  return {
    exists: 'unknownId',
    active: 'dismissed',
    mobile: days === undefined ? 'neverMobile' : 'mobileLongAgo',
    desktop: 'desktopOpen',
    browser: presence === 'browser' ? 'onlineInBrowser' : 'online',
    extranet: 'extranet',
  }[rule];
}
