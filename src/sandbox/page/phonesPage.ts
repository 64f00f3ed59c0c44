import type { PageWords } from './client/pageWords';
import { html } from './html';
import type { Html } from './html';
import { pageShell } from './pageShell';
import { phonesClientScript } from './phonesClientScript';
import { phonesStyle } from './phonesStyle';

export interface PhonesPageInput {
  /** Path of the control API on this page's own origin, without a slash at its end. */
  controlPath: string;
  /** The host that the switch "Portal was renamed" gives the portal. */
  renamedHost: string;
  /** Origin of the authorization server. */
  authServer: string;
  /** Origin of the control API's own port, which also serves this page while the portal is down. */
  controlOrigin: string;
}

/**
 * Draws `/sandbox/`: the phones of all people, and the switches for what can go wrong. The page has no
 * data when it is loaded; its script fills it from the snapshots of `${controlPath}/events`.
 */
export function phonesPage(words: PageWords, input: PhonesPageInput): string {
  return pageShell({
    language: words.language,
    title: words.text('Sandbox portal'),
    style: phonesStyle,
    script: phonesClientScript(),
    body: html`<div
        class="layout"
        id="page"
        data-control="${input.controlPath}"
        data-renamed-host="${input.renamedHost}"
        data-auth-server="${input.authServer}"
        data-control-origin="${input.controlOrigin}"
        data-language="${words.language}"
        data-translations="${JSON.stringify(words.translations)}"
      >
        <main>
          <header class="top">
            <div>
              <h1>${words.text('Sandbox portal')}</h1>
              <p class="muted" id="about">
                ${words.text('Pushes arrive here instead of on real phones')}
              </p>
            </div>
            <p class="links">
              <a class="to-switches" href="#switches">${words.text('Switches')}</a>
              <span class="live" id="live" role="status">${words.text('connecting…')}</span>
            </p>
          </header>
          <noscript
            ><p class="message bad">${words.text('The phones need JavaScript.')}</p></noscript
          >
          <p class="message bad" id="trouble" role="alert" hidden></p>
          <p class="latest" id="latest" hidden></p>
          ${phonesSection(words)} ${requestsSection(words)}
        </main>
        <aside id="switches" aria-label="${words.text('Switches')}" tabindex="-1">
          ${applicationSection(words)} ${failSection(words)} ${clockSection(words)}
          ${moreSection(words)}
          <section aria-labelledby="people-title">
            <h2 id="people-title">${words.text('People')}</h2>
            <p class="muted">
              ${words.text(
                'Click a phone, or its ⋯ button, to give it push, take the device away, open the desktop app, dismiss the person.',
              )}
            </p>
          </section>
          <p><button type="button" id="reset">${words.text('Reset everything')}</button></p>
          <p class="muted truth">
            ${words.text(
              '◇ Only the sandbox tells this: a real portal never tells who got a push. Its answer true means accepted, no more.',
            )}
          </p>
        </aside>
      </div>
      ${personDialogMarkup(words)}`,
  });
}

const phonesSection = (words: PageWords): Html =>
  html`<section aria-labelledby="phones-title">
    <h2 class="visually-hidden" id="phones-title">${words.text('Phones')}</h2>
    <p class="filter" id="filter-row" hidden>
      <label class="visually-hidden" for="filter">${words.text('Filter people')}</label>
      <input
        type="search"
        id="filter"
        placeholder="${words.text('Filter people by name, id or state')}"
        autocomplete="off"
        spellcheck="false"
      />
    </p>
    <p class="muted" id="shown-count" role="status"></p>
    <p class="empty" id="empty">
      ${words.text('No push yet. Send one from VS Code, and it appears here.')}
    </p>
    <p class="unknown" id="unknown" hidden></p>
    <div class="phones" id="phones"></div>
    <p class="visually-hidden" id="announcer" aria-live="polite"></p>
  </section>`;

