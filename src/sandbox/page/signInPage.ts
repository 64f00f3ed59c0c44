import type { SandboxUser } from '../controlApi';
import { html } from './html';
import type { Html } from './html';
import { pageShell } from './pageShell';

export interface SignInPageInput {
  /** The people to choose from: the first of all `matching` people. */
  users: SandboxUser[];
  matching: number;
  /** The text in the search box; '' lists everybody. */
  find: string;
  appName: string;
  /** Query string of the authorize address, without the question mark. */
  query: string;
}

/**
 * Draws the page that replaces the portal's login form: a click on a person signs in as that person,
 * without a password. A search box is shown when not everybody is listed.
 */
export function signInPage(input: SignInPageInput): string {
  const { users, find, matching } = input;
  const query = withoutFind(input.query);
  return pageShell({
    title: 'Who signs in? - Sandbox portal',
    style: signInStyle,
    body: html`<main class="sheet">
      <h1>Who signs in?</h1>
      <p class="muted">
        ${
          input.appName === '' ? html`An application without a name` : html`<b>${input.appName}</b>`
        }
        asks for access to this sandbox portal. Pick a person; there are no passwords here.
      </p>
      ${find === '' && matching <= users.length ? null : findForm(query, find)}
      <ul class="card people">
        ${users.map((user) => personItem(user, query))}
      </ul>
      ${
        matching > users.length
          ? html`<p class="muted">
              These are the first ${users.length} of ${matching} people; find the others by name or
              id.
            </p>`
          : null
      }
      ${matching === 0 ? html`<p class="muted">Nobody matches.</p>` : null}
    </main>`,
  });
}

const FIND_PARAMETER = 'sandbox_find';

/** Removes the text of an earlier search, which is not a part of the application's own query. */
function withoutFind(query: string): string {
  const parts = query.split('&');
  return parts.filter((part) => !part.startsWith(`${FIND_PARAMETER}=`)).join('&');
}

function findForm(query: string, find: string): Html {
  return html`<form method="get" role="search">
    ${[...new URLSearchParams(query)].map(
      ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
    )}
    <label for="find">Find people</label>
    <input type="search" id="find" name="${FIND_PARAMETER}" value="${find}" autocomplete="off" />
    <button type="submit">Find</button>
  </form>`;
}

function personItem(user: SandboxUser, query: string): Html {
  const content = html`<span class="who"
      ><span class="name">${user.name}</span><span class="muted">${details(user)}</span></span
    >${tags(user)}`;
  if (!user.active) {
    return html`<li data-user-id="${user.id}">
      <span class="person off" role="link" aria-disabled="true">${content}</span>
    </li>`;
  }
  const address = `?${query}${query === '' ? '' : '&'}sandbox_user=${user.id}`;
  return html`<li data-user-id="${user.id}">
    <a class="person" href="${address}">${content}</a>
  </li>`;
}

function details(user: SandboxUser): string {
  return [String(user.id), user.position].filter((part) => part !== '').join(' · ');
}

function tags(user: SandboxUser): Html[] {
  const words: string[] = [];
  if (user.admin) {
    words.push('administrator');
  }
  if (user.extranet) {
    words.push('extranet');
  }
  if (!user.active) {
    words.push('dismissed');
  } else if (!user.appAccess) {
    words.push('no access to the application');
  }
  return words.map((word) => html` <span class="tag">${word}</span>`);
}

const signInStyle = `
form { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; margin: 0 0 16px; }
form input { flex: 1 1 160px; min-width: 0; }
.people li + li { border-top: 1px solid var(--line); }
.person { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 8px; padding: 11px 16px; color: var(--ink); text-decoration: none; }
a.person:hover { background: var(--panel-2); }
a.person:hover .name { text-decoration: underline; }
a.person:focus-visible { outline-offset: -2px; }
.who { flex: 1 1 200px; min-width: 0; overflow-wrap: anywhere; }
.name { display: block; font-weight: 600; }
.off { cursor: not-allowed; background: var(--panel-2); }
.off .name { color: var(--muted); font-weight: 400; text-decoration: line-through; }
`;
