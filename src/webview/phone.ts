import { lockScreenText } from '../bitrix24/pushSize';
import type { PushPlatform } from '../bitrix24/pushSize';
import type { Person } from '../form/protocol';
import { personName } from './audience';
import { pictureOf } from './avatarField';
import { button, h, icon, radioSwitch, setAttribute, setText, show } from './dom';
import type { RadioSwitch } from './dom';
import type { Page, Part } from './page';
import type { Preview } from './preview';

/** A drawn lock screen with the push as it will look there: shortened and flattened as the platform does it. */
export class Phone implements Part {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #preview: () => Preview | undefined;
  readonly #avatar: () => string | undefined;
  readonly #owner: PhoneOwner;
  readonly #platform: RadioSwitch<PushPlatform>;
  readonly #device: HTMLElement;
  readonly #date = h('p', { class: 'phone-date' });
  readonly #time = h('p', { class: 'phone-time' });
  readonly #picture = h('span', { class: 'push-picture', 'aria-hidden': 'true' });
  readonly #sender = h('span', { class: 'push-sender', dir: 'auto' });
  readonly #text = h('p', { class: 'push-text', dir: 'auto' });
  readonly #cut = h('p', { class: 'hint warning' });
  readonly #cutText = h('span');
  readonly #more: HTMLButtonElement;
  /** The address of the drawn picture; '' for the bell. */
  #drawnPicture: string | undefined;

