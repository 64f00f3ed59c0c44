import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { ApplicationEvents } from './applicationEvents';
import {
  API_VERSION,
  type Fault,
  type SandboxInfo,
  type SandboxUser,
  type Snapshot,
  type StatePatch,
} from './controlApi';
import { ControlServer } from './controlServer';
import { FaultPlan } from './faults';
import { HostNames } from './hostNames';
import { jsonReply, sendReply } from './http';
import { generateStaff, DEFAULT_SEED } from './generatedStaff';
import { fullName, twelvePeople, type Staff } from './staff';
import { CONTROL_PATH, Router } from './router';
import type { Site } from './hostNames';
import { FIRST_DESCRIBED, makeIdentity, PortalState } from './portalState';

export interface SandboxOptions {
  /** Port of the portal; 0 (default) for any free one. */
  port?: number;
  /** Where the browser is sent with a code; default `http://localhost:24042/bitrix24-push`. */
  handler?: string;
  /** Whether codes and replaced refresh tokens work once (`strict`, the default) or again (`source`). */
  policy?: 'source' | 'strict';
  clientId?: string;
  clientSecret?: string;
  /** Name of the application, which is the sender of its pushes. */
  appName?: string;
  /** How many people work here; default 12. The first twelve are always the same. */
  people?: number;
  /** A whole number from which people, departments and phones are generated; the same number gives the same people. */
  seed?: number;
  /** Makes the people at the start and at each reset; replaces `people` and `seed`. */
  staff?: () => Staff;
  /** The clock of the sandbox, in Unix ms. */
  now?: () => number;
  /**
   * Names under which clients reach the sandbox, all at the portal's port: names that begin with `oauth.` are the
   * authorization server's; of the others the first is the portal's, the second the one that it can be renamed to.
   * The sandbox still listens on 127.0.0.1 only.
   */
  hosts?: readonly string[];
  /** Makes certificates for these names; with it all but the control API speak TLS. */
  certificates?: (names: readonly string[]) => Promise<Certificates>;
}

/** What a TLS server needs, and what its clients trust. */
export interface Certificates {
  /** PEM. */
  key: string;
  /** PEM. */
  cert: string;
  /** Absolute path of the authority's certificate, a PEM file. */
  caFile: string;
  /** Removes what is no longer needed when the sandbox has stopped. */
  dispose(): Promise<void>;
}

export interface Sandbox {
  readonly info: SandboxInfo;
  /** Returns the same as the control API, without HTTP, for tests in the same process. */
  snapshot(): Snapshot;
  /** Describes people by id, also those whom the snapshot of a large portal leaves out. Unknown ids are left out. */
  users(ids: readonly number[]): SandboxUser[];
  /** @throws Error with a sentence that says what is wrong with the patch. */
  patchState(patch: StatePatch): void;
  addFaults(...faults: Fault[]): void;
  /** Resolves when all closed ports are open again, as `reset` does. */
  clearFaults(): Promise<void>;
  reset(): Promise<void>;
  /** Returns all codes and tokens issued since the start, so that tests can look for leaks. HTTP never shows them. */
  issuedSecrets(): string[];
  /** Stops everything; open connections are cut. */
  close(): Promise<void>;
}

const DEFAULT_HANDLER = 'http://localhost:24042/bitrix24-push';
const DEFAULT_APP_NAME = 'Push from VS Code';
const HOST = '127.0.0.1';
const DEFERRED_CHECK_MS = 1000;
const KEEP_ALIVE_MS = 75_000;

/** Names that a certificate is always for, besides those of the options. */
const LOOPBACK_NAMES = ['localhost', '*.localhost', HOST, '::1'];

