import type { DepartmentView, GroupView, Person } from '../form/protocol';
import { Chips } from './chips';
import { h, icon, setAttribute, setText, show } from './dom';
import { face } from './face';
import type { Words } from './words';

/** What can be chosen from the list. */
export type Suggestion =
  | { kind: 'person'; person: Person }
  | { kind: 'department'; department: DepartmentView }
  | { kind: 'group'; group: GroupView };

/** The list under the name field, drawn for the ARIA combobox pattern: the focus stays in the field. */
export class Suggestions {
  readonly element: HTMLElement;
  readonly #list: HTMLElement;
  readonly #note = h('p', { class: 'suggestions-note' });
  readonly #input: HTMLInputElement;
  readonly #words: Words;
  readonly #choose: (suggestion: Suggestion) => void;
  #suggestions: readonly Suggestion[] = [];
  #active = -1;

  constructor(input: HTMLInputElement, words: Words, choose: (suggestion: Suggestion) => void) {
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

  get active(): Suggestion | undefined {
    return this.#suggestions[this.#active];
  }

  /** `note` stands below the list, or alone: searching, nobody found. `stay`: on the active line, where it is left. */
  show(
    suggestions: readonly Suggestion[],
    options: { me?: number | undefined; note?: string; stay?: boolean } = {},
  ): void {
    const before = options.stay && this.active ? keyOf(this.active) : undefined;
    this.#suggestions = suggestions;
    this.#list.replaceChildren(
      ...suggestions.map((suggestion, index) => this.#option(suggestion, index, options.me)),
    );
    const some = suggestions.length > 0;
    show(this.#list, some);
    setText(this.#note, options.note ?? '');
    show(this.#note, options.note !== undefined);
    show(this.element, some || options.note !== undefined);
    setAttribute(this.#input, 'aria-expanded', some ? 'true' : 'false');
    const left = suggestions.findIndex((one) => keyOf(one) === before);
    this.#activate(some ? Math.max(0, left) : -1);
  }

  close(): void {
    this.show([]);
  }

  /** Moves the choice, round the ends. */
  move(step: number): void {
    const count = this.#suggestions.length;
    if (count > 0) {
      this.#activate((this.#active + step + count) % count);
    }
  }

  #option(suggestion: Suggestion, index: number, me: number | undefined): HTMLElement {
    const { picture, name, detail } = this.#drawn(suggestion, me);
    const option = h(
      'li',
      { role: 'option', id: `suggestion-${index}`, 'aria-selected': 'false' },
      picture,
      h(
        'span',
        { class: 'suggestion-text' },
        h('span', { class: 'suggestion-name' }, name),
        detail ? h('span', { class: 'suggestion-position' }, detail) : undefined,
      ),
    );
    option.addEventListener('click', () => {
      this.#choose(suggestion);
    });
    return option;
  }

  #drawn(
    suggestion: Suggestion,
    me: number | undefined,
  ): { picture: Element; name: string; detail: string | undefined } {
    const words = this.#words;
    switch (suggestion.kind) {
      case 'person': {
        const { person } = suggestion;
        const name = Chips.nameOf(person, words);
        return {
          picture: face(person),
          name: person.id === me ? words.text('me', name) : name,
          detail: person.position,
        };
      }
      case 'department': {
        const { department } = suggestion;
        const { counts, path, head } = department;
        const count = counts?.[department.reach];
        const details = [
          count === undefined ? words.text('department') : words.plural('departmentOf', count),
          path,
          head && words.text('headOf', head),
        ];
        return {
          picture: icon('group', 'suggestion-icon'),
          name: Chips.nameOfDepartment(department, words),
          detail: details.filter(Boolean).join(' · '),
        };
      }
      case 'group': {
        const { name, people, departments } = suggestion.group;
        const details = [
          words.text('savedGroup'),
          people.length > 0 && words.plural('people', people.length),
          departments.length > 0 && words.plural('departments', departments.length),
        ];
        return {
          picture: icon('people', 'suggestion-icon'),
          name,
          detail: details.filter(Boolean).join(' · '),
        };
      }
    }
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

function keyOf(suggestion: Suggestion): string {
  switch (suggestion.kind) {
    case 'person':
      return `person ${suggestion.person.id}`;
    case 'department':
      return `department ${suggestion.department.id}`;
    case 'group':
      return `group ${suggestion.group.name}`;
  }
}
