import { authorise, noteOnScope, opens } from './authorisation';
import { type PhpArray, PhpTypeError, toInt } from './php';
import { runBatch, type CommandBody } from './batch';
import type { LoggedReply } from './serveWithFaults';
import type { FaultPlan } from './faults';
import type { OperatingCaller } from './operatingTime';
import { htmlReply, jsonReply, redirectReply, type Reply } from './http';
import { allMethods } from './methods/allMethods';
import { unreadParameters } from './methods/methodParameters';
import { answer, type Answer, type Call, type Caller, type Method } from './methods/method';
import type { Json } from './phpJson';
import { QueuedPushes } from './queuedPushes';
import { serveRest3 } from './rest3';
import { responseTime } from './responseTime';
import { methodNotFound, RestError } from './restError';
import { CORS_HEADERS, type RestRequest } from './restTarget';
import type { PortalState } from './portalState';
import { fullName } from './staff';
import { toXml } from './xml';

/** Answers a browser's preflight request, which the front end of the cloud handles. */
export function preflightReply(): Reply {
  return {
    status: 200,
    headers: { ...CORS_HEADERS, 'access-control-allow-methods': 'GET, POST, OPTIONS' },
    body: '',
  };
}

/** Answers a REST call: first the portal's front end (rename, rate limit), then its REST server. Source: docs/bitrix24.md, sections 2 and 4. */
export function serveRest(
  portal: PortalState,
  faults: FaultPlan,
  request: RestRequest,
  requestId: number,
): LoggedReply {
  if (portal.renamedTo !== null && request.host !== portal.renamedTo) {
    const reply = redirectReply(`${portal.portalOrigin}${request.url}`);
    return { reply, error: null, note: `moved to ${portal.renamedTo}` };
  }
  if (!portal.rateLimit.pour(request.address)) {
    const error = new RestError('QUERY_LIMIT_EXCEEDED', 'Too many requests', 503);
    return { reply: jsonReply(error.body(), 503), error: error.code, note: 'not carried out' };
  }
  if (request.target.v3) {
    return serveRest3(portal, request);
  }
  return new RestHit(portal, faults, request).run(requestId);
}

interface CallInput {
  /** In lower case. */
  name: string;
  method: Method;
  caller: Caller;
  params: PhpArray;
  inBatch: boolean;
}

const MOST_NAMED = 10;

function ignoredNote(names: readonly string[]): string {
  const named = names.slice(0, MOST_NAMED).join(', ');
  const rest = names.length - MOST_NAMED;
  const all = rest > 0 ? `${named} and ${String(rest)} more` : named;
  return `no parameters of the method: ${all} (a real portal ignores them in silence)`;
}

/** Carries out one HTTP request to the REST server, which the server's source calls a hit. */
class RestHit {
  readonly #portal: PortalState;
  readonly #faults: FaultPlan;
  readonly #request: RestRequest;
  readonly #queuedPushes = new QueuedPushes();
  readonly #notes: string[] = [];
  readonly #stopwatch = startStopwatch();
  /** The methods that this request has called. */
  readonly #called = new Set<string>();
  readonly #ignored: string[] = [];
  #requestId = 0;
  #caller: Caller | null = null;

  constructor(portal: PortalState, faults: FaultPlan, request: RestRequest) {
    this.#portal = portal;
    this.#faults = faults;
    this.#request = request;
  }

