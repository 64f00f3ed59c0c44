/** Everything that is needed to speak to a portal; loaded with the first request to one. */
import { PortalClient } from '../bitrix24/portalClient';
import type { RateLimiter } from '../bitrix24/rateLimiter';
import { AccountTokens } from './accountTokens';
import type { AccountTokensDeps } from './accountTokens';

export { RateLimiter } from '../bitrix24/rateLimiter';
export { checkSetup } from './setupCheck';

export function openClient(deps: AccountTokensDeps & { limiter: RateLimiter }): PortalClient {
  const { transport, clock, log, limiter } = deps;
  return new PortalClient({ transport, tokens: new AccountTokens(deps), clock, log, limiter });
}