/** Starts a portal, its authorization server and the control API on 127.0.0.1. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const names = new HostNames(options.hosts ?? []);
  const tls = (await options.certificates?.([...LOOPBACK_NAMES, ...names.all])) ?? null;
  const listeners: Listener[] = [];
  try {
    for (const site of ['portal', 'authServer', 'renamed', 'control'] as const) {
      // A site with a name of its own is served at the portal's port.
      if (site === 'portal' || names.of(site) === null) {
        const port = site === 'portal' ? (options.port ?? 0) : 0;
        listeners.push(await Listener.open(site, port, site === 'control' ? null : tls));
      }
    }
    return new RunningSandbox(makePortal(options, listeners, names), listeners, names, tls);
  } catch (error) {
    await Promise.all(listeners.map((listener) => listener.close()));
    await tls?.dispose();
    throw error;
  }
}

function makePortal(
  options: SandboxOptions,
  listeners: readonly Listener[],
  names: HostNames,
): PortalState {
  const { clientId, clientSecret } = options;
  const listenerOf = (site: Site) => listeners.find((one) => one.site === site);
  const originOf = (site: Site) => {
    const origin = (listenerOf(site) ?? listenerOf('portal'))?.origin ?? '';
    const name = names.of(site);
    return name === null ? origin : new URL(origin.replace(HOST, name)).origin;
  };
  return new PortalState(
    makeIdentity({
      ...(clientId === undefined ? {} : { clientId }),
      ...(clientSecret === undefined ? {} : { clientSecret }),
    }),
    {
      portal: originOf('portal'),
      authServer: originOf('authServer'),
      renamed: originOf('renamed'),
      control: originOf('control'),
    },
    {
      handler: options.handler ?? DEFAULT_HANDLER,
      appName: options.appName ?? DEFAULT_APP_NAME,
      policy: options.policy ?? 'strict',
      staff: options.staff ?? staffOf(options),
      now: options.now ?? Date.now,
    },
  );
}

function staffOf({ people, seed = DEFAULT_SEED }: SandboxOptions): () => Staff {
  return people === undefined ? twelvePeople : () => generateStaff(people, seed);
}

class RunningSandbox implements Sandbox {
  readonly info: SandboxInfo;
  readonly #portal: PortalState;
  readonly #faults: FaultPlan;
  readonly #control: ControlServer;
  readonly #events: ApplicationEvents;
  readonly #listeners: readonly Listener[];
  readonly #deferredCheck: NodeJS.Timeout;
  readonly #tls: Certificates | null;
  #closed: Promise<void> | null = null;

  constructor(
    portal: PortalState,
    listeners: readonly Listener[],
    names: HostNames,
    tls: Certificates | null,
  ) {
    this.#portal = portal;
    this.#listeners = listeners;
    this.#tls = tls;
    this.#faults = new FaultPlan(() => {
      portal.changed();
    });
    this.#events = new ApplicationEvents(portal);
    this.#control = new ControlServer(portal, this.#faults, this.#events, () =>
      this.#applyRefusals(),
    );
    const routes = new Router(portal, this.#faults, this.#control, this.#events);
    for (const listener of listeners) {
      listener.serve((request, response) => {
        const site = names.siteOf(listener.site, request.headers.host);
        return routes.serve(site, request, response);
      });
    }
    this.#deferredCheck = setInterval(() => {
      portal.deliverDeferred();
    }, DEFERRED_CHECK_MS);
    this.#deferredCheck.unref();
    this.info = describe(portal, tls);
  }

  snapshot(): Snapshot {
    return structuredClone(this.#control.snapshot());
  }

  users(ids: readonly number[]): SandboxUser[] {
    return this.#portal.usersById(ids);
  }

  patchState(patch: StatePatch): void {
    const problem = this.#portal.patch(patch);
    if (problem !== null) {
      throw new Error(problem);
    }
  }

  addFaults(...faults: Fault[]): void {
    this.#faults.add(faults);
    void this.#applyRefusals();
  }

  clearFaults(): Promise<void> {
    this.#faults.clear();
    return this.#applyRefusals();
  }

  reset(): Promise<void> {
    this.#portal.reset();
    return this.clearFaults();
  }

  issuedSecrets(): string[] {
    return this.#portal.mint.issued();
  }

  close(): Promise<void> {
    this.#closed ??= (async () => {
      clearInterval(this.#deferredCheck);
      this.#control.close();
      this.#events.close();
      await Promise.all(this.#listeners.map((listener) => listener.close()));
      await this.#tls?.dispose();
    })();
    return this.#closed;
  }

  /** Closes and opens ports according to the faults. */
  async #applyRefusals(): Promise<void> {
    if (this.#closed !== null) {
      return;
    }
    const breakable = this.#listeners.filter((listener) => listener.site !== 'control');
    await Promise.all(
      breakable.map((listener) => {
        const port = listener.site === 'authServer' ? 'authServer' : 'portal';
        return listener.setRefusing(this.#faults.refuses(port));
      }),
    );
  }
}

