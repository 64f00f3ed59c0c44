/** A portal's address as a person typed it, understood or refused with the reason. */
export type PortalAddress =
  | {
      ok: true;
      /** E.g. `https://acme.bitrix24.com`, without a slash at the end. */
      origin: string;
      /** Host with its port where that is not the usual one; IDN as punycode. */
      host: string;
      /** From a pasted `/devops/edit/application/ID/`: the integration's number in the portal's list. */
      integrationId?: number;
    }
  | { ok: false; reason: 'empty' | 'notAnAddress' | 'notHttps' | 'hasCredentials' };

/** Characters that come along when an address is copied from a chat, a mail or a terminal. */
const wrapping =
  /^[\s"'`<>«»“”„‘’\u200B\u200E\u200F\u2060\uFEFF]+|[\s"'`<>«»“”„‘’,;\u200B\u200E\u200F\u2060\uFEFF]+$/gu;

/** A portal's own name in the cloud: `acme` for `acme.bitrix24.com`. */
const portalName = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

/**
 * Understands what people type or paste as their portal: `acme`, `acme.bitrix24.com`, or any address on it.
 * Only the origin is kept, so that a webhook's secret in a pasted address goes no further.
 * Plain http is for this machine only: elsewhere it would show the tokens to the network.
 */
export function parsePortalAddress(input: string): PortalAddress {
  const typed = input.replace(wrapping, '');
  if (typed === '') {
    return { ok: false, reason: 'empty' };
  }
  const [, scheme, rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(typed) ?? [];
  const [authority = ''] = rest.split(/[/?#\\]/, 1);
  if (authority.includes('@')) {
    return { ok: false, reason: 'hasCredentials' };
  }
  let address = typed;
  if (scheme === undefined) {
    const inTheCloud = portalName.test(authority) && !isLoopback(authority);
    address = inTheCloud
      ? `https://${authority}.bitrix24.com${rest.slice(authority.length)}`
      : `${isLoopback(authority) ? 'http' : 'https'}://${rest}`;
  }
  const url = parseUrl(address);
  if (url === undefined || !/^https?:$/.test(url.protocol) || /\s/.test(typed)) {
    return { ok: false, reason: 'notAnAddress' };
  }
  if (
    scheme === undefined &&
    !url.hostname.includes('.') &&
    !isLoopback(url.host) &&
    url.port === ''
  ) {
    // One word that is not a portal's name, e.g. in another alphabet.
    return { ok: false, reason: 'notAnAddress' };
  }
  url.hostname = url.hostname.replace(/\.$/, '');
  if (url.protocol === 'http:' && !isLoopback(url.host)) {
    return { ok: false, reason: 'notHttps' };
  }
  const integration = /^\/devops\/edit\/application\/([1-9]\d{0,9})(?:\/|$)/.exec(
    url.pathname,
  )?.[1];
  return {
    ok: true,
    origin: url.origin,
    host: url.host,
    ...(integration === undefined ? {} : { integrationId: Number(integration) }),
  };
}

/** True for this machine's own names and addresses; `host` may have a port, an IPv6 address stands in brackets. */
export function isLoopback(host: string): boolean {
  const hostname = parseHost(host)?.hostname;
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    (hostname !== undefined && /^127(?:\.\d{1,3}){3}$/.test(hostname))
  );
}

const easternAuthServer = 'oauth.bitrix24.tech';
const westernAuthServer = 'oauth.bitrix.info';
const easternZones = new Set(['ru', 'by', 'kz', 'uz', 'kg', 'am', 'az', 'ge']);

/** The public authorization server of a portal's zone, if no answer has named one. docs/bitrix24.md, section 1. */
export function authServerFor(portalHost: string): string {
  const zone = parseHost(portalHost)?.hostname.split('.').at(-1) ?? '';
  return easternZones.has(zone) ? easternAuthServer : westernAuthServer;
}

/**
 * True when client_secret may go to this host: the two public authorization servers, and this machine's own
 * when the portal itself is on this machine. A redirect or an answer that names any other server is refused.
 */
export function isKnownAuthServer(host: string, portalHost: string): boolean {
  return isPublicAuthServer(host) || (isLoopback(host) && isLoopback(portalHost));
}

/** True for Bitrix24's two public authorization servers. */
export function isPublicAuthServer(host: string): boolean {
  const name = parseHost(host)?.host;
  return name === easternAuthServer || name === westernAuthServer;
}

/** The host as a URL, or undefined when the text holds anything besides a host and a port. */
function parseHost(host: string): URL | undefined {
  // An https URL, so that ":443" reads the same as no port.
  return /[/?#\\@\s]/.test(host) ? undefined : parseUrl(`https://${host}`);
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
