import { testClient } from '../support/testClient';
import type { PortalClient } from '../../src/bitrix24/portalClient';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import * as v from 'valibot';
import type { Account } from '../../src/accounts/account';
import { authorizeUrl, authServerOf, exchangeCode, refreshTokens } from '../../src/bitrix24/oauth';
import { nodeFetchTransport } from '../../src/bitrix24/nodeFetchTransport';
import { parseCallback } from '../../src/bitrix24/callback';
import type { HttpRequest, HttpResponse, Transport } from '../../src/bitrix24/transport';
import type { Person } from '../../src/bitrix24/person';
import type { Tokens } from '../../src/bitrix24/oauth';
import type { Clock } from '../../src/common/clock';
import { silentLog } from '../support/silentLog';
import { createPersonFacts } from '../../src/push/personFacts';
import { startSandbox } from '../../src/sandbox';
import type { Sandbox } from '../../src/sandbox';
import { twelvePeople } from '../../src/sandbox/staff';
import type { Detour, FaultCase } from './faultCases';
import { Fronts } from './fronts';
import { accountOf, openPushWindow } from './pushWindow';
import type { PushWindow } from './pushWindow';

export const firstId = 1001;
/** Three batches: 50, 50 and 30. */
export const crowd = 130;

/** How long the client waits for an answer that never comes, instead of its 14 seconds. */
const shortPatienceMs = 250;

/**
 * A portal with its phones, another site that must never hear of us, and the real client and push service before
 * them. Only the clock is not real: it jumps over the pauses that a portal asks for.
 */
export class FaultStage {
  readonly sandbox: Sandbox;
  readonly account: Account;
  readonly #folder: string;
  readonly #elsewhere: Server;
  readonly #closedPort: number;
  readonly #fronts: Fronts;
  readonly #clock = new JumpingClock();
  readonly #wire: Transport;
  #tokens: Tokens;
  #window: PushWindow | undefined;
  #windows = 0;
  #astray: { method: string; call: number; seen: number; fault: FaultCase } | undefined;
  /** What reached the other site. */
  strayRequests = 0;
  /** People of each request since {@link plant} that got no sound answer, whichever of two in flight that was. */
  met: number[][] = [];

  private constructor(
    sandbox: Sandbox,
    elsewhere: Server,
    closedPort: number,
    fronts: Fronts,
    folder: string,
    tokens: Tokens,
    wire: Transport,
  ) {
    this.#wire = wire;
    this.sandbox = sandbox;
    this.#elsewhere = elsewhere;
    this.#closedPort = closedPort;
    this.#fronts = fronts;
    this.#folder = folder;
    this.#tokens = tokens;
    elsewhere.on('request', (_, response) => {
      this.strayRequests += 1;
      response.end('{"result":true}');
    });
    this.account = accountOf(`${tokens.memberId}:1`, sandbox.info.portal);
  }

  /** `wrap`: changes what the client does, to see that the cells notice. */
  static async open(wrap = (wire: Transport): Transport => wire): Promise<FaultStage> {
    const sandbox = await startSandbox({ staff: manyPeople });
    const elsewhere = await listening();
    const closed = await listening();
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const folder = await mkdtemp(path.join(tmpdir(), 'faults-'));
    const wire = wrap(nodeFetchTransport({ userAgent: 'faults/1' }));
    const fronts = await Fronts.open(sandbox.info.portal);
    return new FaultStage(sandbox, elsewhere, port, fronts, folder, await signIn(sandbox), wire);
  }

