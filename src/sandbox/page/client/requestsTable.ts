/// <reference lib="dom" />
import type { LiveSnapshot, RecordedRequest } from '../../controlApi';
import type { ControlClient } from './controlClient';
import type { CurlCommand } from './curlCommand';
import type { DomTools } from './domTools';
import type { PageTexts } from './pageTexts';
import type { PageWords } from './pageWords';

export interface RequestsTableDeps {
  dom: DomTools;
  words: PageWords;
  texts: PageTexts;
  control: ControlClient;
  curl: CurlCommand;
  /** Origin of the authorization server. */
  authServer: string;
  planDraw: () => void;
}

/** Runs in the browser. Lists the requests to the portal and its authorization server, newest first. */
export class RequestsTable {
  readonly #deps: RequestsTableDeps;
  /** Each request has a row, and below it a row that unfolds. */
  readonly #rows = new Map<number, { drawn: string; rows: HTMLTableRowElement[] }>();
  readonly #method: HTMLInputElement;
  readonly #person: HTMLInputElement;
  readonly #errors: HTMLInputElement;
  #latest: LiveSnapshot | null = null;
  /** The sandbox's answer to the filter; null without a filter. */
  #found: RecordedRequest[] | null = null;
  #isFinding = false;
  /** True if the snapshot or the filter has changed since the search that is running. */
  #mustFindAgain = false;

  constructor(deps: RequestsTableDeps) {
    this.#deps = deps;
    this.#method = deps.dom.byId('requests-method', HTMLInputElement);
    this.#person = deps.dom.byId('requests-person', HTMLInputElement);
    this.#errors = deps.dom.byId('requests-errors', HTMLInputElement);
    for (const field of [this.#method, this.#person, this.#errors]) {
      field.addEventListener('input', () => void this.#find());
    }
  }

  /** Takes over a snapshot before it is drawn; a filter also searches requests that it does not hold. */
  take(snapshot: LiveSnapshot): void {
    this.#latest = snapshot;
    void this.#find();
  }

  /** The filter as GET /requests takes it; null without a filter. */
  #filter(): Record<string, string> | null {
    const filter = {
      method: this.#method.value.trim(),
      person: this.#person.value.trim(),
      errors: this.#errors.checked ? '1' : '',
    };
    return Object.values(filter).some((value) => value !== '') ? filter : null;
  }

  /** Asks the sandbox, one request at a time; the last filter wins. */
  async #find(): Promise<void> {
    const filter = this.#filter();
    this.#mustFindAgain = this.#isFinding;
    if (filter === null) {
      this.#found = null;
      this.#deps.planDraw();
      return;
    }
    if (this.#isFinding) {
      return;
    }
    this.#isFinding = true;
    const found = await this.#deps.control.findRequests(filter);
    this.#isFinding = false;
    this.#found = this.#filter() === null ? null : (found ?? this.#found);
    this.#deps.planDraw();
    if (this.#mustFindAgain) {
      void this.#find();
    }
  }

