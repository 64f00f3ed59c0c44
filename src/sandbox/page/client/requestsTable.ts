/// <reference lib="dom" />
import type { LiveSnapshot, RecordedRequest } from '../../controlApi';
import type { DomTools } from './domTools';
import type { PageTexts } from './pageTexts';

/** Runs in the browser. Lists the requests to the portal and its authorization server, newest first. */
export class RequestsTable {
  readonly #dom: DomTools;
  readonly #texts: PageTexts;
  readonly #rows = new Map<number, { drawn: string; row: HTMLTableRowElement }>();

  constructor(dom: DomTools, texts: PageTexts) {
    this.#dom = dom;
    this.#texts = texts;
  }

  update(snapshot: LiveSnapshot): void {
    const requests = [...snapshot.requests].sort((a, b) => b.id - a.id).slice(0, 60);
    const kept = new Set(requests.map((request) => request.id));
    for (const id of [...this.#rows.keys()].filter((id) => !kept.has(id))) {
      this.#rows.delete(id);
    }
    const elements = requests.map((request) => {
      const requestText = this.#texts.requestText(request, snapshot.pushes);
      const drawn = JSON.stringify([request, requestText]);
      const before = this.#rows.get(request.id);
      if (before?.drawn === drawn) {
        return before.row;
      }
      const row = this.#drawRow(request, requestText);
      this.#rows.set(request.id, { drawn, row });
      return row;
    });
    this.#dom.arrange(this.#dom.byId('requests-body', HTMLElement), elements);
    this.#dom.byId('requests-empty', HTMLElement).hidden = requests.length > 0;
    const newest = requests[0];
    const strip = this.#dom.byId('latest', HTMLElement);
    strip.hidden = newest === undefined;
    if (newest) {
      this.#dom.setText(
        strip,
        `${this.#texts.clock(newest.time, true)}  ${this.#texts.requestText(newest, snapshot.pushes)} → ` +
          [this.#texts.answerText(newest), newest.note].filter((part) => part !== '').join(': '),
      );
    }
  }

  #drawRow(request: RecordedRequest, requestText: string): HTMLTableRowElement {
    const good = request.error === null && request.status >= 200 && request.status < 400;
    const params = JSON.stringify(request.params, null, 2) as string | undefined;
    const asked =
      params === undefined || params === '{}' || params === '[]' || params === 'null'
        ? this.#dom.el('span', { text: requestText })
        : this.#dom.el(
            'details',
            {},
            this.#dom.el('summary', { text: requestText }),
            this.#dom.el('pre', { text: params }),
          );
    const happened = this.#dom.el('td', { text: request.note });
    if (request.fault !== null) {
      happened.append(' ', this.#dom.el('span', { class: 'tag fault', text: request.fault }));
    }
    return this.#dom.el(
      'tr',
      { attrs: { 'data-request-id': String(request.id) } },
      this.#dom.el(
        'td',
        {},
        this.#dom.el('time', {
          text: this.#texts.clock(request.time, true),
          attrs: { datetime: request.time },
        }),
      ),
      this.#dom.el('td', {}, asked),
      this.#dom.el('td', { class: good ? 'good' : 'bad', text: this.#texts.answerText(request) }),
      happened,
    );
  }
}
