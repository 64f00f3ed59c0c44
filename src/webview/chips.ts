import type { Person } from '../compose/protocol';
import { h, icon, setAttribute } from './dom';
import { face } from './face';
import type { Words } from './words';

/** More chips than this would push the text out of sight; the rest is behind one button. */
const drawnAtFirst = 40;
/** Chips beyond this number would make the page slow; these people are only counted. */
const drawnAtMost = 1_000;

export interface ChipsDeps {
  words: Words;
  remove(person: Person): void;
  /** The keyboard leaves the chips towards the input. */
  leave(): void;
}

/** The people already chosen. One of them is in reach of the keyboard: arrows move, Delete removes. */
export class Chips {
  readonly element: HTMLElement;
  readonly #deps: ChipsDeps;
  #people: readonly Person[] = [];
  #drawn = '';
  #all = false;

  constructor(deps: ChipsDeps) {
    this.#deps = deps;
    this.element = h('ul', { class: 'chips', 'aria-label': deps.words.text('chosen') });
    this.element.addEventListener('keydown', (event) => {
      this.#keydown(event);
    });
  }

  render(people: readonly Person[], readOnly: boolean): void {
    const shown = people.slice(0, this.#all ? drawnAtMost : drawnAtFirst);
    const key = JSON.stringify([shown, people.length, readOnly]);
    this.#people = people;
    if (key === this.#drawn) {
      return;
    }
    this.#drawn = key;
    const focused = this.#buttons().findIndex((button) => button === document.activeElement);
    this.element.replaceChildren(...shown.map((person) => this.#chip(person, readOnly)));
    const hidden = people.length - shown.length;
    if (hidden > 0 && this.#all) {
      this.element.append(
        h('li', { class: 'chips-more' }, this.#deps.words.plural('morePeople', hidden)),
      );
    } else if (hidden > 0) {
      const more = h(
        'button',
        { type: 'button', class: 'link' },
        this.#deps.words.plural('morePeople', hidden),
      );
      more.addEventListener('click', () => {
        this.#all = true;
        this.render(this.#people, readOnly);
        this.focusLast();
      });
      this.element.append(h('li', {}, more));
    }
    this.element.hidden = people.length === 0;
    if (focused >= 0) {
      this.#focus(Math.min(focused, this.#buttons().length - 1));
    }
  }

  focusLast(): void {
    this.#focus(this.#buttons().length - 1);
  }

  /** How a person is called when only the id is known. */
  static nameOf(person: Person, words: Words): string {
    return person.name ?? words.text('personId', String(person.id));
  }

  #chip(person: Person, readOnly: boolean): HTMLElement {
    const name = Chips.nameOf(person, this.#deps.words);
    const chip = h(
      'li',
      {
        class: 'chip',
        title: [name, person.position, `id ${person.id}`].filter(Boolean).join('\n'),
      },
      face(person),
      h('span', { class: 'chip-name' }, name),
      person.trouble && icon('warning', 'chip-trouble'),
    );
    setAttribute(chip, 'data-trouble', person.trouble !== undefined);
    const remove = h(
      'button',
      {
        type: 'button',
        class: 'chip-remove',
        tabindex: -1,
        // It keeps its place, so that nothing moves while a push is on its way.
        disabled: readOnly,
        'aria-label': this.#deps.words.text('removePerson', name),
      },
      icon('close'),
    );
    remove.addEventListener('click', () => {
      this.#deps.remove(person);
    });
    chip.append(remove);
    return chip;
  }

  #keydown(event: KeyboardEvent): void {
    const buttons = this.#buttons();
    const at = buttons.findIndex((button) => button === document.activeElement);
    if (at < 0) {
      return;
    }
    const towards = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: buttons.length }[
      event.key
    ];
    if (towards !== undefined) {
      event.preventDefault();
      this.#focus(Math.max(0, towards));
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      const person = this.#people[at];
      if (person) {
        this.#deps.remove(person);
      }
    }
  }

  #buttons(): HTMLButtonElement[] {
    return [...this.element.querySelectorAll<HTMLButtonElement>('.chip-remove:enabled')];
  }

  #focus(index: number): void {
    const button = this.#buttons()[index];
    if (button) {
      button.focus();
    } else {
      this.#deps.leave();
    }
  }
}
