import type { Person } from './person';
import { Stop } from './stop';

/** What the person has to say before anything can be asked. */
export interface PortalAccess {
  portal: URL;
  clientId: string;
  clientSecret: string;
  handler: URL;
}

const HANDLER = 'http://localhost:24042/bitrix24-push';

/** The two public authorization servers. Source: docs/bitrix24.md, section 1. */
const AUTH_SERVERS: ReadonlySet<string> = new Set(['oauth.bitrix24.tech', 'oauth.bitrix.info']);

/**
 * Asks for the portal and its application. The secret is never shown and never taken from the command line, where
 * the shell and other programs could read it.
 * @param env may hold VERIFY_PORTAL, VERIFY_CLIENT_ID, VERIFY_CLIENT_SECRET and VERIFY_HANDLER, for tests
 */
export async function askForPortal(
  person: Person,
  env: Readonly<Record<string, string | undefined>>,
): Promise<PortalAccess> {
  const portal = await askUntil(
    person,
    'Address of the portal, e.g. https://example.bitrix24.com:',
    portalOf,
    env['VERIFY_PORTAL'],
  );
  const clientId = await askUntil(
    person,
    'Application ID (client_id):',
    (text) => (/^[a-z0-9\-_.]{3,50}$/.test(text) ? text : undefined),
    env['VERIFY_CLIENT_ID'],
  );
  const clientSecret =
    env['VERIFY_CLIENT_SECRET'] ??
    (await person.askSecret('Application key (client_secret), which is not shown:'));
  if (clientSecret === '') {
    throw new Stop('Without the application key no tokens can be had.');
  }
  const handler = await askUntil(
    person,
    `Your handler path, as the application’s form has it (Enter for ${HANDLER}):`,
    (text) => addressOf(text === '' ? HANDLER : text),
    env['VERIFY_HANDLER'],
  );
  return { portal, clientId, clientSecret, handler };
}

async function askUntil<T>(
  person: Person,
  question: string,
  read: (text: string) => T | undefined,
  given: string | undefined,
): Promise<T> {
  for (let text = given; ; text = undefined) {
    const value = read(text ?? (await person.ask(question)));
    if (value !== undefined) {
      return value;
    }
    person.tell('  That cannot be used. An address begins with https://, an ID with “local.”.');
  }
}

function addressOf(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) ? url : undefined;
}

/** Returns the portal's address; undefined unless it is https, or on this computer. */
export function portalOf(text: string): URL | undefined {
  const url = addressOf(text.includes('://') ? text : `https://${text}`);
  return url?.protocol === 'https:' || (url !== undefined && isLoopback(url)) ? url : undefined;
}

export function isLoopback({ hostname }: URL): boolean {
  return hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]';
}

/** Decides where the application's secret may be sent. */
export function authServerOriginFor(portal: URL): (serverDomain: string) => string {
  return (serverDomain) => {
    if (AUTH_SERVERS.has(serverDomain)) {
      return `https://${serverDomain}`;
    }
    const local = addressOf(`http://${serverDomain}`);
    if (isLoopback(portal) && local !== undefined && isLoopback(local)) {
      return local.origin;
    }
    throw new Stop(
      `The portal names ${serverDomain} as its authorization server, which is none of Bitrix24’s two. The application’s key is not sent there.`,
    );
  };
}
