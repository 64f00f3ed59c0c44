import type { Person } from '../form/protocol';
import { ArrowKeys } from './arrowKeys';
import { face, personName, troubleOf } from './audience';
import { button, h, icon, setText, show } from './dom';
import type { Page, Part } from './page';

/** At most this many people are drawn; the others are found by the filter. */
const drawnAtMost = 100;

export interface ChosenListDeps {
  remove(person: Person): void;
  /** The list was closed by its user. */
  close(): void;
}

/** All people who were chosen, with a filter by name: what the chip of many people opens. */
export class ChosenList implements Part {
  readonly element: HTMLElement;
  isOpen = false;
  readonly #page: Page;
  readonly #deps: ChosenListDeps;
  readonly #filter: HTMLInputElement;
  readonly #list: HTMLElement;
  readonly #more = h('p', { class: 'chosen-more' });
  readonly #arrows: ArrowKeys;

  constructor(page: Page, deps: ChosenListDeps) {
    this.#page = page;
    this.#deps = deps;
    const { words } = page;
    const label = words.text('filterChosen');
    this.#filter = h('input', {
      ...{ type: 'search', class: 'control', 'aria-label': label, placeholder: label },
      ...{ autocomplete: 'off', spellcheck: 'false' },
    });
    this.#list = h('ul', { 'aria-label': words.text('chosen') });
    this.element = h(
      'div',
      { class: 'chosen', id: 'chosen-list', role: 'group', 'aria-label': words.text('chosen') },
      this.#filter,
      this.#list,
      this.#more,
    );
    this.#arrows = new ArrowKeys(this.#list, 'li', () => this.#filter.focus());
    this.#filter.addEventListener('input', () => this.render());
    this.#filter.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowDown') {
        event.preventDefault();
        this.#list.querySelector('button')?.focus();
      }
    });
    this.element.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') {
        event.preventDefault();
        event.stopPropagation();
        this.isOpen = false;
        this.render();
        deps.close();
      }
    });
    show(this.element, false);
  }

  render(): void {
    const wasOpen = !this.element.hidden;
    show(this.element, this.isOpen);
    if (!this.isOpen) {
      this.#filter.value = '';
      this.#list.replaceChildren();
      return;
    }
    const { model, words } = this.#page;
    const wanted = this.#filter.value.trim().toLocaleLowerCase();
    const found = model.written.recipients.filter((person) =>
      `${personName(person, words)} ${person.position ?? ''}`.toLocaleLowerCase().includes(wanted),
    );
    // People who would get nothing come first, because the user looks for them.
    const inTrouble = found.filter(({ trouble }) => trouble !== undefined);
    const sorted = [...inTrouble, ...found.filter(({ trouble }) => trouble === undefined)];
    const rows = sorted.slice(0, drawnAtMost).map((person) => this.#row(person));
    this.#arrows.keepFocus(() => this.#list.replaceChildren(...rows));
    const more = found.length - rows.length;
    show(this.#more, more > 0 || found.length === 0);
    setText(
      this.#more,
      more > 0
        ? words.plural('moreChosen', more)
        : words.text('nobodyFound', this.#filter.value.trim()),
    );
    if (!wasOpen) {
      this.#filter.focus();
    }
  }

  #row(person: Person): HTMLElement {
    const { words, model } = this.#page;
    const name = personName(person, words);
    const trouble = troubleOf(person, words);
    return h(
      'li',
      { title: [name, person.position, `id ${person.id}`, trouble].filter(Boolean).join('\n') },
      face(person),
      h('span', { class: 'chip-name' }, name),
      h('span', { class: 'chosen-position' }, person.position),
      ...(trouble === undefined
        ? []
        : [icon('warning', 'chip-trouble'), h('span', { class: 'sr-only' }, trouble)]),
      button(
        {
          class: 'chip-remove',
          tabindex: -1,
          disabled: model.isReadOnly,
          'aria-label': words.text('removePerson', name),
        },
        () => this.#deps.remove(person),
        icon('close'),
      ),
    );
  }
}
