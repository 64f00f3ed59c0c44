import type { SandboxUser } from '../controlApi';
import type { PageWords } from './client/pageWords';
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
export function signInPage(words: PageWords, input: SignInPageInput): string {
  const { users, find, matching } = input;
  const query = withoutFind(input.query);
  return pageShell({
    language: words.language,
    title: `${words.text('Who signs in?')} - ${words.text('Sandbox portal')}`,
    style: signInStyle,
    body: html`<main class="sheet">
      <h1>${words.text('Who signs in?')}</h1>
      <p class="muted">
        ${
          input.appName === ''
            ? words.text('An application without a name')
            : html`<b>${input.appName}</b>`
        }
        ${words.text('asks for access to this sandbox portal. Pick a person; there are no passwords here.')}
      </p>
      ${find === '' && matching <= users.length ? null : findForm(words, query, find)}
      <ul class="card people">
        ${users.map((user) => personItem(words, user, query))}
      </ul>
      ${
        matching > users.length
          ? html`<p class="muted">
              ${words.text(
                'These are the first {0} of {1} people; find the others by name or id.',
                words.number(users.length),
                words.number(matching),
              )}
            </p>`
          : null
      }
      ${matching === 0 ? html`<p class="muted">${words.text('Nobody matches.')}</p>` : null}
    </main>`,
  });
}

const FIND_PARAMETER = 'sandbox_find';

/** Removes the text of an earlier search, which is not a part of the application's own query. */
function withoutFind(query: string): string {
  const parts = query.split('&');
  return parts.filter((part) => !part.startsWith(`${FIND_PARAMETER}=`)).join('&');
}

function findForm(words: PageWords, query: string, find: string): Html {
  return html`<form method="get" role="search">
    ${[...new URLSearchParams(query)].map(
      ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
    )}
    <label for="find">${words.text('Find people')}</label>
    <input type="search" id="find" name="${FIND_PARAMETER}" value="${find}" autocomplete="off" />
    <button type="submit">${words.text('Find')}</button>
  </form>`;
}

function personItem(words: PageWords, user: SandboxUser, query: string): Html {
  const content = html`<span class="who"
      ><span class="name">${user.name}</span><span class="muted">${details(user)}</span></span
    >${tags(words, user)}`;
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

function tags(words: PageWords, user: SandboxUser): Html[] {
  const found: string[] = [];
  if (user.admin) {
    found.push(words.text('administrator'));
  }
  if (user.extranet) {
    found.push(words.text('extranet'));
  }
  if (!user.active) {
    found.push(words.text('dismissed'));
  } else if (!user.appAccess) {
    found.push(words.text('no access to the application'));
  }
  return found.map((word) => html` <span class="tag">${word}</span>`);
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