  async close(): Promise<void> {
    await this.#closeWindow();
    this.#elsewhere.closeAllConnections();
    this.#elsewhere.close();
    this.#fronts.close();
    await this.sandbox.close();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** A new window before a portal that has seen nothing. */
  async begin(): Promise<PushWindow> {
    await this.clear();
    await this.sandbox.reset();
    await this.#closeWindow();
    this.#clock.reset();
    this.strayRequests = 0;
    this.#fronts.reused = 0;
    this.#windows += 1;
    const client = this.#client();
    this.#window = await openPushWindow({
      ...{ root: path.join(this.#folder, String(this.#windows)), client, account: this.account },
      ...{ clock: this.#clock, fateOf: () => 'ended' },
      facts: createPersonFacts({
        accounts: { client: () => Promise.resolve(client) },
        log: silentLog,
        known: (_, id) => (id >= firstId && id < firstId + crowd ? personOf(id) : undefined),
        departments: () => Promise.reject(new Error('these texts name no departments')),
      }),
    });
    return this.#window;
  }

  /** The fault is played at this call of the method, counted from now, and (`times`) at so many in a row. */
  plant(fault: FaultCase, method: string, call: number, times = 1): void {
    this.#astray = { method, call, seen: 0, fault };
    this.met = [];
    const { plant } = fault;
    if (plant.kind === 'sandbox') {
      this.sandbox.addFaults({ ...plant.action, method, call, times: plant.times ?? times });
    } else if (plant.kind === 'redirect') {
      const moved = { action: 'status', status: plant.status, body: '' } as const;
      const headers = { location: `${this.#elsewhereOrigin}/rest/${method}` };
      this.sandbox.addFaults({ ...moved, headers, method, call, times });
    }
  }

  async clear(): Promise<void> {
    this.#astray = undefined;
    await this.sandbox.clearFaults();
  }

  /** How often each text was sent to each person: `id text` to count. */
  phones(): Map<string, number> {
    const shown = new Map<string, number>();
    for (const { text, recipients } of this.sandbox.snapshot().pushes) {
      for (const id of recipients) {
        const key = `${id} ${text}`;
        shown.set(key, (shown.get(key) ?? 0) + 1);
      }
    }
    for (const { userId, message } of this.sandbox.snapshot().notifications) {
      const key = `${userId} ${message}`;
      shown.set(key, (shown.get(key) ?? 0) + 1);
    }
    return shown;
  }

  /** Notifications that took the place of an earlier one by their tag: what was sent twice shows here, and in no bell. */
  get replaced(): number {
    const { notifications } = this.sandbox.snapshot();
    return Math.max(0, ...notifications.map(({ id }) => id)) - notifications.length;
  }

  /** Requests that came over a connection on which one had come before. */
  get reusedConnections(): number {
    return this.#fronts.reused;
  }

  /** REST calls that reached the portal. */
  get calls(): number {
    return this.sandbox.snapshot().requests.filter(({ method }) => !method.startsWith('oauth.'))
      .length;
  }

  #client(): PortalClient {
    return testClient({
      transport: this.#transport(),
      clock: this.#clock,
      tokens: {
        tokens: () => Promise.resolve(this.#tokens),
        refreshed: async () => (this.#tokens = await this.#refresh()),
        // The user does not know the other site.
        moved: () => Promise.resolve(undefined),
      },
    });
  }

  /** The real one; what goes wrong below HTTP is done by another address. */
  #transport(): Transport {
    return {
      send: (request) => {
        const astray = this.#astray;
        if (!astray || !request.url.pathname.endsWith(`/${astray.method}`)) {
          return this.#wire.send(request);
        }
        astray.seen += 1;
        const { plant, endless } = astray.fault;
        const isDue = astray.seen >= astray.call;
        return this.#watched({
          ...request,
          ...(isDue && plant.kind === 'detour' && { url: this.#detour(plant.to, request.url) }),
          ...(isDue && endless && { timeoutMs: shortPatienceMs }),
        });
      },
    };
  }

  async #watched(request: HttpRequest): Promise<HttpResponse> {
    try {
      const response = await this.#wire.send(request);
      if (!isSound(response)) {
        this.met.push(peopleOf(request));
      }
      return response;
    } catch (error) {
      this.met.push(peopleOf(request));
      throw error;
    }
  }

  #detour(to: Detour, url: URL): URL {
    switch (to) {
      case 'closedPort':
        return new URL(`http://127.0.0.1:${this.#closedPort}${url.pathname}`);
      case 'unknownName':
        return new URL(`http://portal.invalid${url.pathname}`);
      case 'noTls':
        return new URL(`https://${url.host}${url.pathname}`);
      case 'keeps':
      case 'cuts':
      case 'contradicts':
        return this.#fronts.urlOf(to, url);
    }
  }

