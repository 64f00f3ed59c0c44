import type { Person } from '../compose/protocol';
import { Chips } from './chips';
import { h, setAttribute, setText, show } from './dom';
import { face } from './face';
import type { Words } from './words';

/** The list under the name field, drawn for the ARIA combobox pattern: the focus stays in the field. */
export class Suggestions {
  readonly element: HTMLElement;
  readonly #list: HTMLElement;
  readonly #note = h('p', { class: 'suggestions-note' });
  readonly #input: HTMLInputElement;
  readonly #words: Words;
  readonly #choose: (person: Person) => void;
  #people: readonly Person[] = [];
  #active = -1;

  constructor(input: HTMLInputElement, words: Words, choose: (person: Person) => void) {
    this.#input = input;
    this.#words = words;
    this.#choose = choose;
    this.#list = h('ul', {
      role: 'listbox',
      id: 'suggestions',
      'aria-label': words.text('suggestions'),
    });
    this.element = h('div', { class: 'suggestions' }, this.#list, this.#note);
    // Choosing must not take the focus out of the field.
    this.element.addEventListener('mousedown', (event) => {
      event.preventDefault();
    });
    this.close();
  }

  get open(): boolean {
    return !this.element.hidden;
  }

  get active(): Person | undefined {
    return this.#people[this.#active];
  }

  /** `note` stands below the people, or alone: searching, nobody found. */
  show(people: readonly Person[], options: { me?: number | undefined; note?: string } = {}): void {
    this.#people = people;
    this.#list.replaceChildren(
      ...people.map((person, index) => this.#option(person, index, person.id === options.me)),
    );
    show(this.#list, people.length > 0);
    setText(this.#note, options.note ?? '');
    show(this.#note, options.note !== undefined);
    show(this.element, people.length > 0 || options.note !== undefined);
    setAttribute(this.#input, 'aria-expanded', people.length > 0 ? 'true' : 'false');
    this.#activate(people.length > 0 ? 0 : -1);
  }

  close(): void {
    this.show([]);
  }

  /** Moves the choice, round the ends. */
  move(step: number): void {
    const count = this.#people.length;
    if (count > 0) {
      this.#activate((this.#active + step + count) % count);
    }
  }

  #option(person: Person, index: number, isMe: boolean): HTMLElement {
    const name = Chips.nameOf(person, this.#words);
    const option = h(
      'li',
      { role: 'option', id: `suggestion-${index}`, 'aria-selected': 'false' },
      face(person),
      h(
        'span',
        { class: 'suggestion-text' },
        h('span', { class: 'suggestion-name' }, isMe ? this.#words.text('me', name) : name),
        person.position ? h('span', { class: 'suggestion-position' }, person.position) : undefined,
      ),
    );
    option.addEventListener('click', () => {
      this.#choose(person);
    });
    return option;
  }

  #activate(index: number): void {
    this.#active = index;
    const options = this.#list.children;
    for (const [at, option] of [...options].entries()) {
      setAttribute(option, 'aria-selected', at === index ? 'true' : 'false');
    }
    options[index]?.scrollIntoView({ block: 'nearest' });
    setAttribute(
      this.#input,
      'aria-activedescendant',
      index < 0 ? undefined : `suggestion-${index}`,
    );
  }
}