  /** `avatar`: the address of the avatar's picture, once it has loaded. */
  constructor(page: Page, preview: () => Preview | undefined, avatar: () => string | undefined) {
    this.#page = page;
    this.#preview = preview;
    this.#avatar = avatar;
    const { words, messaging } = page;
    this.#owner = new PhoneOwner(page);
    this.#platform = radioSwitch(
      'platform',
      words.text('platform'),
      [
        { value: 'ios', label: words.text('iphone') },
        { value: 'android', label: words.text('android') },
      ],
      (platform) => {
        messaging.ui = { ...messaging.ui, platform };
        page.render();
      },
    );
    this.#device = h(
      'div',
      { class: 'phone', role: 'group', 'aria-label': words.text('previewLabel') },
      h('div', { class: 'phone-screen' }, this.#date, this.#time, this.#notification()),
    );
    this.#cut.append(icon('warning'), this.#cutText);
    this.#more = button({ class: 'link phone-more' }, () => {
      messaging.ui = { ...messaging.ui, open: !messaging.ui.open };
      page.render();
    });
    this.element = h(
      'div',
      { class: 'field field-phone' },
      h('div', { class: 'field-head' }, this.#owner.element, this.#platform.element),
      this.#device,
      this.#cut,
      this.#more,
    );
    new ResizeObserver(() => {
      this.#renderMore();
    }).observe(this.#text);
  }

  /** The recipient whose phone is drawn; undefined while nobody is chosen. */
  get person(): Person | undefined {
    return this.#owner.person;
  }

  render(): void {
    const { messaging, model, words } = this.#page;
    const preview = this.#preview();
    const { state } = model;
    if (!preview || !state) {
      return;
    }
    const { platform, open } = messaging.ui;
    this.#platform.set(platform);
    this.#device.dataset['platform'] = platform;
    this.#device.dataset['open'] = String(open);

    this.#owner.render();
    const now = Date.now();
    setText(this.#date, words.date(now));
    setText(this.#time, words.clock(now));
    const { senderName } = state.account ?? {};
    setText(this.#sender, senderName || words.text('senderUnknown'));
    setAttribute(this.#sender, 'data-unknown', !senderName);
    const picture = this.#avatar() ?? '';
    if (this.#drawnPicture !== picture) {
      this.#drawnPicture = picture;
      this.#picture.replaceChildren(pictureOf(picture));
    }

    const { shown: arriving, fits, cutAt } = preview.budget[platform];
    const text = lockScreenText(arriving, platform, !fits);
    setText(this.#text, text === '' ? words.text('previewEmpty') : text);
    setAttribute(this.#text, 'data-empty', text === '');
    const cutAway = Array.from(preview.text.slice(cutAt)).length;
    show(this.#cut, cutAway > 0);
    setText(this.#cutText, cutAway > 0 ? words.plural('cutAway', cutAway) : '');
    this.#renderMore();
  }

  #notification(): HTMLElement {
    const { words, messaging } = this.#page;
    const editLabel = words.text('setSenderName');
    const edit = button(
      { class: 'push-edit', title: editLabel, 'aria-label': editLabel },
      () => void messaging.request({ type: 'command', command: 'setSenderName' }),
      icon('edit'),
    );
    const head = h(
      'p',
      { class: 'push-head' },
      h('span', { class: 'push-from' }, this.#sender, edit),
      h('span', { class: 'push-now' }, words.text('now')),
    );
    const body = h('div', { class: 'push-body' }, head, this.#text);
    return h('div', { class: 'push' }, this.#picture, body);
  }

  /** Draws the button that shows the whole text, if the lock screen shortens it. */
  #renderMore(): void {
    const { messaging, words } = this.#page;
    const { open } = messaging.ui;
    const isClamped = this.#text.scrollHeight > this.#text.clientHeight + 1;
    // An open text is never clamped; its number of lines tells whether it would be.
    const lineHeight = parseFloat(getComputedStyle(this.#text).lineHeight);
    const lines = parseFloat(getComputedStyle(this.#device).getPropertyValue('--push-lines'));
    const isLong = open ? this.#text.clientHeight > lineHeight * (lines + 0.5) : isClamped;
    show(this.#more, isLong);
    setText(this.#more, words.text(open ? 'showLess' : 'showAll'));
    setAttribute(this.#more, 'aria-expanded', open ? 'true' : 'false');
  }
}

/** At most this many people are offered: nobody looks through a longer list. */
const offeredAtMost = 100;

/** The caption "On the phone of …". Its name is a list of the recipients; the phone shows that person's text. */
class PhoneOwner {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #plain = h('span');
  readonly #choice: HTMLElement;
  readonly #select: HTMLSelectElement;
  #drawn: readonly Person[] | undefined;
  #id: number | undefined;

  constructor(page: Page) {
    this.#page = page;
    const { words } = page;
    this.#select = h('select', {
      id: 'phone-owner',
      class: 'link phone-owner',
      'aria-label': words.text('choosePhone'),
    });
    const [before = '', after = ''] = words.text('onPhoneOf').split('{0}');
    this.#choice = h('span', { class: 'phone-choice' }, before.trim(), this.#select, after.trim());
    this.element = h('span', { id: 'phone-caption' }, this.#plain, this.#choice);
    this.#select.addEventListener('change', () => {
      this.#id = Number(this.#select.value);
      page.render();
    });
  }

  /** The person chosen in the list as long as they are a recipient, else the first recipient. */
  get person(): Person | undefined {
    const { recipients } = this.#page.model.written;
    return recipients.find(({ id }) => id === this.#id) ?? recipients[0];
  }

  render(): void {
    const { words, model } = this.#page;
    const { recipients } = model.written;
    const { person } = this;
    const hasSeveral = recipients.length > 1;
    show(this.#choice, hasSeveral);
    show(this.#plain, !hasSeveral);
    setText(
      this.#plain,
      person?.name ? words.text('onPhoneOf', person.name) : words.text('onPhone'),
    );
    if (this.#drawn !== recipients) {
      this.#drawn = recipients;
      const offered = recipients.slice(0, offeredAtMost);
      const more = recipients.length - offered.length;
      this.#select.replaceChildren(
        ...(hasSeveral ? offered : []).map((one) =>
          h('option', { value: one.id }, personName(one, words)),
        ),
        ...(more > 0 ? [h('option', { disabled: true }, words.plural('morePeople', more))] : []),
      );
    }
    if (person) {
      this.#select.value = String(person.id);
    }
  }
}
