import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import * as v from 'valibot';
import type { Sandbox } from '../../../src/sandbox/index';

/** A client of the sandbox that knows nothing of ours: plain HTTP, so that tests see what programs see. */

export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  json: Record<string, unknown>;
}

export interface HttpQuestion {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** The file of the authority to trust, for https. */
  ca?: string | undefined;
}

/** One request without following redirects. Rejects when the connection breaks. */
export function ask(url: string, question: HttpQuestion = {}): Promise<HttpAnswer> {
  const {
    method = question.body === undefined ? 'GET' : 'POST',
    headers = {},
    body,
    ca,
  } = question;
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  const trust = ca === undefined ? {} : { ca: readFileSync(ca) };
  return new Promise((resolve, reject) => {
    const request = send(url, { method, headers, agent: false, ...trust }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text,
          json: parseObject(text),
        });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

const JsonObject = v.record(v.string(), v.unknown());

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? { list: value } : v.parse(JsonObject, value);
  } catch {
    return {};
  }
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_TYPE = { 'content-type': 'application/json' };

const Tokens = v.object({
  access_token: v.string(),
  refresh_token: v.string(),
  client_endpoint: v.string(),
});
export type Tokens = v.InferOutput<typeof Tokens>;

export class Client {
  readonly sandbox: Sandbox;
  tokens: Tokens = { access_token: '', refresh_token: '', client_endpoint: '' };

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
  }

  static async signedIn(sandbox: Sandbox, userId = 1): Promise<Client> {
    const client = new Client(sandbox);
    const answer = await client.token({
      grant_type: 'authorization_code',
      code: await client.code(userId),
    });
    client.tokens = v.parse(Tokens, answer.json);
    return client;
  }

  authorize(params: Record<string, string>): Promise<HttpAnswer> {
    const query = new URLSearchParams(params).toString();
    const { portal, ca } = this.sandbox.info;
    return ask(`${portal}/oauth/authorize/?${query}`, { ca });
  }

  async code(userId = 1): Promise<string> {
    const { clientId } = this.sandbox.info;
    const answer = await this.authorize({ client_id: clientId, sandbox_user: String(userId) });
    return new URL(answer.headers.location ?? '').searchParams.get('code') ?? '';
  }

  /** POST to the token endpoint with our id and secret unless others are given. */
  token(params: Record<string, string>): Promise<HttpAnswer> {
    const { authServer, clientId, clientSecret, ca } = this.sandbox.info;
    const all = { client_id: clientId, client_secret: clientSecret, ...params };
    const body = new URLSearchParams(all).toString();
    return ask(`${authServer}/oauth/token/`, { headers: FORM, body, ca });
  }

  url(method: string): string {
    return `${this.sandbox.info.portal}/rest/${method}`;
  }

  /** POST with JSON, the token in the body. */
  json(method: string, params: Record<string, unknown> = {}): Promise<HttpAnswer> {
    const body = JSON.stringify({ ...params, auth: this.tokens.access_token });
    return ask(this.url(method), { headers: JSON_TYPE, body });
  }

  /** POST with a form's body as written, the token added. */
  form(method: string, body: string): Promise<HttpAnswer> {
    const auth = `auth=${this.tokens.access_token}`;
    return ask(this.url(method), { headers: FORM, body: body === '' ? auth : `${body}&${auth}` });
  }

  get(method: string, query = ''): Promise<HttpAnswer> {
    return ask(`${this.url(method)}?${query}`, {
      headers: { authorization: `Bearer ${this.tokens.access_token}` },
    });
  }

  /** The control API; the answer parsed. */
  async control(method: string, path: string, body?: unknown): Promise<HttpAnswer> {
    return ask(`${this.sandbox.info.control}${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: JSON_TYPE }),
    });
  }

  /** Recipients of each push in the outbox. */
  recipients(): number[][] {
    return this.sandbox.snapshot().pushes.map((push) => push.recipients);
  }
}

/** `error` and `error_description` with the status, as one line to compare. */
export function refusal(answer: HttpAnswer): string {
  const { error, error_description: description } = answer.json;
  const words = [error, description].filter((part) => part !== undefined).map(String);
  return [String(answer.status), ...words].join(' | ');
}
