import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Snapshot } from './controlApi';
import { parseFaults, parseStatePatch } from './controlSchema';
import type { FaultPlan } from './faults';
import { isLoopbackHost, isSameSite, readBody, sendReply, type Reply } from './http';
import type { World } from './world';

const PING_INTERVAL_MS = 15_000;

/**
 * The control API: looks at and changes everything in the sandbox, without a sign-in. Therefore it
 * answers only programs on this machine and the sandbox's own pages, never pages of other sites.
 */
export class ControlServer {
  readonly #world: World;
  readonly #faults: FaultPlan;
  readonly #applyRefusals: () => Promise<void>;
  readonly #streams = new Set<ServerResponse>();
  readonly #stopListening: () => void;
  readonly #ping: NodeJS.Timeout;
  #broadcastPlanned = false;

  /** @param applyRefusals shuts and opens ports as the faults want it. */
  constructor(world: World, faults: FaultPlan, applyRefusals: () => Promise<void>) {
    this.#world = world;
    this.#faults = faults;
    this.#applyRefusals = applyRefusals;
    this.#stopListening = world.onChange(() => {
      this.#planBroadcast();
    });
    this.#ping = setInterval(() => {
      for (const stream of this.#streams) stream.write(': still here\n\n');
    }, PING_INTERVAL_MS);
    this.#ping.unref();
  }

  close(): void {
    clearInterval(this.#ping);
    this.#stopListening();
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
  }

  snapshot(): Snapshot {
    this.#world.deliverDeferred();
    return {
      state: this.#world.state(),
      pushes: this.#world.pushes,
      requests: this.#world.requests,
      faults: this.#faults.list(),
    };
  }

  /**
   * @param path what follows the base of the API, e.g. `/pushes`
   * @param closable did the request come through a port that a fault may shut?
   */
  async serve(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    closable: boolean,
  ): Promise<void> {
    const { origins } = this.#world;
    const own = [origins.portal, origins.control, origins.renamed];
    if (!isLoopbackHost(request.headers.host) || !isSameSite(request, own)) {
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
    const reply = this.#answer(operation, body);
    if (operation === 'POST /faults' && closable) {
      response.once('close', () => void this.#applyRefusals());
    } else await this.#applyRefusals();
    sendReply(response, reply);
  }

  #answer(operation: string, body: Buffer): Reply {
    switch (operation) {
      case 'GET /state':
        return json(this.snapshot().state);
      case 'GET /pushes':
        return json(this.snapshot().pushes);
      case 'GET /requests':
        return json(this.#world.requests);
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
        this.#world.reset();
        return json(this.#world.state());
      default:
        return json({ error: `There is no ${operation}. See the sandbox's README.` }, 404);
    }
  }

  #patchState(body: Buffer): Reply {
    const patch = parseStatePatch(readJson(body));
    const problem = patch.ok ? this.#world.patch(patch.value) : patch.problem;
    return problem === null ? json(this.#world.state()) : json({ error: problem }, 400);
  }

  #addFaults(body: Buffer): Reply {
    const faults = parseFaults(readJson(body));
    if (!faults.ok) return json({ error: faults.problem }, 400);
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
    return `data: ${JSON.stringify(this.snapshot())}\n\n`;
  }

  /** Changes come in bunches; each bunch is told once. */
  #planBroadcast(): void {
    if (this.#broadcastPlanned || this.#streams.size === 0) return;
    this.#broadcastPlanned = true;
    setImmediate(() => {
      this.#broadcastPlanned = false;
      if (this.#streams.size === 0) return;
      const event = this.#event();
      for (const stream of this.#streams) stream.write(event);
    });
  }
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
