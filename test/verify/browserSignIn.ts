import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { Person } from './person';

const PAGE =
  '<!doctype html><meta charset="utf-8"><title>Signed in</title><p>Done. Go back to the terminal.</p>';

const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Signs in with the person's own browser. The code comes by a listener on the handler's address, if that is on
 * this computer, or is pasted.
 * @returns the address that the browser was sent to; undefined if the person gave up.
 */
export async function signInWithBrowser(
  person: Person,
  address: URL,
  handler: URL,
): Promise<URL | undefined> {
  const stop = new AbortController();
  const isLocal = handler.protocol === 'http:' && LOOPBACK.has(handler.hostname);
  const listening = isLocal
    ? await listen(handler, address, stop.signal).catch((error: unknown) => {
        person.tell(
          `  Nothing can listen at ${handler.host} (${String(error)}); paste the address instead.`,
        );
        return undefined;
      })
    : undefined;
  person.tell(`  Open this address in your browser and sign in:\n\n    ${address.href}\n`);
  try {
    const pasted = paste(person, address, stop.signal);
    return await (listening === undefined ? pasted : Promise.race([listening.arrived, pasted]));
  } finally {
    stop.abort();
  }
}

/** Asks until an address of this sign-in was pasted. Never ends after `signal`. */
async function paste(person: Person, address: URL, signal: AbortSignal): Promise<URL | undefined> {
  try {
    for (;;) {
      const text = await person.ask(
        '  I wait for the browser. If it shows a page that cannot be opened, paste that page’s address here; press Enter alone to give up:',
        signal,
      );
      if (text === '') {
        return undefined;
      }
      const url = URL.canParse(text) ? new URL(text) : undefined;
      if (url !== undefined && belongsTo(url, address)) {
        return url;
      }
      person.tell('  That is not the answer to this sign-in. It has code=… and state=… in it.');
    }
  } catch (error) {
    if (signal.aborted) {
      return new Promise(() => undefined);
    }
    throw error;
  }
}

function belongsTo(url: URL, address: URL): boolean {
  return (
    url.searchParams.has('code') &&
    url.searchParams.get('state') === address.searchParams.get('state')
  );
}

/** Listens until `signal`. `arrived` is the first address of this sign-in that a browser asks for. */
async function listen(
  handler: URL,
  address: URL,
  signal: AbortSignal,
): Promise<{ arrived: Promise<URL> }> {
  let found: (url: URL) => void = () => undefined;
  const arrived = new Promise<URL>((resolve) => {
    found = resolve;
  });
  const servers: Server[] = [];
  signal.addEventListener('abort', () => {
    for (const server of servers) {
      server.close();
      server.closeAllConnections();
    }
  });
  // `localhost` is one of these two; a computer without IPv6 has only the first.
  for (const host of ['127.0.0.1', '::1']) {
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', handler);
      const isAnswer = url.pathname === handler.pathname && belongsTo(url, address);
      response.writeHead(isAnswer ? 200 : 404, {
        'content-type': 'text/html; charset=utf-8',
        'referrer-policy': 'no-referrer',
        connection: 'close',
      });
      response.end(isAnswer ? PAGE : '', () => {
        if (isAnswer) {
          found(url);
        }
      });
    });
    server.listen(Number(handler.port || 80), host);
    try {
      await once(server, 'listening');
      servers.push(server);
    } catch (error) {
      if (host === '127.0.0.1') {
        throw error;
      }
    }
  }
  return { arrived };
}
