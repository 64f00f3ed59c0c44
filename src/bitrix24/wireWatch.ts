import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import * as v from 'valibot';

/**
 * Node tells of a request when it is made, and (the only one before Node 22.12) when it is written to a socket.
 * Behind a proxy that refuses or hangs, the second never comes.
 */
const channels = ['http.client.request.created', 'http.client.request.start'];
const requestMade = v.object({ request: v.instance(ClientRequest) });
const proxyFailure = v.object({
  proxy: v.pipe(v.string(), v.notValue('DIRECT')),
  error: v.instance(Error),
});

/**
 * Sees how far one HTTP request came, through Node's own diagnostics channels.
 *
 * Whether a lost push may be repeated hangs on one fact that neither node-fetch nor an error code tells: did a
 * byte of the request leave? "ECONNRESET" comes both from a TLS handshake that failed (nothing sent) and from a
 * server that read everything. The channel shows the request without an agent of ours, so VS Code's proxy and
 * certificate handling stays in place.
 */
export class WireWatch {
  /** The system's own error, with address and port; node-fetch keeps only its code. */
  error: NodeJS.ErrnoException | undefined;
  /** True when VS Code could not reach the proxy that it was told to use. */
  proxyFailed = false;
  readonly #secure: boolean;
  readonly #onConnected: () => void;
  #request: ClientRequest | undefined;
  #socket: Socket | undefined;
  #connected = false;

  /** `onConnected` runs when the first byte may leave: after the TLS handshake, or the TCP one for plain http. */
  constructor(url: URL, onConnected: () => void) {
    this.#secure = url.protocol === 'https:';
    this.#onConnected = onConnected;
  }

  /** Runs `start` and watches the first request that begins within it. */
  async run<T>(start: () => Promise<T>): Promise<T> {
    const scope = new AsyncLocalStorage<this>();
    const notice = (message: unknown) => {
      if (scope.getStore() === this && this.#request === undefined && v.is(requestMade, message)) {
        this.#watch(message.request);
      }
    };
    channels.forEach((channel) => {
      subscribe(channel, notice);
    });
    try {
      return await scope.run(this, start);
    } finally {
      channels.forEach((channel) => unsubscribe(channel, notice));
    }
  }

  /** True once the request was seen; without that nothing below may be trusted to say "not sent". */
  get seen(): boolean {
    return this.#request !== undefined;
  }

  /** True only when not one byte of the request left. */
  get certainlyNotSent(): boolean {
    return this.seen && !this.#connected;
  }

  /** An https refusal over a socket without TLS: a proxy would not connect us and spoke in the portal's place. */
  refusedByProxy(status: number): boolean {
    return (
      status >= 400 && this.#secure && this.#socket !== undefined && !isEncrypted(this.#socket)
    );
  }

  #watch(request: ClientRequest): void {
    this.#request = request;
    // Node would keep the connection for the next request of a server that ignores `Connection: close`.
    request.shouldKeepAlive = false;
    request.once('error', (error: NodeJS.ErrnoException) => (this.error ??= error));
    // VS Code's proxy agent tells here which proxy it took and why that failed; its own error has no code.
    request.once('proxy', (told: unknown) => {
      if (v.is(proxyFailure, told)) {
        this.proxyFailed = true;
        this.error = told.error;
      }
    });
    if (request.socket) {
      this.#follow(request.socket);
    } else {
      request.once('socket', (socket) => this.#follow(socket));
    }
  }

  #follow(socket: Socket): void {
    this.#socket = socket;
    const connected = () => {
      this.#connected = true;
      this.#onConnected();
    };
    if (this.#secure && isEncrypted(socket)) {
      // A pooled or tunnelled socket may be through its handshake already: then its cipher is known.
      if (socket.getCipher()?.name) {
        connected();
      } else {
        socket.once('secureConnect', connected);
      }
    } else if (!socket.connecting) {
      connected();
    } else {
      socket.once('connect', connected);
    }
  }
}

interface EncryptedSocket extends Socket {
  getCipher(): { name?: string } | undefined;
}

function isEncrypted(socket: Socket): socket is EncryptedSocket {
  return 'encrypted' in socket && socket.encrypted === true;
}
