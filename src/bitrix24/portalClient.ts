import * as v from 'valibot';
import { readAnswer, unexpectedAnswer } from './answer';
import { batchParams, batchResult, readBatch, readTimes } from './batch';
import type { BatchCommand, CommandOutcome } from './batch';
import { Bitrix24Error } from './errors';
import type { Lane } from './leakyBucket';
import type { MethodTime, Pacer, Turn } from './pacer';
import { Pauses, retryAt } from './pauses';
import type { Wait } from './pauses';
import { isLoopback } from './portalAddress';
import { readRedirect } from './redirect';
import type { HttpResponse, Transport } from './transport';
import type { Tokens } from './oauth';
import { cancelledError, unlessAborted } from './unlessAborted';

export type { Wait };

/** Where a client gets its tokens from; it keeps none itself. May throw Bitrix24Error. */
export interface TokenSource {
  /** The current tokens; no network where possible. */
  tokens(signal?: AbortSignal): Promise<Tokens>;
  /** Newer tokens than the one that failed: refreshes, or gives what another call or window has already stored. */
  refreshed(failedAccessToken: string, signal?: AbortSignal): Promise<Tokens>;
  /** Asks the user whether the renamed portal is theirs; undefined means no. Gives tokens with that endpoint. */
  moved(clientEndpoint: string, signal?: AbortSignal): Promise<Tokens | undefined>;
}

/** The part of a clock that the client needs. */
export interface ClientClock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Lines name method, host, status and code: never parameters. */
export interface ClientLog {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
}

export interface CallControl {
  /** Ends every wait at once. */
  signal?: AbortSignal | undefined;
  /** What is on the wire is heard out, whatever `signal` says. */
  hearOut?: boolean | undefined;
  /** Called before each pause, so that the user sees it; with undefined when it is over. */
  onWait?: ((wait: Wait | undefined) => void) | undefined;
  /** For each exchange, ms, instead of the transport's own limit: for calls that take their time. */
  timeoutMs?: number | undefined;
  /** Awaited once, when the call has its turn and is about to leave. When it rejects, nothing leaves. */
  beforeLeaving?: (() => Promise<void>) | undefined;
  /** `mass`: one of many requests, which lets small ones go first. Default `prompt`. */
  lane?: Lane | undefined;
}

export interface CallOptions<T> extends CallControl {
  /** Shape of `result`. */
  schema: v.GenericSchema<unknown, T>;
}

/** Bitrix24: `time` of an answer; the operating fields only in the cloud. */
export interface CallTime {
  /** Seconds. */
  duration?: number | undefined;
  /** Seconds of the method's operating budget that are used up. */
  operating?: number | undefined;
  /** Unix seconds. */
  operatingResetAt?: number | undefined;
}

export interface Answer<T> {
  result: T;
  /** Rows in all, for lists. */
  total?: number | undefined;
  /** `start` of the next page, for lists. */
  next?: number | undefined;
  time?: CallTime | undefined;
}

export interface PortalClientDeps {
  transport: Transport;
  tokens: TokenSource;
  clock: ClientClock;
  log?: ClientLog | undefined;
  /** Gives each request its turn; without one, each call waits out its own refusals. */
  pacer?: Pacer | undefined;
}

/** Between a refused connection and the one more try. */
const reconnectMs = 500;
/** After a wait for one's turn that was longer, tokens are asked for again. */
const longTurnMs = 1_000;

const number = v.fallback(v.optional(v.number()), undefined);
const timeSchema = v.fallback(
  v.optional(v.object({ duration: number, operating: number, operating_reset_at: number })),
  undefined,
);
const envelope = v.object({ total: number, next: number, time: timeSchema });

/**
 * Speaks to one portal as one user.
 *
 * A call is sent again on its own only where the server certainly did nothing: once after a refused connection,
 * once with new tokens after `expired_token`, once to the new host of a renamed portal, and after the pauses that
 * QUERY_LIMIT_EXCEEDED and OPERATION_TIME_LIMIT ask for. Everything else ends in one Bitrix24Error.
 */
