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
}

/**
 * Draws `/sandbox/`: the phones of all people, and the switches for what can go wrong. The page has no
 * data when it is loaded; its script fills it from the snapshots of `${controlPath}/events`.
 */
export function phonesPage(input: PhonesPageInput): string {
  return pageShell({
    title: 'Sandbox portal',
    style: phonesStyle,
    script: phonesClientScript(),
    body: html`<div
        class="layout"
        id="page"
        data-control="${input.controlPath}"
        data-renamed-host="${input.renamedHost}"
      >
        <main>
          <header class="top">
            <div>
              <h1>Sandbox portal</h1>
              <p class="muted" id="about">Pushes arrive here instead of on real phones</p>
            </div>
            <p class="links">
              <a class="to-switches" href="#switches">Switches</a>
              <span class="live" id="live" role="status">connecting…</span>
            </p>
          </header>
          <noscript><p class="message bad">The phones need JavaScript.</p></noscript>
          <p class="message bad" id="trouble" role="alert" hidden></p>
          <p class="latest" id="latest" hidden></p>
          ${phonesSection} ${requestsSection}
        </main>
        <aside id="switches" aria-label="Switches" tabindex="-1">
          ${applicationSection} ${failSection} ${clockSection} ${moreSection}
          <section aria-labelledby="people-title">
            <h2 id="people-title">People</h2>
            <p class="muted">
              Click a phone, or its ⋯ button, to give it push, take the device away, open the
              desktop app, dismiss the person.
            </p>
          </section>
          <p><button type="button" id="reset">Reset everything</button></p>
          <p class="muted truth">
            ◇ Only the sandbox tells this: a real portal never tells who got a push. Its answer
            <code>true</code> means accepted, no more.
          </p>
        </aside>
      </div>
      ${personDialogMarkup}`,
  });
}

const phonesSection = html`<section aria-labelledby="phones-title">
  <h2 class="visually-hidden" id="phones-title">Phones</h2>
  <p class="filter" id="filter-row" hidden>
    <label class="visually-hidden" for="filter">Filter people</label>
    <input
      type="search"
      id="filter"
      placeholder="Filter people by name, id or state"
      autocomplete="off"
      spellcheck="false"
    />
  </p>
  <p class="muted" id="shown-count" role="status"></p>
  <p class="empty" id="empty">No push yet. Send one from VS Code, and it appears here.</p>
  <p class="unknown" id="unknown" hidden></p>
  <div class="phones" id="phones"></div>
  <p class="visually-hidden" id="announcer" aria-live="polite"></p>
</section>`;

const requestsSection = html`<section class="requests" aria-labelledby="requests-title">
  <h2 id="requests-title">Requests</h2>
  <div class="card">
    <table aria-labelledby="requests-title">
      <thead>
        <tr>
          <th scope="col">time</th>
          <th scope="col">request</th>
          <th scope="col">answer</th>
          <th scope="col">what happened<abbr title="Only the sandbox tells this">◇</abbr></th>
        </tr>
      </thead>
      <tbody id="requests-body"></tbody>
    </table>
    <p class="nothing muted" id="requests-empty">Nothing has been asked yet.</p>
  </div>
</section>`;

function switchRow(id: string, label: string, hint: string, hintId?: string): Html {
  const hintElement =
    hintId === undefined
      ? html`<small>${hint}</small>`
      : html`<small id="${hintId}">${hint}</small>`;
  return html`<label class="switch"
    ><span>${label}${hintElement}</span
    ><input type="checkbox" role="switch" id="${id}" aria-label="${label}"
  /></label> `;
}

const applicationSection = html`<section aria-labelledby="app-title">
  <h2 id="app-title">Application</h2>
  <div class="row">
    <label for="app-name">Name</label
    ><input type="text" id="app-name" autocomplete="off" spellcheck="false" />
  </div>
  <p class="warn" id="no-name" hidden>Without a name, pushes are refused: EMPTY_APP_NAME.</p>
  <div class="row">
    <label for="app-scopes">Scopes</label
    ><input type="text" id="app-scopes" autocomplete="off" spellcheck="false" />
  </div>
  <p class="nav">
    <a id="list-link" href="/devops/list/">Integrations</a
    ><a id="app-link" href="/devops/list/">The app's form</a>
  </p>
</section>`;

