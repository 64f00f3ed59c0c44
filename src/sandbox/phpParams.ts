import type { IncomingHttpHeaders } from 'node:http';
import { PhpArray } from './php';
import { decodeJson } from './phpJson';

/** This file turns a query string and a body into one array of parameters, as PHP and the REST server do. */

const MAX_NESTING = 64;

/** Reads a query as PHP's parse_str() does: `a[b][]=1` makes arrays, the last of equal names wins, dots and spaces in names become `_`. */
export function parseQuery(query: string): PhpArray {
  const params = new PhpArray();
  for (const pair of query.split('&')) {
    if (pair === '') {
      continue;
    }
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    registerVariable(params, urlDecode(name), equals < 0 ? '' : urlDecode(pair.slice(equals + 1)));
  }
  return params;
}

/** Adds one name and value of a query, a form or a multipart body, as PHP does. */
export function registerVariable(target: PhpArray, rawName: string, value: string): void {
  const name = rawName.replace(/^ +/, '');
  const bracket = name.indexOf('[');
  const head = (bracket < 0 ? name : name.slice(0, bracket)).replace(/[ .]/g, '_');
  if (head === '') {
    return;
  }
  if (bracket < 0) {
    target.set(head, value);
    return;
  }

  /** null stands for `[]`. */
  const keys: (string | null)[] = [];
  for (let open = bracket; name[open] === '[';) {
    const close = name.indexOf(']', open + 1);
    if (close < 0) {
      if (keys.length > 0) {
        break;
      }
      // A bracket without its end is not an index but a part of the name.
      target.set(`${head}_${name.slice(bracket + 1).replace(/[ .[]/g, '_')}`, value);
      return;
    }
    const key = name.slice(open + 1, close);
    keys.push(/^\s?$/.test(key) ? null : key);
    open = close + 1;
  }
  if (keys.length > MAX_NESTING) {
    return;
  }

  let container = target;
  let key: string | null = head;
  for (const next of keys) {
    const existing: unknown = key === null ? undefined : container.get(key);
    const child = existing instanceof PhpArray ? existing : new PhpArray();
    if (key === null) {
      container.append(child);
    } else {
      container.set(key, child);
    }
    container = child;
    key = next;
  }
  if (key === null) {
    container.append(value);
  } else {
    container.set(key, value);
  }
}

function urlDecode(text: string): string {
  return text
    .replaceAll('+', ' ')
    .replace(/(?:%[0-9a-f]{2})+/gi, (bytes) =>
      Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'),
    );
}

export interface RawRequest {
  httpMethod: string;
  /** Without the question mark. */
  query: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** Reads PHP's `$_GET` and `$_POST` together; `$_POST` wins. PHP itself does not read JSON. */
export async function readForm(request: RawRequest): Promise<PhpArray> {
  const query = parseQuery(request.query);
  const post = await readPost(request);
  return query.replacedBy(post);
}

/**
 * Reads the parameters of a REST call. A POST body that PHP does not read is taken for JSON or a query
 * string. Source: docs/bitrix24.md, section 2; rest/classes/general/rest_util.php (getRequestData).
 */
export async function readRestParams(request: RawRequest): Promise<PhpArray> {
  const query = parseQuery(request.query);
  if (request.httpMethod !== 'POST') {
    return query;
  }
  const post = await readPost(request);
  if (post.size > 0) {
    return query.replacedBy(post);
  }

  const raw = request.body.toString('utf8').trim();
  const type = (request.headers['content-type'] ?? '').replace(/;.*$/, '').trim();
  if (type === 'application/json') {
    const decoded = decodeJson(raw);
    return decoded instanceof PhpArray ? query.replacedBy(decoded) : query;
  }
  return query.replacedBy(parseQuery(raw));
}

async function readPost(request: RawRequest): Promise<PhpArray> {
  if (request.httpMethod !== 'POST') {
    return new PhpArray();
  }
  const contentType = request.headers['content-type'] ?? '';
  const type = contentType.replace(/;.*$/, '').trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded') {
    return parseQuery(request.body.toString('utf8'));
  }
  return type === 'multipart/form-data' ? readMultipart(contentType, request.body) : new PhpArray();
}

async function readMultipart(contentType: string, body: Buffer): Promise<PhpArray> {
  const post = new PhpArray();
  try {
    const answer = new Response(new Uint8Array(body), { headers: { 'content-type': contentType } });
    for (const [name, value] of await answer.formData()) {
      // PHP puts files into $_FILES, which no method here reads.
      if (typeof value === 'string') {
        registerVariable(post, name, value);
      }
    }
  } catch {
    // PHP leaves $_POST empty when the body is broken.
  }
  return post;
}