export class PortalClient {
  readonly #deps: PortalClientDeps;
  /** Lower-case method to Unix ms: when its operating time is counted anew. */
  readonly #resets = new Map<string, number>();

  constructor(deps: PortalClientDeps) {
    this.#deps = deps;
  }

  /** Calls a REST method. Throws Bitrix24Error, whose phase is that of this call. */
  async call<T>(
    method: string,
    params: Record<string, unknown>,
    options: CallOptions<T>,
  ): Promise<Answer<T>> {
    return this.#call(method, params, options, [method], () => []);
  }

  /** `paced`: the methods whose operating time it takes; `timesOf`: what the answer says of theirs. */
  async #call<T>(
    method: string,
    params: Record<string, unknown>,
    options: CallOptions<T>,
    paced: readonly string[],
    timesOf: (result: T, portal: string) => MethodTime[],
  ): Promise<Answer<T>> {
    const { tokens: source, clock, pacer } = this.#deps;
    const { signal } = options;
    let waiting = false;
    const onWait = (wait: Wait): void => {
      waiting = true;
      options.onWait?.(wait);
    };
    const waitIsOver = (): void => {
      if (waiting) {
        waiting = false;
        options.onWait?.(undefined);
      }
    };
    let turn: Turn | undefined;
    const pauses = new Pauses();
    let tokens = await beforeSending(() => source.tokens(signal), signal);
    let endpoint = tokens.clientEndpoint;
    let reconnected = false;
    let refreshed = false;
    let moved = false;
    let leaving = false;

    for (;;) {
      const portal = tokens.memberId;
      if (pacer) {
        const since = clock.now();
        const { lane } = options;
        const asked = { portal, methods: paced, lane, signal, onWait, again: turn };
        turn = await pacer.turn(asked).finally(waitIsOver);
        if (!moved && clock.now() - since > longTurnMs) {
          // Its hour may have ended meanwhile, and somebody may have renewed it.
          tokens = await beforeSending(() => source.tokens(signal), signal);
        }
      }
      const url = methodUrl(endpoint, method);
      if (!leaving) {
        leaving = true;
        await options.beforeLeaving?.();
      }
      let response: HttpResponse;
      try {
        response = await this.#post(url, method, params, tokens.accessToken, options);
      } catch (error) {
        if (reconnected || !isRefused(error)) {
          throw error;
        }
        reconnected = true;
        await beforeSending(() => clock.sleep(reconnectMs, signal), signal);
        continue;
      }

      const redirect = readRedirect(response, url);
      if (redirect !== undefined) {
        turn?.passed();
        if (moved || !redirect.ok || redirect.endpoint === endpoint) {
          throw refusedRedirect(
            redirect.ok ? 'REDIRECT_LOOP' : redirect.code,
            response.status,
            url.host,
          );
        }
        moved = true;
        endpoint = redirect.endpoint;
        if (new URL(endpoint).origin !== url.origin) {
          const agreed = await beforeSending(() => source.moved(redirect.endpoint, signal), signal);
          // The user said no, or what was agreed to is another site than this one.
          if (
            agreed === undefined ||
            new URL(agreed.clientEndpoint).origin !== new URL(endpoint).origin
          ) {
            throw refusedRedirect('REDIRECT_NOT_AGREED', response.status, url.host);
          }
          tokens = agreed;
          endpoint = agreed.clientEndpoint;
        }
        continue;
      }

      try {
        const answer = this.#read(method, response, url.host, tokens, options.schema);
        turn?.passed([...timeOf(method, answer.time), ...timesOf(answer.result, portal)]);
        return answer;
      } catch (error) {
        const full = error instanceof Bitrix24Error && error.is('QUERY_LIMIT_EXCEEDED');
        turn?.[full ? 'refused' : 'passed']();
        if (!(error instanceof Bitrix24Error) || error.kind !== 'server') {
          throw error;
        }
        if (error.is('expired_token') && !refreshed) {
          refreshed = true;
          const failed = tokens.accessToken;
          tokens = await beforeSending(() => source.refreshed(failed, signal), signal);
          // The authorization server may not know of the new host yet that the user has just agreed to.
          endpoint = moved ? endpoint : tokens.clientEndpoint;
          continue;
        }
        const now = clock.now();
        const resetAt = this.#resetOf(portal, method);
        const wait = pauses.after(error, now, resetAt);
        if (wait === undefined) {
          throw withRetryAt(error, retryAt(error, now, resetAt));
        }
        if (pacer) {
          if (!full) {
            pacer.hold(portal, method, wait.until);
          }
          continue;
        }
        this.#deps.log?.info(
          `${method}: ${wait.code}, waiting ${Math.ceil((wait.until - now) / 1000)} s`,
        );
        onWait(wait);
        const pause = () => clock.sleep(wait.until - now, signal);
        await beforeSending(pause, signal).finally(waitIsOver);
      }
    }
  }

  /**
   * Bitrix24: batch. At most 50 commands in one request; outcomes come in the order of the commands.
   * Identical pull.application.push.add commands in one batch become one push per person.
   * A method whose commands met OPERATION_TIME_LIMIT is held until their error's `retryAt`.
   */
  async batch(
    commands: readonly BatchCommand[],
    options: CallControl & { halt?: boolean } = {},
  ): Promise<CommandOutcome[]> {
    const { halt = false, ...control } = options;
    const params = batchParams(commands, halt);
    let portal = '';
    const { result } = await this.#call(
      'batch',
      params,
      { ...control, schema: batchResult },
      // The batch itself takes no operating time.
      [...new Set(commands.map(({ method }) => method))],
      (answer, askedPortal) => {
        portal = askedPortal;
        return readTimes(answer, commands).flatMap(({ method, time: raw }) => {
          const time = v.parse(timeSchema, raw);
          this.#noteReset(method, time);
          return timeOf(method, callTime(time));
        });
      },
    );
    return readBatch(result, commands, halt).map((outcome, index) => {
      const method = commands[index]?.method ?? '';
      return outcome.kind === 'failed' && outcome.error.is('OPERATION_TIME_LIMIT')
        ? { ...outcome, error: this.#held(portal, method, outcome.error) }
        : outcome;
    });
  }

  #held(portal: string, method: string, error: Bitrix24Error): Bitrix24Error {
    const { clock, pacer } = this.#deps;
    const [now, resetAt] = [clock.now(), this.#resetOf(portal, method)];
    const until = new Pauses().after(error, now, resetAt)?.until ?? retryAt(error, now, undefined);
    if (until !== undefined) {
      pacer?.hold(portal, method, until);
    }
    return withRetryAt(error, until);
  }

  /** When the method's operating time is counted anew, as this window or another was last told. */
  #resetOf(portal: string, method: string): number | undefined {
    const told = [
      this.#resets.get(method.toLowerCase()),
      this.#deps.pacer?.resetAt(portal, method),
    ].filter((at) => at !== undefined);
    return told.length > 0 ? Math.max(...told) : undefined;
  }

  #noteReset(method: string, time: v.InferOutput<typeof timeSchema>): void {
    if (time?.operating_reset_at !== undefined) {
      this.#resets.set(method.toLowerCase(), time.operating_reset_at * 1000);
    }
  }

  async #post(
    url: URL,
    method: string,
    params: Record<string, unknown>,
    accessToken: string,
    { signal, hearOut, timeoutMs }: CallControl,
  ): Promise<HttpResponse> {
    const { clock, log, transport } = this.#deps;
    if (signal?.aborted) {
      throw cancelledError();
    }
    const start = clock.now();
    try {
      const response = await transport.send({
        method: 'POST',
        url,
        headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
        // Last, so that no parameter takes its place.
        body: JSON.stringify({ ...params, auth: accessToken }),
        signal: hearOut === true ? undefined : signal,
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
      });
      log?.debug(`${method} at ${url.host}: HTTP ${response.status}, ${clock.now() - start} ms`);
      return response;
    } catch (error) {
      if (error instanceof Bitrix24Error) {
        log?.warn(
          `${method} at ${url.host}: ${error.kind} ${error.code} (${error.phase}), ${clock.now() - start} ms`,
        );
      }
      throw error;
    }
  }

  #read<T>(
    method: string,
    response: HttpResponse,
    host: string,
    tokens: Tokens,
    schema: v.GenericSchema<unknown, T>,
  ): Answer<T> {
    let body;
    try {
      body = readAnswer(response, host, [tokens.accessToken, tokens.refreshToken]);
    } catch (error) {
      if (error instanceof Bitrix24Error) {
        this.#deps.log?.info(`${method} at ${host}: ${error.code} (HTTP ${response.status})`);
      }
      throw error;
    }
    const { total, next, time } = v.parse(envelope, body);
    this.#noteReset(method, time);
    const result = v.safeParse(schema, body['result']);
    if (!result.success || response.status < 200 || response.status > 299) {
      throw unexpectedAnswer(result.issues ?? [], response, host);
    }
    return {
      result: result.output,
      total,
      next,
      time: callTime(time),
    };
  }
}

