/** All that it takes to speak to a portal; loaded with the first request to one. */
import type { Pacer } from '../bitrix24/pacer';
import { PortalClient } from '../bitrix24/portalClient';
import { AccountTokens } from './accountTokens';
import type { AccountTokensDeps } from './accountTokens';

export { Pacer } from '../bitrix24/pacer';
export { checkSetup } from './setupCheck';

export function openClient(deps: AccountTokensDeps & { pacer?: Pacer | undefined }): PortalClient {
  const { transport, clock, log, pacer } = deps;
  return new PortalClient({ transport, tokens: new AccountTokens(deps), clock, log, pacer });
}
