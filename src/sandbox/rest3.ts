import { authorise } from './authorisation';
import { jsonReply } from './http';
import { notInSandbox, portalMethodsOfRest3 } from './methods/portalMethods';
import type { PortalState } from './portalState';
import { RestError } from './restError';
import { CORS_HEADERS, type RestRequest } from './restTarget';
import type { LoggedReply } from './serveWithFaults';

/**
 * Answers a call of REST 3: the sandbox knows its methods and who may call them, but carries none of them out.
 * Source: docs/bitrix24.md, section 2; rest/lib/V3/Exception for the shape of refusals.
 */
export function serveRest3(portal: PortalState, request: RestRequest): LoggedReply {
  const { target, authorization } = request;
  try {
    if (portal.deleted) {
      throw new RestError('PORTAL_DELETED', 'Portal was deleted', 403);
    }
    const name = target.method.toLowerCase();
    const method = Object.hasOwn(portalMethodsOfRest3, name) ? portalMethodsOfRest3[name] : null;
    if (!method) {
      throw new RestError(
        'BITRIX_REST_V3_EXCEPTION_METHODNOTFOUNDEXCEPTION',
        `Method ${target.method} was not found.`,
        404,
      );
    }
    const params = request.params.replacedBy(target.pathParams);
    authorise(portal, { authorization, params }, method);
    throw notInSandbox(name);
  } catch (error) {
    if (!(error instanceof RestError)) {
      throw error;
    }
    return refuse(portal, error);
  }
}

/**
 * Writes a refusal. What REST 3 refuses itself has an object in `error`; what refuses the caller before any method is
 * found is assumed to look as in REST 2.
 */
function refuse(portal: PortalState, error: RestError): LoggedReply {
  const code =
    error.code === 'insufficient_scope'
      ? 'BITRIX_REST_V3_EXCEPTION_INSUFFICIENTSCOPEEXCEPTION'
      : error.code;
  const isOwn = code.startsWith('BITRIX_REST_V3_') || code === 'ERROR_METHOD_NOT_IN_SANDBOX';
  const body = isOwn ? { error: { code, message: error.message } } : error.body();
  const status = code === error.code ? error.status(portal.statuses) : 403;
  return { reply: jsonReply(body, status, CORS_HEADERS), error: code, note: error.note };
}
