import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A model on loopback that speaks one vendor's format. */
export interface ModelServer {
  url: string;
  /** What agents have asked, for a test that fails. */
  asked: string[];
  close(): void;
}

export type Answer = (request: IncomingMessage, body: unknown, out: Out) => void;

/** Ways to answer. */
export interface Out {
  json(value: object, status?: number): void;
  /** Events, each with its name where the format has one. */
  stream(events: readonly { name?: string; data: unknown }[]): void;
}

export async function modelServer(answer: Answer): Promise<ModelServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      asked.push(`${request.method ?? ''} ${request.url ?? ''} ${body}`);
      answer(request, parse(body), outOf(response));
    })().catch((error: unknown) => {
      asked.push(String(error));
      response.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function outOf(response: ServerResponse): Out {
  return {
    json: (value, status = 200) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(value));
    },
    stream: (events) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const { name, data } of events) {
        const line = typeof data === 'string' ? data : JSON.stringify(data);
        response.write(`${name === undefined ? '' : `event: ${name}\n`}data: ${line}\n\n`);
      }
      response.end();
    },
  };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
