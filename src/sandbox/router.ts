import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApplicationEvents } from './applicationEvents';
import type { ControlServer } from './controlServer';
import { serveDevops } from './devopsPages';
import { serveWithFaults } from './serveWithFaults';
import type { FaultPlan } from './faults';
import {
  htmlReply,
  isOwnHost,
  isSameSite,
  readBody,
  redirectReply,
  sendReply,
  type Reply,
} from './http';
import { serveAuthServerRest } from './authServerRest';
import type { Site } from './hostNames';
import { serveAuthorize, serveToken } from './oauthServer';
import type { PageWords } from './page/client/pageWords';
import { errorPage } from './page/errorPage';
import { phonesPage } from './page/phonesPage';
import { wordsFor } from './page/words';
import { photoSvg } from './staff';
import { readForm, readRestParams, type RawRequest } from './phpParams';
import { preflightReply, serveRest } from './restServer';
import { parseRestPath } from './restTarget';
import type { PortalState } from './portalState';

export const CONTROL_PATH = '/sandbox/api';

/** Routes each request by its site and path. */
export class Router {
  readonly #portal: PortalState;
  readonly #faults: FaultPlan;
  readonly #control: ControlServer;
  readonly #events: ApplicationEvents;

  constructor(
    portal: PortalState,
    faults: FaultPlan,
    control: ControlServer,
    events: ApplicationEvents,
  ) {
    this.#portal = portal;
    this.#faults = faults;
    this.#control = control;
    this.#events = events;
  }

