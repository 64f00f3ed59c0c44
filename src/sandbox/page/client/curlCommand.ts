import type { RecordedRequest } from '../../controlApi';

/** Runs in the browser and in the sandbox. Writes a recorded request as a command for a POSIX shell. */
export class CurlCommand {
  /**
   * Tokens, codes and keys are placeholders in capitals, because the log does not have them.
   * @param request with all its parameters, uncut
   * @param origins of the portal and its authorization server
   */
  write(request: RecordedRequest, origins: { portal: string; authServer: string }): string {
    const { method, http, params } = request;
    if (method === 'oauth.authorize') {
      return this.#get(`${origins.portal}/oauth/authorize/`, this.#flat(params));
    }
    if (method === 'oauth.token') {
      const address = `${origins.authServer}/oauth/token/`;
      const fields = [...this.#flat(params), ...this.#secretsOf(params)];
      return http === 'GET' ? this.#get(address, fields) : this.#form(address, fields);
    }
    if (method === 'oauth.app.info') {
      return this.#get(`${origins.authServer}/rest/app.info`, [['auth', 'ACCESS_TOKEN']]);
    }
    const isWebhook = request.caller?.via === 'webhook';
    const path = isWebhook ? `${request.caller?.id ?? 1}/WEBHOOK_KEY/${method}` : method;
    const address = `${origins.portal}/rest/${path}`;
    const token = isWebhook ? [] : [['auth', 'ACCESS_TOKEN']];
    if (http === 'GET') {
      return this.#get(address, [...this.#flat(params), ...token]);
    }
    const given = typeof params === 'object' && params !== null ? params : {};
    const body = JSON.stringify({ ...given, ...Object.fromEntries(token) });
    return `curl ${this.#quoted(address)} -H 'Content-Type: application/json' -d ${this.#quoted(body)}`;
  }

  #secretsOf(params: unknown): string[][] {
    const grant = this.#flat(params).find(([name]) => name === 'grant_type')?.[1];
    const isRefresh = grant === 'refresh_token';
    return [
      ['client_secret', 'CLIENT_SECRET'],
      isRefresh ? ['refresh_token', 'REFRESH_TOKEN'] : ['code', 'CODE'],
    ];
  }

  #get(address: string, fields: readonly string[][]): string {
    return `curl -G ${this.#quoted(address)}${this.#fields(fields)}`;
  }

  #form(address: string, fields: readonly string[][]): string {
    return `curl ${this.#quoted(address)}${this.#fields(fields)}`;
  }

  #fields(fields: readonly string[][]): string {
    return fields
      .map(([name, value]) => ` --data-urlencode ${this.#quoted(`${name}=${value}`)}`)
      .join('');
  }

  /** Names fields as PHP reads them, e.g. `USER_ID[0]`. */
  #flat(value: unknown, name = ''): string[][] {
    if (typeof value === 'object' && value !== null) {
      return Object.entries(value).flatMap(([key, item]) =>
        this.#flat(item, name === '' ? key : `${name}[${key}]`),
      );
    }
    if (value === true) {
      return [[name, '1']];
    }
    return [[name, typeof value === 'string' || typeof value === 'number' ? String(value) : '']];
  }

  #quoted(text: string): string {
    return `'${text.replaceAll("'", "'\\''")}'`;
  }
}