  update(snapshot: LiveSnapshot): void {
    const { dom, words, texts } = this.#deps;
    const requests = [...(this.#found ?? snapshot.requests)].sort((a, b) => b.id - a.id);
    const kept = new Set(requests.map((request) => request.id));
    for (const id of [...this.#rows.keys()].filter((id) => !kept.has(id))) {
      this.#rows.delete(id);
    }
    const elements = requests.flatMap((request) => {
      const requestText = texts.requestText(request, snapshot.pushes);
      const drawn = JSON.stringify([request, requestText]);
      const before = this.#rows.get(request.id);
      if (before?.drawn === drawn) {
        return before.rows;
      }
      const rows = this.#drawRows(request, requestText);
      this.#rows.set(request.id, { drawn, rows });
      return rows;
    });
    dom.arrange(dom.byId('requests-body', HTMLElement), elements);
    const empty = dom.byId('requests-empty', HTMLElement);
    empty.hidden = requests.length > 0;
    dom.setText(
      empty,
      words.text(this.#found === null ? 'Nothing has been asked yet.' : 'No request matches.'),
    );
    dom.setText(
      dom.byId('requests-count', HTMLElement),
      this.#found === null ? '' : words.count('{0} request|{0} requests', requests.length),
    );
    this.#drawLatest(snapshot);
  }

  #drawLatest(snapshot: LiveSnapshot): void {
    const { dom, texts } = this.#deps;
    const newest = snapshot.requests.at(-1);
    const strip = dom.byId('latest', HTMLElement);
    strip.hidden = newest === undefined;
    if (newest) {
      dom.setText(
        strip,
        `${texts.clock(newest.time, true)}  ${texts.requestText(newest, snapshot.pushes)} → ` +
          [texts.answerText(newest), newest.note].filter((part) => part !== '').join(': '),
      );
    }
  }

  #drawRows(request: RecordedRequest, requestText: string): HTMLTableRowElement[] {
    const { dom, words, texts } = this.#deps;
    const good = request.error === null && request.status >= 200 && request.status < 400;
    const cell = (props: { class?: string; text?: string }, ...children: Node[]) =>
      dom.el('td', { ...props, attrs: { role: 'cell' } }, ...children);
    const details = this.#drawDetails(request);
    const happened = cell({ class: 'happened', text: request.note });
    if (request.fault !== null) {
      happened.append(' ', dom.el('span', { class: 'tag fault', text: request.fault }));
    }
    const asked = cell({}, this.#foldButton(requestText, details));
    const who = texts.callerText(request.caller);
    if (who !== '') {
      asked.append(dom.el('div', { class: 'muted caller', text: who }));
    }
    if (request.ignored.length > 0) {
      const silence = words.text(
        'No parameters of the method: a real portal ignores them in silence.',
      );
      const names = request.ignored.map((name) => dom.el('mark', { text: name }));
      asked.append(
        dom.el('div', { class: 'ignored', attrs: { title: silence } }, ...names),
        dom.el('span', { class: 'visually-hidden', text: silence }),
      );
    }
    const row = dom.el(
      'tr',
      { attrs: { role: 'row', 'data-request-id': String(request.id) } },
      cell(
        {},
        dom.el('time', {
          text: texts.clock(request.time, true),
          attrs: { datetime: request.time },
        }),
        dom.el('div', { class: 'muted', text: words.text('{0} ms', request.durationMs) }),
      ),
      asked,
      cell({ class: good ? 'good' : 'bad', text: texts.answerText(request) }),
      happened,
    );
    return [row, details];
  }

  /** Makes the button that unfolds the row below. */
  #foldButton(requestText: string, details: HTMLElement): HTMLElement {
    const attrs = { type: 'button', 'aria-expanded': 'false', 'aria-controls': details.id };
    const button = this.#deps.dom.el('button', { class: 'fold', text: requestText, attrs });
    button.addEventListener('click', () => {
      details.hidden = !details.hidden;
      button.setAttribute('aria-expanded', String(!details.hidden));
    });
    return button;
  }

  /** Draws what unfolds: the parameters, the answer, and the request as a command. */
  #drawDetails(request: RecordedRequest): HTMLTableRowElement {
    const { dom, words } = this.#deps;
    const params = JSON.stringify(request.params, null, 2) as string | undefined;
    const isFromPortal = request.method === 'ONAPPINSTALL' || request.method === 'app.open';
    const place = dom.el('td', { attrs: { role: 'cell', colspan: '4' } });
    const add = (title: string, text: string) => {
      place.append(
        dom.el('h3', { text: words.text(title) }),
        dom.el('pre', { text, attrs: { tabindex: '0', 'aria-label': words.text(title) } }),
      );
    };
    if (params !== undefined && !['{}', '[]', 'null'].includes(params)) {
      add('Parameters', params);
    }
    if (request.answer !== '') {
      add('Answer', this.#indented(request.answer));
    }
    if (!isFromPortal) {
      place.append(this.#copyButton(request));
    }
    const attrs = { role: 'row', id: `request-${request.id}` };
    const row = dom.el('tr', { class: 'unfolded', attrs }, place);
    row.hidden = true;
    return row;
  }

  /** An answer that was cut is no JSON, and stays as it is. */
  #indented(answer: string): string {
    try {
      return JSON.stringify(JSON.parse(answer), null, 2);
    } catch {
      return answer;
    }
  }

  #copyButton(request: RecordedRequest): HTMLElement {
    const { dom, words, control, curl, authServer } = this.#deps;
    const button = dom.el('button', {
      text: words.text('Copy as cURL'),
      attrs: { type: 'button' },
    });
    const done = dom.el('span', { class: 'muted', attrs: { role: 'status' } });
    const place = dom.el('div', { class: 'copy' }, button, done);
    button.addEventListener('click', () => {
      void (async () => {
        const whole = await control.request(request.id);
        const portal = this.#latest?.state.portal ?? location.origin;
        const command = curl.write(whole ?? request, { portal, authServer });
        try {
          await navigator.clipboard.writeText(command);
          dom.setText(done, words.text('Copied; put in your own token or key.'));
        } catch {
          // A page inside another one may not use the clipboard, so the command is shown to be copied by hand.
          this.#showCommand(place, command);
        }
      })();
    });
    return place;
  }

  #showCommand(place: HTMLElement, command: string): void {
    const { dom, words } = this.#deps;
    const before = place.querySelector('textarea');
    const area =
      before ??
      dom.el('textarea', { attrs: { readonly: '', rows: '4', 'aria-label': words.text('cURL') } });
    area.value = command;
    place.append(area);
    area.select();
  }
}
