import { isLoopback } from './portalAddress';
import type { HttpResponse } from './transport';

/** Redirects that come before any method runs: a renamed portal answers 302. docs/bitrix24.md, section 2. */
const movedStatuses = new Set([301, 302, 307, 308]);

/** The REST endpoint that a redirect leads to, or the reason why no token may follow. */
export type Redirect =
  { ok: true; endpoint: string } | { ok: false; code: 'REDIRECT_NOT_HTTPS' | 'REDIRECT_UNCLEAR' };

/**
 * Reads a redirect of a REST call. Undefined when the answer is none.
 * Only the host is taken from `Location`: where it points to a page, REST is still at that host's `/rest/`.
 */
export function readRedirect(response: HttpResponse, asked: URL): Redirect | undefined {
  if (!movedStatuses.has(response.status)) {
    return undefined;
  }
  const location = response.headers.get('location');
  if (location === undefined || !URL.canParse(location, asked.href)) {
    return { ok: false, code: 'REDIRECT_UNCLEAR' };
  }
  const target = new URL(location, asked.href);
  const onThisMachine = isLoopback(target.host) && isLoopback(asked.host);
  if (target.protocol !== 'https:' && !(target.protocol === 'http:' && onThisMachine)) {
    return { ok: false, code: 'REDIRECT_NOT_HTTPS' };
  }
  const restAt = target.pathname.indexOf('/rest/');
  const path = restAt === -1 ? '/rest/' : target.pathname.slice(0, restAt + '/rest/'.length);
  return { ok: true, endpoint: `${target.origin}${path}` };
}
