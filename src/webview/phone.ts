import { lockScreenText } from '../bitrix24/pushSize';
import type { PushPlatform } from '../bitrix24/pushSize';
import { h, icon, setAttribute, setText, show } from './dom';
import type { Page, Part } from './page';
import type { PhoneOwner } from './phoneOwner';
import type { Preview } from './preview';

export interface PhoneDeps {
  preview: () => Preview | undefined;
  owner: PhoneOwner;
  /** Address of a picture that has loaded. */
  avatar: () => string | undefined;
}

/** A lock screen with the push as it will look there: cut and flattened as that platform does it. */
export class Phone implements Part {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #deps: PhoneDeps;
  readonly #owner: PhoneOwner;
  readonly #radios: Record<PushPlatform, HTMLInputElement>;
  readonly #device: HTMLElement;
  readonly #date = h('p', { class: 'phone-date' });
  readonly #time = h('p', { class: 'phone-time' });
  readonly #picture = h('span', { class: 'push-picture', 'aria-hidden': 'true' });
  readonly #sender = h('span', { class: 'push-sender', dir: 'auto' });
  readonly #text = h('p', { class: 'push-text', dir: 'auto' });
  readonly #cut = h('p', { class: 'hint warning' });
  readonly #cutText = h('span');
  readonly #more = h('button', { type: 'button', class: 'link phone-more' });
  #drawnPicture: string | undefined | null = null;

  constructor(page: Page, deps: PhoneDeps) {
    this.#page = page;
    this.#deps = deps;
    const { words, messaging } = page;
    this.#owner = deps.owner;
    this.#radios = { ios: this.#radio('ios'), android: this.#radio('android') };
    const edit = h(
      'button',
      {
        type: 'button',
        class: 'push-edit',
        title: words.text('setSenderName'),
        'aria-label': words.text('setSenderName'),
      },
      icon('edit'),
    );
    edit.addEventListener('click', () => {
      void messaging.request({ type: 'command', command: 'setSenderName' });
    });
    this.#device = h(
      'div',
      { class: 'phone', role: 'group', 'aria-label': words.text('previewLabel') },
      h(
        'div',
        { class: 'phone-screen' },
        this.#date,
        this.#time,
        h(
          'div',
          { class: 'push' },
          this.#picture,
          h(
            'div',
            { class: 'push-body' },
            h(
              'p',
              { class: 'push-head' },
              h('span', { class: 'push-from' }, this.#sender, edit),
              h('span', { class: 'push-now' }, words.text('now')),
            ),
            this.#text,
          ),
        ),
      ),
    );
    this.#cut.append(icon('warning'), this.#cutText);
    this.#more.addEventListener('click', () => {
      messaging.ui = { ...messaging.ui, open: !messaging.ui.open };
      page.render();
    });
    this.element = h(
      'div',
      { class: 'field field-phone' },
      h(
        'div',
        { class: 'field-head' },
        this.#owner.element,
        h(
          'div',
          { class: 'switch', role: 'radiogroup', 'aria-label': words.text('platform') },
          ...(['ios', 'android'] as const).flatMap((platform) => [
            this.#radios[platform],
            h(
              'label',
              { for: `platform-${platform}` },
              words.text(platform === 'ios' ? 'iphone' : 'android'),
            ),
          ]),
        ),
      ),
      this.#device,
      this.#cut,
      this.#more,
    );
    new ResizeObserver(() => {
      this.#offerMore();
    }).observe(this.#text);
  }

  render(): void {
    const { messaging, model, words } = this.#page;
    const drawn = this.#deps.preview();
    const { state } = model;
    if (!drawn || !state) {
      return;
    }
    const { platform, open } = messaging.ui;
    this.#radios[platform].checked = true;
    this.#device.dataset['platform'] = platform;
    this.#device.dataset['open'] = String(open);

    this.#owner.render();
    const now = Date.now();
    setText(this.#date, words.date(now));
    setText(this.#time, words.time(now));
    const { senderName } = state.account ?? {};
    setText(this.#sender, senderName || words.text('senderUnknown'));
    setAttribute(this.#sender, 'data-unknown', !senderName);
    this.#drawPicture(this.#deps.avatar());

    const { shown: arrives, fits, cutAt } = drawn.budget[platform];
    const shown = lockScreenText(arrives, platform, !fits);
    setText(this.#text, shown === '' ? words.text('previewEmpty') : shown);
    setAttribute(this.#text, 'data-empty', shown === '');
    const lost = Array.from(drawn.text.slice(cutAt)).length;
    show(this.#cut, lost > 0);
    setText(this.#cutText, lost > 0 ? words.plural('cutAway', lost) : '');
    this.#offerMore();
  }

  #radio(platform: PushPlatform): HTMLInputElement {
    const { messaging } = this.#page;
    const radio = h('input', {
      type: 'radio',
      name: 'platform',
      id: `platform-${platform}`,
      value: platform,
      class: 'sr-only',
    });
    radio.addEventListener('change', () => {
      messaging.ui = { ...messaging.ui, platform };
      this.#page.render();
    });
    return radio;
  }

  #drawPicture(address: string | undefined): void {
    if (this.#drawnPicture !== address) {
      this.#drawnPicture = address;
      this.#picture.replaceChildren(
        address ? h('img', { src: address, alt: '', referrerpolicy: 'no-referrer' }) : icon('bell'),
      );
    }
  }

  /** Only a text that the lock screen shortens can be opened. */
  #offerMore(): void {
    const { messaging, words } = this.#page;
    const { open } = messaging.ui;
    const clamped = this.#text.scrollHeight > this.#text.clientHeight + 1;
    // When open, nothing is clamped; the lines tell whether it would be.
    const lineHeight = parseFloat(getComputedStyle(this.#text).lineHeight);
    const lines = parseFloat(getComputedStyle(this.#device).getPropertyValue('--push-lines'));
    const long = open ? this.#text.clientHeight > lineHeight * (lines + 0.5) : clamped;
    show(this.#more, long);
    setText(this.#more, words.text(open ? 'showLess' : 'showAll'));
    setAttribute(this.#more, 'aria-expanded', open ? 'true' : 'false');
  }
}
