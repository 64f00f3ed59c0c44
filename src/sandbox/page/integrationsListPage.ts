import type { SandboxApp, SandboxUser } from '../controlApi';
import type { PageWords } from './client/pageWords';
import { html, type Html } from './html';
import { pageShell } from './pageShell';

/** Draws `/devops/list/` with the columns of the real page. Source: rest/lib/url/devops.php (the address). */
export function integrationsListPage(
  words: PageWords,
  input: { app: SandboxApp; userName: string; openers: readonly SandboxUser[] },
): string {
  const { app } = input;
  const edit = `/devops/edit/application/${app.integrationId}/`;
  return pageShell({
    language: words.language,
    title: `${words.text('Integrations')} - ${words.text('Sandbox portal')}`,
    style: listStyle,
    body: html`<main class="sheet wide">
      <nav class="crumbs" aria-label="${words.text('Sandbox portal')}">
        <a href="/sandbox/">${words.text('Phones')}</a>
      </nav>
      <h1>${words.text('Integrations')}</h1>
      <p class="muted">${words.text('Applications → Developer resources → Integrations')}</p>
      <div
        class="card scroll"
        tabindex="0"
        role="region"
        aria-label="${words.text('Integrations')}"
      >
        <table>
          <thead>
            <tr>
              <th scope="col">ID</th>
              <th scope="col">${words.text('User')}</th>
              <th scope="col">${words.text('Name')}</th>
              <th scope="col">${words.text('Scope')}</th>
              <th scope="col">${words.text('Events')}</th>
              <th scope="col">${words.text('Widgets')}</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <td><a href="${edit}">${app.integrationId}</a></td>
              <td>${input.userName}</td>
              <td><a href="${edit}">${app.name === '' ? words.text('(no name)') : app.name}</a></td>
              <td>${app.scopes.join(', ')}</td>
              <td>–</td>
              <td>–</td>
            </tr>
          </tbody>
        </table>
      </div>
      <div class="actions">
        <a class="button" href="${edit}">${words.text('Edit')}</a>
        ${app.handler === '' ? null : openForm(words, app, input.openers)}
      </div>
    </main>`,
  });
}

/** Opens the application as a portal does, for one of these people, because the sandbox has no login. */
function openForm(words: PageWords, app: SandboxApp, people: readonly SandboxUser[]): Html {
  return html`<form method="post" action="/marketplace/app/${app.integrationId}/">
    <button class="primary" type="submit">${words.text('Open application')}</button>
    <label for="opener">${words.text('as')}</label>
    <select id="opener" name="sandbox_user">
      ${people.map((user) => html`<option value="${user.id}">${user.name}</option>`)}
    </select>
  </form>`;
}

const listStyle = `
.actions, .actions form { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 10px; }
.scroll { overflow-x: auto; }
table { width: 100%; min-width: 560px; border-collapse: collapse; }
th, td { padding: 10px 14px; text-align: left; vertical-align: top; overflow-wrap: break-word; max-width: 320px; }
th { color: var(--muted); font-weight: 400; background: var(--panel-2); }
tbody tr { border-top: 1px solid var(--line); }
`;
