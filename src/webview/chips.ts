import { limits } from '../form/protocol';
import type { DepartmentView, Person } from '../form/protocol';
import { departmentName, face, notYetChosen, personName } from './audience';
import type { Audience } from './audience';
import { ArrowKeys } from './arrowKeys';
import { ChosenList } from './chosenList';
import { button, h, icon, setAttribute } from './dom';
import type { Page, Part } from './page';

/** More people than this stand in one chip, which opens a list of them. */
const peopleInChipsAtMost = 40;
/** More chips than this would push the text out of sight, so they scroll in a box of their own. */
const inSightAtMost = 20;
/** At most this many new people are spoken by name; more are told as a number. */
const namesSpokenAtMost = 5;

/** `key` is everything that the chip shows: it is built again only when that changes. */
interface Chip {
  key: string;
  build: () => HTMLElement;
}

export interface ChipsDeps {
  focusInput: () => void;
  /** Removes many with one press, and offers to bring them back. */
  removeAtOnce: (what: string, remove: () => void) => void;
}

/**
 * The chosen departments and people as chips, departments first, and the changes to that choice. Tab reaches none of
 * the buttons in the chips; the left arrow in the field does: then arrows move the focus, and Delete removes a chip.
 */
export class Chips implements Part {
  readonly element: HTMLElement;
  /** The people of the one chip that stands for many, as a list below the field. */
  readonly list: ChosenList;
  readonly #page: Page;
  readonly #deps: ChipsDeps;
  readonly #arrows: ArrowKeys;
  /** The parts of the model that were drawn last. */
  #drawnFrom: readonly unknown[] = [];
  #chips = new Map<string, HTMLElement>();

  constructor(page: Page, deps: ChipsDeps) {
    this.#page = page;
    this.#deps = deps;
    this.element = h('ul', { class: 'chips', 'aria-label': page.words.text('chosen') });
    this.#arrows = new ArrowKeys(this.element, '.chip', deps.focusInput);
    this.list = new ChosenList(page, {
      remove: (person) => this.#removePerson(person),
      close: () => {
        this.#draw();
        this.element.querySelector<HTMLElement>('.chip-open')?.focus();
      },
    });
  }

