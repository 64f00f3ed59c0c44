import { button, h, setText, show } from './dom';
import type { Page } from './page';

/** The line that says what was removed at once, with a button that brings it back. */
export class UndoLine {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #text = h('span');
  #undo: (() => void) | undefined;
  /** The draft that something was removed from; in another one it cannot come back. */
  #generation: number | undefined;

  constructor(page: Page) {
    this.#page = page;
    const undo = button({ class: 'link' }, () => this.undo(), page.words.text('undo'));
    this.element = h('p', { class: 'hint undo' }, this.#text, ' ', undo);
    show(this.element, false);
  }

  /** Says `removed`, e.g. "312 people removed", until it is undone, sent, or something else is removed. */
  offer(removed: string, undo: () => void): void {
    this.#undo = undo;
    this.#generation = this.#page.model.state?.draft.generation;
    setText(this.#text, removed);
    this.#page.announcer.say(removed);
    this.render();
  }

  /** Returns false if there is nothing to undo. */
  undo(): boolean {
    const undo = this.#undo;
    this.#undo = undefined;
    undo?.();
    this.render();
    return undo !== undefined;
  }

  render(): void {
    const { isReadOnly, state } = this.#page.model;
    if (isReadOnly || state?.draft.generation !== this.#generation) {
      this.#undo = undefined;
    }
    show(this.element, this.#undo !== undefined);
  }
}
