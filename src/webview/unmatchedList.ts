import type { FormStringKey } from '../form/formStrings';
import type { UnmatchedView } from '../form/protocol';
import { departmentChoice, personChoice } from './audience';
import type { Audience, Choice } from './audience';
import { button, h, icon, setText, show } from './dom';
import type { Words } from './words';

/** At most this many entries are drawn; more are told as a number, and their text is still in the input. */
const drawnAtMost = 20;

const reasons = {
  unknown: 'whyUnknown',
  ambiguous: 'whyAmbiguous',
  noScope: 'whyNoScope',
  inactive: 'whyInactive',
  unknownId: 'whyUnknownId',
  portal: 'whyPortal',
  spelling: 'whySpelling',
  address: 'whyAddress',
  number: 'whyNumber',
  mismatch: 'whyMismatch',
} as const satisfies Record<UnmatchedView['why'], FormStringKey>;

export interface UnmatchedListDeps {
  words: Words;
  choose(entry: UnmatchedView, chosen: Audience): void;
  remove(entry: UnmatchedView): void;
  removeAll(): void;
}

/** The entries of a pasted list that mean nobody for certain, each with the reason and with whom it may mean. */
export class UnmatchedList {
  readonly element: HTMLElement;
  readonly #deps: UnmatchedListDeps;
  readonly #title = h('p', { class: 'unmatched-title', id: 'unmatched' });
  readonly #list = h('ul', { 'aria-labelledby': 'unmatched' });
  readonly #more = h('p');
  readonly #clearAll: HTMLButtonElement;
  #entries: readonly UnmatchedView[] = [];
  #isReadOnly = false;

  constructor(deps: UnmatchedListDeps) {
    this.#deps = deps;
    const { words } = deps;
    this.#clearAll = button({ class: 'link' }, () => deps.removeAll(), words.text('clearAll'));
    const head = h('div', { class: 'unmatched-head' }, this.#title, this.#clearAll);
    this.element = h('div', { class: 'unmatched' }, head, this.#list, this.#more);
    show(this.element, false);
  }

  render(entries: readonly UnmatchedView[], isReadOnly: boolean): void {
    if (entries === this.#entries && isReadOnly === this.#isReadOnly) {
      return;
    }
    const hadFocus = this.element.contains(document.activeElement);
    const { words } = this.#deps;
    this.#entries = entries;
    this.#isReadOnly = isReadOnly;
    show(this.element, entries.length > 0);
    show(this.#clearAll, entries.length > 1);
    this.#clearAll.disabled = isReadOnly;
    setText(this.#title, words.plural('unmatched', entries.length));
    this.#list.replaceChildren(...entries.slice(0, drawnAtMost).map((entry) => this.#entry(entry)));
    const more = entries.length - drawnAtMost;
    show(this.#more, more > 0);
    setText(this.#more, more > 0 ? words.plural('morePeople', more) : '');
    if (hadFocus) {
      this.#list.querySelector('button')?.focus();
    }
  }

  #entry(entry: UnmatchedView): HTMLElement {
    const { words } = this.#deps;
    const { text, why, candidates, departments } = entry;
    return h(
      'li',
      {},
      h(
        'div',
        { class: 'unmatched-entry' },
        icon('warning'),
        h(
          'span',
          { class: 'unmatched-said' },
          h('strong', {}, text),
          ' ',
          words.text(reasons[why]),
        ),
        button(
          {
            class: 'chip-remove',
            disabled: this.#isReadOnly,
            'aria-label': words.text('removePerson', text),
          },
          () => this.#deps.remove(entry),
          icon('close'),
        ),
      ),
      candidates.length + departments.length > 0
        ? h(
            'div',
            {
              class: 'unmatched-candidates',
              role: 'group',
              'aria-label': words.text('whoIs', text),
            },
            ...candidates.map((one) => this.#candidate(entry, personChoice(one, words))),
            ...departments.map((one) => this.#candidate(entry, departmentChoice(one, words))),
          )
        : undefined,
    );
  }

  #candidate(entry: UnmatchedView, { name, details, picture, audience }: Choice): HTMLElement {
    return button(
      { class: 'candidate', disabled: this.#isReadOnly },
      () => this.#deps.choose(entry, audience),
      picture(),
      h('span', { class: 'chip-name' }, [name, ...details].filter(Boolean).join(' · ')),
    );
  }
}
