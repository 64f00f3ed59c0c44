import type { DepartmentView, Person, UnmatchedView } from '../form/protocol';
import { Chips } from './chips';
import { h, icon, setAttribute, setText, show } from './dom';
import { face } from './face';
import type { Words } from './words';

/** More are told as a number: the words themselves stay in the field. */
const drawnAtMost = 20;

export interface UnmatchedListDeps {
  words: Words;
  choose(
    entry: UnmatchedView,
    chosen: { people: readonly Person[] } | { departments: readonly DepartmentView[] },
  ): void;
  remove(entry: UnmatchedView): void;
}

/** What of a pasted list means nobody for certain: each with its reason and with whom it may mean. */
export class UnmatchedList {
  readonly element: HTMLElement;
  readonly #deps: UnmatchedListDeps;
  readonly #title = h('p', { class: 'unmatched-title', id: 'unmatched' });
  readonly #list = h('ul', { 'aria-labelledby': 'unmatched' });
  readonly #more = h('p');
  #entries: readonly UnmatchedView[] = [];
  #readOnly = false;

  constructor(deps: UnmatchedListDeps) {
    this.#deps = deps;
    this.element = h('div', { class: 'unmatched' }, this.#title, this.#list, this.#more);
    show(this.element, false);
  }

  get entries(): readonly UnmatchedView[] {
    return this.#entries;
  }

  render(entries: readonly UnmatchedView[], readOnly: boolean): void {
    if (entries === this.#entries && readOnly === this.#readOnly) {
      return;
    }
    const hadFocus = this.element.contains(document.activeElement);
    const { words } = this.#deps;
    this.#entries = entries;
    this.#readOnly = readOnly;
    show(this.element, entries.length > 0);
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
    const { text, candidates = [], departments = [] } = entry;
    const remove = h(
      'button',
      {
        type: 'button',
        class: 'chip-remove',
        disabled: this.#readOnly,
        'aria-label': words.text('removePerson', text),
      },
      icon('close'),
    );
    remove.addEventListener('click', () => {
      this.#deps.remove(entry);
    });
    return h(
      'li',
      {},
      h(
        'div',
        { class: 'unmatched-entry' },
        icon('warning'),
        h('span', { class: 'unmatched-said' }, h('strong', {}, text), ' ', this.#reason(entry)),
        remove,
      ),
      entry.why === 'ambiguous' && candidates.length + departments.length > 0
        ? h(
            'div',
            {
              class: 'unmatched-candidates',
              role: 'group',
              'aria-label': words.text('whoIs', text),
            },
            ...candidates.map((person) => this.#candidate(entry, person)),
            ...departments.map((department) => this.#departmentCandidate(entry, department)),
          )
        : undefined,
    );
  }

  #reason({ why }: UnmatchedView): string {
    const { words } = this.#deps;
    switch (why) {
      case 'unknown':
        return words.text('whyUnknown');
      case 'ambiguous':
        return words.text('whyAmbiguous');
      case 'noScope':
        return words.text('whyNoScope');
      case 'inactive':
        return words.text('whyInactive');
    }
  }

  #candidate(entry: UnmatchedView, person: Person): HTMLElement {
    const name = Chips.nameOf(person, this.#deps.words);
    return this.#button(face(person), [name, person.position], () => {
      this.#deps.choose(entry, { people: [person] });
    });
  }

  /** Departments of one name are told from each other by the way to them. */
  #departmentCandidate(entry: UnmatchedView, department: DepartmentView): HTMLElement {
    const { words } = this.#deps;
    const { path, counts, reach } = department;
    const count = counts?.[reach];
    const said = [
      path ?? Chips.nameOfDepartment(department, words),
      count === undefined ? undefined : words.plural('people', count),
    ];
    return this.#button(icon('group'), said, () => {
      this.#deps.choose(entry, { departments: [department] });
    });
  }

  #button(
    picture: Element,
    said: readonly (string | undefined)[],
    choose: () => void,
  ): HTMLElement {
    const button = h(
      'button',
      { type: 'button', class: 'candidate' },
      picture,
      h('span', { class: 'chip-name' }, said.filter(Boolean).join(' · ')),
    );
    setAttribute(button, 'disabled', this.#readOnly);
    button.addEventListener('click', choose);
    return button;
  }
}
