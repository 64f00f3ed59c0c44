/** All that it takes to speak to a portal; loaded with the first request to one. */
import type { Pacer } from '../bitrix24/pacer';
import { PortalClient } from '../bitrix24/portalClient';
import { TokenRefresh } from './tokenRefresh';
import type { TokenRefreshDeps } from './tokenRefresh';

export { Pacer } from '../bitrix24/pacer';
export { checkSetup } from './setupCheck';

export function openClient(deps: TokenRefreshDeps & { pacer?: Pacer | undefined }): PortalClient {
  const { transport, clock, log, pacer } = deps;
  return new PortalClient({ transport, tokens: new TokenRefresh(deps), clock, log, pacer });
}
