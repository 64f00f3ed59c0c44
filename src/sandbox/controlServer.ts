import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApplicationEvents } from './applicationEvents';
import {
  API_VERSION,
  type LiveSnapshot,
  type PushExcerpt,
  type RecordedNotification,
  type RecordedRequest,
  type Snapshot,
} from './controlApi';
import { parseFaults, parseInstall, parseStatePatch } from './controlSchema';
import { excerptOf, shortened, shortNotification } from './excerpt';
import type { FaultPlan } from './faults';
import { isOwnHost, isSameSite, readBody, sendReply, type Reply } from './http';
import { findUsers } from './findUsers';
import { requestFilter } from './findRequests';
import type { PageWords } from './page/client/pageWords';
import { wordsFor } from './page/words';
import { FIRST_DESCRIBED, RECENT_PUSHES, type PortalState } from './portalState';

const PING_INTERVAL_MS = 15_000;
const RECENT_REQUESTS = 60;
const RECENT_NOTIFICATIONS = 200;
const MOST_FOUND = 1000;

/**
 * Serves the control API, which shows and changes everything in the sandbox. It has no sign-in, so it
 * answers only programs on this computer and the sandbox's own pages, never pages of other sites.
 */
export class ControlServer {
  readonly #portal: PortalState;
  readonly #faults: FaultPlan;
  readonly #events: ApplicationEvents;
  readonly #applyRefusals: () => Promise<void>;
  readonly #streams = new Set<ServerResponse>();
  readonly #stopListening: () => void;
  readonly #ping: NodeJS.Timeout;
  #broadcastPlanned = false;
  /** Shortened requests. A recorded request never changes, so it is shortened only once. */
  readonly #shortRequests = new WeakMap<RecordedRequest, RecordedRequest>();