  run(requestId: number): LoggedReply {
    this.#requestId = requestId;
    let status = 200;
    let body: CommandBody;
    try {
      body = this.#process();
    } catch (error) {
      if (error instanceof PhpTypeError) {
        return this.#crash(error);
      }
      if (!(error instanceof RestError)) {
        throw error;
      }
      status = error.status(this.#portal.statuses);
      body = error.body();
      this.#notes.push(error.note);
    }
    this.#notes.push(this.#queuedPushes.send(this.#portal, requestId));
    const code = body['error'];
    return this.#logged(this.#reply(body, status), typeof code === 'string' ? code : null);
  }

  /** Adds what the log says about an answer. */
  #logged(reply: Reply, error: string | null): LoggedReply {
    const ignored = [...new Set(this.#ignored)];
    const silent = ignored.length === 0 ? '' : ignoredNote(ignored);
    const caller = this.#caller;
    return {
      reply,
      error,
      note: [...new Set(this.#notes), silent].filter((note) => note !== '').join(', '),
      caller: caller && {
        id: caller.person.id,
        name: fullName(caller.person),
        via: caller.clientId === null ? 'webhook' : 'application',
      },
      ignored,
    };
  }

  /** Notes what is no parameter of the method, which a real portal ignores in silence. */
  #noteIgnored(name: string, params: PhpArray, caller: Caller, inBatch: boolean): void {
    for (const unread of unreadParameters(name, params, caller)) {
      this.#ignored.push(inBatch ? `${name}: ${unread}` : unread);
    }
  }

  #process(): CommandBody {
    const portal = this.#portal;
    const { target, authorization } = this.#request;
    const params = this.#request.params.replacedBy(target.pathParams);
    if (portal.deleted) {
      throw new RestError('PORTAL_DELETED', 'Portal was deleted', 403);
    }
    params.delete('state');
    const name = target.method.toLowerCase();
    const method = findMethod(name);
    if (method === null) {
      throw methodNotFound();
    }

    const caller = authorise(portal, { authorization, params }, method);
    this.#caller = caller;
    for (const secret of caller.clientId === null ? ['aplogin', 'ap'] : ['auth', 'access_token']) {
      params.delete(secret);
    }
    return this.#call({ name, method, caller, params, inBatch: false });
  }

  #call({ name, method, caller, params, inBatch }: CallInput): CommandBody {
    const portal = this.#portal;
    const stopwatch = startStopwatch();
    const startedAt = portal.now();
    refuseBlocked(portal, payerOf(caller), name);
    if (method.scopes !== null) {
      refuseUnconfirmed(portal);
    }
    const start = toInt(params.get('start'));
    params.delete('start');
    this.#noteIgnored(name, params, caller, inBatch);
    const call: Call = {
      portal,
      caller,
      method: name,
      params,
      start,
      queuedPushes: this.#queuedPushes,
      requestId: this.#requestId,
      note: (text) => {
        this.#notes.push(text);
      },
    };
    const done =
      name === 'batch'
        ? answer(runBatch(call, (inner, given) => this.#command(inner, given, caller)))
        : method.run(call);
    const seconds = name === 'batch' ? 0 : this.#operatingSeconds(name);
    portal.operatingTime.add(payerOf(caller), name, seconds);
    return {
      ...envelope(done),
      time: this.#time(caller, name, startedAt, Math.max(stopwatch(), seconds)),
    };
  }

  /** @param startedAt Unix ms; @param duration seconds */
  #time(caller: Caller, method: string, startedAt: number, duration: number): Json {
    const { operatingTime } = this.#portal;
    return {
      ...responseTime(startedAt, duration),
      operating_reset_at: operatingTime.resetAt(payerOf(caller), method),
      operating: operatingTime.used(payerOf(caller), method),
    };
  }

  /** What a call of this method is reckoned to take: the first one of a request more than those after it in a batch. */
  #operatingSeconds(name: string): number {
    const { secondsPerCall, secondsPerCommand } = this.#portal.operatingTime;
    const isFirst = !this.#called.has(name);
    this.#called.add(name);
    return isFirst ? secondsPerCall : secondsPerCommand;
  }

  /** Carries out one command of a batch. */
  #command(typed: string, params: PhpArray, caller: Caller): CommandBody {
    const name = typed.toLowerCase();
    params.delete('state');
    params.delete('auth');
    params.delete('access_token');
    try {
      const method = findMethod(name);
      if (method === null) {
        throw methodNotFound();
      }
      if (!opens(caller.scopes, method)) {
        const note = caller.clientId === null ? '' : noteOnScope(this.#portal, method);
        throw new RestError('insufficient_scope', '', 401, note);
      }
      const fault = this.#faults.take(name);
      if (fault?.action === 'status') {
        const { error = 'INTERNAL_SERVER_ERROR', description = '', status } = fault;
        throw new RestError(error, description, status);
      }
      if (fault?.action === 'resultFalse') {
        const time = this.#time(caller, name, this.#portal.now(), 0);
        return { ...envelope(answer(false)), time };
      }
      return this.#call({ name, method, caller, params, inBatch: true });
    } catch (error) {
      if (!(error instanceof RestError)) {
        throw error;
      }
      this.#notes.push(error.note);
      return error.body();
    }
  }

  #reply(body: CommandBody, status: number): Reply {
    const spent = this.#stopwatch().toFixed(10);
    const clientId = this.#caller?.clientId ?? null;
    const headers = {
      ...CORS_HEADERS,
      ...(clientId === null ? {} : { 'x-bitrix-rest-application': clientId }),
      'x-bitrix-rest-time': spent,
      'x-bitrix-rest-user-time': spent,
      'x-bitrix-rest-system-time': '0.0000000000',
    };
    if (this.#request.target.transport === 'json') {
      return jsonReply(body, status, headers);
    }
    return {
      status,
      headers: { ...headers, 'content-type': 'text/xml; charset=utf-8' },
      body: toXml({ response: body }),
    };
  }