  async serve(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? '/';
    const mark = url.indexOf('?');
    // Web servers merge slashes, and some clients that join addresses rely on it.
    const path = (mark < 0 ? url : url.slice(0, mark)).replace(/\/{2,}/g, '/');
    const query = mark < 0 ? '' : url.slice(mark + 1);

    if (path.startsWith(`${CONTROL_PATH}/`) && site !== 'authServer') {
      await this.#control.serve(
        request,
        response,
        { path: path.slice(CONTROL_PATH.length), query },
        site !== 'control',
      );
      return;
    }
    const ownPage = site === 'authServer' ? null : this.#sandboxPage(path, wordsOf(request));
    if (ownPage !== null) {
      sendReply(response, ownPage);
      return;
    }
    if (site === 'control') {
      sendReply(response, path === '/' ? redirectReply('/sandbox/') : notFound(request));
      return;
    }
    if (path === '/oauth/token' || path === '/oauth/authorize') {
      // The web server redirects to the address with a slash; programs should write the slash themselves.
      sendReply(response, redirectReply(`${path}/${mark < 0 ? '' : url.slice(mark)}`, 301));
      return;
    }
    if (site === 'authServer') {
      await this.#serveAuthServer(request, response, path, query);
    } else {
      await this.#servePortal(site, request, response, path, query);
    }
  }

  async #serveAuthServer(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: string,
  ): Promise<void> {
    if (path === '/oauth/token/') {
      await this.#exchangeToken(request, response, query);
    } else if (path.startsWith('/rest/')) {
      const method = parseRestPath(path.slice('/rest/'.length)).method.toLowerCase();
      await serveWithFaults(this.#portal, this.#faults, request, response, {
        method: `oauth.${method}`,
        read: (body) => readRestParams({ ...rawOf(request, query), body }),
        carryOut: (params) => serveAuthServerRest(this.#portal, method, params),
      });
    } else {
      sendReply(response, notFound(request));
    }
  }

  async #servePortal(
    site: Site,
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: string,
  ): Promise<void> {
    const portal = this.#portal;
    const { host } = request.headers;
    const isRenamedHost = portal.renamedTo !== null && host === portal.renamedTo;
    if (site === 'renamed' && !isRenamedHost) {
      sendReply(response, notFound(request));
      return;
    }
    if (path.startsWith('/rest/')) {
      await this.#callRest(request, response, path, query);
      return;
    }
    if (portal.renamedTo !== null && !isRenamedHost) {
      sendReply(response, redirectReply(`${portal.portalOrigin}${request.url ?? '/'}`));
      return;
    }
    if (path === '/oauth/token/') {
      await this.#exchangeToken(request, response, query);
    } else if (path === '/oauth/authorize/') {
      await this.#authorize(request, response, query);
    } else if (path === '/') {
      sendReply(response, redirectReply('/sandbox/'));
    } else {
      sendReply(response, (await this.#devops(request, path, query)) ?? notFound(request));
    }
  }

  async #callRest(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: string,
  ): Promise<void> {
    if (request.method === 'OPTIONS') {
      sendReply(response, preflightReply());
      return;
    }
    const target = parseRestPath(path.slice('/rest/'.length));
    await serveWithFaults(this.#portal, this.#faults, request, response, {
      method: target.method.toLowerCase(),
      read: (body) => readRestParams({ ...rawOf(request, query), body }),
      carryOut: (params, id) =>
        serveRest(
          this.#portal,
          this.#faults,
          {
            target,
            params,
            authorization: request.headers.authorization,
            address: (request.socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
            host: request.headers.host,
            url: request.url ?? '/',
          },
          id,
        ),
    });
  }

  async #exchangeToken(
    request: IncomingMessage,
    response: ServerResponse,
    query: string,
  ): Promise<void> {
    await serveWithFaults(this.#portal, this.#faults, request, response, {
      method: 'oauth.token',
      read: (body) => readForm({ ...rawOf(request, query), body }),
      carryOut: (params) => serveToken(this.#portal, params),
    });
  }

  async #authorize(
    request: IncomingMessage,
    response: ServerResponse,
    query: string,
  ): Promise<void> {
    await serveWithFaults(this.#portal, this.#faults, request, response, {
      method: 'oauth.authorize',
      read: (body) => readForm({ ...rawOf(request, query), body }),
      carryOut: (params) => serveAuthorize(this.#portal, params, query, wordsOf(request)),
    });
  }

  async #devops(request: IncomingMessage, path: string, query: string): Promise<Reply | null> {
    const words = wordsOf(request);
    if (request.method !== 'POST') {
      return serveDevops(this.#portal, this.#events, path, null, words);
    }
    const { origins, portalOrigin } = this.#portal;
    const own = [origins.portal, origins.renamed, portalOrigin];
    if (!isOwnHost(request.headers.host, own) || !isSameSite(request, own)) {
      return htmlReply(
        errorPage(words, {
          title: words.text('Refused'),
          text: words.text('Another site sent this form.'),
        }),
        403,
      );
    }
    const form = await readForm(await readRaw(request, query));
    return serveDevops(this.#portal, this.#events, path, form, words);
  }

  /** Serves the pages and pictures that only the sandbox has. @returns null for any other path. */
  #sandboxPage(path: string, words: PageWords): Reply | null {
    if (path === '/sandbox/') {
      return htmlReply(
        phonesPage(words, {
          controlPath: CONTROL_PATH,
          renamedHost: new URL(this.#portal.origins.renamed).host,
          authServer: this.#portal.origins.authServer,
          controlOrigin: this.#portal.origins.control,
        }),
      );
    }
    if (path === '/sandbox') {
      return redirectReply('/sandbox/', 301);
    }
    const id = /^\/sandbox\/photo\/(\d+)\.svg$/.exec(path)?.[1];
    const person = id === undefined ? undefined : this.#portal.people.get(Number(id));
    if (person === undefined) {
      return null;
    }
    return {
      status: 200,
      headers: {
        'content-type': 'image/svg+xml; charset=utf-8',
        'cache-control': 'max-age=3600',
        'access-control-allow-origin': '*',
        'x-content-type-options': 'nosniff',
      },
      body: photoSvg(person),
    };
  }
}

function wordsOf(request: IncomingMessage): PageWords {
  return wordsFor(request.headers['accept-language']);
}

function rawOf(request: IncomingMessage, query: string): Omit<RawRequest, 'body'> {
  return { httpMethod: request.method ?? 'GET', query, headers: request.headers };
}

async function readRaw(request: IncomingMessage, query: string): Promise<RawRequest> {
  return { ...rawOf(request, query), body: await readBody(request) };
}

function notFound(request: IncomingMessage): Reply {
  const words = wordsOf(request);
  return htmlReply(
    errorPage(words, {
      title: words.text('Not found'),
      text: words.text('There is no such page here.'),
    }),
    404,
  );
}
