import { openFrame, type ApplicationEvents } from './applicationEvents';
import { htmlReply, type Reply } from './http';
import { errorPage } from './page/errorPage';
import type { PageWords } from './page/client/pageWords';
import { integrationEditPage } from './page/integrationEditPage';
import { integrationsListPage } from './page/integrationsListPage';
import { openApplicationPage } from './page/openApplicationPage';
import { fullName } from './staff';
import { PhpArray, toText } from './php';
import { SCOPES } from './scopes';
import { FIRST_DESCRIBED, type PortalState } from './portalState';

const MAX_NAME_LENGTH = 1000;

/**
 * Serves the pages of Applications > Developer resources. Source of the addresses: rest/lib/url/devops.php.
 * @param events tells the application that it was installed
 * @param form the posted fields; null for a GET
 * @returns null for an address that the portal does not have.
 */
export function serveDevops(
  portal: PortalState,
  events: ApplicationEvents,
  path: string,
  form: PhpArray | null,
  words: PageWords,
): Reply | null {
  const { app } = portal;
  if (['/devops/', '/devops/list/', '/devops/section/standard/'].includes(path)) {
    const [administrator] = portal.staffIndex.administrators;
    const userName = administrator === undefined ? '' : fullName(administrator);
    const active = portal.staffIndex.byId.filter((person) => person.active);
    const openers = active.slice(0, FIRST_DESCRIBED).map((person) => portal.describe(person));
    return htmlReply(integrationsListPage(words, { app, userName, openers }));
  }
  if (form !== null && path === `/marketplace/app/${String(app.integrationId)}/`) {
    return openApplication(portal, form, words);
  }
  const id = /^\/devops\/edit\/application\/(\d+)\/$/.exec(path)?.[1];
  if (id === undefined) {
    return null;
  }
  if (Number(id) !== app.integrationId) {
    return htmlReply(
      errorPage(words, {
        title: words.text('Not found'),
        text: words.text('There is no such integration.'),
      }),
      404,
    );
  }
  const error = form === null ? null : save(portal, form);
  const [administrator] = portal.staffIndex.administrators;
  if (form !== null && error === null && app.installPath !== '' && administrator !== undefined) {
    void events.install(administrator);
  }
  return htmlReply(
    integrationEditPage(words, {
      app,
      clientSecret: portal.identity.clientSecret,
      allScopes: [...SCOPES],
      saved: form !== null && error === null,
      error: error === null ? null : words.text(error),
    }),
  );
}

/** Sends the browser to the application, as the address of an application in the portal does. */
function openApplication(portal: PortalState, form: PhpArray, words: PageWords): Reply {
  const person = portal.people.get(Number(toText(form.get('sandbox_user'))));
  if (person?.active !== true || !URL.canParse(portal.app.handler)) {
    const text = 'This person cannot open the application.';
    return htmlReply(
      errorPage(words, { title: words.text('Open application'), text: words.text(text) }),
      400,
    );
  }
  const frame = openFrame(portal, person, words.language);
  return htmlReply(openApplicationPage(words, { frame, personName: fullName(person) }));
}

/**
 * Saves the form. The server writes the application before it checks the title of the integration, so a
 * blank title is reported as an error but has removed the name. Source: rest/lib/preset/provider.php (saveApp).
 * @returns the error that the form shows, or null.
 */
function save(portal: PortalState, form: PhpArray): string | null {
  const title = toText(form.get('TITLE')).trim();
  const handler = toText(form.get('APPLICATION_URL_HANDLER')).trim();
  const installPath = toText(form.get('APPLICATION_URL_INSTALL')).trim();
  const given = form.get('SCOPE');
  const scopes = given instanceof PhpArray ? Array.from(given.values(), toText) : [];

  if (handler === '') {
    return 'Field "Your handler path" is required.';
  }
  if (!/^https?:\/\/[^\s/]/i.test(handler)) {
    return 'Field "Your handler path" is incorrect.';
  }
  if (installPath !== '' && !isInstallPath(installPath)) {
    return 'Field "Initial installation path" is incorrect.';
  }
  if (scopes.length === 0) {
    return 'Assign at least one permission.';
  }
  if ([title, handler, installPath].some((text) => text.length > MAX_NAME_LENGTH)) {
    return 'The title and the paths can have 1000 characters at most.';
  }
  portal.app.name = title;
  portal.app.handler = handler;
  portal.app.installPath = installPath;
  portal.app.scopes = scopes;
  portal.changed();
  return title === '' ? 'Required field "Title" is not filled.' : null;
}

/** The host needs a dot that is not its first character, so localhost is refused. Source: rest/lib/handlerhelper.php (checkCallback). */
function isInstallPath(address: string): boolean {
  if (!URL.canParse(address)) {
    return false;
  }
  const { protocol, hostname } = new URL(address);
  return /^https?:$/.test(protocol) && hostname.indexOf('.') > 0;
}