  #refresh(): Promise<Tokens> {
    const { clientId, clientSecret } = this.sandbox.info;
    return refreshTokens(this.#wire, {
      authServer: authServerOf(this.#tokens) ?? new URL(this.sandbox.info.authServer).host,
      credentials: { clientId, clientSecret },
      refreshToken: this.#tokens.refreshToken,
    });
  }

  /** Where redirects lead. */
  get #elsewhereOrigin(): string {
    const { port } = this.#elsewhere.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  async #closeWindow(): Promise<void> {
    await this.#window?.close();
    this.#window = undefined;
  }
}

const pushBody = v.union([
  v.pipe(
    v.object({ cmd: v.record(v.string(), v.string()) }),
    v.transform(({ cmd }) =>
      Object.values(cmd).map((command) => new URL(command, 'http://portal').searchParams),
    ),
  ),
  v.pipe(
    v.object({ USER_ID: v.union([v.number(), v.array(v.number())]) }),
    v.transform(({ USER_ID }) => [new Map([['USER_ID', JSON.stringify(USER_ID)]])]),
  ),
]);

/** The parameter USER_ID: a list for a push, one id for a notification. */
const userIds = v.pipe(
  v.union([v.number(), v.array(v.number())]),
  v.transform((ids) => [ids].flat()),
);

/** To whom a push or a batch of pushes goes. */
function peopleOf({ body = '' }: HttpRequest): number[] {
  const pushes = v.parse(pushBody, JSON.parse(body));
  return pushes.flatMap((push) => v.parse(userIds, JSON.parse(push.get('USER_ID') ?? '')));
}

const soundAnswer = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    result: v.union([v.literal(true), v.number(), v.looseObject({})]),
    error: v.optional(v.undefined()),
  }),
);

/** Does it say, for each push, what became of it? */
function isSound({ status, body }: HttpResponse): boolean {
  return status === 200 && v.is(soundAnswer, body);
}

/** Goes like the real one, but sleeping takes no time. */
class JumpingClock implements Clock {
  #ahead = 0;

  now(): number {
    return Date.now() + this.#ahead;
  }

  async sleep(ms: number): Promise<void> {
    this.#ahead += ms;
    await turn();
  }

  reset(): void {
    this.#ahead = 0;
  }
}

function manyPeople(): ReturnType<typeof twelvePeople> {
  const { people, departments } = twelvePeople();
  const [model] = people;
  for (let id = firstId; id < firstId + crowd; id += 1) {
    people.push({ ...model!, id, firstName: `N${id}`, lastName: 'Crowd', admin: false });
  }
  return { people, departments };
}

function personOf(id: number): Person {
  return {
    id,
    firstName: `N${id}`,
    lastName: 'Crowd',
    name: `N${id} Crowd`,
    active: true,
    departments: [],
  };
}

async function listening(): Promise<Server> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

async function signIn(sandbox: Sandbox): Promise<Tokens> {
  const { clientId, clientSecret, portal, authServer } = sandbox.info;
  const url = authorizeUrl(portal, clientId, 'state');
  url.searchParams.set('sandbox_user', '1');
  const response = await fetch(url, { redirect: 'manual' });
  return exchangeCode(nodeFetchTransport({ userAgent: 'faults/1' }), {
    authServer: new URL(authServer).host,
    credentials: { clientId, clientSecret },
    code: parseCallback(response.headers.get('location') ?? '')?.code ?? '',
  });
}
