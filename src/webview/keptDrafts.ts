import type { KeptView } from '../form/protocol';
import { button, h, icon, setText } from './dom';
import type { Page, Part } from './page';
import { UndoLine } from './undoLine';

/** The list of drafts that made room for another one. It is folded until the user opens it. */
export class KeptDrafts implements Part {
  readonly element: HTMLElement;
  readonly #details: HTMLDetailsElement;
  readonly #undo: UndoLine;
  readonly #forgetAll: HTMLButtonElement;
  readonly #page: Page;
  readonly #summary = h('summary');
  readonly #list = h('ul');
  #drawn = '';

  constructor(page: Page) {
    this.#page = page;
    this.#undo = new UndoLine(page);
    const clearAll = page.words.text('clearAll');
    this.#forgetAll = button({ class: 'link' }, () => this.#forget('forgetAll'), clearAll);
    this.#details = h('details', { class: 'kept' }, this.#summary, this.#list, this.#forgetAll);
    this.element = h('div', {}, this.#details, this.#undo.element);
  }

  render(): void {
    const { model, words } = this.#page;
    const kept = model.state?.kept ?? [];
    this.#details.hidden = kept.length === 0;
    this.#forgetAll.hidden = kept.length < 2;
    this.#undo.render();
    const key = JSON.stringify(kept);
    if (key === this.#drawn) {
      return;
    }
    this.#drawn = key;
    setText(this.#summary, kept.length > 0 ? words.plural('kept', kept.length) : '');
    this.#list.replaceChildren(...kept.map((draft) => this.#row(draft)));
  }

  #forget(action: 'forget' | 'forgetAll', draftId = ''): void {
    const { messaging, model, words } = this.#page;
    const count = action === 'forget' ? 1 : (model.state?.kept.length ?? 0);
    void messaging.request({ type: 'kept', action, draftId });
    this.#undo.offer(words.plural('keptForgotten', count), () => {
      void messaging.request({ type: 'kept', action: 'bringBack', draftId: '' });
    });
  }

  #row({ id: draftId, text, people }: KeptView): HTMLElement {
    const { words, messaging, model } = this.#page;
    const title = text === '' ? words.text('keptWithoutText') : text;
    const restoreLabel = words.text('keptRestore', title);
    const forgetLabel = words.text('keptForget', title);
    const restore = (): void => {
      model.flush();
      void messaging.request({ type: 'kept', action: 'restore', draftId });
    };
    return h(
      'li',
      {},
      button(
        { class: 'link kept-restore', 'aria-label': restoreLabel },
        restore,
        h('span', { class: 'kept-text', dir: 'auto' }, title),
        people > 0
          ? h('span', { class: 'kept-people' }, words.plural('people', people))
          : undefined,
      ),
      button(
        { class: 'kept-forget', title: forgetLabel, 'aria-label': forgetLabel },
        () => this.#forget('forget', draftId),
        icon('close'),
      ),
    );
  }
}
