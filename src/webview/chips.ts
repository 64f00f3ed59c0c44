import { limits } from '../form/protocol';
import type { DepartmentView, HintView, Person } from '../form/protocol';
import { departmentName, face, notYetChosen, personName } from './audience';
import type { Audience } from './audience';
import { button, h, icon, setAttribute } from './dom';
import type { Page, Part } from './page';

/** More chips than this would push the text out of sight, so they scroll in a box of their own. */
const inSightAtMost = 20;
/** At most this many people are drawn at first; the others come by the button "and N more". */
const drawnAtFirst = 60;
/** The number that this button adds each time: thousands of chips at once would make the page slow. */
const drawnMore = 500;
/** At most this many new people are spoken by name; more are told as a number. */
const namesSpokenAtMost = 5;

interface Chip {
  id: string;
  /** Everything that the chip shows, as JSON: the chip is built again only when this changes. */
  key: string;
  build: () => HTMLElement;
  remove: () => void;
}
type DrawnChip = Chip & { element: HTMLElement };

/**
 * The chosen departments and people as chips, departments first, and the changes to that choice. Tab reaches none of
 * the buttons in the chips; the left arrow in the field does: then arrows move the focus, and Delete removes a chip.
 */
export class Chips implements Part {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #focusInput: () => void;
  readonly #more = h('li', { class: 'chips-more' });
  #people: readonly Person[] = [];
  #departments: readonly DepartmentView[] = [];
  #hints: ReadonlyMap<number, HintView> = new Map();
  #isReadOnly = false;
  #drawn = new Map<string, DrawnChip>();
  #atMost = drawnAtFirst;
  #moreKey = '';

  constructor(page: Page, focusInput: () => void) {
    this.#page = page;
    this.#focusInput = focusInput;
    this.element = h('ul', { class: 'chips', 'aria-label': page.words.text('chosen') });
    this.element.addEventListener('keydown', (event) => {
      this.#keydown(event);
    });
  }

  render(): void {
    const { written, hints, isReadOnly } = this.#page.model;
    const { recipients: people, departments } = written;
    if (
      people === this.#people &&
      departments === this.#departments &&
      hints === this.#hints &&
      isReadOnly === this.#isReadOnly
    ) {
      return;
    }
    this.#people = people;
    this.#departments = departments;
    this.#hints = hints;
    this.#isReadOnly = isReadOnly;
    if (people.length <= drawnAtFirst) {
      this.#atMost = drawnAtFirst;
    }
    this.#draw();
  }

  focusLast(): void {
    this.#focusButton(this.#buttons().length - 1);
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

  /** Removes the person who was chosen last; without people, the last department. */
  removeLast(): void {
    const { recipients, departments } = this.#page.model.written;
    const [person, department] = [recipients.at(-1), departments.at(-1)];
    if (person) {
      this.#removePerson(person);
    } else if (department) {
      this.#removeDepartment(department);
    }
  }

  #removePerson(person: Person): void {
    const { recipients } = this.#page.model.written;
    this.#page.change({ recipients: recipients.filter(({ id }) => id !== person.id) });
    this.#afterRemoval(personName(person, this.#page.words));
  }

