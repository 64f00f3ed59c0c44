/// <reference lib="dom" />
import type { SandboxApp } from '../controlApi';
import { browserScript } from './browserScript';
import type { PageWords } from './client/pageWords';
import { html } from './html';
import type { Html } from './html';
import { pageShell } from './pageShell';

interface IntegrationEditInput {
  app: SandboxApp;
  clientSecret: string;
  allScopes: Scope[];
  saved: boolean;
  error: string | null;
}

interface Scope {
  code: string;
  label: string;
}

/**
 * Draws `/devops/edit/application/ID/`, the form of a local application, with the labels and field
 * names of the real form. Source: the server component rest.integration.edit. A blank title can be
 * saved, because on a real portal this is how an application loses its name.
 */
export function integrationEditPage(words: PageWords, input: IntegrationEditInput): string {
  const { app } = input;
  const listed = new Set(input.allScopes.map((scope) => scope.code));
  const unlisted = app.scopes.filter((code) => !listed.has(code));
  const scopes = [...input.allScopes, ...unlisted.map((code) => ({ code, label: code }))];
  return pageShell({
    language: words.language,
    title: `${app.name === '' ? words.text('Local application') : app.name} - ${words.text('Sandbox portal')}`,
    style: editStyle,
    script: browserScript(showSecret, {}),
    body: html`<main class="sheet">
      <nav class="crumbs" aria-label="${words.text('Sandbox portal')}">
        <a href="/devops/list/">${words.text('Integrations')}</a
        ><a href="/sandbox/">${words.text('Phones')}</a>
      </nav>
      <h1 class="visually-hidden">${words.text('Local application')}</h1>
      ${input.saved && html`<p class="message good" role="status">${words.text('Saved.')}</p>`}
      ${input.error !== null && html`<p class="message bad" role="alert">${input.error}</p>`}
      <form method="post" autocomplete="off">
        <div class="title">
          <input
            type="text"
            id="title"
            name="TITLE"
            value="${app.name}"
            maxlength="1000"
            placeholder="${words.text('Local application')}"
            aria-describedby="title-hint"
          />
          <label for="title" title="${words.text('Edit the title')}"
            ><span aria-hidden="true">✎</span
            ><span class="visually-hidden">${words.text('Title')}</span></label
          >
        </div>
        <p class="muted" id="title-hint">
          ${words.text("The title is the application's name, and the sender of its pushes.")}
        </p>
        ${fieldsCard(words, input, scopes)}
        <p class="actions"><button class="primary" type="submit">${words.text('Save')}</button></p>
      </form>
    </main>`,
  });
}

function fieldsCard(
  words: PageWords,
  { app, clientSecret }: IntegrationEditInput,
  scopes: readonly Scope[],
): Html {
  return html`<div class="card fields">
    <div class="field">
      <label for="handler"
        >${words.text('Your handler path')}<span aria-hidden="true">*</span></label
      >
      <input
        type="url"
        id="handler"
        name="APPLICATION_URL_HANDLER"
        value="${app.handler}"
        required
        maxlength="1000"
        placeholder="https://example.com/handler.php"
      />
    </div>
    <div class="field">
      <label for="install-path">${words.text('Initial installation path')}</label>
      <input
        type="url"
        id="install-path"
        name="APPLICATION_URL_INSTALL"
        value="${app.installPath}"
        maxlength="1000"
        aria-describedby="install-hint"
        placeholder="http://127.0.0.1:8080/install.php"
      />
      <p class="muted" id="install-hint">
        ${words.text(
          'Saving sends ONAPPINSTALL to it. A portal refuses localhost here and accepts 127.0.0.1; the sandbox calls this computer only.',
        )}
      </p>
    </div>
    <fieldset class="field">
      <legend>${words.text('Assign permissions')}</legend>
      <div class="scopes">
        ${scopes.map((scope) => scopeBox(words, scope, app.scopes.includes(scope.code)))}
      </div>
    </fieldset>
    <div class="field">
      <label for="client-id">${words.text('Application ID (client_id)')}</label>
      <input class="code" type="text" id="client-id" value="${app.clientId}" readonly />
    </div>
    <div class="field">
      <label for="client-secret">${words.text('Application key (client_secret)')}</label>
      <div class="secret">
        <input
          class="code"
          type="password"
          id="client-secret"
          value="${clientSecret}"
          readonly
          autocomplete="off"
        />
        <button
          type="button"
          id="show-secret"
          aria-controls="client-secret"
          data-show="${words.text('Show')}"
          data-hide="${words.text('Hide')}"
        >
          ${words.text('Show')}
        </button>
      </div>
    </div>
  </div>`;
}

function scopeBox(words: PageWords, scope: Scope, checked: boolean): Html {
  const box = checked
    ? html`<input type="checkbox" name="SCOPE[]" value="${scope.code}" checked />`
    : html`<input type="checkbox" name="SCOPE[]" value="${scope.code}" />`;
  return html`<label
    >${box}
    <span>${words.text(scope.label)}</span
    >${scope.label !== scope.code && html` <span class="code muted">${scope.code}</span>`}</label
  >`;
}

/** Runs in the browser. Makes the button show and hide the application key. */
function showSecret(): void {
  const field = document.querySelector<HTMLInputElement>('#client-secret');
  const button = document.querySelector<HTMLButtonElement>('#show-secret');
  if (!field || !button) {
    return;
  }
  button.addEventListener('click', () => {
    const show = field.type === 'password';
    field.type = show ? 'text' : 'password';
    button.textContent = button.dataset[show ? 'hide' : 'show'] ?? '';
  });
}

const editStyle = `
form > * + * { margin-top: 10px; }
.title { display: flex; align-items: center; gap: 6px; }
.title input {
  flex: 1; font-size: 22px; font-weight: 600; background: transparent; border-color: transparent;
  border-bottom-color: var(--line-strong); border-radius: 4px 4px 0 0; padding: 4px 2px;
}
.title input:focus { background: var(--panel); }
.title label { padding: 4px 8px; font-size: 20px; cursor: pointer; }
.fields { padding: 4px 20px; }
.field { padding: 14px 0; margin: 0; border: 0; }
.field + .field { border-top: 1px solid var(--line); }
.field > label, .field legend { display: block; margin-bottom: 6px; padding: 0; color: var(--muted); }
fieldset.field legend { float: left; width: 100%; }
.field > input, .secret { width: 100%; }
.scopes { clear: both; display: grid; grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); gap: 6px 14px; }
.scopes label { padding-left: 26px; text-indent: -26px; cursor: pointer; overflow-wrap: anywhere; }
.scopes input { width: 13px; margin: 0 10px 0 3px; vertical-align: -1px; }
.secret { display: flex; gap: 8px; }
.secret input { flex: 1; }
input[readonly] { background: var(--panel-2); }
.actions { margin-top: 18px; }
`;