function describe(portal: PortalState, tls: Certificates | null): SandboxInfo {
  const { identity, origins } = portal;
  const users = portal.staffIndex.byId.slice(0, FIRST_DESCRIBED).map((person) => ({
    id: person.id,
    name: fullName(person),
    admin: person.admin,
  }));
  // A browser does not trust the certificate, so that it gets the pages from the port of the control API.
  const pages = tls === null ? origins.portal : origins.control;
  return {
    version: API_VERSION,
    portal: origins.portal,
    authServer: origins.authServer,
    clientId: identity.clientId,
    clientSecret: identity.clientSecret,
    handler: portal.app.handler,
    control: `${origins.control}${CONTROL_PATH}`,
    users,
    peopleCount: portal.people.size,
    webhook: `${origins.portal}/rest/1/${identity.webhookSecret}`,
    renamedPortal: origins.renamed,
    phones: `${pages}/sandbox/`,
    integrationId: identity.integrationId,
    ...(tls === null ? {} : { ca: tls.caFile }),
  };
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Reports an error of the sandbox itself; a client that closed the connection is not one. */
function failRequest(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (request.destroyed && !request.complete) {
    return;
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `The sandbox failed to answer ${request.url?.split('?', 1)[0] ?? ''}: ${trace}\n`,
  );
  if (response.headersSent) {
    response.destroy();
  } else {
    const body = { error: 'INTERNAL_SERVER_ERROR', error_description: 'Internal server error' };
    sendReply(response, jsonReply(body, 500));
  }
}

/** One port on 127.0.0.1 that can be shut and opened again, to refuse connections. */
class Listener {
  readonly site: Site;
  readonly origin: string;
  readonly #server: Server;
  readonly #port: number;
  #handler: Handler | null = null;
  /** Resolves when the last closing or opening is done, so that each waits for the one before. */
  #settled: Promise<void> = Promise.resolve();

  private constructor(site: Site, server: Server, port: number, scheme: 'http' | 'https') {
    this.site = site;
    this.#server = server;
    this.#port = port;
    this.origin = new URL(`${scheme}://${HOST}:${String(port)}`).origin;
    server.on('request', (request, response) => {
      this.#handler?.(request, response).catch((error: unknown) => {
        failRequest(request, response, error);
      });
    });
  }

  static async open(site: Site, port: number, tls: Certificates | null): Promise<Listener> {
    // Real front ends keep idle connections this long, and clients rely on it.
    const options = { keepAliveTimeout: KEEP_ALIVE_MS };
    const server: Server =
      tls === null
        ? createServer(options)
        : createTlsServer({ ...options, key: tls.key, cert: tls.cert });
    server.listen(port, HOST);
    await once(server, 'listening');
    const address = server.address() as AddressInfo;
    return new Listener(site, server, address.port, tls === null ? 'http' : 'https');
  }

  serve(handler: Handler): void {
    this.#handler = handler;
  }

  setRefusing(refusing: boolean): Promise<void> {
    this.#settled = this.#settled.then(async () => {
      if (refusing === !this.#server.listening) {
        return;
      }
      if (refusing) {
        await this.#shut();
      } else {
        this.#server.listen(this.#port, HOST);
        await once(this.#server, 'listening');
      }
    });
    return this.#settled;
  }

  close(): Promise<void> {
    this.#settled = this.#settled.then(async () => {
      if (this.#server.listening) {
        await this.#shut();
      }
    });
    return this.#settled;
  }

  async #shut(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}
