import type { Accounts } from '../../accounts/account';
import type { Transport } from '../../bitrix24/transport';

const patienceMs = 5_000;

/** Whether the portal's host answers anything: asked without a token, and only of portals that one is signed in to. */
export function createReaches(deps: {
  accounts: Pick<Accounts, 'list'>;
  transport: Transport;
}): (host: string) => Promise<boolean> {
  return async (host) => {
    const account = (await deps.accounts.list()).find((one) => one.host === host);
    if (!account) {
      return false;
    }
    try {
      const url = new URL('/rest/', account.portal);
      await deps.transport.send({ method: 'GET', url, timeoutMs: patienceMs });
      return true;
    } catch {
      return false;
    }
  };
}