  /** @param applyRefusals shuts and opens ports as the faults want it. */
  constructor(
    portal: PortalState,
    faults: FaultPlan,
    events: ApplicationEvents,
    applyRefusals: () => Promise<void>,
  ) {
    this.#portal = portal;
    this.#faults = faults;
    this.#events = events;
    this.#applyRefusals = applyRefusals;
    this.#stopListening = portal.onChange(() => {
      this.#planBroadcast();
    });
    this.#ping = setInterval(() => {
      for (const stream of this.#streams) {
        stream.write(': still here\n\n');
      }
    }, PING_INTERVAL_MS);
    this.#ping.unref();
  }

  close(): void {
    clearInterval(this.#ping);
    this.#stopListening();
    for (const stream of this.#streams) {
      stream.end();
    }
    this.#streams.clear();
  }

  snapshot(): Snapshot {
    this.#portal.deliverDeferred();
    return {
      state: this.#portal.state(),
      pushes: this.#portal.pushes,
      notifications: this.#portal.notifications.all(),
      requests: this.#portal.requests,
      faults: this.#faults.list(),
    };
  }

  #liveSnapshot(): LiveSnapshot {
    const whole = this.snapshot();
    const described = new Set(whole.state.users.map(({ id }) => id));
    return {
      state: whole.state,
      pushes: whole.pushes
        .slice(-RECENT_PUSHES)
        .map((push) => excerptOf(push, (id) => described.has(id))),
      notifications: whole.notifications.slice(-RECENT_NOTIFICATIONS).map(shortNotification),
      requests: whole.requests.slice(-RECENT_REQUESTS).map((request) => this.#short(request)),
      faults: whole.faults,
    };
  }

  #short(request: RecordedRequest): RecordedRequest {
    const short = this.#shortRequests.get(request) ?? shortened(request);
    this.#shortRequests.set(request, short);
    return short;
  }

  /**
   * @param address.path what follows the base of the API, e.g. `/pushes`
   * @param address.query without the question mark
   * @param closable true if a fault may close the port that the request came through.
   */
  async serve(
    request: IncomingMessage,
    response: ServerResponse,
    { path, query }: { path: string; query: string },
    closable: boolean,
  ): Promise<void> {
    const { origins } = this.#portal;
    const own = [origins.portal, origins.control, origins.renamed];
    if (!isOwnHost(request.headers.host, own) || !isSameSite(request, own)) {
      const error = 'Only programs on this computer and pages of the sandbox may use this.';
      sendReply(response, json({ error }, 403));
      return;
    }
    if (path === '/events' && request.method === 'GET') {
      this.#stream(response);
      return;
    }
    const body = await readBody(request);
    const operation = `${request.method ?? 'GET'} ${path}`;
    const words = wordsFor(request.headers['accept-language']);
    const reply =
      operation === 'POST /install'
        ? await this.#install(body)
        : this.#answer(operation, new URLSearchParams(query), body, words);
    if (operation === 'POST /faults' && closable) {
      response.once('close', () => void this.#applyRefusals());
    } else {
      await this.#applyRefusals();
    }
    sendReply(response, reply);
  }

  #answer(operation: string, query: URLSearchParams, body: Buffer, words: PageWords): Reply {
    switch (operation) {
      case 'GET /version':
        return json({ version: API_VERSION });
      case 'GET /state':
        return json(this.snapshot().state);
      case 'GET /pushes':
        return json(query.has('users') ? this.#pushesTo(query) : this.snapshot().pushes);
      case 'GET /users':
        return this.#findUsers(query, words);
      case 'GET /requests':
        return json(this.#findRequests(query));
      case 'GET /notifications':
        return json(this.#notificationsOf(query));
      case 'GET /faults':
        return json(this.#faults.list());
      case 'PATCH /state':
        return this.#patchState(body);
      case 'POST /faults':
        return this.#addFaults(body);
      case 'DELETE /faults':
        this.#faults.clear();
        return json([]);
      case 'POST /reset':
        this.#faults.clear();
        this.#portal.reset();
        return json(this.#portal.state());
      default:
        return json({ error: `There is no ${operation}. See the sandbox's README.` }, 404);
    }
  }

  #findUsers(query: URLSearchParams, words: PageWords): Reply {
    if (query.has('ids')) {
      const users = this.#portal.usersById(idsIn(query.get('ids')));
      return json({ users, matching: users.length });
    }
    const most = Math.min(MOST_FOUND, idsIn(query.get('most'))[0] ?? FIRST_DESCRIBED);
    return json(findUsers(this.#portal, query.get('find') ?? '', most, words));
  }

  /** Finds requests; without parameters, all of them in full. */
  #findRequests(query: URLSearchParams): RecordedRequest[] {
    const { requests } = this.#portal;
    if (query.size === 0) {
      return requests;
    }
    const ids = new Set(idsIn(query.get('ids')));
    if (ids.size > 0) {
      return requests.filter(({ id }) => ids.has(id));
    }
    const matches = requestFilter(query);
    const most = idsIn(query.get('most'))[0] ?? RECENT_REQUESTS;
    return requests
      .filter(matches)
      .slice(-most)
      .map((request) => this.#short(request));
  }

  #notificationsOf(query: URLSearchParams): RecordedNotification[] {
    const all = this.#portal.notifications.all();
    const users = new Set(idsIn(query.get('users')));
    return query.has('users') ? all.filter(({ userId }) => users.has(userId)) : all;
  }

  /** Sends ONAPPINSTALL. @returns the entry in the log of requests */
  async #install(body: Buffer): Promise<Reply> {
    const given = parseInstall(readJson(body));
    if (!given.ok) {
      return json({ error: given.problem }, 400);
    }
    const { user } = given.value;
    const person =
      user === undefined
        ? this.#portal.staffIndex.administrators[0]
        : this.#portal.people.get(user);
    if (person === undefined) {
      const who = user === undefined ? 'administrator' : `user ${String(user)}`;
      return json({ error: `There is no ${who}.` }, 400);
    }
    return json(await this.#events.install(person));
  }

  /** Finds the last pushes to any of the people in `users`; a push to many names only these people. */
  #pushesTo(query: URLSearchParams): PushExcerpt[] {
    const wanted = new Set(idsIn(query.get('users')));
    return this.snapshot()
      .pushes.filter(({ recipients }) => recipients.some((id) => wanted.has(id)))
      .slice(-RECENT_PUSHES)
      .map((push) => excerptOf(push, (id) => wanted.has(id)));
  }

  #patchState(body: Buffer): Reply {
    const patch = parseStatePatch(readJson(body));
    const problem = patch.ok ? this.#portal.patch(patch.value) : patch.problem;
    return problem === null ? json(this.#portal.state()) : json({ error: problem }, 400);
  }

  #addFaults(body: Buffer): Reply {
    const faults = parseFaults(readJson(body));
    if (!faults.ok) {
      return json({ error: faults.problem }, 400);
    }
    this.#faults.add(faults.value);
    return json(this.#faults.list());
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
    this.#streams.add(response);
    response.once('close', () => this.#streams.delete(response));
    response.write(this.#event());
  }

  #event(): string {
    return `data: ${JSON.stringify(this.#liveSnapshot())}\n\n`;
  }

  /** Sends one event for all changes of the same turn of the event loop. */
  #planBroadcast(): void {
    if (this.#broadcastPlanned || this.#streams.size === 0) {
      return;
    }
    this.#broadcastPlanned = true;
    setImmediate(() => {
      this.#broadcastPlanned = false;
      if (this.#streams.size === 0) {
        return;
      }
      const event = this.#event();
      for (const stream of this.#streams) {
        stream.write(event);
      }
    });
  }
}

/** Reads ids, which are whole numbers above 0 with commas between them. */
function idsIn(text: string | null): number[] {
  return (text ?? '')
    .split(',')
    .filter((part) => /^[1-9]\d{0,9}$/.test(part))
    .map(Number);
}

function readJson(body: Buffer): unknown {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return value;
  } catch {
    return undefined;
  }
}

function json(body: unknown, status = 200): Reply {
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
    body: JSON.stringify(body),
  };
}
