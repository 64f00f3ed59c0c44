import { limits } from '../form/protocol';
import { afterPress, h, icon, setAttribute, setText, show } from './dom';
import { FieldError } from './fieldErrors';
import type { ShownIssues } from './fieldErrors';
import type { Page, Part } from './page';

/** A picture is loaded when the user has not typed for this long, so that no half-typed host gets a request. */
const loadDelayMs = 800;

/** The address of the push's picture, and a small preview of the picture. */
export class AvatarField implements Part {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #issues: ShownIssues;
  readonly #input: HTMLInputElement;
  readonly #thumb = h('span', { class: 'avatar-thumb', 'aria-hidden': 'true' });
  readonly #note = h('p', { class: 'hint' });
  readonly #noteText = h('span');
  readonly #error: FieldError;
  /** The address that the preview is for. */
  #address = '';
  #loaded: string | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(page: Page, issues: ShownIssues) {
    this.#page = page;
    this.#issues = issues;
    const { words } = page;
    this.#input = h('input', {
      id: 'avatar',
      type: 'url',
      class: 'control',
      autocomplete: 'off',
      spellcheck: 'false',
      maxlength: limits.avatar,
      placeholder: words.text('avatarPlaceholder'),
    });
    this.#note.id = 'avatar-note';
    this.#note.append(icon('info'), this.#noteText);
    this.#error = new FieldError(this.#input, ['avatar-note']);
    this.element = h(
      'div',
      { class: 'field field-avatar' },
      h('div', { class: 'field-head' }, h('label', { for: 'avatar' }, words.text('avatar'))),
      h('div', { class: 'avatar-control' }, this.#input, this.#thumb),
      this.#error.element,
      this.#note,
    );
    show(this.#note, false);
    show(this.#thumb, false);
    this.#input.addEventListener('input', () => {
      page.change({ avatar: this.#input.value.trim() });
    });
    this.#input.addEventListener('blur', () => {
      page.model.flush();
      afterPress(() => {
        if (this.#input.value !== '') {
          issues.showFor('avatar');
        }
        this.#load();
        page.render();
      });
    });
  }

  /** The address of the picture, once it has loaded. */
  get loaded(): string | undefined {
    return this.#loaded;
  }

  render(): void {
    const { model } = this.#page;
    if (this.#input.value.trim() !== model.written.avatar) {
      this.#input.value = model.written.avatar;
    }
    this.#input.readOnly = model.isReadOnly;
    this.#error.set(this.#issues.issueOf('avatar', model.issues)?.message);
    if (model.written.avatar !== this.#address) {
      this.#address = model.written.avatar;
      this.#setLoaded(undefined);
      clearTimeout(this.#timer);
      const isTyping = document.activeElement === this.#input;
      this.#timer = setTimeout(() => this.#load(), isTyping ? loadDelayMs : 0);
    }
  }

  focus(): void {
    this.#input.focus();
  }

  #load(): void {
    clearTimeout(this.#timer);
    const address = this.#address;
    const url = URL.parse(address);
    if (address === this.#loaded || !url || !/^https?:$/.test(url.protocol)) {
      return;
    }
    if (!mayShow(url)) {
      this.#setLoaded(undefined, 'avatarNotShown');
      return;
    }
    const image = new Image();
    const answered = (isLoaded: boolean): void => {
      if (address === this.#address) {
        this.#setLoaded(isLoaded ? address : undefined, isLoaded ? undefined : 'avatarBroken');
      }
    };
    image.referrerPolicy = 'no-referrer';
    image.addEventListener('load', () => answered(true));
    image.addEventListener('error', () => answered(false));
    image.src = url.href;
  }

  #setLoaded(loaded: string | undefined, note?: 'avatarBroken' | 'avatarNotShown'): void {
    this.#loaded = loaded;
    show(this.#thumb, this.#address !== '');
    this.#thumb.replaceChildren(pictureOf(loaded));
    setAttribute(this.#thumb, 'data-broken', note === 'avatarBroken');
    setText(this.#noteText, note ? this.#page.words.text(note) : '');
    show(this.#note, note !== undefined);
    this.#page.render();
  }
}

/** The push's picture; without an address, the bell that stands for it. */
export function pictureOf(address: string | undefined): Element {
  return address
    ? h('img', { src: address, alt: '', referrerpolicy: 'no-referrer' })
    : icon('bell');
}

/** Returns true for the addresses that the page's Content Security Policy (formHtml.ts) allows too. */
function mayShow(url: URL): boolean {
  return url.protocol === 'https:' || url.hostname === '127.0.0.1' || url.hostname === 'localhost';
}
