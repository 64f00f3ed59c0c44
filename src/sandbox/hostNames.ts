/** What a request is for: the portal, its authorization server, the portal under its new name, or the control API. */
export type Site = 'portal' | 'authServer' | 'renamed' | 'control';

/**
 * The names under which clients that hard-code `https://`, a host without a port, or the public authorization servers
 * reach the sandbox. All of them lead to the portal's port, where the Host header decides between the sites.
 */
export class HostNames {
  readonly #sites = new Map<string, Site>();

  /** @throws Error with a sentence if a name is none. */
  constructor(hosts: readonly string[]) {
    for (const host of hosts) {
      const name = host.toLowerCase();
      if (
        !/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)
      ) {
        throw new Error(`"${host}" is not a host name. Give a name without scheme and port.`);
      }
      const isSecondOfPortal = [...this.#sites.values()].includes('portal');
      const site = name.startsWith('oauth.')
        ? 'authServer'
        : isSecondOfPortal
          ? 'renamed'
          : 'portal';
      if (!this.#sites.has(name)) {
        this.#sites.set(name, site);
      }
    }
  }

  /** All names, in the order in which they were given. */
  get all(): string[] {
    return [...this.#sites.keys()];
  }

  /** Returns the first name of a site; null if it has none and so needs a port of its own. */
  of(site: Site): string | null {
    return this.all.find((name) => this.#sites.get(name) === site) ?? null;
  }

  has(host: string | undefined): boolean {
    return this.#sites.has(nameIn(host));
  }

  /** Tells what a request is for. @param listener the site whose port it came to */
  siteOf(listener: Site, host: string | undefined): Site {
    return listener === 'portal' ? (this.#sites.get(nameIn(host)) ?? listener) : listener;
  }
}

function nameIn(host: string | undefined): string {
  return (host ?? '').replace(/:\d+$/, '').toLowerCase();
}
