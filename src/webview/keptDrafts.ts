import type { KeptView } from '../form/protocol';
import { button, h, icon, setText } from './dom';
import type { Page, Part } from './page';

/** The list of drafts that made room for another one. It is folded until the user opens it. */
export class KeptDrafts implements Part {
  readonly element: HTMLDetailsElement;
  readonly #page: Page;
  readonly #summary = h('summary');
  readonly #list = h('ul');
  #drawn = '';

  constructor(page: Page) {
    this.#page = page;
    this.element = h('details', { class: 'kept' }, this.#summary, this.#list);
  }

  render(): void {
    const { model, words } = this.#page;
    const kept = model.state?.kept ?? [];
    this.element.hidden = kept.length === 0;
    const key = JSON.stringify(kept);
    if (key === this.#drawn) {
      return;
    }
    this.#drawn = key;
    setText(this.#summary, kept.length > 0 ? words.plural('kept', kept.length) : '');
    this.#list.replaceChildren(...kept.map((draft) => this.#row(draft)));
  }

  #row({ id: draftId, text, people }: KeptView): HTMLElement {
    const { words, messaging, model } = this.#page;
    const title = text === '' ? words.text('keptWithoutText') : text;
    const restoreLabel = words.text('keptRestore', title);
    const forgetLabel = words.text('keptForget', title);
    const act = (action: 'restore' | 'forget') => () => {
      model.flush();
      void messaging.request({ type: 'kept', action, draftId });
    };
    return h(
      'li',
      {},
      button(
        { class: 'link kept-restore', 'aria-label': restoreLabel },
        act('restore'),
        h('span', { class: 'kept-text', dir: 'auto' }, title),
        people > 0
          ? h('span', { class: 'kept-people' }, words.plural('people', people))
          : undefined,
      ),
      button(
        { class: 'kept-forget', title: forgetLabel, 'aria-label': forgetLabel },
        act('forget'),
        icon('close'),
      ),
    );
  }
}
