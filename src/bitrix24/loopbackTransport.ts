import { Bitrix24Error } from './errors';
import { isLoopback } from './portalAddress';
import type { Transport } from './transport';

/**
 * Lets through requests to this computer only, whatever a server, a redirect or a stored address says. Any other
 * request is rejected with SANDBOX_ONLY before it leaves. Accounts on the sandbox use it, so that a test cannot reach
 * a real portal or authorization server.
 */
export function loopbackOnly(transport: Transport): Transport {
  return {
    send: (request) =>
      isLoopback(request.url.host)
        ? transport.send(request)
        : Promise.reject(
            new Bitrix24Error({
              ...{ kind: 'invalid', phase: 'notSent', code: 'SANDBOX_ONLY' },
              host: request.url.host,
              description: 'An account of the sandbox sends requests to this computer only.',
            }),
          ),
  };
}
