/// <reference lib="dom" />
import type { RecordedRequest, Snapshot } from '../../controlApi';
import type { DomTools } from './domTools';
import type { PhoneFacts } from './phoneFacts';

export type RequestsTable = ReturnType<typeof requestsTable>;

/** Runs in the browser. What the portal and its authorization server were asked, newest first. */
export function requestsTable(dom: DomTools, facts: PhoneFacts) {
  const { el } = dom;
  const most = 60;
  const body = dom.byId('requests-body', HTMLElement);
  const empty = dom.byId('requests-empty', HTMLElement);
  const strip = dom.byId('latest', HTMLElement);
  const rows = new Map<number, { drawn: string; row: HTMLTableRowElement }>();

  function drawRow(request: RecordedRequest, words: string): HTMLTableRowElement {
    const good = request.error === null && request.status >= 200 && request.status < 400;
    const params = JSON.stringify(request.params, null, 2) as string | undefined;
    const asked =
      params === undefined || params === '{}' || params === '[]' || params === 'null'
        ? el('span', { text: words })
        : el('details', {}, el('summary', { text: words }), el('pre', { text: params }));
    const happened = el('td', { text: request.note });
    if (request.fault !== null) {
      happened.append(' ', el('span', { class: 'tag fault', text: request.fault }));
    }
    return el(
      'tr',
      { attrs: { 'data-request-id': String(request.id) } },
      el(
        'td',
        {},
        el('time', { text: facts.clock(request.time, true), attrs: { datetime: request.time } }),
      ),
      el('td', {}, asked),
      el('td', { class: good ? 'good' : 'bad', text: facts.answerWords(request) }),
      happened,
    );
  }

  function update(snapshot: Snapshot): void {
    const requests = [...snapshot.requests].sort((a, b) => b.id - a.id).slice(0, most);
    const kept = new Set(requests.map((request) => request.id));
    for (const id of [...rows.keys()].filter((id) => !kept.has(id))) {
      rows.delete(id);
    }
    const elements = requests.map((request) => {
      const words = facts.requestWords(request, snapshot.pushes);
      const drawn = JSON.stringify([request, words]);
      const before = rows.get(request.id);
      if (before?.drawn === drawn) {
        return before.row;
      }
      const row = drawRow(request, words);
      rows.set(request.id, { drawn, row });
      return row;
    });
    dom.arrange(body, elements);
    empty.hidden = requests.length > 0;
    const newest = requests[0];
    strip.hidden = newest === undefined;
    if (newest) {
      dom.setText(
        strip,
        `${facts.clock(newest.time, true)}  ${facts.requestWords(newest, snapshot.pushes)} → ` +
          [facts.answerWords(newest), newest.note].filter((part) => part !== '').join(': '),
      );
    }
  }

  return { update };
}
