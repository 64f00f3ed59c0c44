import * as v from 'valibot';
import { Bitrix24Error } from './errors';
import type { Phase } from './errors';
import type { HttpResponse } from './transport';

/** A decoded JSON object whose fields nobody has checked yet. */
export type JsonObject = Record<string, unknown>;

/**
 * Decodes a server's answer. The `error` key decides whatever the HTTP status: `wrong_client` comes with 200.
 * Throws Bitrix24Error: kind `server` with Bitrix24's code, or `notJson` when somebody else spoke.
 * `secrets` are what the request carried; they are struck from the server's words should it repeat them.
 */
export function readAnswer(
  response: HttpResponse,
  host: string,
  secrets: readonly string[],
): JsonObject {
  const body = parseObject(response.body);
  if (body === undefined) {
    throw new Bitrix24Error({
      kind: 'notJson',
      phase: phaseOfForeignAnswer(response.status),
      code: 'NOT_JSON',
      description: `HTTP ${response.status} with ${mediaType(response)} instead of JSON`,
      httpStatus: response.status,
      host,
    });
  }
  const error = readError(body);
  if (error !== undefined) {
    throw new Bitrix24Error({
      kind: 'server',
      phase: phaseOfError(error.code, response.status),
      code: strike(error.code, secrets).slice(0, 100),
      description: error.description && strike(error.description, secrets),
      httpStatus: response.status,
      host,
    });
  }
  return body;
}

/**
 * An answer that is JSON but not of the documented shape. It may have done what was asked, hence `noAnswer`.
 * Only the place is named: the value could be a token.
 */
export function unexpectedAnswer(
  issues: readonly v.BaseIssue<unknown>[],
  response: HttpResponse,
  host: string,
): Bitrix24Error {
  const where = issues.map(
    (issue) => `${v.getDotPath(issue) ?? 'answer'} is not ${issue.expected ?? 'as documented'}`,
  );
  return new Bitrix24Error({
    kind: 'notJson',
    phase: 'noAnswer',
    code: 'UNEXPECTED_ANSWER',
    description: [...new Set(where)].slice(0, 3).join('; '),
    httpStatus: response.status,
    host,
  });
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    // The parser's message quotes the text, which may hold a token: it is dropped here.
    return undefined;
  }
}

/** `{"error":"CODE","error_description":"…"}`, or since REST v3 `{"error":{"code":"…","message":"…"}}`. */
export function readError(
  body: JsonObject,
): { code: string; description: string | undefined } | undefined {
  const error = body['error'];
  if (isObject(error)) {
    return { code: word(error['code']) ?? 'UNKNOWN_ERROR', description: word(error['message']) };
  }
  const code = word(error);
  return code === undefined ? undefined : { code, description: word(body['error_description']) };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function word(value: unknown): string | undefined {
  return (typeof value === 'string' && value !== '') || (typeof value === 'number' && value !== 0)
    ? String(value)
    : undefined;
}

/** Refusals that are decided before a method runs, whatever their status. docs/bitrix24.md, section 2. */
const decidedBefore = new Set([
  'query_limit_exceeded',
  'overload_limit',
  'portal_deleted',
  'operation_time_limit',
]);

/** An internal error says that something broke, not how far it had come. */
function phaseOfError(code: string, status: number): Phase {
  return status >= 500 && !decidedBefore.has(code.toLowerCase()) ? 'noAnswer' : 'answered';
}

/** Statuses with which a front end turns a request away before any program of Bitrix24 sees it. */
const turnedAway = new Set([
  400, 401, 403, 404, 405, 406, 407, 411, 413, 414, 415, 421, 429, 431, 451,
]);

/** An answer that is not JSON comes from a proxy, a front end or a broken program; 2xx and 5xx maybe after the push. */
function phaseOfForeignAnswer(status: number): Phase {
  return turnedAway.has(status) ? 'answered' : 'noAnswer';
}

function mediaType(response: HttpResponse): string {
  const type = response.headers.get('content-type')?.split(';', 1)[0]?.trim() ?? '';
  return /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : 'something';
}

function strike(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret !== '');
  return known.reduce((clean, secret) => clean.replaceAll(secret, '***'), text).slice(0, 500);
}
