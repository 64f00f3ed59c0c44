import * as v from 'valibot';
import { cancelledError, unlessAborted } from './abort';
import { readAnswer, unexpectedAnswer } from './answer';
import { batchParams, batchResult, commandKey, readBatch } from './restBatch';
import type { BatchCommand, CommandOutcome } from './restBatch';
import { Bitrix24Error } from './errors';
import { wellFormed } from './phpQuery';
import type { MethodTime, RateLimiter, RateLimiterDeps, Turn, Wait } from './rateLimiter';
import type { Lane } from './rateLimiterState';
import { readRedirect } from './redirect';
import type { Redirect } from './redirect';
import type { HttpResponse, Transport } from './transport';
import { isSafeAddress } from './oauth';
import type { Tokens } from './oauth';

/** The source of a client's tokens; a client keeps none itself, and may stop waiting. May throw Bitrix24Error. */
export interface TokenSource {
  /** The current tokens; no network where possible. */
  tokens(): Promise<Tokens>;
  /** Newer tokens than the one that failed: refreshes, or gives what another call or window has already stored. */
  refreshed(failedAccessToken: string): Promise<Tokens>;
  /** Asks the user whether the renamed portal is theirs; undefined means no. Gives tokens with that endpoint. */
  moved(clientEndpoint: string): Promise<Tokens | undefined>;
}

export interface CallControl {
  /** Ends every wait at once. */
  signal?: AbortSignal | undefined;
  /** True if a request that is on the wire is heard out, whatever `signal` says. */
  hearOut?: boolean | undefined;
  /** Called before each pause, so that the user sees it; with undefined when it is over. */
  onWait?: ((wait: Wait | undefined) => void) | undefined;
  /** For each exchange, ms, instead of the transport's own limit: for calls that take their time. */
  timeoutMs?: number | undefined;
  /**
   * Awaited each time that the call is about to leave: at first, and again after each pause, reconnection, refresh or
   * move. When it rejects, the call ends in that error, and nothing leaves.
   */
  beforeLeaving?: (() => Promise<void>) | undefined;
  /** Awaited when what has left was certainly not carried out and is to be sent again, before any pause. */
  notCarriedOut?: (() => Promise<void>) | undefined;
  /** Whose request goes first; default `prompt`. */
  lane?: Lane | undefined;
}

export interface CallOptions<T> extends CallControl {
  /** Shape of `result`. */
  schema: v.GenericSchema<unknown, T>;
}

export interface Answer<T> {
  result: T;
  /** Rows in all, for lists. */
  total?: number | undefined;
  /** `start` of the next page, for lists. */
  next?: number | undefined;
}

export interface PortalClientDeps {
  transport: Transport;
  tokens: TokenSource;
  clock: RateLimiterDeps['clock'];
  /** Lines name method, host, status and code: never parameters. */
  log: RateLimiterDeps['log'] & { debug(message: string): void };
  limiter: RateLimiter;
}

/** Between a refused connection and the one more try. */
const reconnectMs = 500;
/** After a longer wait for its turn, a call asks for its tokens again. */
const longTurnMs = 1_000;

const number = v.fallback(v.optional(v.number()), undefined);
const timeSchema = v.fallback(
  v.optional(v.object({ duration: number, operating: number, operating_reset_at: number })),
  undefined,
);
const envelope = v.object({ total: number, next: number, time: timeSchema });

/** A request as it is sent, once or again. */
interface Exchange<T> {
  method: string;
  params: Record<string, unknown>;
  options: CallOptions<T>;
  /** The methods whose operating time it takes. */
  timed: readonly string[];
  /** The operating times that its result names, beside that of the call itself. */
  timesOf: (result: T) => MethodTime[];
}

/** How far one call has come. Each kind of repetition happens once. */
interface CallState {
  tokens: Tokens;
  endpoint: string;
  turn?: Turn;
  isReconnected?: boolean;
  isRefreshed?: boolean;
  isMoved?: boolean;
  isHeld?: boolean;
}

/**
 * Speaks to one portal as one user.
 *
 * A call is sent again on its own only where the server certainly did nothing: once after a refused connection,
 * once with new tokens after `expired_token`, once to the new host of a renamed portal, and after the pauses that
 * QUERY_LIMIT_EXCEEDED and OPERATION_TIME_LIMIT ask for. Everything else ends in one Bitrix24Error.
 */
export class PortalClient {
  readonly #deps: PortalClientDeps;

  constructor(deps: PortalClientDeps) {
    this.#deps = deps;
  }

