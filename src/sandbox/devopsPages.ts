import { htmlReply, type Reply } from './http';
import { errorPage } from './page/errorPage';
import type { PageWords } from './page/client/pageWords';
import { integrationEditPage } from './page/integrationEditPage';
import { integrationsListPage } from './page/integrationsListPage';
import { fullName } from './staff';
import { PhpArray, toText } from './php';
import { SCOPES } from './scopes';
import type { PortalState } from './portalState';

const MAX_NAME_LENGTH = 1000;

/**
 * Serves the pages of Applications > Developer resources. Source of the addresses: rest/lib/url/devops.php.
 * @param form the posted fields; null for a GET
 * @returns null for an address that the portal does not have.
 */
export function serveDevops(
  portal: PortalState,
  path: string,
  form: PhpArray | null,
  words: PageWords,
): Reply | null {
  const { app } = portal;
  if (['/devops/', '/devops/list/', '/devops/section/standard/'].includes(path)) {
    const [administrator] = portal.staffIndex.administrators;
    const userName = administrator === undefined ? '' : fullName(administrator);
    return htmlReply(integrationsListPage(words, { app, userName }));
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

/**
 * Saves the form. The server writes the application before it checks the title of the integration, so a
 * blank title is reported as an error but has removed the name. Source: rest/lib/preset/provider.php (saveApp).
 * @returns the error that the form shows, or null.
 */
function save(portal: PortalState, form: PhpArray): string | null {
  const title = toText(form.get('TITLE')).trim();
  const handler = toText(form.get('APPLICATION_URL_HANDLER')).trim();
  const given = form.get('SCOPE');
  const scopes = given instanceof PhpArray ? Array.from(given.values(), toText) : [];

  if (handler === '') {
    return 'Field "Your handler path" is required.';
  }
  if (!/^https?:\/\/[^\s/]/i.test(handler)) {
    return 'Field "Your handler path" is incorrect.';
  }
  if (scopes.length === 0) {
    return 'Assign at least one permission.';
  }
  if (title.length > MAX_NAME_LENGTH || handler.length > MAX_NAME_LENGTH) {
    return 'The title and the handler path can have 1000 characters at most.';
  }
  portal.app.name = title;
  portal.app.handler = handler;
  portal.app.scopes = scopes;
  portal.changed();
  return title === '' ? 'Required field "Title" is not filled.' : null;
}
