import type { DepartmentView, HintView, Person } from '../form/protocol';
import { h, icon, setAttribute } from './dom';
import { face } from './face';
import type { Words } from './words';

/** More chips than this would push the text out of sight: they scroll in a box of their own. */
const inSightAtMost = 20;
/** The rest is behind a button. */
const drawnAtFirst = 60;
/** How many that button brings each time: thousands at once would make the page slow. */
const drawnMore = 500;

export interface ChipsDeps {
  words: Words;
  removePerson(person: Person): void;
  removeDepartment(department: DepartmentView): void;
  /** Between all of a department and its direct members. */
  switchReach(department: DepartmentView): void;
  /** The keyboard leaves the chips towards the input. */
  leave(): void;
}

export interface Chosen {
  people: readonly Person[];
  departments: readonly DepartmentView[];
  hints: ReadonlyMap<number, HintView>;
  readOnly: boolean;
}

interface Drawn {
  element: HTMLElement;
  /** Of what it shows. */
  key: string;
  remove: () => void;
}

/** Who is already chosen, departments first. One button is in reach of the keyboard: arrows move, Delete removes. */
export class Chips {
  readonly element: HTMLElement;
  readonly #deps: ChipsDeps;
  readonly #more = h('li', { class: 'chips-more' });
  #chosen: Chosen = { people: [], departments: [], hints: new Map(), readOnly: false };
  #drawn = new Map<string, Drawn>();
  #atMost = drawnAtFirst;
  #hidden = -1;

  constructor(deps: ChipsDeps) {
    this.#deps = deps;
    this.element = h('ul', { class: 'chips', 'aria-label': deps.words.text('chosen') });
    this.element.addEventListener('keydown', (event) => {
      this.#keydown(event);
    });
  }

  render(chosen: Chosen): void {
    const { people, departments, hints, readOnly } = chosen;
    const before = this.#chosen;
    if (
      people === before.people &&
      departments === before.departments &&
      hints === before.hints &&
      readOnly === before.readOnly
    ) {
      return;
    }
    this.#chosen = chosen;
    if (people.length <= drawnAtFirst) {
      this.#atMost = drawnAtFirst;
    }
    this.#draw();
  }

  focusLast(): void {
    this.#focus(this.#buttons().length - 1);
  }

  /** How a person is called when only the id is known. */
  static nameOf(person: Pick<Person, 'id' | 'name'>, words: Words): string {
    return person.name ?? words.text('personId', String(person.id));
  }

  static nameOfDepartment({ id, name }: DepartmentView, words: Words): string {
    return name ?? words.text('departmentId', String(id));
  }

  #draw(): void {
    const { people, departments, hints, readOnly } = this.#chosen;
    const shown = people.slice(0, this.#atMost);
    const focused = this.#buttons().findIndex((button) => button === document.activeElement);
    const drawn = new Map<string, Drawn>();
    let at = this.element.firstChild;
    const put = (id: string, what: unknown, make: () => HTMLElement, remove: () => void): void => {
      const key = JSON.stringify([what, readOnly]);
      const old = this.#drawn.get(id);
      const element = old?.key === key ? old.element : make();
      drawn.set(id, { element, key, remove });
      // What stays is not touched: the keyboard may be in it.
      if (element === at) {
        at = at.nextSibling;
      } else {
        this.element.insertBefore(element, at);
      }
    };
    for (const department of departments) {
      const remove = (): void => this.#deps.removeDepartment(department);
      put(
        `department ${department.id}`,
        department,
        () => this.#departmentChip(department, remove),
        remove,
      );
    }
    for (const person of shown) {
      const hint = hints.get(person.id);
      const remove = (): void => this.#deps.removePerson(person);
      put(
        `person ${person.id}`,
        [person, hint],
        () => this.#personChip(person, hint, remove),
        remove,
      );
    }
    for (const rest of [...this.element.childNodes].slice(drawn.size)) {
      if (rest !== this.#more) {
        rest.remove();
      }
    }
    this.#drawn = drawn;
    this.#drawMore(people.length - shown.length);
    this.element.hidden = people.length + departments.length === 0;
    const isLong = shown.length + departments.length > inSightAtMost;
    setAttribute(this.element, 'data-long', isLong);
    setAttribute(this.element, 'tabindex', isLong ? 0 : undefined);
    if (focused >= 0 && !this.element.contains(document.activeElement)) {
      this.#focus(Math.min(focused, this.#buttons().length - 1));
    }
  }