function callTime(time: v.InferOutput<typeof timeSchema>): CallTime | undefined {
  return (
    time && {
      duration: time.duration,
      operating: time.operating,
      operatingResetAt: time.operating_reset_at,
    }
  );
}

/** What the pacer has to know of it; nothing on a self-hosted portal. */
function timeOf(method: string, time: CallTime | undefined): MethodTime[] {
  const { duration, operating, operatingResetAt } = time ?? {};
  return operating === undefined || operatingResetAt === undefined
    ? []
    : [{ method, duration: duration ?? 0, operating, resetAt: operatingResetAt * 1000 }];
}

/**
 * Runs what happens while the call itself is not on the wire. Whatever fails here, the method was not carried
 * out: an authorization server that does not answer must not read as a push that may have been accepted.
 */
async function beforeSending<T>(
  step: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  try {
    if (signal?.aborted) {
      throw cancelledError();
    }
    return await unlessAborted(step(), signal);
  } catch (error) {
    if (error instanceof Bitrix24Error) {
      throw error.phase === 'noAnswer' ? copy(error, { phase: 'notSent' }) : error;
    }
    if (signal?.aborted) {
      throw cancelledError();
    }
    throw error;
  }
}

/** Builds on `client_endpoint` as it was given: a portal may have a port or a path of its own. */
function methodUrl(endpoint: string, method: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.host));
  if (url === undefined || !safe || !/^[a-z0-9_.]+$/i.test(method)) {
    throw new Bitrix24Error({
      kind: 'invalid',
      phase: 'notSent',
      code: 'BAD_ENDPOINT',
      host: url?.host,
    });
  }
  return new URL(method, endpoint.endsWith('/') ? endpoint : `${endpoint}/`);
}

function isRefused(error: unknown): boolean {
  return error instanceof Bitrix24Error && error.kind === 'refused' && error.phase === 'notSent';
}

function refusedRedirect(code: string, httpStatus: number, host: string): Bitrix24Error {
  return new Bitrix24Error({ kind: 'redirect', phase: 'notSent', code, httpStatus, host });
}

function withRetryAt(error: Bitrix24Error, at: number | undefined): Bitrix24Error {
  return at === undefined ? error : copy(error, { retryAt: at });
}

function copy(
  error: Bitrix24Error,
  changes: Partial<Pick<Bitrix24Error, 'phase' | 'retryAt'>>,
): Bitrix24Error {
  const { kind, phase, code, description, httpStatus, host, retryAt: at } = error;
  return new Bitrix24Error({
    kind,
    phase,
    code,
    description,
    httpStatus,
    host,
    retryAt: at,
    cause: error,
    ...changes,
  });
}
