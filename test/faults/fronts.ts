import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/**
 * Front ends that hand every request on to the portal, which carries it out.
 * `keeps`: ignores `Connection: close` and keeps connections; `cuts`: says so and cuts them a moment after the answer;
 * `contradicts`: puts an error beside the result.
 */
const kinds = ['keeps', 'cuts', 'contradicts'] as const;
export type FrontKind = (typeof kinds)[number];

/** One of each kind, before one portal. */
export class Fronts {
  readonly #servers: Record<FrontKind, Server>;
  readonly #used = new WeakSet<object>();
  /** How many requests came over a connection that had been used before. */
  reused = 0;

  private constructor(portal: string) {
    const make = (kind: FrontKind) =>
      createServer((request, response) => {
        void this.#handOn(kind, portal, request, response);
      });
    this.#servers = { keeps: make('keeps'), cuts: make('cuts'), contradicts: make('contradicts') };
  }

  static async open(portal: string): Promise<Fronts> {
    const fronts = new Fronts(portal);
    for (const kind of kinds) {
      const server = fronts.#servers[kind];
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
    }
    return fronts;
  }

  /** The address of the same page behind this front end. */
  urlOf(kind: FrontKind, { pathname }: URL): URL {
    const { port } = this.#servers[kind].address() as AddressInfo;
    return new URL(`http://127.0.0.1:${port}${pathname}`);
  }

  close(): void {
    for (const kind of kinds) {
      this.#servers[kind].closeAllConnections();
      this.#servers[kind].close();
    }
  }

  async #handOn(
    kind: FrontKind,
    portal: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { socket } = request;
    this.reused += this.#used.has(socket) ? 1 : 0;
    this.#used.add(socket);
    const answer = await fetch(new URL(request.url ?? '', portal), {
      method: 'POST',
      headers: { 'content-type': request.headers['content-type'] ?? '' },
      body: await text(request),
    });
    const said = await answer.text();
    const body = kind === 'contradicts' ? said.replace('{', '{"error":{},') : said;
    // Whatever the client has asked for.
    response.shouldKeepAlive = kind !== 'contradicts';
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body, () => {
      if (kind === 'cuts') {
        setTimeout(() => socket.destroy(), 1);
      }
    });
  }
}
