import { limits } from '../form/protocol';
import { afterPress, h, icon, setAttribute, setText, show } from './dom';
import { FieldError } from './fieldError';
import type { ShownIssues } from './issues';
import type { Page, Part } from './page';

/** An address is asked for its picture once typing paused, so that half-typed hosts are left alone. */
const settleMs = 800;

/** The address of the push's picture, with a look at it. */
export class AvatarField implements Part {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #issues: ShownIssues;
  readonly #input: HTMLInputElement;
  readonly #thumb = h('span', { class: 'avatar-thumb', 'aria-hidden': 'true' });
  readonly #note = h('p', { class: 'hint' });
  readonly #noteText = h('span');
  readonly #error: FieldError;
  #asked = '';
  #shown: string | undefined;
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

  /** The picture's address once it has loaded. */
  get shown(): string | undefined {
    return this.#shown;
  }

  render(): void {
    const { model, words } = this.#page;
    if (this.#input.value.trim() !== model.written.avatar) {
      this.#input.value = model.written.avatar;
    }
    this.#input.readOnly = model.state?.phase.kind !== 'idle';
    const key = this.#issues.of('avatar', model.issues);
    this.#error.set(key && words.text(key));
    if (model.written.avatar !== this.#asked) {
      this.#asked = model.written.avatar;
      this.#set(undefined);
      clearTimeout(this.#timer);
      const typing = document.activeElement === this.#input;
      this.#timer = setTimeout(() => this.#load(), typing ? settleMs : 0);
    }
  }

  focus(): void {
    this.#input.focus();
  }

  #load(): void {
    clearTimeout(this.#timer);
    const address = this.#asked;
    const url = URL.parse(address);
    if (address === this.#shown || !url || !/^https?:$/.test(url.protocol)) {
      return;
    }
    if (!mayShow(url)) {
      this.#set(undefined, 'avatarNotShown');
      return;
    }
    const image = new Image();
    image.referrerPolicy = 'no-referrer';
    image.addEventListener('load', () => {
      if (address === this.#asked) {
        this.#set(address);
      }
    });
    image.addEventListener('error', () => {
      if (address === this.#asked) {
        this.#set(undefined, 'avatarBroken');
      }
    });
    image.src = url.href;
  }

  #set(shown: string | undefined, note?: 'avatarBroken' | 'avatarNotShown'): void {
    this.#shown = shown;
    show(this.#thumb, this.#asked !== '');
    this.#thumb.replaceChildren(
      shown ? h('img', { src: shown, alt: '', referrerpolicy: 'no-referrer' }) : icon('bell'),
    );
    setAttribute(this.#thumb, 'data-broken', note === 'avatarBroken');
    setText(this.#noteText, note ? this.#page.words.text(note) : '');
    show(this.#note, note !== undefined);
    this.#page.render();
  }
}

/** The page's Content Security Policy lets in the same. */
function mayShow(url: URL): boolean {
  return url.protocol === 'https:' || url.hostname === '127.0.0.1' || url.hostname === 'localhost';
}
