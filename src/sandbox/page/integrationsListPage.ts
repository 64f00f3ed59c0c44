import type { SandboxApp } from '../controlApi';
import type { PageWords } from './client/pageWords';
import { html } from './html';
import { pageShell } from './pageShell';

/** Draws `/devops/list/` with the columns of the real page. Source: rest/lib/url/devops.php (the address). */
export function integrationsListPage(
  words: PageWords,
  input: { app: SandboxApp; userName: string },
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
      <p><a class="button" href="${edit}">${words.text('Edit')}</a></p>
    </main>`,
  });
}

const listStyle = `
.scroll { overflow-x: auto; }
table { width: 100%; min-width: 560px; border-collapse: collapse; }
th, td { padding: 10px 14px; text-align: left; vertical-align: top; overflow-wrap: break-word; max-width: 320px; }
th { color: var(--muted); font-weight: 400; background: var(--panel-2); }
tbody tr { border-top: 1px solid var(--line); }
`;
