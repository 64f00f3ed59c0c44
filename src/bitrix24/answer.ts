import * as v from 'valibot';
import { Bitrix24Error } from './errors';
import type { Phase } from './errors';
import type { HttpResponse } from './transport';

/** A decoded JSON object whose fields nobody has checked yet. */
export type JsonObject = Record<string, unknown>;

/**
 * Decodes a server's answer. The `error` key decides whatever the HTTP status: `wrong_client` comes with 200.
 * Throws Bitrix24Error: kind `server` with Bitrix24's code; `notJson` when somebody else spoke, or when the answer
 * contradicts itself and so tells nothing. `secrets` are what the request carried; they are struck from the server's
 * words should it repeat them.
 */
export function readAnswer(
  response: HttpResponse,
  host: string,
  secrets: readonly string[],
): JsonObject {
  const { status: httpStatus } = response;
  const body = parseObject(response.body);
  if (body === undefined) {
    throw new Bitrix24Error({
      ...{ kind: 'notJson', phase: phaseOfForeignAnswer(httpStatus), httpStatus, host },
      code: isPage(response) ? 'ANSWER_IS_A_PAGE' : 'NOT_JSON',
      description: `HTTP ${httpStatus} with ${mediaType(response)} instead of JSON`,
    });
  }
  if (body['error'] === undefined) {
    return body;
  }
  const error = readError(body);
  const description = error.description && strike(error.description, secrets);
  if (error.code === undefined || (body['result'] ?? undefined) !== undefined) {
    throw new Bitrix24Error({
      ...{ kind: 'notJson', phase: 'noAnswer', code: 'UNEXPECTED_ANSWER', httpStatus, host },
      description: description ?? 'The answer names an error, but not as documented',
    });
  }
  throw new Bitrix24Error({
    ...{ kind: 'server', phase: phaseOfError(error.code, httpStatus), httpStatus, host },
    ...{ code: strike(error.code, secrets).slice(0, 100), description },
  });
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
    // A place may be named by a key of the server's.
    description: oneLine([...new Set(where)].slice(0, 3).join('; ')),
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

/**
 * Reads `{"error":"CODE","error_description":"…"}`, or since REST v3 `{"error":{"code":"…","message":"…"}}`. `code` is
 * undefined where there is none of these. Both are cleaned: they are shown and logged.
 */
export function readError(body: JsonObject): {
  code: string | undefined;
  description: string | undefined;
} {
  const error = body['error'];
  return isObject(error)
    ? { code: word(error['code']), description: word(error['message']) }
    : { code: word(error), description: word(body['error_description']) };
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function word(value: unknown): string | undefined {
  return typeof value === 'string' ? oneLine(value) || undefined : undefined;
}

/** A server's words on one line of at most 500 characters, without what would forge lines or colours in a log. */
export function oneLine(text: string): string {
  return text
    .slice(0, 2_000)
    .replace(/[\s\p{C}]+/gu, ' ')
    .trim()
    .slice(0, 500);
}

/**
 * Refusals that are decided before a method acts, whatever their status: by the portal before it runs the method, and
 * by pull.application.push.add before it queues a push. docs/bitrix24.md, sections 2 and 5.
 */
const decidedBefore = new Set([
  ...['query_limit_exceeded', 'overload_limit', 'portal_deleted', 'operation_time_limit'],
  ...['error_method_not_found', 'no_auth_found', 'invalid_request', 'invalid_credentials'],
  ...['access_denied', 'method_confirm_waiting', 'method_confirm_denied', 'wrong_encoding'],
  ...['invalid_token', 'expired_token', 'payment_required', 'error_oauth', 'not_installed'],
  ...['connection_error', 'application_not_found', 'insufficient_scope', 'authorization_error'],
  ...['user_access_error', 'wrong_auth_type', 'access_error', 'text_error', 'empty_app_name'],
]);

/** Any other error of a status like these says that something broke, not how far it had come. */
function phaseOfError(code: string, status: number): Phase {
  const isClear = status < 300 || (status >= 400 && status < 500 && status !== 408);
  return isClear || decidedBefore.has(code.toLowerCase()) ? 'answered' : 'noAnswer';
}

/** Statuses with which a front end turns a request away before any program of Bitrix24 sees it. */
const turnedAway = new Set([
  400, 401, 403, 404, 405, 406, 407, 411, 413, 414, 415, 421, 429, 431, 451,
]);

/** An answer that is not JSON comes from a proxy, a front end or a broken program; 2xx and 5xx maybe after the push. */
function phaseOfForeignAnswer(status: number): Phase {
  return turnedAway.has(status) ? 'answered' : 'noAnswer';
}

/** A login page of a network, a proxy's or a front end's error page. */
function isPage(response: HttpResponse): boolean {
  return /html/i.test(mediaType(response)) || /^\s*<[a-z!?]/i.test(response.body.slice(0, 1_000));
}

function mediaType(response: HttpResponse): string {
  const type = response.headers.get('content-type')?.slice(0, 100).split(';', 1)[0]?.trim() ?? '';
  return /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : 'something';
}

function strike(text: string, secrets: readonly string[]): string {
  const known = secrets.filter((secret) => secret !== '');
  return known.reduce((clean, secret) => clean.replaceAll(secret, '***'), text);
}
