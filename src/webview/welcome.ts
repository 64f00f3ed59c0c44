import { h, show } from './dom';
import type { Page, Part } from './page';

/** What stands in place of the form until somebody has signed in. */
export class Welcome implements Part {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #kept: HTMLElement;

  constructor(page: Page) {
    this.#page = page;
    const { words } = page;
    this.#kept = h('p', {}, words.text('draftKept'));
    this.element = h(
      'div',
      { class: 'welcome' },
      h('p', {}, words.text('welcome')),
      this.#kept,
      this.#button('signIn', 'button'),
      this.#button('sandbox', 'button secondary'),
    );
  }

  render(): void {
    show(this.#kept, this.#page.model.written.text !== '');
  }

  #button(command: 'signIn' | 'sandbox', className: string): HTMLElement {
    const { words, messaging } = this.#page;
    const button = h(
      'button',
      { type: 'button', class: className },
      words.text(command === 'signIn' ? 'signIn' : 'trySandbox'),
    );
    button.addEventListener('click', () => {
      void messaging.request({ type: 'command', command });
    });
    return button;
  }
}
