/// <reference lib="dom" />
import type { RecordedNotification, RecordedPush, SandboxUser } from '../../controlApi';
import type { BellView } from './bellView';
import type { DomTools } from './domTools';
import type { PageTexts } from './pageTexts';
import type { PageWords } from './pageWords';

/** Runs in the browser. Draws one person's phone: heading, lock screen, pushes, and why one is missing. */
export class PhoneView {
  readonly element: HTMLElement;
  readonly #dom: DomTools;
  readonly #words: PageWords;
  readonly #texts: PageTexts;
  readonly #id: number;
  readonly #bell: BellView;
  readonly #face: HTMLElement;
  readonly #name: HTMLElement;
  readonly #line: HTMLElement;
  readonly #settings: HTMLElement;
  readonly #time: HTMLElement;
  readonly #date: HTMLElement;
  readonly #pushes: HTMLElement;
  readonly #note: HTMLElement;
  /** Keys of the groups and pushes that are unfolded. */
  readonly #opened = new Set<string>();
  #person: SandboxUser | null = null;
  #pushesNaming: readonly RecordedPush[] = [];
  #seenPushId = 0;
  #drawn = '';
  #drawnFace = '';
  /** Unix ms. */
  #now = 0;

  constructor(
    dom: DomTools,
    words: PageWords,
    texts: PageTexts,
    bell: BellView,
    id: number,
    openSettings: () => void,
  ) {
    this.#bell = bell;
    this.#dom = dom;
    this.#words = words;
    this.#texts = texts;
    this.#id = id;
    this.#face = dom.el('span', { class: 'face-slot' });
    this.#name = dom.el('h3', { attrs: { id: `person-${id}` } });
    this.#line = dom.el('p', { class: 'line' });
    this.#settings = dom.el('button', { class: 'settings', attrs: { type: 'button' } }, '⋯');
    this.#time = dom.el('span', { class: 'time' });
    this.#date = dom.el('span', { class: 'date' });
    this.#pushes = dom.el('div', { class: 'pushes' });
    this.#note = dom.el('div', { class: 'note' });
    const screen = dom.el(
      'div',
      { class: 'screen' },
      dom.el('span', { class: 'camera', attrs: { 'aria-hidden': 'true' } }),
      dom.el('div', { class: 'clock', attrs: { 'aria-hidden': 'true' } }, this.#time, this.#date),
      this.#pushes,
      this.#note,
    );
    this.element = dom.el(
      'article',
      { attrs: { 'data-user-id': String(id), 'aria-labelledby': this.#name.id } },
      dom.el(
        'header',
        {},
        this.#face,
        dom.el('div', { class: 'who' }, this.#name, this.#line),
        dom.el('div', { class: 'tools' }, bell.button, this.#settings),
      ),
      bell.list,
      dom.el('div', { class: 'case' }, screen),
    );
    this.#settings.addEventListener('click', openSettings);
    screen.addEventListener('click', (event) => {
      const onButton = event.target instanceof Element && event.target.closest('button') !== null;
      if (!onButton && document.getSelection()?.isCollapsed !== false) {
        openSettings();
      }
    });
  }

  /**
   * Takes over the person, and the pushes that name them and what stands in their bell, the newest first.
   * @param seenPushId pushes with a greater id appear with an animation
   * @param now Unix ms by the sandbox's clock
   */
  update(
    user: SandboxUser,
    pushesNamingThem: readonly RecordedPush[],
    notifications: readonly RecordedNotification[],
    seenPushId: number,
    now: number,
  ): void {
    this.#person = user;
    this.#pushesNaming = pushesNamingThem;
    this.#seenPushId = seenPushId;
    this.#bell.update(user, notifications, now);
    const look = user.active ? user.device : `${user.device} dismissed`;
    this.element.className = `phone ${look}`;
    this.#dom.setText(this.#name, user.name);
    this.#dom.setText(this.#line, this.#texts.personLine(user));
    this.#settings.setAttribute(
      'aria-label',
      this.#words.text('Change the phone of {0}', user.name),
    );
    if (this.#drawnFace !== `${user.photo} ${user.name}`) {
      this.#drawnFace = `${user.photo} ${user.name}`;
      const photo = this.#dom.picture(
        user.photo,
        this.#texts.initials(user.name),
        `face hue-${this.#id % 6}`,
      );
      this.#face.replaceChildren(photo);
    }
    this.#now = now;
    const wanted = this.#fingerprint(user);
    if (wanted !== this.#drawn) {
      this.#drawn = wanted;
      this.#draw(user);
    }
    this.tick(now);
  }

  /** Moves the clock and the ages of the pushes. */
  tick(now: number): void {
    this.#now = now;
    this.#dom.setText(this.#time, this.#texts.clock(this.#now, false));
    const day = { weekday: 'long', day: 'numeric', month: 'long' } as const;
    this.#dom.setText(this.#date, this.#words.date(this.#now, day));
    this.#bell.tick(now);
    for (const stamp of this.#pushes.querySelectorAll('time')) {
      this.#dom.setText(stamp, this.#texts.ago(stamp.dateTime, this.#now));
    }
  }

  /** @returns a text that changes whenever something below the clock must be drawn anew. */
  #fingerprint(user: SandboxUser): string {
    const statuses = this.#pushesNaming.map((push) => [
      push.id,
      push.time,
      this.#texts.statusOf(push, user),
    ]);
    return JSON.stringify([statuses, user.device, [...this.#opened]]);
  }

  #draw(user: SandboxUser): void {
    const statuses = this.#pushesNaming.map((push) => ({
      push,
      status: this.#texts.statusOf(push, user),
    }));
    const shown =
      user.device === 'none' ? [] : statuses.filter(({ status }) => status.is === 'shown');
    const groups = new Map<string, RecordedPush[]>();
    for (const { push } of shown) {
      groups.set(push.clientId, [...(groups.get(push.clientId) ?? []), push]);
    }
    const focus = this.#focusedKey();
    this.#pushes.replaceChildren(
      ...[...groups].map(([clientId, group]) => this.#drawGroup(clientId, group, user)),
    );
    this.#restoreFocus(focus);
    this.#drawNote(statuses[0] ? this.#texts.whyNotShown(statuses[0].status) : null, user);
    // The height of a text is known only after the browser has laid it out.
    requestAnimationFrame(() => this.measure());
  }

  #drawGroup(clientId: string, group: RecordedPush[], user: SandboxUser): HTMLElement {
    const key = `group ${clientId}`;
    const open = this.#opened.has(key);
    const closedCount = user.device === 'ios' ? 1 : 2;
    const hiddenCount = open ? 0 : Math.max(0, group.length - closedCount);
    const items = group.map((push, index) => {
      const item = this.#drawPush(push, user);
      item.hidden = !open && index >= closedCount;
      return item;
    });
    const section = this.#dom.el(
      'section',
      { class: hiddenCount > 0 ? 'group stacked' : 'group' },
      ...items,
    );
    if (group.length > closedCount) {
      const label = open
        ? this.#words.text('Show less')
        : this.#words.count('{0} earlier|{0} earlier', hiddenCount);
      const toggle = this.#toggleButton(key, label, open, user);
      toggle.className = 'stack';
      section.append(toggle);
    }
    return section;
  }

  #drawPush(push: RecordedPush, user: SandboxUser): HTMLElement {
    const platform = user.device === 'android' ? 'android' : 'ios';
    const { text, cut } = push.shown[platform];
    const key = `push ${push.id}`;
    const open = this.#opened.has(key);
    const more = this.#toggleButton(key, this.#words.text(open ? 'Less' : 'More'), open, user);
    more.classList.add('more');
    more.hidden = !open;
    // A phone can load only an absolute address; otherwise it shows a tile with a letter.
    const avatar = /^https?:\/\//i.test(push.avatar) ? push.avatar : '';
    return this.#dom.el(
      'article',
      {
        class: push.id > this.#seenPushId ? 'push fresh' : 'push',
        attrs: { 'data-push-id': String(push.id) },
      },
      this.#dom.picture(avatar, this.#texts.initials(push.appName).slice(0, 1), 'avatar'),
      this.#dom.el(
        'div',
        { class: 'content' },
        this.#dom.el('span', { class: 'sender', text: push.appName, attrs: { dir: 'auto' } }),
        this.#dom.el('time', {
          text: this.#texts.ago(push.time, this.#now),
          attrs: {
            datetime: push.time,
            title: `${this.#words.date(push.time)} ${this.#texts.clock(push.time, true)}`,
          },
        }),
        this.#dom.el('p', { class: open ? 'text open' : 'text', text, attrs: { dir: 'auto' } }),
        ...(cut
          ? [this.#dom.el('p', { class: 'cut', text: this.#words.text('cut at 4,096 bytes') })]
          : []),
        more,
      ),
    );
  }

  #toggleButton(key: string, label: string, open: boolean, user: SandboxUser): HTMLButtonElement {
    const button = this.#dom.el('button', {
      text: label,
      attrs: { type: 'button', 'aria-expanded': String(open), 'data-key': key },
    });
    button.addEventListener('click', () => {
      if (!this.#opened.delete(key)) {
        this.#opened.add(key);
      }
      this.#draw(user);
    });
    return button;
  }

  #drawNote(why: string | null, user: SandboxUser): void {
    const text =
      why ?? (user.device === 'none' ? this.#words.text('No phone with the Bitrix24 app.') : '');
    const kind = why === null ? 'quiet' : 'why';
    const before = this.#note.firstElementChild;
    if (text === '') {
      this.#note.replaceChildren();
    } else if (before?.className !== kind || before.textContent !== text) {
      this.#note.replaceChildren(this.#dom.el('p', { class: kind, text }));
    }
  }

  /** Offers "More" for each text that is cut off, and lets the keyboard reach pushes that scroll. */
  measure(): void {
    for (const item of this.#pushes.querySelectorAll('.push')) {
      const text = item.querySelector('.text');
      const more = item.querySelector<HTMLElement>('.more');
      if (text && more && !text.classList.contains('open')) {
        more.hidden = text.scrollHeight <= text.clientHeight + 1;
      }
    }
    if (this.#pushes.scrollHeight > this.#pushes.clientHeight + 1) {
      this.#pushes.tabIndex = 0;
      this.#pushes.setAttribute('role', 'region');
      this.#pushes.setAttribute(
        'aria-label',
        this.#words.text('Pushes on the phone of {0}', this.#person?.name ?? this.#id),
      );
    } else {
      for (const attribute of ['tabindex', 'role', 'aria-label']) {
        this.#pushes.removeAttribute(attribute);
      }
    }
  }

  #focusedKey(): string | null {
    const focused = document.activeElement;
    return this.#pushes.contains(focused) ? (focused?.getAttribute('data-key') ?? null) : null;
  }

  #restoreFocus(key: string | null): void {
    if (key !== null) {
      const buttons = [...this.#pushes.querySelectorAll<HTMLElement>('[data-key]')];
      buttons
        .find((button) => button.getAttribute('data-key') === key)
        ?.focus({ preventScroll: true });
    }
  }
}
