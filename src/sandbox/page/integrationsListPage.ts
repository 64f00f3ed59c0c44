import type { SandboxApp } from '../controlApi';
import { html } from './html';
import { pageShell } from './pageShell';

/** Draws `/devops/list/` with the columns of the real page. Source: rest/lib/url/devops.php (the address). */
export function integrationsListPage(input: { app: SandboxApp; userName: string }): string {
  const { app } = input;
  const edit = `/devops/edit/application/${app.integrationId}/`;
  return pageShell({
    title: 'Integrations - Sandbox portal',
    style: listStyle,
    body: html`<main class="sheet wide">
      <nav class="crumbs" aria-label="Sandbox">
        <a href="/sandbox/">Phones</a>
      </nav>
      <h1>Integrations</h1>
      <p class="muted">Applications → Developer resources → Integrations</p>
      <div class="card scroll" tabindex="0" role="region" aria-label="Integrations">
        <table>
          <thead>
            <tr>
              <th scope="col">ID</th>
              <th scope="col">User</th>
              <th scope="col">Name</th>
              <th scope="col">Scope</th>
              <th scope="col">Events</th>
              <th scope="col">Widgets</th>
            </tr>
          </thead>
          <tbody>
            <tr>
              <td><a href="${edit}">${app.integrationId}</a></td>
              <td>${input.userName}</td>
              <td><a href="${edit}">${app.name === '' ? '(no name)' : app.name}</a></td>
              <td>${app.scopes.join(', ')}</td>
              <td>–</td>
              <td>–</td>
            </tr>
          </tbody>
        </table>
      </div>
      <p><a class="button" href="${edit}">Edit</a></p>
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
