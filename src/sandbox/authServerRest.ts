import { jsonReply } from './http';
import { toText, phpDate, type PhpArray } from './php';
import type { PortalState } from './portalState';
import { responseTime } from './responseTime';
import { methodNotFound, RestError } from './restError';
import type { LoggedReply } from './serveWithFaults';
import { describeToken } from './tokenInfo';

/** Answers app.info of the authorization server, which describes a token. Source: docs/bitrix24.md, section 1. */
export function serveAuthServerRest(
  portal: PortalState,
  method: string,
  params: PhpArray,
): LoggedReply {
  try {
    if (method !== 'app.info') {
      throw methodNotFound();
    }
    const given = params.get('auth') ?? params.get('access_token');
    return { reply: jsonReply(appInfo(portal, toText(given))), error: null, note: '' };
  } catch (error) {
    if (!(error instanceof RestError)) {
      throw error;
    }
    const reply = jsonReply(error.body(), error.status(portal.statuses));
    return { reply, error: error.code, note: error.note };
  }
}

function appInfo(portal: PortalState, token: string) {
  const { app, identity } = portal;
  if (token === '') {
    throw new RestError('NO_AUTH_FOUND', 'Wrong authorization data', 401);
  }
  const { userId, expires, scopes } = describeToken(portal, token);
  const scope = scopes.join(',');
  return {
    result: {
      client_id: app.clientId,
      scope,
      expires: phpDate(expires * 1000),
      install: {
        installed: app.installed,
        version: '1',
        status: 'L',
        scope,
        domain: portal.portalHost,
        uri: portal.portalOrigin,
        client_endpoint: `${portal.portalOrigin}/rest/`,
        member_id: identity.memberId,
        member_type: 'b24',
      },
      user_id: userId,
    },
    time: responseTime(portal.now(), 0),
  };
}
