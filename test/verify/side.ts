import { arrivedWith, exchange, tokensOf, type RawAnswer } from './answers';
import { Redactor } from './redactor';
import { fill, fillTexts, type RequestTemplate } from './requests';
import { Stop } from './stop';

/** Who is asked, and how a person signs in there. */
export interface SideOptions {
  /** Origin of the portal. */
  portal: string;
  clientId: string;
  clientSecret: string;
  /**
   * Opens the address in a browser, or does as if, and returns the address that the browser was sent back to;
   * undefined when nobody came back.
   */
  signIn: (address: URL) => Promise<URL | undefined>;
  /** Returns the origin of an authorization server, or throws if secrets must not be sent there. */
  authServerOrigin: (serverDomain: string) => string;
  /** The application's handler; parameters that it has already are not part of an answer. */
  handler: string;
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const JSON_TYPE = { 'content-type': 'application/json' };

/** A portal with its authorization server, and what their answers have told so far: code, tokens, ids. */
export class Side {
  readonly redactor: Redactor;
  readonly #options: SideOptions;
  readonly #variables = new Map<string, string | number>();
  #restBase: URL;
  #authServer: string | undefined;

  constructor(options: SideOptions) {
    const { portal, clientId, clientSecret } = options;
    this.#options = options;
    this.redactor = new Redactor({ portal, clientId, clientSecret });
    this.#restBase = new URL('/rest/', portal);
    this.#variables.set('client_id', clientId).set('client_secret', clientSecret);
    const other = new URL(options.handler);
    other.searchParams.set('verify', '1');
    this.#variables.set('other_handler', other.href);
  }

  get me(): number | undefined {
    const me = this.#variables.get('me');
    return typeof me === 'number' ? me : undefined;
  }

  /** Gives a variable its value; a secret one is looked for in everything that is written down. */
  setSecret(name: string, value: string): void {
    this.#variables.set(name, value);
    this.redactor.nameSecret(value, name);
  }

  /** @throws Stop when the portal cannot be asked any further. */
  async send(template: RequestTemplate): Promise<RawAnswer> {
    const answer = await this.#exchange(template);
    this.#learn(answer);
    const moved = answer.headers.get('location');
    if (template.to === 'portal' && answer.status !== null && answer.status < 400 && moved) {
      const host = URL.canParse(moved) ? new URL(moved).host : moved;
      throw new Stop(
        `The portal answers under another address: ${host}. Start again with that one.`,
      );
    }
    return answer;
  }

  async #exchange(template: RequestTemplate): Promise<RawAnswer> {
    if (template.to === 'signIn') {
      return this.#signIn(template.params);
    }
    if (template.to === 'portal') {
      const params = fill(template.params, this.#variables);
      return exchange(new URL(template.method, this.#restBase), {
        method: 'POST',
        headers: JSON_TYPE,
        body: JSON.stringify(params),
      });
    }
    if (this.#authServer === undefined) {
      throw new Stop('The portal did not say which authorization server is its own.');
    }
    const path = template.to === 'token' ? '/oauth/token/' : `/rest/${template.method}`;
    const url = new URL(path, this.#authServer);
    const form = new URLSearchParams(fillTexts(template.params, this.#variables));
    if (template.to === 'token' && template.http === 'GET') {
      url.search = form.toString();
      return exchange(url, { method: 'GET' });
    }
    return exchange(url, { method: 'POST', headers: FORM, body: form.toString() });
  }

  async #signIn(params: Readonly<Record<string, string>>): Promise<RawAnswer> {
    const address = new URL('/oauth/authorize/', this.#options.portal);
    address.search = new URLSearchParams(fillTexts(params, this.#variables)).toString();
    const url = await this.#options.signIn(address);
    if (url === undefined) {
      return { status: null, headers: new Headers(), body: { kind: 'nobody' } };
    }
    const own = new URL(this.#options.handler).searchParams;
    const arrived = [...url.searchParams].filter(([name, value]) => own.get(name) !== value);
    return { status: null, headers: new Headers(), body: { kind: 'arrival', params: arrived } };
  }

  #learn(answer: RawAnswer): void {
    const code = arrivedWith(answer, 'code');
    if (code !== undefined) {
      this.#variables.set('code', code);
    }
    const serverDomain = arrivedWith(answer, 'server_domain');
    if (serverDomain !== undefined) {
      this.#authServer = this.#options.authServerOrigin(serverDomain);
      this.redactor.nameAddress(this.#authServer, 'authorization server');
    }
    const tokens = tokensOf(answer);
    if (tokens === undefined) {
      return;
    }
    const before = this.#variables.get('refresh_token');
    if (before !== undefined) {
      this.#variables.set('previous_refresh_token', before);
    }
    this.#variables.set('access_token', tokens.access_token);
    this.#variables.set('refresh_token', tokens.refresh_token);
    const base = new URL(tokens.client_endpoint);
    if (base.origin !== this.#options.portal) {
      throw new Stop(
        `The authorization server says that the portal is at ${base.origin}. Start again with that address.`,
      );
    }
    this.#restBase = base;
    if (tokens.user_id !== undefined) {
      this.redactor.nameMe(tokens.user_id);
      this.#variables.set('me', tokens.user_id);
    }
  }
}