  /** Calls a REST method. Throws Bitrix24Error, whose phase is that of this call. */
  async call<T>(
    method: string,
    params: Record<string, unknown>,
    options: CallOptions<T>,
  ): Promise<Answer<T>> {
    const { answer } = await this.#send({
      ...{ method, params, options, timed: [method], timesOf: () => [] },
    });
    return answer;
  }

  /**
   * Sends up to 50 commands in one request; outcomes come in the order of the commands. Equal pushes in one batch
   * become one push per person. A method whose commands met OPERATION_TIME_LIMIT is held until their error's
   * `retryAt`. docs/bitrix24.md, section 3.
   */
  async batch(
    commands: readonly BatchCommand[],
    options: CallControl & { halt?: boolean } = {},
  ): Promise<CommandOutcome[]> {
    const { halt = false, ...control } = options;
    const { limiter } = this.#deps;
    const { answer, portal } = await this.#send({
      method: 'batch',
      params: batchParams(commands, halt),
      options: { ...control, schema: batchResult },
      // The batch itself takes no operating time.
      timed: [...new Set(commands.map(({ method }) => method))],
      timesOf: (result) =>
        commands.flatMap(({ method }, index) =>
          timesOf(method, v.parse(timeSchema, result.result_time[commandKey(index)])),
        ),
    });
    return readBatch(answer.result, commands, halt).map((outcome, index) => {
      const method = commands[index]?.method ?? '';
      if (outcome.kind !== 'failed' || !outcome.error.is('OPERATION_TIME_LIMIT')) {
        return outcome;
      }
      const { until } = limiter.of(portal).blockedUntil(method);
      limiter.of(portal).hold(method, until);
      return { ...outcome, error: outcome.error.with({ retryAt: until }) };
    });
  }

  /**
   * Tells until when the portal lets nobody ask, Unix ms, as all windows of this machine know: the pause after
   * QUERY_LIMIT_EXCEEDED, or until one of these methods may be called again. 0 if there is nothing to wait for.
   * Uses no network.
   */
  async pausedUntil(...methods: string[]): Promise<number> {
    const { memberId } = await this.#deps.tokens.tokens();
    return await this.#deps.limiter.of(memberId).pausedUntil(methods);
  }

  /** Sends a request, again where that is safe. Resolves with the answer and the portal's member_id. */
  async #send<T>(exchange: Exchange<T>): Promise<{ answer: Answer<T>; portal: string }> {
    const { method, options } = exchange;
    const { signal } = options;
    const tokens = await beforeSending(() => this.#deps.tokens.tokens(), signal);
    const state: CallState = { tokens, endpoint: tokens.clientEndpoint };
    for (;;) {
      const portal = state.tokens.memberId;
      const turn = await this.#takeTurn(exchange, state);
      const url = methodUrl(state.endpoint, method);
      await options.beforeLeaving?.();
      const response = await this.#post(exchange, state, url);
      if (response === undefined) {
        continue;
      }
      const redirect = readRedirect(response, url);
      if (redirect !== undefined) {
        turn.passed();
        await this.#follow(redirect, state, url, response.status, options);
        continue;
      }
      try {
        const read = this.#read(method, response, url.host, state.tokens, options.schema);
        turn.passed([...timesOf(method, read.time), ...exchange.timesOf(read.answer.result)]);
        return { answer: read.answer, portal };
      } catch (error) {
        await this.#recover(error, exchange, state, turn);
      }
    }
  }

  /** Waits for the turn; after a long wait the tokens are asked for again, since their hour may have ended. */
  async #takeTurn<T>({ timed, options }: Exchange<T>, state: CallState): Promise<Turn> {
    const { clock, limiter, tokens } = this.#deps;
    const { signal, lane, onWait } = options;
    const since = clock.now();
    state.turn = await limiter
      .of(state.tokens.memberId)
      .turn({ methods: timed, lane, signal, onWait, again: state.turn });
    if (!state.isMoved && clock.now() - since > longTurnMs) {
      state.tokens = await beforeSending(() => tokens.tokens(), signal);
    }
    return state.turn;
  }

  /** The response; undefined when the connection was refused for the first time. */
  async #post<T>(
    { method, params, options }: Exchange<T>,
    state: CallState,
    url: URL,
  ): Promise<HttpResponse | undefined> {
    const { clock, log, transport } = this.#deps;
    const { signal, hearOut, timeoutMs } = options;
    if (signal?.aborted) {
      throw cancelledError();
    }
    const start = clock.now();
    try {
      const response = await transport.send({
        ...{ method: 'POST', url, timeoutMs, signal: hearOut === true ? undefined : signal },
        headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
        // The token comes last, so that no parameter takes its place.
        body: JSON.stringify({ ...params, auth: state.tokens.accessToken }, (_, one: unknown) =>
          wellFormed(one),
        ),
      });
      log.debug(`${method} at ${url.host}: HTTP ${response.status}, ${clock.now() - start} ms`);
      return response;
    } catch (error) {
      if (!(error instanceof Bitrix24Error)) {
        throw error;
      }
      const { kind, code, phase } = error;
      log.warn(`${method} at ${url.host}: ${kind} ${code} (${phase}), ${clock.now() - start} ms`);
      if (state.isReconnected || kind !== 'refused' || phase !== 'notSent') {
        throw error;
      }
      state.isReconnected = true;
      await options.notCarriedOut?.();
      await beforeSending(() => clock.sleep(reconnectMs, signal), signal);
      return undefined;
    }
  }

  /** Turns to where a renamed portal is now, once the user agreed; throws where no token may follow. */
  async #follow(
    redirect: Redirect,
    state: CallState,
    { host, origin }: URL,
    status: number,
    { signal, notCarriedOut }: CallControl,
  ): Promise<void> {
    if (state.isMoved || !redirect.ok || redirect.endpoint === state.endpoint) {
      throw refusedRedirect(redirect.ok ? 'REDIRECT_LOOP' : redirect.code, status, host);
    }
    state.isMoved = true;
    state.endpoint = redirect.endpoint;
    await notCarriedOut?.();
    const newOrigin = new URL(redirect.endpoint).origin;
    if (newOrigin === origin) {
      return;
    }
    const source = this.#deps.tokens;
    const agreed = await beforeSending(() => source.moved(redirect.endpoint), signal);
    // The user said no, or agreed to another site than this one.
    if (agreed === undefined || new URL(agreed.clientEndpoint).origin !== newOrigin) {
      throw refusedRedirect('REDIRECT_NOT_AGREED', status, host);
    }
    state.tokens = agreed;
    state.endpoint = agreed.clientEndpoint;
  }

  /** Makes the call ready to be sent again, or throws the error that it ends in. */
  async #recover<T>(
    error: unknown,
    { method, options }: Exchange<T>,
    state: CallState,
    turn: Turn,
  ): Promise<void> {
    const { tokens: source, limiter } = this.#deps;
    if (error instanceof Bitrix24Error && error.is('QUERY_LIMIT_EXCEEDED')) {
      if (!turn.refused()) {
        throw error;
      }
      await options.notCarriedOut?.();
      return;
    }
    turn.passed();
    if (!(error instanceof Bitrix24Error) || error.kind !== 'server') {
      throw error;
    }
    if (error.is('expired_token') && !state.isRefreshed) {
      state.isRefreshed = true;
      const failed = state.tokens.accessToken;
      const { signal, notCarriedOut } = options;
      await notCarriedOut?.();
      state.tokens = await beforeSending(() => source.refreshed(failed), signal);
      // The authorization server may not know of the new host yet that the user has just agreed to.
      state.endpoint = state.isMoved ? state.endpoint : state.tokens.clientEndpoint;
      return;
    }
    if (!error.is('OPERATION_TIME_LIMIT')) {
      throw error;
    }
    const portal = limiter.of(state.tokens.memberId);
    const { until, isTold } = portal.blockedUntil(method);
    if (state.isHeld || !isTold) {
      throw error.with({ retryAt: until });
    }
    state.isHeld = true;
    portal.hold(method, until);
    await options.notCarriedOut?.();
  }

  #read<T>(
    method: string,
    response: HttpResponse,
    host: string,
    tokens: Tokens,
    schema: v.GenericSchema<unknown, T>,
  ): { answer: Answer<T>; time: v.InferOutput<typeof timeSchema> } {
    let body;
    try {
      body = readAnswer(response, host, [tokens.accessToken, tokens.refreshToken]);
    } catch (error) {
      if (error instanceof Bitrix24Error) {
        this.#deps.log.info(`${method} at ${host}: ${error.code} (HTTP ${response.status})`);
      }
      throw error;
    }
    const { total, next, time } = v.parse(envelope, body);
    const result = v.safeParse(schema, body['result']);
    if (!result.success || response.status < 200 || response.status > 299) {
      throw unexpectedAnswer(result.issues ?? [], response, host);
    }
    return { answer: { result: result.output, total, next }, time };
  }
}

/** Empty on a self-hosted portal, which tells no operating time. */
function timesOf(method: string, time: v.InferOutput<typeof timeSchema>): MethodTime[] {
  const { duration = 0, operating, operating_reset_at: resetAt } = time ?? {};
  return resetAt === undefined
    ? []
    : [{ method, duration, operating: operating ?? 0, resetAt: resetAt * 1000 }];
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
      throw error.phase === 'noAnswer' ? error.with({ phase: 'notSent' }) : error;
    }
    if (signal?.aborted) {
      throw cancelledError();
    }
    throw error;
  }
}

/** Builds on `client_endpoint` as it was given: a portal may have a port or a path of its own. */
function methodUrl(endpoint: string, method: string): URL {
  if (!isSafeAddress(endpoint) || !/^[a-z0-9_.]+$/i.test(method)) {
    throw new Bitrix24Error({ kind: 'invalid', phase: 'notSent', code: 'BAD_ENDPOINT' });
  }
  return new URL(method, endpoint.endsWith('/') ? endpoint : `${endpoint}/`);
}

function refusedRedirect(code: string, httpStatus: number, host: string): Bitrix24Error {
  return new Bitrix24Error({ kind: 'redirect', phase: 'notSent', code, httpStatus, host });
}