  #drawMore(hidden: number): void {
    const isLong = this.#atMost > drawnAtFirst;
    if (hidden === 0 && !isLong) {
      this.#more.remove();
      this.#hidden = 0;
      return;
    }
    this.element.append(this.#more);
    const key = isLong ? -hidden - 1 : hidden;
    if (key === this.#hidden) {
      return;
    }
    this.#hidden = key;
    const { words } = this.#deps;
    const hadFocus = this.#more.contains(document.activeElement);
    const more = h('button', { type: 'button', class: 'link' }, words.plural('morePeople', hidden));
    more.addEventListener('click', () => {
      this.#atMost += drawnMore;
      const next = this.#chosen.people.length - hidden + this.#chosen.departments.length;
      this.#draw();
      this.#focusChip(next);
    });
    const fewer = h('button', { type: 'button', class: 'link' }, words.text('fewerPeople'));
    fewer.addEventListener('click', () => {
      this.#atMost = drawnAtFirst;
      this.#draw();
      this.#more.querySelector('button')?.focus();
    });
    this.#more.replaceChildren(...(hidden > 0 ? [more] : []), ...(isLong ? [fewer] : []));
    if (hadFocus) {
      this.#more.querySelector('button')?.focus();
    }
  }

  #personChip(person: Person, hint: HintView | undefined, remove: () => void): HTMLElement {
    const { words } = this.#deps;
    const name = Chips.nameOf(person, words);
    const said = person.trouble === undefined ? hint : undefined;
    const chip = h(
      'li',
      {
        class: 'chip',
        title: [name, person.position, `id ${person.id}`, said?.words].filter(Boolean).join('\n'),
      },
      face(person),
      h('span', { class: 'chip-name' }, name),
      person.trouble && icon('warning', 'chip-trouble'),
      said && icon(said.weight === 'not' ? 'warning' : 'info', 'chip-hint'),
      said && h('span', { class: 'sr-only' }, said.words),
      this.#removeButton(name, remove),
    );
    setAttribute(chip, 'data-trouble', person.trouble !== undefined);
    setAttribute(chip, 'data-hint', said?.weight);
    return chip;
  }

  #departmentChip(department: DepartmentView, remove: () => void): HTMLElement {
    const { words } = this.#deps;
    const { reach, counts, parent, path, head } = department;
    const name = Chips.nameOfDepartment(department, words);
    const isDirect = reach === 'direct';
    const count = counts?.[reach];
    const which = words.text(isDirect ? 'directOnly' : 'withSubdepartments');
    const chip = h(
      'li',
      {
        class: 'chip chip-department',
        title: [
          path ?? name,
          head && words.text('headOf', head),
          parent ? which : undefined,
          count === undefined ? undefined : words.plural('people', count),
        ]
          .filter(Boolean)
          .join('\n'),
      },
      icon('group'),
      h('span', { class: 'chip-name' }, name),
      count === undefined
        ? undefined
        : h(
            'span',
            { class: 'chip-count', 'aria-label': words.plural('people', count) },
            words.number(count),
          ),
    );
    if (parent) {
      const button = h(
        'button',
        {
          type: 'button',
          class: 'chip-reach',
          tabindex: -1,
          disabled: this.#chosen.readOnly,
          'aria-pressed': isDirect ? 'false' : 'true',
          'aria-label': words.text('subdepartmentsOf', name),
          title: words.text(isDirect ? 'switchToTree' : 'switchToDirect'),
        },
        icon(isDirect ? 'direct' : 'tree'),
        h('span', {}, words.text('subdepartments')),
      );
      button.addEventListener('click', () => {
        this.#deps.switchReach(department);
      });
      chip.append(button);
    }
    chip.append(this.#removeButton(name, remove));
    return chip;
  }

  #removeButton(name: string, remove: () => void): HTMLButtonElement {
    const button = h(
      'button',
      {
        type: 'button',
        class: 'chip-remove',
        tabindex: -1,
        // It keeps its place, so that nothing moves while a push is on its way.
        disabled: this.#chosen.readOnly,
        'aria-label': this.#deps.words.text('removePerson', name),
      },
      icon('close'),
    );
    button.addEventListener('click', remove);
    return button;
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
      const chip = buttons[at]?.closest('.chip');
      [...this.#drawn.values()].find(({ element }) => element === chip)?.remove();
    }
  }

  #buttons(): HTMLButtonElement[] {
    return [
      ...this.element.querySelectorAll<HTMLButtonElement>(
        '.chip-reach:enabled, .chip-remove:enabled',
      ),
    ];
  }

  #focusChip(index: number): void {
    this.element.children[index]?.querySelector('button')?.focus();
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
