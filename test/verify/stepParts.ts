import type { RequestTemplate } from './requests';
import type { Exchanged, Step } from './step';

/** An id that no portal reaches by counting. */
export const unknownId = 2_147_483_646;

/** A call with the caller's token. */
export function call(method: string, params: Record<string, unknown> = {}): RequestTemplate {
  return { to: 'portal', method, params: { ...params, auth: '{{access_token}}' } };
}

/** A call with exactly these parameters. */
export function callWithoutToken(
  method: string,
  params: Record<string, unknown> = {},
): RequestTemplate {
  return { to: 'portal', method, params };
}

/** A request to the token endpoint with the application's id and secret. */
export function token(
  params: Record<string, string>,
  http: 'GET' | 'POST' = 'POST',
): RequestTemplate {
  const own = { client_id: '{{client_id}}', client_secret: '{{client_secret}}' };
  return { to: 'token', http, params: { ...own, ...params } };
}

/** Returns status and error code of an answer, e.g. "401 insufficient_scope", or "200 without an error". */
export function outcomeOf({ seen }: Exchanged): string {
  const { body, status } = seen;
  const isMembers = typeof body === 'object' && body !== null && !Array.isArray(body);
  const error = isMembers ? body['error'] : undefined;
  return `${status ?? 'no status'} ${typeof error === 'string' ? error : 'without an error'}`;
}

/** A step's work that is nothing but sending these. */
export function sending(...requests: readonly RequestTemplate[]): NonNullable<Step['run']> {
  return async ({ send }) => {
    for (const request of requests) {
      await send(request);
    }
    return undefined;
  };
}
