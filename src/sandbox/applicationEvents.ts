import { randomBytes } from 'node:crypto';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { RecordedRequest } from './controlApi';
import { isLoopbackHost } from './http';
import { issueTokens } from './oauthServer';
import { PhpArray } from './php';
import { hideSecrets, redact } from './redact';
import { secretsOf } from './serveWithFaults';
import { fullName, type Person } from './staff';
import { LIFETIME } from './tokens';
import type { PortalState } from './portalState';

const ANSWER_MS = 10_000;

/** Tells the application that it was installed. Source: docs/bitrix24.md, section 10. */
export class ApplicationEvents {
  readonly #portal: PortalState;
  readonly #closing = new AbortController();

  constructor(portal: PortalState) {
    this.#portal = portal;
  }

  /** Gives up what was not answered yet. */
  close(): void {
    this.#closing.abort();
  }

  /**
   * Sends ONAPPINSTALL to the installation path. Only programs on this computer are called.
   * @param person who installs; the tokens are theirs
   * @returns the entry in the log of requests, which says what became of it
   */
  async install(person: Person): Promise<RecordedRequest> {
    const portal = this.#portal;
    const id = portal.nextRequestId();
    const { installPath } = portal.app;
    const event = installEvent(portal, person);
    const startedAt = performance.now();
    const { status, note } = await this.#send(installPath, event);
    const secrets = secretsOf(portal);
    const logged: RecordedRequest = {
      ...entry(portal, person, 'ONAPPINSTALL', id),
      params: redact(nested(event), secrets),
      durationMs: Math.round((performance.now() - startedAt) * 10) / 10,
      status,
      note: hideSecrets(note, secrets),
    };
    portal.recordRequest(logged);
    return logged;
  }

  async #send(address: string, event: EventFields): Promise<{ status: number; note: string }> {
    if (address === '') {
      return { status: 0, note: 'not sent: the application has no installation path' };
    }
    const url = URL.canParse(address) ? new URL(address) : null;
    if (url === null || !isLoopbackUrl(url)) {
      const host = url?.host ?? address;
      return { status: 0, note: `not sent: the sandbox calls this computer only, not ${host}` };
    }
    try {
      return {
        status: await post(url, formOf(event), this.#closing.signal),
        note: `sent to ${address}`,
      };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { status: 0, note: `sent to ${address}, but nothing answered: ${why}` };
    }
  }
}

/** @returns true if an address leads to a program on this computer. */
export function isLoopbackUrl(url: URL): boolean {
  return /^https?:$/.test(url.protocol) && isLoopbackHost(url.host);
}

/** The fields of an event; those in `data` and `auth` travel under PHP's names, e.g. `auth[domain]`. */
interface EventFields {
  event: string;
  data: Readonly<Record<string, string>>;
  ts: string;
  auth: Readonly<Record<string, string>>;
}

function installEvent(portal: PortalState, person: Person): EventFields {
  const { app, identity } = portal;
  const tokens = issueTokens(portal, person.id);
  return {
    event: 'ONAPPINSTALL',
    data: { VERSION: '1', ACTIVE: 'Y', INSTALLED: 'Y', LANGUAGE_ID: 'en' },
    ts: String(portal.nowSeconds()),
    auth: {
      access_token: tokens.access_token,
      expires_in: String(tokens.expires_in),
      scope: app.scopes.join(','),
      domain: portal.portalHost,
      server_endpoint: tokens.server_endpoint,
      status: tokens.status,
      client_endpoint: tokens.client_endpoint,
      member_id: identity.memberId,
      refresh_token: tokens.refresh_token,
      application_token: identity.applicationToken,
    },
  };
}

function formOf({ event, data, ts, auth }: EventFields): string {
  const inside = (name: string, fields: Readonly<Record<string, string>>): [string, string][] =>
    Object.entries(fields).map(([key, value]) => [`${name}[${key}]`, value]);
  return new URLSearchParams([
    ['event', event],
    ...inside('data', data),
    ['ts', ts],
    ...inside('auth', auth),
  ]).toString();
}

