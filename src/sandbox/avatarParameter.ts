import { PhpArray, toBool, toText, type PhpValue } from './php';

/** PHP's TypeError: an array where the code wants a string. The portal breaks with HTTP 500. */
export class PhpTypeError extends Error {}

/**
 * Bitrix24: `(new Uri($avatar))->getUri()`. Scheme and host in lower case, a path when there is a
 * host, no default port; relative values survive; what cannot be parsed becomes ''.
 */
export function avatarOf(value: PhpValue | undefined): string {
  if (!toBool(value)) {
    return '';
  }
  if (value instanceof PhpArray) {
    throw new PhpTypeError('AVATAR is an array');
  }
  const given = toText(value);
  // "//host/path" loses its host: the portal does not know the current scheme.
  const url = given.startsWith('/') ? `/${given.replace(/^\/+/, '')}` : given;

  const parts =
    /^(?:([a-z][a-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is.exec(url);
  if (parts === null) {
    return '';
  }
  const [, rawScheme = '', authority, path = '', query = '', fragment = ''] = parts;
  const scheme = rawScheme.toLowerCase();

  let site = '';
  if (authority !== undefined) {
    const found = /^(?:(.*)@)?(\[[^\]]*\]|[^:@]*)(?::(\d{0,5}))?$/.exec(authority);
    const host = found?.[2]?.toLowerCase();
    // parse_url() refuses "http:///path" and ports above 65535.
    if (found === null || !host || Number(found[3] ?? 0) > 65_535) {
      return '';
    }
    const port = found[3] ?? '';
    const shownPort = port === '' || port === DEFAULT_PORTS[scheme] ? '' : `:${port}`;
    site = `//${found[1] === undefined ? '' : `${found[1]}@`}${host}${shownPort}`;
  }
  return [
    scheme === '' ? '' : `${scheme}:`,
    site,
    site !== '' && !path.startsWith('/') ? '/' : '',
    path,
    query === '' ? '' : `?${query}`,
    fragment === '' ? '' : `#${fragment}`,
  ].join('');
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };
