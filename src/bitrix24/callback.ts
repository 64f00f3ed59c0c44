/** The parameters of the portal's redirect, in its own order. docs/bitrix24.md, section 1. */
export interface Callback {
  code: string;
  state?: string | undefined;
  /** Portal host, no scheme. */
  domain?: string | undefined;
  memberId?: string | undefined;
  /** The scopes really granted, e.g. `pull`, `user_brief`. */
  scopes?: string[] | undefined;
  /** Authorization server host. Check it before a secret goes there. */
  serverDomain?: string | undefined;
}

/** Opaque to us: hex digits by its known layout, six digits when the app has no handler path. */
const codePattern = /^[A-Za-z0-9._~-]{4,255}$/;
const hostPattern = /^(?:[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*|\[[0-9a-f:.]+\])\.?(?::\d{1,5})?$/iu;

/**
 * Understands what comes back from the browser or is pasted by hand: the whole address, its query, or the bare code.
 * Spaces, quotes and the line breaks of a wrapped address do no harm. Undefined when there is no code in it.
 */
export function parseCallback(input: string | URL): Callback | undefined {
  const pasted = unwrapped(String(input));
  if (codePattern.test(pasted)) {
    return { code: pasted };
  }
  const query = queryIn(pasted);
  const code = query.get('code') ?? '';
  if (!codePattern.test(code)) {
    return undefined;
  }
  const get = (name: string) => query.get(name) || undefined;
  const host = (name: string) => {
    const value = get(name);
    return value !== undefined && hostPattern.test(value) ? value.toLowerCase() : undefined;
  };
  return {
    code,
    state: get('state'),
    domain: host('domain'),
    memberId: get('member_id'),
    scopes: get('scope')
      ?.split(',')
      .map((scope) => scope.trim())
      .filter((scope) => scope !== ''),
    serverDomain: host('server_domain'),
  };
}

/** The parameters of a redirect that says no. RFC 6749, section 4.1.2.1. */
export interface Refusal {
  /** E.g. `access_denied`. Text of a stranger, as `description` is. */
  error: string;
  description: string;
  state: string | undefined;
}

/** Understands what comes back instead of a code. Undefined when the address names no error, or a code besides. */
export function parseRefusal(input: string | URL): Refusal | undefined {
  const query = queryIn(String(input));
  const error = query.get('error') ?? '';
  return error === '' || query.get('code')
    ? undefined
    : {
        error: error.slice(0, 100),
        description: (query.get('error_description') ?? '').slice(0, 500),
        state: query.get('state') ?? undefined,
      };
}

function unwrapped(pasted: string): string {
  return pasted.replace(/[\s"'`<>\u200B\u2060\uFEFF]+/g, '').replaceAll('&amp;', '&');
}

function queryIn(address: string): URLSearchParams {
  return new URLSearchParams(
    unwrapped(address)
      .replace(/^[^?]*\?/, '')
      .replace(/#.*$/s, ''),
  );
}