function phpArrayOf(fields: Readonly<Record<string, string>>): PhpArray {
  const array = new PhpArray();
  for (const [name, value] of Object.entries(fields)) {
    array.set(name, value);
  }
  return array;
}

function nested({ event, data, ts, auth }: EventFields): PhpArray {
  const fields = new PhpArray();
  fields.set('event', event);
  fields.set('data', phpArrayOf(data));
  fields.set('ts', ts);
  fields.set('auth', phpArrayOf(auth));
  return fields;
}

/** Posts a form to loopback, whatever the name service says of the host. @returns the status */
function post(url: URL, body: string, closing: AbortSignal): Promise<number> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const isV6 = name === '::1';
  return new Promise((resolve, reject) => {
    const request = send(
      {
        host: isV6 ? '::1' : '127.0.0.1',
        servername: name === 'localhost' || name.endsWith('.localhost') ? name : '',
        port: url.port === '' ? undefined : url.port,
        path: `${url.pathname}${url.search}`,
        method: 'POST',
        headers: {
          host: url.host,
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'Bitrix24 Webhook Engine',
        },
        agent: false,
        signal: AbortSignal.any([closing, AbortSignal.timeout(ANSWER_MS)]),
      },
      (response: IncomingMessage) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** What a portal gives an application that a person opens. */
export interface Frame {
  /** Where the browser posts the fields: the handler with DOMAIN, PROTOCOL, LANG and APP_SID. */
  address: string;
  fields: Readonly<Record<string, string>>;
  /** false: the address is not on this computer, so nothing is sent without a click. */
  isLoopback: boolean;
}

/**
 * Makes the parameters of an application that is opened in the portal, with tokens of the person who opens
 * it, and adds an entry to the log. Source: docs/bitrix24.md, section 10.
 * @param handler address of the application; not ''
 */
export function openFrame(portal: PortalState, person: Person, language: string): Frame {
  const { app, identity } = portal;
  const tokens = issueTokens(portal, person.id);
  const url = new URL(app.handler);
  const isHttps = portal.portalOrigin.startsWith('https:');
  const shown = {
    DOMAIN: portal.portalHost,
    PROTOCOL: isHttps ? '1' : '0',
    LANG: language,
    APP_SID: randomBytes(16).toString('hex'),
  };
  for (const [name, value] of Object.entries(shown)) {
    url.searchParams.set(name, value);
  }
  const fields = {
    AUTH_ID: tokens.access_token,
    AUTH_EXPIRES: String(LIFETIME.access),
    REFRESH_ID: tokens.refresh_token,
    SERVER_ENDPOINT: tokens.server_endpoint,
    APPLICATION_TOKEN: identity.applicationToken,
    APPLICATION_SCOPE: app.scopes.join(','),
    member_id: identity.memberId,
    status: tokens.status,
    PLACEMENT: 'DEFAULT',
  };
  const secrets = secretsOf(portal);
  portal.recordRequest({
    ...entry(portal, person, 'app.open', portal.nextRequestId()),
    params: redact(phpArrayOf({ ...shown, ...fields }), secrets),
    note: hideSecrets(`the browser posts this to ${app.handler}`, secrets),
  });
  return { address: url.href, fields, isLoopback: isLoopbackUrl(url) };
}

/** An entry of the log for what goes from the portal to the application. */
function entry(portal: PortalState, person: Person, method: string, id: number): RecordedRequest {
  return {
    id,
    time: portal.isoTime(),
    method,
    http: 'POST',
    caller: { id: person.id, name: fullName(person), via: 'application' },
    params: {},
    durationMs: 0,
    status: 0,
    error: null,
    answer: '',
    ignored: [],
    note: '',
    fault: null,
  };
}
