import type { FaultAction } from '../../src/sandbox';
import type { FrontKind } from './fronts';

/** Something that goes wrong with one request. */
export interface FaultCase {
  name: string;
  /** What the sandbox plays, `times` as in its control API; or where else the request is taken. */
  plant:
    | { kind: 'sandbox'; action: FaultAction; times?: number }
    /** From this call on every call goes astray. */
    | { kind: 'detour'; to: Detour }
    /** To another site. */
    | { kind: 'redirect'; status: number };
  /**
   * `done`: it reaches the phones all the same. `open`: nobody on this side of the wire can know.
   * `turnedAway`: this request certainly did nothing, so nothing about it is unknown.
   */
  ends: 'done' | 'turnedAway' | 'open';
  /** The client's own time limit ends it. */
  endless?: boolean;
}

export type Detour = 'closedPort' | 'unknownName' | 'noTls' | FrontKind;

const played = (
  name: string,
  ends: FaultCase['ends'],
  action: FaultAction,
  more: { times?: number; endless?: boolean } = {},
): FaultCase => {
  const { times, endless } = more;
  return {
    name,
    plant: { kind: 'sandbox', action, ...(times === undefined ? {} : { times }) },
    ends,
    ...(endless && { endless }),
  };
};

const answered = (status: number, error: string): FaultAction => ({
  action: 'status',
  status,
  error,
});
/** Of a front end, which says nothing about what became of the request. */
const page = (status: number): FaultAction => ({
  action: 'status',
  status,
  body: `<html><body><h1>${status}</h1></body></html>`,
});
/** JSON that says two things about a request that was not carried out. */
const contradiction = (status: number, body: object): FaultAction => ({
  action: 'status',
  ...{ status, body: JSON.stringify(body), contentType: 'application/json' },
});
const forEver = { times: 0 };
const full = { error: 'QUERY_LIMIT_EXCEEDED' };

export const faultCases: readonly FaultCase[] = [
  { name: 'refused', plant: { kind: 'detour', to: 'closedPort' }, ends: 'turnedAway' },
  { name: 'DNS', plant: { kind: 'detour', to: 'unknownName' }, ends: 'turnedAway' },
  { name: 'TLS', plant: { kind: 'detour', to: 'noTls' }, ends: 'turnedAway' },
  // Its answers count, and no connection may be used again.
  { name: 'ignores Connection: close', plant: { kind: 'detour', to: 'keeps' }, ends: 'done' },
  {
    ...{ name: 'ignores Connection: close, and cuts', ends: 'done' },
    plant: { kind: 'detour', to: 'cuts' },
  },
  {
    ...{ name: 'an error beside the result, after processing', ends: 'open' },
    plant: { kind: 'detour', to: 'contradicts' },
  },
  played('an empty error and a result', 'open', contradiction(200, { error: '', result: true })),
  played('a refusal and a result', 'open', contradiction(400, { error: 'X', result: true })),
  played('a pause and a result', 'open', contradiction(503, { ...full, result: true })),
  played('an error that is no code', 'open', contradiction(400, { error: true })),
  played('500 with a documented refusal', 'turnedAway', answered(500, 'TEXT_ERROR')),
  played('502 with a documented refusal', 'turnedAway', answered(502, 'EMPTY_APP_NAME')),
  played('503 with a documented refusal', 'turnedAway', answered(503, 'ACCESS_ERROR')),
  played('504 with a documented refusal', 'turnedAway', answered(504, 'insufficient_scope')),
  played('500 with a code that is not documented', 'open', answered(500, 'SOMETHING_ELSE')),
  played('proxy 407', 'turnedAway', page(407), forEver),
  played('closed unread', 'open', { action: 'refuse' }),
  played('cut before processing', 'open', { action: 'cut', when: 'before' }),
  played('cut after processing', 'open', { action: 'cut', when: 'after' }),
  played('hang before', 'open', { action: 'hang', when: 'before' }, { endless: true }),
  played('hang after', 'open', { action: 'hang', when: 'after' }, { endless: true }),
  ...[301, 302, 307, 308].map((status): FaultCase => ({
    name: `${status} to another site`,
    plant: { kind: 'redirect', status },
    ends: 'turnedAway',
  })),
  played('400', 'turnedAway', answered(400, 'ERROR_ARGUMENT')),
  played('400 HTML', 'turnedAway', page(400)),
  played('401 expired', 'done', answered(401, 'expired_token')),
  played('401 expired, always', 'turnedAway', answered(401, 'expired_token'), forEver),
  played('403', 'turnedAway', answered(403, 'ACCESS_DENIED')),
  // Waited out only where an earlier answer has said until when.
  played('429', 'turnedAway', answered(429, 'OPERATION_TIME_LIMIT')),
  played('429, always', 'turnedAway', answered(429, 'OPERATION_TIME_LIMIT'), forEver),
  played('500', 'open', answered(500, 'INTERNAL_SERVER_ERROR')),
  played('500 HTML after processing', 'open', { action: 'html', status: 500 }),
  played('502', 'open', page(502)),
  played('502 after processing', 'open', { action: 'html', status: 502 }),
  played('503 limit', 'done', answered(503, 'QUERY_LIMIT_EXCEEDED'), { times: 3 }),
  played('503 limit, always', 'turnedAway', answered(503, 'QUERY_LIMIT_EXCEEDED'), forEver),
  played('503 HTML', 'open', page(503)),
  played('503 HTML after processing', 'open', { action: 'html', status: 503 }),
  played('504', 'open', page(504)),
  played('504 after processing', 'open', { action: 'html', status: 504 }),
  played('HTML with 200', 'open', { action: 'html' }),
  played('result:false', 'open', { action: 'resultFalse' }),
  played('truncated JSON', 'open', { action: 'truncate' }),
  played('100 MB body', 'open', { action: 'huge', bytes: 100 * 1024 * 1024 }),
  played('one byte a second', 'open', { action: 'slow', bytesPerSecond: 1 }, { endless: true }),
];