const failSection = html`<section aria-labelledby="fail-title">
  <h2 id="fail-title">Make it fail</h2>
  ${switchRow('fault-lost', 'Answer is lost after it is processed', 'the next push')}
  <div class="switch">
    <span>Access token expired<small>moves the clock by an hour</small></span
    ><button type="button" data-seconds="3600" aria-label="Expire the access token">Expire</button>
  </div>
  ${switchRow('fault-503', 'Too many requests (503)', 'the next two pushes')}
  ${switchRow('no-admin', 'Caller is no administrator', 'takes the right from everybody')}
  ${switchRow('unpaid', 'Plan ended', 'PAYMENT_REQUIRED')}
  ${switchRow('renamed', 'Portal was renamed', '302 to the other name', 'renamed-to')}
  ${switchRow('fault-html', 'Answer is not JSON', 'the next push')}
  ${switchRow('fault-hang', 'Portal hangs', 'no answer to anything')}
  ${switchRow('fault-refuse', 'Portal is down', 'connections are closed')}
  <div id="other-faults" hidden>
    <p class="muted">Also waiting, set by a script:</p>
    <ul class="waiting" id="other-faults-list"></ul>
    <button type="button" id="clear-faults">Clear all faults</button>
  </div>
</section>`;

const clockSection = html`<section aria-labelledby="clock-title">
  <h2 id="clock-title">Clock</h2>
  <p class="muted" id="clock-now"></p>
  <p class="buttons">
    <button type="button" data-seconds="31" title="An authorization code lives 30 s">+31 s</button>
    <button type="button" data-seconds="3600" title="An access token lives 1 h">+1 h</button>
    <button type="button" data-seconds="15638400" title="A refresh token lives 180 d">
      +181 d
    </button>
    <button type="button" data-seconds="0">Reset clock</button>
  </p>
</section>`;

const moreSection = html`<details>
  <summary>More that can go wrong</summary>
  ${switchRow('strict', 'Codes and refresh tokens work once', 'off: they work again, as in old server code')}
  ${switchRow('documented', 'HTTP statuses as documented', 'off: as in the server code')}
  ${switchRow('push-disabled', 'Push is off for the portal', 'accepted, but nobody gets it')}
  ${switchRow('operation-limit', 'Method is blocked for 10 minutes', 'OPERATION_TIME_LIMIT')}
  ${switchRow('uninstalled', 'Application was removed', 'NOT_INSTALLED, APPLICATION_NOT_FOUND')}
  ${switchRow('unregistered', 'Application is unknown', 'wrong_client')}
  ${switchRow('overloaded', 'REST is blocked by overload', 'OVERLOAD_LIMIT')}
  ${switchRow('deleted', 'Portal was deleted', 'PORTAL_DELETED')}
  ${switchRow('commercial', 'REST needs a commercial plan', 'ACCESS_DENIED')}
  ${switchRow('user-context', 'Person may not be authorised', 'ACCESS_DENIED')}
  ${switchRow('no-connection', 'Authorization server is out of reach', 'CONNECTION_ERROR')}
  ${switchRow('confirm-waiting', 'Methods wait for confirmation', 'METHOD_CONFIRM_WAITING')}
  ${switchRow('confirm-denied', 'Methods were denied', 'METHOD_CONFIRM_DENIED')}
  ${switchRow('webhook-blocked', 'Webhook is blocked', 'INVALID_CREDENTIALS')}
  ${switchRow('https-required', 'Webhook needs https', 'INVALID_REQUEST')}
</details>`;

const personDialogMarkup = html`<dialog id="person" aria-labelledby="person-name">
  <div class="sheet-in">
    <header>
      <h2 id="person-name"></h2>
      <p class="muted" id="person-line"></p>
    </header>
    <fieldset>
      <legend>Phone</legend>
      <label><input type="radio" name="device" value="ios" /> iPhone</label>
      <label><input type="radio" name="device" value="android" /> Android</label>
      <label><input type="radio" name="device" value="none" /> None</label>
    </fieldset>
    <div class="row">
      <label for="person-presence">Where active</label
      ><select id="person-presence">
        <option value="offline">Nowhere (offline)</option>
        <option value="mobile">In the mobile app</option>
        <option value="browser">In the browser</option>
        <option value="desktop">Desktop app open</option>
        <option value="desktopIdle">Desktop app idle</option>
      </select>
    </div>
    ${switchRow('person-push', 'Push notifications', 'the person’s own setting')}
    ${switchRow('person-smart', 'Smart filter', 'fewer pushes while active elsewhere')}
    ${switchRow('person-active', 'Works here', 'off: dismissed')}
    ${switchRow('person-admin', 'Administrator', 'may send pushes')}
    ${switchRow('person-access', 'May use the application', 'off: user_access_error')}
    <p class="buttons"><button type="button" class="primary" id="person-close">Done</button></p>
  </div>
</dialog>`;
