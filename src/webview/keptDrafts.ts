import type { KeptView } from '../form/protocol';
import { h, icon, setText } from './dom';
import type { Page, Part } from './page';

/** Texts that made room for another one. Closed until wanted. */
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

  #row(draft: KeptView): HTMLElement {
    const { words, messaging } = this.#page;
    const title = draft.text === '' ? words.text('keptWithoutText') : draft.text;
    const act = (action: 'restore' | 'forget') => () => {
      this.#page.model.flush();
      void messaging.request({ type: 'kept', action, key: draft.key });
    };
    const restore = h(
      'button',
      {
        type: 'button',
        class: 'link kept-restore',
        'aria-label': words.text('keptRestore', title),
      },
      h('span', { class: 'kept-text', dir: 'auto' }, title),
      draft.people > 0
        ? h('span', { class: 'kept-people' }, words.plural('people', draft.people))
        : undefined,
    );
    restore.addEventListener('click', act('restore'));
    const forget = h(
      'button',
      {
        type: 'button',
        class: 'kept-forget',
        title: words.text('keptForget', title),
        'aria-label': words.text('keptForget', title),
      },
      icon('close'),
    );
    forget.addEventListener('click', act('forget'));
    return h('li', {}, restore, forget);
  }
}
