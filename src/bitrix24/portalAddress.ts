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
  /** A portal's own name in the cloud: `acme`. Only the user knows its zone. */
  | { ok: false; reason: 'nameOnly'; name: string }
  | { ok: false; reason: 'empty' | 'notAnAddress' | 'notHttps' | 'hasCredentials' };

/** Longer texts are no addresses that people paste, and reading them would take time at each key. */
const charactersAtMost = 8_192;

/** Characters that come along when an address is copied from a chat, a mail or a terminal. */
const wrapping = /[\s"'`<>«»“”„‘’,;\u200B\u200E\u200F\u2060\uFEFF]/u;

/** `http` and `https` as people write them, also twice: `https//`, `https:/`, `https:\\`, `https:`, `//`. */
const schemes = /^(?:(https?)(?::[/\\]*|[;,.]?[/\\]+)|[/\\]+)+/i;

/** Names that are part of an address, and not a portal's. */
const noNames = new Set(['http', 'https', 'www', 'localhost']);

/**
 * Understands what people type or paste as their portal: `acme.bitrix24.com`, or any address on it. Only the origin is
 * kept, so that a webhook's secret in a pasted address goes no further. A host counts only as it was written; nothing
 * is completed. Plain http is for this machine only: elsewhere it would show the tokens to the network.
 */
export function parsePortalAddress(input: string): PortalAddress {
  const refused = (reason: Exclude<PortalAddress, { ok: true } | { name: string }>['reason']) =>
    ({ ok: false, reason }) as const;
  if (input.length > charactersAtMost) {
    return refused('notAnAddress');
  }
  const typed = unwrapped(input);
  if (typed === '') {
    return refused('empty');
  }
  const [all = '', scheme] = schemes.exec(typed) ?? [];
  const rest = typed.slice(all.length);
  const [authority = ''] = rest.split(/[/?#\\]/, 1);
  if (authority.includes('@')) {
    return refused('hasCredentials');
  }
  const name = /^([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.bitrix24)?\.?$/i.exec(authority)?.[1];
  if (scheme === undefined && name !== undefined && !isLoopback(authority)) {
    return noNames.has(name.toLowerCase()) || /\s/.test(typed)
      ? refused('notAnAddress')
      : { ok: false, reason: 'nameOnly', name: name.toLowerCase() };
  }
  const usual = isLoopback(authority) ? 'http' : 'https';
  const url = parseUrl(`${scheme?.toLowerCase() ?? usual}://${rest}`);
  if (!url || /\s/.test(typed) || !isHostAsWritten(url, authority, scheme !== undefined)) {
    return refused('notAnAddress');
  }
  url.hostname = url.hostname.replace(/\.$/, '');
  if (url.protocol === 'http:' && !isLoopback(url.host)) {
    return refused('notHttps');
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

function unwrapped(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && wrapping.test(text.charAt(start))) {
    start += 1;
  }
  while (end > start && wrapping.test(text.charAt(end - 1))) {
    end -= 1;
  }
  return text.slice(start, end);
}

/**
 * A URL may name another host than the one that was written: `1.5` becomes 1.0.0.5, `acme%2Eru` acme.ru. And it takes
 * characters that no host has, such as commas. A host of one word needs its scheme or port beside it.
 */
function isHostAsWritten({ hostname, host }: URL, authority: string, hasScheme: boolean): boolean {
  const written = authority.replace(/:\d*$/, '').toLowerCase();
  // A URL writes other alphabets and IPv6 addresses in its own way.
  const isSame =
    hostname === written ||
    /^\[/.test(written) ||
    (/\P{ASCII}/u.test(written) && !/^[\d.]+$/.test(hostname));
  const isHost =
    hostname.length <= 254 &&
    /^(?:\[[\d:a-f]+\]|(?:[a-z\d](?:[\w-]{0,61}[a-z\d])?(?:\.|$))+)$/.test(hostname);
  const isOneWord = !hostname.includes('.') && !isLoopback(host);
  const isWordKnown = (hasScheme || /:\d+$/.test(authority)) && !noNames.has(hostname);
  return isSame && isHost && !cloudItself.test(hostname) && (!isOneWord || isWordKnown);
}

/** Bitrix24's own site, and a cloud address whose zone was left out or grew together with it. */
const cloudItself = /^(?:www\.)?bitrix24\.[a-z.]+$|\.bitrix24[a-z]*\.?$/;

/**
 * The zones of Bitrix24's cloud, the likeliest first: that of the language, those of portals that are known, the usual
 * ones of all. https://helpdesk.bitrix24.de/open/10252860
 * @param language VS Code's language, a BCP 47 tag
 * @param knownHosts hosts of portals that the user is signed in to
 */
export function likelyZones(language: string, knownHosts: readonly string[]): string[] {
  const [own, ...near] = zonesOfLanguages[language.split('-', 1)[0]?.toLowerCase() ?? ''] ?? [];
  const known = knownHosts.map((host) => /\.bitrix24\.([a-z.]+)$/.exec(host)?.[1]);
  const zones = [own, ...known, ...near, ...allZones].filter((zone) => zone !== undefined);
  return [...new Set(zones)];
}

// prettier-ignore
const allZones = ['com', 'eu', 'ru', 'de', 'uk', 'fr', 'it', 'pl', 'es', 'com.br', 'com.tr', 'in', 'kz', 'by', 'uz',
  'ua', 'cn', 'jp', 'id', 'vn'];
const zonesOfLanguages: Partial<Record<string, readonly string[]>> = {
  ru: ['ru', 'by', 'kz'],
  be: ['by'],
  kk: ['kz'],
  uz: ['uz'],
  uk: ['ua', 'eu'],
  de: ['de'],
  fr: ['fr'],
  it: ['it'],
  pl: ['pl'],
  es: ['es'],
  pt: ['com.br'],
  tr: ['com.tr'],
  ja: ['jp'],
  zh: ['cn'],
  vi: ['vn'],
  id: ['id'],
};

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
