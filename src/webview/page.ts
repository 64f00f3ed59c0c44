import { h, setText } from './dom';
import type { Messaging } from './messaging';
import type { PageDraft, PageModel } from './pageModel';
import type { Words } from './words';

/** The services that all parts of the form share. */
export interface Page {
  readonly words: Words;
  readonly model: PageModel;
  readonly messaging: Messaging;
  readonly announcer: Announcer;
  /** Changes the draft and draws the form again. */
  change(changes: Partial<PageDraft>): void;
  /** Draws the form again. */
  render(): void;
}

/** A part of the form: its element, and a method that brings the element up to date. */
export interface Part {
  readonly element: HTMLElement;
  render(): void;
}

/** A spoken text is removed after this time, so that somebody who reads the page later does not find old news. */
const spokenMs = 10_000;

/** The form's only live region: a screen reader speaks its text without being asked. */
export class Announcer {
  readonly element = h('div', { class: 'sr-only', role: 'status', 'aria-live': 'polite' });
  #odd = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Speaks the text; '': nothing, and what was spoken is over. */
  say(text: string): void {
    clearTimeout(this.#timer);
    if (text === '') {
      setText(this.element, '');
      return;
    }
    this.#timer = setTimeout(() => this.say(''), spokenMs);
    // A screen reader speaks a region only when its text changes: every second text ends in a no-break space, so that
    // the same sentence is spoken again.
    this.#odd = !this.#odd;
    setText(this.element, this.#odd ? text : `${text}\u00a0`);
  }
}
