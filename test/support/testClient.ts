import { PortalClient } from '../../src/bitrix24/portalClient';
import type { PortalClientDeps } from '../../src/bitrix24/portalClient';
import { memoryState, RateLimiter } from '../../src/bitrix24/rateLimiter';
import type { BucketState, RateLimits } from '../../src/bitrix24/rateLimiterState';
import type { RateLimiterDeps } from '../../src/bitrix24/rateLimiter';

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };

const unlimited = { size: 1e6, drain: 1e6 };
/** For portals whose own limit is switched off. */
export const noLimits: RateLimits = { usual: unlimited, large: unlimited };

/** A rate limiter that shares with nobody and logs nothing, unless it is given something else. */
export function testLimiter(
  deps: Pick<RateLimiterDeps, 'clock'> & Partial<RateLimiterDeps>,
): RateLimiter {
  const state = memoryState<BucketState>();
  return new RateLimiter({ state: () => state, log, ...deps });
}

/** A client with a rate limiter of its own that logs nothing, unless it is given something else. */
export function testClient(
  deps: Pick<PortalClientDeps, 'transport' | 'tokens' | 'clock'> & Partial<PortalClientDeps>,
): PortalClient {
  return new PortalClient({ log, limiter: testLimiter({ clock: deps.clock }), ...deps });
}