const requestsSection = (words: PageWords): Html =>
  html`<section class="requests" aria-labelledby="requests-title">
    <h2 id="requests-title">${words.text('Requests')}</h2>
    <div class="filters" role="search" aria-labelledby="requests-title">
      ${filterField(words, 'requests-method', 'Method')}
      ${filterField(words, 'requests-person', 'Who called (name or id)')}
      <label><input type="checkbox" id="requests-errors" /> ${words.text('Errors only')}</label>
      <span class="muted" id="requests-count" role="status"></span>
    </div>
    <div class="card">
      <table role="table" aria-labelledby="requests-title">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader" scope="col">${words.text('time')}</th>
            <th role="columnheader" scope="col">${words.text('request')}</th>
            <th role="columnheader" scope="col">${words.text('answer')}</th>
            <th role="columnheader" scope="col">
              ${words.text('what happened')}<abbr
                title="${words.text('Only the sandbox tells this')}"
                >◇</abbr
              >
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup" id="requests-body"></tbody>
      </table>
      <p class="nothing muted" id="requests-empty">${words.text('Nothing has been asked yet.')}</p>
    </div>
  </section>`;

function filterField(words: PageWords, id: string, english: string): Html {
  const label = words.text(english);
  return html`<input
    type="search"
    id="${id}"
    aria-label="${label}"
    placeholder="${label}"
    autocomplete="off"
    spellcheck="false"
  />`;
}

function switchRow(
  words: PageWords,
  id: string,
  english: string,
  hint: string,
  hintId?: string,
): Html {
  const label = words.text(english);
  const hintElement =
    hintId === undefined
      ? html`<small>${words.text(hint)}</small>`
      : html`<small id="${hintId}">${words.text(hint)}</small>`;
  return html`<label class="switch"
    ><span>${label}${hintElement}</span
    ><input type="checkbox" role="switch" id="${id}" aria-label="${label}"
  /></label> `;
}

const applicationSection = (words: PageWords): Html =>
  html`<section aria-labelledby="app-title">
    <h2 id="app-title">${words.text('Application')}</h2>
    <div class="row">
      <label for="app-name">${words.text('Name')}</label
      ><input type="text" id="app-name" autocomplete="off" spellcheck="false" />
    </div>
    <p class="warn" id="no-name" hidden>
      ${words.text('Without a name, pushes are refused: EMPTY_APP_NAME.')}
    </p>
    <div class="row">
      <label for="app-scopes">${words.text('Scopes')}</label
      ><input type="text" id="app-scopes" autocomplete="off" spellcheck="false" />
    </div>
    <p class="nav">
      <a id="list-link" href="/devops/list/">${words.text('Integrations')}</a
      ><a id="app-link" href="/devops/list/">${words.text("The app's form")}</a>
    </p>
  </section>`;

const failSection = (words: PageWords): Html =>
  html`<section aria-labelledby="fail-title">
    <h2 id="fail-title">${words.text('Make it fail')}</h2>
    ${switchRow(words, 'fault-refuse', 'The portal is down', 'refuses all connections, until switched back')}
    ${switchRow(words, 'fault-lost', 'Answer is lost after it is processed', 'the next push')}
    <div class="switch">
      <span
        >${words.text('Access token expired')}<small
          >${words.text('moves the clock by an hour')}</small
        ></span
      ><button
        type="button"
        data-seconds="3600"
        aria-label="${words.text('Expire the access token')}"
      >
        ${words.text('Expire')}
      </button>
    </div>
    ${switchRow(words, 'fault-503', 'Too many requests (503)', 'the next two pushes')}
    ${switchRow(words, 'no-admin', 'Caller is no administrator', 'takes the right from everybody')}
    ${switchRow(words, 'unpaid', 'Plan ended', 'PAYMENT_REQUIRED')}
    ${switchRow(words, 'renamed', 'Portal was renamed', '302 to the other name', 'renamed-to')}
    ${switchRow(words, 'fault-html', 'Answer is not JSON', 'the next push')}
    ${switchRow(words, 'fault-hang', 'Portal hangs', 'no answer to anything')}
    <div id="other-faults" hidden>
      <p class="muted">${words.text('Also waiting, set by a script:')}</p>
      <ul class="waiting" id="other-faults-list"></ul>
      <button type="button" id="clear-faults">${words.text('Clear all faults')}</button>
    </div>
  </section>`;

