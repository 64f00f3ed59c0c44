import { PhpArray } from './php';

/** Where a request to /rest/ points. */
export interface RestTarget {
  /** The method as the client wrote it, without `.json`; '' when the path has none. */
  method: string;
  transport: 'json' | 'xml';
  /** The parameters aplogin and ap, which the path of a webhook carries. */
  pathParams: PhpArray;
  v3: boolean;
}

export interface RestRequest {
  target: RestTarget;
  params: PhpArray;
  authorization: string | undefined;
  /** The caller's IP address, by which the rate is limited. */
  address: string;
  host: string | undefined;
  /** Path and query as sent. */
  url: string;
}

/** Reads a path: METHOD or USER/SECRET/METHOD, and for REST 3 the same after api/. @param path the part after `/rest/`, without the query */
export function parseRestPath(path: string): RestTarget {
  const all = path.replace(/\/$/, '').split('/').map(decodeSegment);
  const pathParams = new PhpArray();
  const v3 = all[0] === 'api' && (all.length === 2 || all.length === 4);
  const segments = v3 ? all.slice(1) : all;
  let name = segments.length === 1 ? (segments[0] ?? '') : '';
  if (segments.length === 3) {
    const [user = '', secret = '', method = ''] = segments;
    pathParams.set('aplogin', user);
    pathParams.set('ap', secret);
    name = method;
  }
  const suffix = /^(.+)\.(json|xml)$/i.exec(name);
  return {
    method: suffix?.[1] ?? name,
    transport: suffix?.[2]?.toLowerCase() === 'xml' ? 'xml' : 'json',
    pathParams,
    v3,
  };
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Every answer of the REST server has these. */
export const CORS_HEADERS: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'origin, content-type, accept',
  'x-content-type-options': 'nosniff',
};
