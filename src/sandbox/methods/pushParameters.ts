import { jsObjectToPhp } from '../jsObjectToPhp';
import { PhpArray, PhpTypeError, toBool, toInt, toText, type PhpValue } from '../php';

/**
 * Reads the ids in USER_ID. This cannot fail: a value without a positive id gives no recipients, and
 * the method still answers `true`. For example "1,2" gives person 1 alone. Source: docs/bitrix24.md,
 * section 5; pull/lib/rest.php (applicationPushAdd).
 */
export function recipientsOf(userId: PhpValue | undefined): number[] {
  const value = typeof userId === 'string' ? jsObjectToPhp(userId) : userId;
  const ids = value instanceof PhpArray ? Array.from(value.values(), toInt) : [toInt(value)];
  return [...new Set(ids.filter((id) => id > 0))];
}

const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };

/**
 * Normalises AVATAR as `(new Uri($avatar))->getUri()` does: scheme and host in lower case, a path when
 * there is a host, no default port. A relative address stays as it is, and one that PHP's parse_url()
 * cannot read becomes ''. Source: pull/lib/rest.php (applicationPushAdd), main/lib/web/uri.php.
 * @throws PhpTypeError when AVATAR is an array.
 */
export function avatarOf(value: PhpValue | undefined): string {
  if (!toBool(value)) {
    return '';
  }
  if (value instanceof PhpArray) {
    throw new PhpTypeError('AVATAR is an array');
  }
  const given = toText(value);
  // "//host/path" becomes "/host/path", because the portal does not know the scheme of the request.
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