  /** Answers after a TypeError of PHP: no JSON, and the queued pushes of this request are lost. */
  #crash(error: PhpTypeError): LoggedReply {
    const reply = htmlReply('<h1>500 Internal Server Error</h1>\n', 500, CORS_HEADERS);
    this.#notes.push(error.message);
    return this.#logged(reply, null);
  }
}

function refuseUnconfirmed(portal: PortalState): void {
  const { confirmation } = portal.refusals;
  if (confirmation === 'waiting') {
    throw new RestError('METHOD_CONFIRM_WAITING', 'Waiting for confirmation', 401);
  }
  if (confirmation === 'denied') {
    throw new RestError('METHOD_CONFIRM_DENIED', 'Method call denied', 403);
  }
}

function findMethod(name: string): Method | null {
  return Object.hasOwn(allMethods, name) ? (allMethods[name] ?? null) : null;
}

/** The caller whose operating time a call takes. */
function payerOf({ clientId }: Caller): OperatingCaller {
  return clientId === null ? 'webhook' : 'application';
}

/** Refuses a method that has used up its operating time, or that a switch blocks. Source: docs/bitrix24.md, section 4. */
function refuseBlocked(portal: PortalState, caller: OperatingCaller, method: string): void {
  const { operatingTime } = portal;
  const isSwitched =
    method === 'pull.application.push.add' && portal.now() < portal.operationLimitUntil;
  if (!isSwitched && !operatingTime.isBlocked(caller, method)) {
    return;
  }
  const used = operatingTime.used(caller, method).toFixed(1);
  throw new RestError(
    'OPERATION_TIME_LIMIT',
    'Method is blocked due to operation time limit.',
    429,
    isSwitched
      ? ''
      : `${method} has used ${used} of ${String(operatingTime.limit)} s in ten minutes`,
  );
}

/** Puts an answer into its envelope, without the time. Source: docs/bitrix24.md, section 2. */
function envelope(done: Answer): CommandBody {
  return {
    result: done.result,
    ...(done.next === undefined ? {} : { next: done.next }),
    ...(done.total === undefined ? {} : { total: done.total }),
  };
}

/** Starts a stopwatch that is independent of the sandbox's clock. @returns a function that gives the seconds since the start. */
function startStopwatch(): () => number {
  const startedAt = performance.now();
  return () => (performance.now() - startedAt) / 1000;
}
