/** All that it takes to speak to a portal; loaded with the first request to one. */
import type { RateLimiter } from '../bitrix24/rateLimiter';
import { PortalClient } from '../bitrix24/portalClient';
import { TokenRefresh } from './tokenRefresh';
import type { TokenRefreshDeps } from './tokenRefresh';

export { RateLimiter } from '../bitrix24/rateLimiter';
export { checkSetup } from './setupCheck';

export function openClient(deps: TokenRefreshDeps & { limiter: RateLimiter }): PortalClient {
  const { transport, clock, log, limiter } = deps;
  return new PortalClient({ transport, tokens: new TokenRefresh(deps), clock, log, limiter });
}