  #removeDepartment(department: DepartmentView): void {
    const { departments } = this.#page.model.written;
    this.#page.change({ departments: departments.filter(({ id }) => id !== department.id) });
    this.#afterRemoval(departmentName(department, this.#page.words));
  }

  #afterRemoval(name: string): void {
    this.#page.announcer.say(this.#page.words.text('removed', name));
    if (document.activeElement === document.body) {
      this.#focusInput();
    }
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
    const focused = this.#focusedIndex(this.#buttons());
    const shownPeople = this.#people.slice(0, this.#atMost);
    const drawn = new Map<string, DrawnChip>();
    let next = this.element.firstChild;
    for (const chip of [
      ...this.#departments.map((department) => this.#departmentChip(department)),
      ...shownPeople.map((person) => this.#personChip(person)),
    ]) {
      const old = this.#drawn.get(chip.id);
      const element = old?.key === chip.key ? old.element : chip.build();
      drawn.set(chip.id, { ...chip, element });
      // A chip that stays in its place is not touched, because the focus may be in it.
      if (element === next) {
        next = next.nextSibling;
      } else {
        this.element.insertBefore(element, next);
      }
    }
    for (const outdated of [...this.element.childNodes].slice(drawn.size)) {
      if (outdated !== this.#more) {
        outdated.remove();
      }
    }
    this.#drawn = drawn;
    this.#drawMore(this.#people.length - shownPeople.length);
    this.element.hidden = drawn.size === 0;
    const isLong = drawn.size > inSightAtMost;
    setAttribute(this.element, 'data-long', isLong);
    setAttribute(this.element, 'tabindex', isLong ? 0 : undefined);
    if (focused >= 0 && !this.element.contains(document.activeElement)) {
      this.#focusButton(Math.min(focused, this.#buttons().length - 1));
    }
  }

  /** Draws the buttons that show more people, or the first ones only. `hidden`: how many people are not drawn. */
  #drawMore(hidden: number): void {
    const isExpanded = this.#atMost > drawnAtFirst;
    const key = hidden > 0 || isExpanded ? `${hidden} ${isExpanded}` : '';
    if (key === '') {
      this.#more.remove();
      this.#moreKey = key;
      return;
    }
    this.element.append(this.#more);
    if (key === this.#moreKey) {
      return;
    }
    this.#moreKey = key;
    const { words } = this.#page;
    const hadFocus = this.#more.contains(document.activeElement);
    const showMore = (): void => {
      this.#atMost += drawnMore;
      const firstNew = this.#departments.length + this.#people.length - hidden;
      this.#draw();
      this.element.children[firstNew]?.querySelector('button')?.focus();
    };
    const showFewer = (): void => {
      this.#atMost = drawnAtFirst;
      this.#draw();
      this.#more.querySelector('button')?.focus();
    };
    this.#more.replaceChildren(
      ...(hidden > 0
        ? [button({ class: 'link' }, showMore, words.plural('morePeople', hidden))]
        : []),
      ...(isExpanded ? [button({ class: 'link' }, showFewer, words.text('fewerPeople'))] : []),
    );
    if (hadFocus) {
      this.#more.querySelector('button')?.focus();
    }
  }

  #personChip(person: Person): Chip {
    const hint = person.trouble === undefined ? this.#hints.get(person.id) : undefined;
    const remove = (): void => {
      this.#removePerson(person);
    };
    const name = personName(person, this.#page.words);
    const title = [name, person.position, `id ${person.id}`, hint?.words];
    const hasTrouble = person.trouble !== undefined;
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
        this.#removeButton(name, remove),
      );
    const key = JSON.stringify([person, hint, this.#isReadOnly]);
    return { id: `person ${person.id}`, key, build, remove };
  }

  #departmentChip(department: DepartmentView): Chip {
    const remove = (): void => {
      this.#removeDepartment(department);
    };
    const { words } = this.#page;
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
        this.#removeButton(name, remove),
      );
    const key = JSON.stringify([department, this.#isReadOnly]);
    return { id: `department ${department.id}`, key, build, remove };
  }

  #subdepartmentsButton(department: DepartmentView, name: string): HTMLButtonElement {
    const { words } = this.#page;
    const isDirect = department.reach === 'direct';
    return button(
      {
        class: 'chip-reach',
        tabindex: -1,
        disabled: this.#isReadOnly,
        'aria-pressed': isDirect ? 'false' : 'true',
        'aria-label': words.text('subdepartmentsOf', name),
        title: words.text(isDirect ? 'switchToTree' : 'switchToDirect'),
      },
      () => {
        this.#toggleSubdepartments(department);
      },
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
        disabled: this.#isReadOnly,
        'aria-label': this.#page.words.text('removePerson', name),
      },
      remove,
      icon('close'),
    );
  }

  #keydown(event: KeyboardEvent): void {
    const buttons = this.#buttons();
    const index = this.#focusedIndex(buttons);
    if (index < 0) {
      return;
    }
    const targets: Record<string, number> = {
      ArrowLeft: index - 1,
      ArrowRight: index + 1,
      Home: 0,
      End: buttons.length,
    };
    const target = targets[event.key];
    if (target !== undefined) {
      event.preventDefault();
      this.#focusButton(Math.max(0, target));
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      const chip = buttons[index]?.closest('.chip');
      [...this.#drawn.values()].find(({ element }) => element === chip)?.remove();
    }
  }

  #buttons(): HTMLButtonElement[] {
    const selector = '.chip-reach:enabled, .chip-remove:enabled';
    return [...this.element.querySelectorAll<HTMLButtonElement>(selector)];
  }

  #focusedIndex(buttons: readonly HTMLButtonElement[]): number {
    return buttons.findIndex((one) => one === document.activeElement);
  }

  /** Focuses that button; behind the last one, the input. */
  #focusButton(index: number): void {
    const target = this.#buttons()[index];
    if (target) {
      target.focus();
    } else {
      this.#focusInput();
    }
  }
}
