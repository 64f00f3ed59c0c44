/// <reference lib="dom" />
import type { RecordedNotification, SandboxUser } from '../../controlApi';
import type { BbRun, BbText } from './bbText';
import type { DomTools } from './domTools';
import type { PageTexts } from './pageTexts';
import type { PageWords } from './pageWords';

/** Runs in the browser. Draws one person's bell: the button with the count, and the list that it opens. */
export class BellView {
  readonly button: HTMLButtonElement;
  readonly list: HTMLElement;
  readonly #dom: DomTools;
  readonly #words: PageWords;
  readonly #texts: PageTexts;
  readonly #bbText: BbText;
  readonly #count: HTMLElement;
  #drawn = '';

  constructor(dom: DomTools, words: PageWords, texts: PageTexts, bbText: BbText, id: number) {
    this.#dom = dom;
    this.#words = words;
    this.#texts = texts;
    this.#bbText = bbText;
    this.#count = dom.el('span', { class: 'count' });
    this.list = dom.el('section', { class: 'bell-list', attrs: { id: `bell-${id}` } });
    this.list.hidden = true;
    this.button = dom.el(
      'button',
      {
        class: 'bell',
        attrs: { type: 'button', 'aria-expanded': 'false', 'aria-controls': this.list.id },
      },
      dom.el('span', { text: '🔔', attrs: { 'aria-hidden': 'true' } }),
      this.#count,
    );
    this.button.addEventListener('click', () => {
      this.list.hidden = !this.list.hidden;
      this.button.setAttribute('aria-expanded', String(!this.list.hidden));
    });
  }

  /**
   * @param notifications those in this person's bell, the newest first
   * @param now Unix ms by the sandbox's clock
   */
  update(user: SandboxUser, notifications: readonly RecordedNotification[], now: number): void {
    const count = notifications.length;
    this.button.classList.toggle('some', count > 0);
    this.#dom.setText(this.#count, count === 0 ? '' : this.#words.number(count));
    const label = this.#words.text('Notifications of {0}: {1}', user.name, count);
    this.button.setAttribute('aria-label', label);
    this.list.setAttribute('aria-label', label);
    const wanted = JSON.stringify(notifications);
    if (wanted !== this.#drawn || this.list.childElementCount === 0) {
      this.#drawn = wanted;
      this.list.replaceChildren(
        count === 0
          ? this.#dom.el('p', { class: 'muted', text: this.#words.text('No notifications.') })
          : this.#dom.el('ul', {}, ...notifications.map((one) => this.#drawItem(one, now))),
      );
    }
    this.tick(now);
  }

  tick(now: number): void {
    for (const stamp of this.list.querySelectorAll('time')) {
      this.#dom.setText(stamp, this.#texts.ago(stamp.dateTime, now));
    }
    // The keyboard has to reach what scrolls.
    if (this.list.scrollHeight > this.list.clientHeight + 1) {
      this.list.tabIndex = 0;
    } else {
      this.list.removeAttribute('tabindex');
    }
  }

  #drawItem(one: RecordedNotification, now: number): HTMLElement {
    const details = [
      this.#words.text(one.type === 'personal' ? 'personal' : 'system'),
      this.#words.text(one.rang ? 'the phone rang' : 'the phone stayed silent'),
      ...(one.tag === '' ? [] : [`TAG ${one.tag}`]),
      ...(one.subTag === '' ? [] : [`SUB_TAG ${one.subTag}`]),
      ...(one.hasAttach ? [this.#words.text('with an attachment')] : []),
    ];
    const sender = one.senderName === '' ? this.#words.text('System') : one.senderName;
    return this.#dom.el(
      'li',
      { attrs: { 'data-notification-id': String(one.id) } },
      this.#dom.el('b', { text: sender, attrs: { dir: 'auto' } }),
      ' ',
      this.#dom.el('time', {
        class: 'muted',
        text: this.#texts.ago(one.time, now),
        attrs: { datetime: one.time },
      }),
      this.#dom.el(
        'p',
        { class: 'message-text', attrs: { dir: 'auto' } },
        ...this.#bbText.parse(one.message).map((run) => this.#drawRun(run)),
      ),
      this.#dom.el('p', { class: 'muted', text: details.join(' · ') }),
    );
  }

  #drawRun(run: BbRun): Node {
    let node: Node = document.createTextNode(run.text);
    const formats = [
      ['b', run.bold],
      ['i', run.italic],
      ['u', run.underlined],
      ['s', run.struck],
    ] as const;
    for (const [tag, isOn] of formats) {
      node = isOn ? this.#dom.el(tag, {}, node) : node;
    }
    const rel = 'noopener noreferrer';
    return run.link === null
      ? node
      : this.#dom.el('a', { attrs: { href: run.link, target: '_blank', rel } }, node);
  }
}
