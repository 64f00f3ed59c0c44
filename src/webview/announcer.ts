import { h, setText } from './dom';

/** The form's one live region: what a screen reader says without being asked. */
export class Announcer {
  readonly element = h('div', { class: 'sr-only', role: 'status', 'aria-live': 'polite' });
  #odd = false;

  say(text: string): void {
    // The same sentence twice would not be spoken again: a no-break space makes it another one.
    this.#odd = !this.#odd;
    setText(this.element, this.#odd ? text : `${text}\u00a0`);
  }
}