  render(): void {
    const { written, hints, isReadOnly } = this.#page.model;
    const drawnFrom = [written.recipients, written.departments, hints, isReadOnly];
    if (drawnFrom.some((part, at) => part !== this.#drawnFrom[at])) {
      this.#drawnFrom = drawnFrom;
      this.#draw();
      this.list.render();
    }
  }

  focusLast(): void {
    this.#arrows.focusLast();
  }

  /** Adds those who are not chosen yet, and announces them. */
  add({ people = [], departments = [] }: Audience): void {
    const { words, model, announcer } = this.#page;
    const { recipients: chosenPeople, departments: chosenDepartments } = model.written;
    const newPeople = notYetChosen(people, chosenPeople);
    const newDepartments = notYetChosen(departments, chosenDepartments);
    if (newPeople.length + newDepartments.length === 0) {
      return;
    }
    this.#page.change({
      recipients: [...chosenPeople, ...newPeople].slice(0, limits.recipients),
      departments: [...chosenDepartments, ...newDepartments].slice(0, limits.departments),
    });
    const names = [
      ...newDepartments.map((department) => departmentName(department, words)),
      ...(newPeople.length > namesSpokenAtMost
        ? [words.plural('people', newPeople.length)]
        : newPeople.map((person) => personName(person, words))),
    ];
    announcer.say(words.text('added', names.join(', ')));
  }

  /** Removes the chip of whoever was chosen last; the chip of many people gets the focus first. */
  removeLast(): void {
    const { recipients, departments } = this.#page.model.written;
    const [person, department] = [recipients.at(-1), departments.at(-1)];
    if (recipients.length > peopleInChipsAtMost) {
      this.focusLast();
    } else if (person) {
      this.#removePerson(person);
    } else if (department) {
      this.#removeDepartment(department);
    }
  }

  #removePerson(person: Person): void {
    const { recipients } = this.#page.model.written;
    this.#page.change({ recipients: recipients.filter(({ id }) => id !== person.id) });
    this.#saysRemoved(personName(person, this.#page.words));
  }

  #removeDepartment(department: DepartmentView): void {
    const { departments } = this.#page.model.written;
    this.#page.change({ departments: departments.filter(({ id }) => id !== department.id) });
    this.#saysRemoved(departmentName(department, this.#page.words));
  }

  #saysRemoved(name: string): void {
    this.#page.announcer.say(this.#page.words.text('removed', name));
  }

  /** Switches between the department with its sub-departments and without them. */
  #toggleSubdepartments(department: DepartmentView): void {
    const { model, words, announcer } = this.#page;
    const reach = department.reach === 'tree' ? 'direct' : 'tree';
    this.#page.change({
      departments: model.written.departments.map((one) =>
        one.id === department.id ? { ...one, reach } : one,
      ),
    });
    const which = words.text(reach === 'tree' ? 'withSubdepartments' : 'directOnly');
    announcer.say(words.text('reachNow', departmentName(department, words), which));
  }

  #draw(): void {
    const { recipients, departments } = this.#page.model.written;
    const isMany = recipients.length > peopleInChipsAtMost;
    const chips = [
      ...departments.map((department) => this.#departmentChip(department)),
      ...(isMany
        ? [this.#manyChip(recipients.length)]
        : recipients.map((person) => this.#personChip(person))),
    ];
    const before = this.#chips;
    this.#chips = new Map(chips.map(({ key, build }) => [key, before.get(key) ?? build()]));
    this.#arrows.keepFocus(() => this.element.replaceChildren(...this.#chips.values()));
    this.element.hidden = chips.length === 0;
    const isLong = chips.length > inSightAtMost;
    setAttribute(this.element, 'data-long', isLong);
    setAttribute(this.element, 'tabindex', isLong ? 0 : undefined);
    if (!isMany) {
      this.list.isOpen = false;
    }
  }

  /** One chip for many people: a button that opens their list. */
  #manyChip(count: number): Chip {
    const { words, model } = this.#page;
    const label = words.plural('people', count);
    const isOpen = this.list.isOpen;
    const toggle = (): void => {
      this.list.isOpen = !isOpen;
      this.#draw();
      this.list.render();
    };
    const build = (): HTMLElement =>
      h(
        'li',
        { class: 'chip chip-many' },
        button(
          {
            class: 'chip-open',
            tabindex: -1,
            title: words.text('showChosen'),
            'aria-expanded': isOpen ? 'true' : 'false',
            'aria-controls': 'chosen-list',
          },
          toggle,
          icon('people'),
          h('span', { class: 'chip-name' }, label),
          icon('chevron'),
        ),
        this.#removeButton(label, () =>
          this.#deps.removeAtOnce(label, () => this.#page.change({ recipients: [] })),
        ),
      );
    return { key: JSON.stringify([count, isOpen, model.isReadOnly]), build };
  }

  #personChip(person: Person): Chip {
    const { model, words } = this.#page;
    const hasTrouble = person.trouble !== undefined;
    const hint = hasTrouble ? undefined : model.hints.get(person.id);
    const name = personName(person, words);
    const title = [name, person.position, `id ${person.id}`, hint?.words];
    const build = (): HTMLElement =>
      h(
        'li',
        {
          class: 'chip',
          title: title.filter(Boolean).join('\n'),
          'data-trouble': hasTrouble,
          'data-hint': hint?.weight,
        },
        face(person),
        h('span', { class: 'chip-name' }, name),
        hasTrouble ? icon('warning', 'chip-trouble') : undefined,
        hint && icon(hint.weight === 'not' ? 'warning' : 'info', 'chip-hint'),
        hint && h('span', { class: 'sr-only' }, hint.words),
        this.#removeButton(name, () => this.#removePerson(person)),
      );
    return { key: JSON.stringify([person, hint, model.isReadOnly]), build };
  }

  #departmentChip(department: DepartmentView): Chip {
    const { model, words } = this.#page;
    const { reach, counts, parent, path, head } = department;
    const name = departmentName(department, words);
    const count = counts?.[reach];
    const countText = count === undefined ? undefined : words.plural('people', count);
    const title = [
      path ?? name,
      head && words.text('headOf', head),
      parent && words.text(reach === 'direct' ? 'directOnly' : 'withSubdepartments'),
      countText,
    ];
    const build = (): HTMLElement =>
      h(
        'li',
        { class: 'chip chip-department', title: title.filter(Boolean).join('\n') },
        icon('group'),
        h('span', { class: 'chip-name' }, name),
        count === undefined
          ? undefined
          : h('span', { class: 'chip-count', 'aria-label': countText }, words.number(count)),
        parent ? this.#subdepartmentsButton(department, name) : undefined,
        this.#removeButton(name, () => this.#removeDepartment(department)),
      );
    return { key: JSON.stringify([department, model.isReadOnly]), build };
  }

  #subdepartmentsButton(department: DepartmentView, name: string): HTMLButtonElement {
    const { words, model } = this.#page;
    const isDirect = department.reach === 'direct';
    return button(
      {
        class: 'chip-reach',
        tabindex: -1,
        disabled: model.isReadOnly,
        'aria-pressed': isDirect ? 'false' : 'true',
        'aria-label': words.text('subdepartmentsOf', name),
        title: words.text(isDirect ? 'switchToTree' : 'switchToDirect'),
      },
      () => this.#toggleSubdepartments(department),
      icon(isDirect ? 'direct' : 'tree'),
      h('span', {}, words.text('subdepartments')),
    );
  }

  #removeButton(name: string, remove: () => void): HTMLButtonElement {
    return button(
      {
        class: 'chip-remove',
        tabindex: -1,
        // A disabled button keeps its place, so that nothing moves while a push is on its way.
        disabled: this.#page.model.isReadOnly,
        'aria-label': this.#page.words.text('removePerson', name),
      },
      remove,
      icon('close'),
    );
  }
}
