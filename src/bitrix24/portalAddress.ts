export type PortalAddress =
  | { ok: true; origin: string; host: string; integrationId?: number }
  | { ok: false; reason: 'empty' | 'notAnAddress' | 'notHttps' | 'hasCredentials' };

/** Understands what people type or paste as their portal. */
export function parsePortalAddress(input: string): PortalAddress {
  throw new Error(`not written yet ${input}`);
}

/** True for this machine's own addresses; `host` may have a port. */
export function isLoopback(host: string): boolean {
  throw new Error(`not written yet ${host}`);
}

/** The public authorization server that serves a portal's zone. */
export function authServerFor(portalHost: string): string {
  throw new Error(`not written yet ${portalHost}`);
}

/** True when client_secret may go to this host. */
export function isKnownAuthServer(host: string, portalHost: string): boolean {
  throw new Error(`not written yet ${host}${portalHost}`);
}