const clockSection = (words: PageWords): Html =>
  html`<section aria-labelledby="clock-title">
    <h2 id="clock-title">${words.text('Clock')}</h2>
    <p class="muted" id="clock-now"></p>
    <p class="buttons">
      <button
        type="button"
        data-seconds="31"
        title="${words.text('An authorization code lives 30 s')}"
      >
        ${words.text('+31 s')}
      </button>
      <button type="button" data-seconds="3600" title="${words.text('An access token lives 1 h')}">
        ${words.text('+1 h')}
      </button>
      <button
        type="button"
        data-seconds="15638400"
        title="${words.text('A refresh token lives 180 d')}"
      >
        ${words.text('+181 d')}
      </button>
      <button type="button" data-seconds="0">${words.text('Reset clock')}</button>
    </p>
  </section>`;

const moreSection = (words: PageWords): Html =>
  html`<details>
    <summary>${words.text('More that can go wrong')}</summary>
    ${switchRow(words, 'strict', 'Codes and refresh tokens work once', 'off: they work again, as in old server code')}
    ${switchRow(words, 'documented', 'HTTP statuses as documented', 'off: as in the server code')}
    ${switchRow(words, 'push-disabled', 'Push is off for the portal', 'accepted, but nobody gets it')}
    ${switchRow(words, 'operation-limit', 'Method is blocked for 10 minutes', 'OPERATION_TIME_LIMIT')}
    ${switchRow(words, 'uninstalled', 'Application was removed', 'NOT_INSTALLED, APPLICATION_NOT_FOUND')}
    ${switchRow(words, 'unregistered', 'Application is unknown', 'wrong_client')}
    ${switchRow(words, 'overloaded', 'REST is blocked by overload', 'OVERLOAD_LIMIT')}
    ${switchRow(words, 'deleted', 'Portal was deleted', 'PORTAL_DELETED')}
    ${switchRow(words, 'commercial', 'REST needs a commercial plan', 'ACCESS_DENIED')}
    ${switchRow(words, 'user-context', 'Person may not be authorised', 'ACCESS_DENIED')}
    ${switchRow(words, 'no-connection', 'Authorization server is out of reach', 'CONNECTION_ERROR')}
    ${switchRow(words, 'confirm-waiting', 'Methods wait for confirmation', 'METHOD_CONFIRM_WAITING')}
    ${switchRow(words, 'confirm-denied', 'Methods were denied', 'METHOD_CONFIRM_DENIED')}
    ${switchRow(words, 'webhook-blocked', 'Webhook is blocked', 'INVALID_CREDENTIALS')}
    ${switchRow(words, 'https-required', 'Webhook needs https', 'INVALID_REQUEST')}
  </details>`;

const personDialogMarkup = (words: PageWords): Html =>
  html`<dialog id="person" aria-labelledby="person-name">
    <div class="sheet-in">
      <header>
        <h2 id="person-name"></h2>
        <p class="muted" id="person-line"></p>
      </header>
      <fieldset>
        <legend>${words.text('Phone')}</legend>
        <label><input type="radio" name="device" value="ios" /> iPhone</label>
        <label><input type="radio" name="device" value="android" /> Android</label>
        <label><input type="radio" name="device" value="none" /> ${words.text('None')}</label>
      </fieldset>
      <div class="row">
        <label for="person-presence">${words.text('Where active')}</label
        ><select id="person-presence">
          <option value="offline">${words.text('Nowhere (offline)')}</option>
          <option value="mobile">${words.text('In the mobile app')}</option>
          <option value="browser">${words.text('In the browser')}</option>
          <option value="desktop">${words.text('Desktop app open')}</option>
          <option value="desktopIdle">${words.text('Desktop app idle')}</option>
        </select>
      </div>
      ${switchRow(words, 'person-push', 'Push notifications', 'the person’s own setting')}
      ${switchRow(words, 'person-smart', 'Smart filter', 'fewer pushes while active elsewhere')}
      ${switchRow(words, 'person-ring', 'Notifications ring', 'those in the bell, on the phone too')}
      ${switchRow(words, 'person-active', 'Works here', 'off: dismissed')}
      ${switchRow(words, 'person-admin', 'Administrator', 'may send pushes')}
      ${switchRow(words, 'person-access', 'May use the application', 'off: user_access_error')}
      <p class="buttons">
        <button type="button" class="primary" id="person-close">${words.text('Done')}</button>
      </p>
    </div>
  </dialog>`;
