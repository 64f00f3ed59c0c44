import { limits } from '../form/protocol';
import type { DepartmentView, Person, ReplyValue, UnmatchedView } from '../form/protocol';
import { countWords } from './audienceWords';
import { Chips } from './chips';
import { DeliveryLine } from './deliveryLine';
import { h, setAttribute, setText, show } from './dom';
import { FieldError } from './fieldError';
import type { ShownIssues } from './issues';
import { NameHint } from './nameHint';
import type { Page, Part } from './page';
import { Suggestions } from './suggestions';
import type { Suggestion } from './suggestions';
import { inOneLine, looksLikeList, pieceAt, typedIds, withoutPiece } from './typedIds';
import { UnmatchedList } from './unmatchedList';

const searchDelayMs = 200;
/** More are told as a number. */
const namesSpokenAtMost = 5;

interface Added {
  people?: readonly Person[];
  departments?: readonly DepartmentView[];
}

/** To whom: chips, and a field that finds people, departments and groups by name, and takes ids and whole lists. */
export class RecipientsField implements Part {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #issues: ShownIssues;
  readonly #input: HTMLInputElement;
  readonly #count = h('span', { class: 'field-aside', id: 'to-count' });
  readonly #saveGroup: HTMLButtonElement;
  readonly #chips: Chips;
  readonly #suggestions: Suggestions;
  readonly #unmatched: UnmatchedList;
  readonly #error: FieldError;
  readonly #hint: NameHint;
  readonly #delivery: DeliveryLine;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Only the newest search, or match of a list, may draw. */
  #search = 0;
  /** What the host takes apart now. */
  #matching = false;
  #open: readonly UnmatchedView[] = [];
  /** What was pasted stands in the field in one line. */
  #pasted: { shown: string; text: string } | undefined;

  constructor(page: Page, issues: ShownIssues) {
    this.#page = page;
    this.#issues = issues;
    const { words, messaging } = page;
    this.#input = h('input', {
      id: 'to',
      type: 'text',
      role: 'combobox',
      'aria-autocomplete': 'list',
      'aria-controls': 'suggestions',
      'aria-expanded': 'false',
      autocomplete: 'off',
      spellcheck: 'false',
      maxlength: limits.list,
      placeholder: words.text('toPlaceholder'),
    });
    this.#chips = new Chips({
      words,
      removePerson: (person) => {
        this.#remove(person);
      },
      removeDepartment: (department) => {
        this.#removeDepartment(department);
      },
      switchReach: (department) => {
        this.#switchReach(department);
      },
      leave: () => {
        this.#input.focus();
      },
    });
    this.#suggestions = new Suggestions(this.#input, words, (suggestion) => {
      this.#choose(suggestion);
    });
    this.#unmatched = new UnmatchedList({
      words,
      choose: (entry, chosen) => {
        this.#settleEntry(entry);
        this.#add(chosen);
        page.render();
      },
      remove: (entry) => {
        this.#settleEntry(entry);
        page.announcer.say(words.text('removed', entry.text));
        page.render();
      },
    });
    this.#hint = new NameHint(page);
    this.#delivery = new DeliveryLine(page);
    this.#saveGroup = h('button', { type: 'button', class: 'link' }, words.text('saveAsGroup'));
    this.#saveGroup.addEventListener('click', () => {
      page.model.flush();
      void messaging.request({ type: 'command', command: 'saveGroup' });
    });
    this.#error = new FieldError(this.#input, ['to-count', 'to-help']);
    const box = h('div', { class: 'control recipients' }, this.#chips.element, this.#input);
    box.addEventListener('mousedown', (event) => {
      if (event.target === box || event.target === this.#chips.element) {
        event.preventDefault();
        this.#input.focus();
      }
    });
    this.element = h(
      'div',
      { class: 'field field-to' },
      h(
        'div',
        { class: 'field-head' },
        h('label', { for: 'to' }, words.text('to')),
        h('span', { class: 'field-asides' }, this.#saveGroup, this.#count),
      ),
      h('div', { class: 'combobox' }, box, this.#suggestions.element),
      h('p', { class: 'sr-only', id: 'to-help' }, words.text('toHelp')),
      this.#error.element,
      this.#unmatched.element,
      this.#delivery.element,
      this.#hint.element,
    );
    this.#listen();
  }

  render(): void {
    const { model, words } = this.#page;
    const { recipients: people, departments } = model.written;
    const readOnly = model.state?.phase.kind !== 'idle';
    this.#chips.render({ people, departments, hints: model.hints, readOnly });
    this.#input.readOnly = readOnly || this.#matching;
    setAttribute(this.#input, 'aria-busy', this.#matching ? 'true' : undefined);
    setText(this.#count, countWords(model, words));
    show(this.#saveGroup, people.length > 1 || departments.length > 0);
    this.#saveGroup.disabled = readOnly;
    this.#delivery.render();
    const typed = this.#input.value;
    const open = this.#open.filter(({ text }) => typed.includes(inOneLine(text)));
    this.#open = open.length === this.#open.length ? this.#open : open;
    this.#unmatched.render(this.#open, readOnly);
    const key = this.#issues.of('recipients', model.issues);
    const sentence = this.#open.length > 0 ? 'issueUnmatched' : 'issueUnresolved';
    this.#error.set(
      this.unresolved ? words.text(sentence, pieceAt(typed, 0).piece) : key && words.text(key),
    );
  }

  focus(): void {
    this.#input.focus();
  }

  /** Whoever looks at the list sees those who can be found since, and stays on their line. */
  searchAgain(): void {
    if (this.#suggestions.open && !this.#matching) {
      clearTimeout(this.#timer);
      this.#search += 1;
      void this.#find(this.#piece, this.#search, true);
    }
  }

  /** Set once Send was tried with a name that is no person yet. */
  unresolved = false;

  /** Makes chips of typed ids; false when something else is left that is nobody yet. */
  settle(): boolean {
    this.#takeIds();
    this.unresolved = this.#input.value.trim() !== '';
    return !this.unresolved;
  }

  #listen(): void {
    const input = this.#input;
    input.addEventListener('input', () => {
      this.unresolved = false;
      // An id is complete when something that cannot be part of it follows.
      if (/\d[\s,;]$/u.test(input.value)) {
        this.#takeIds();
      }
      this.#searchSoon();
      this.#page.render();
    });
    input.addEventListener('paste', (event) => {
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (!input.readOnly && this.#paste(text)) {
        event.preventDefault();
      }
    });
    input.addEventListener('keydown', (event) => {
      this.#keydown(event);
    });
    input.addEventListener('click', () => {
      if (!this.#suggestions.open && !input.readOnly) {
        this.#searchSoon(0);
      }
    });
    input.addEventListener('blur', () => {
      if (!this.#matching) {
        this.#stopSearch();
        this.#suggestions.close();
        this.#takeIds();
      }
      this.#page.model.flush();
    });
  }

  #keydown(event: KeyboardEvent): void {
    const suggestions = this.#suggestions;
    const input = this.#input;
    const atStart = input.selectionStart === 0 && input.selectionEnd === 0;
    if (event.isComposing || event.ctrlKey || event.metaKey) {
      return;
    }
    if (event.key === 'Escape' && this.#matching) {
      event.preventDefault();
      event.stopPropagation();
      this.#stopMatching();
    } else if (event.key === 'Escape' && suggestions.open) {
      event.preventDefault();
      event.stopPropagation();
      this.#stopSearch();
      suggestions.close();
    } else if (event.key === 'ArrowLeft' && atStart) {
      this.#chips.focusLast();
    } else if (input.readOnly) {
      return;
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (suggestions.open) {
        suggestions.move(event.key === 'ArrowDown' ? 1 : -1);
      } else {
        this.#searchSoon(0);
      }
    } else if (event.key === 'Enter') {
      event.preventDefault();
      this.#enter();
    } else if (event.key === 'Backspace' && input.value === '') {
      const { recipients, departments } = this.#page.model.written;
      const [person, department] = [recipients.at(-1), departments.at(-1)];
      if (person) {
        this.#remove(person);
      } else if (department) {
        this.#removeDepartment(department);
      }
    }
  }

  #enter(): void {
    const { active } = this.#suggestions;
    if (this.#takeIds() && this.#input.value === '') {
      this.#stopSearch();
      this.#suggestions.close();
    } else if (active) {
      this.#choose(active);
    } else if (looksLikeList(this.#input.value)) {
      const { value } = this.#input;
      void this.#match(this.#pasted?.shown === value ? this.#pasted.text : value);
    }
  }

  #takeIds(): boolean {
    // Those that nobody has, or somebody dismissed, stay for correction.
    const held = new Set(this.#open.map(({ text }) => text));
    const { ids, rest } = typedIds(this.#input.value);
    const [wrong, right] = [true, false].map((is) =>
      ids.filter((id) => held.has(String(id)) === is),
    );
    if (!right || right.length === 0) {
      return false;
    }
    this.#input.value = [...(wrong ?? []), rest].filter((part) => part !== '').join(', ');
    this.#add({ people: right.map((id) => ({ id })) });
    return true;
  }

  /** Takes a pasted text over when it is more than a name. */
  #paste(text: string): boolean {
    const { ids, rest } = typedIds(text);
    const isIds = ids.length > 0 && rest === '';
    if (isIds) {
      this.#add({ people: ids.map((id) => ({ id })) });
      return true;
    }
    const { words, announcer } = this.#page;
    if (text.length > limits.list) {
      const tooLong = words.text('listTooLong');
      this.#suggestions.show([], { note: tooLong });
      announcer.say(tooLong);
      return true;
    }
    if (!looksLikeList(text)) {
      return false;
    }
    const input = this.#input;
    const [start, end] = [input.selectionStart ?? 0, input.selectionEnd ?? input.value.length];
    const around = [input.value.slice(0, start), input.value.slice(end)].map((side) => side.trim());
    const [before = '', after = ''] = around;
    const shown = inOneLine([before, text, after].join('\n'));
    const whole = [before, text, after].filter((side) => side !== '').join('\n');
    input.value = shown;
    this.#pasted = { shown, text: whole };
    void this.#match(whole);
    return true;
  }

  /** Chips for whom the list means; the rest stays in the field, and all of it when nobody could be asked. */
  async #match(text: string): Promise<void> {
    const { messaging, words } = this.#page;
    this.#stopSearch();
    const number = this.#search;
    this.#matching = true;
    this.unresolved = false;
    this.#suggestions.show([], { note: words.text('matching') });
    this.#page.announcer.say(words.text('matching'));
    this.#page.render();
    const result = await messaging.request({ type: 'match', text: text.slice(0, limits.list) });
    if (number !== this.#search) {
      return;
    }
    this.#matching = false;
    if (result.ok && result.value.kind === 'matched') {
      this.#suggestions.close();
      this.#take(result.value);
    } else {
      const failed = words.text('matchFailed');
      this.#suggestions.show([], { note: failed });
      this.#hint.set(result.ok ? undefined : result.problem);
      this.#page.announcer.say(failed);
    }
    this.#page.render();
  }

  #take(found: Extract<ReplyValue, { kind: 'matched' }>): void {
    const { unmatched, people, departments, hint } = found;
    this.#pasted = undefined;
    this.#open = unmatched;
    this.#input.value = unmatched.map(({ text }) => inOneLine(text)).join(', ');
    this.#hint.set(hint);
    this.#add({ people, departments });
    if (unmatched.length > 0) {
      this.#page.announcer.say(this.#page.words.plural('unmatched', unmatched.length));
    }
  }

  #stopMatching(): void {
    this.#stopSearch();
    this.#matching = false;
    this.#suggestions.close();
    this.#page.render();
  }

  /** That piece of a list is decided. */
  #settleEntry(entry: UnmatchedView): void {
    this.#open = this.#open.filter((one) => one !== entry);
    this.#input.value = inOneLine(this.#input.value.replace(inOneLine(entry.text), ''));
    this.unresolved = false;
  }

  #choose(suggestion: Suggestion): void {
    const input = this.#input;
    const { value } = input;
    input.value = withoutPiece(value, pieceAt(value, input.selectionStart ?? value.length));
    this.unresolved = false;
    this.#stopSearch();
    this.#suggestions.close();
    switch (suggestion.kind) {
      case 'person':
        this.#add({ people: [suggestion.person] });
        break;
      case 'department':
        this.#add({ departments: [suggestion.department] });
        break;
      case 'group':
        this.#add(suggestion.group);
        break;
    }
    input.focus();
    this.#page.render();
  }

  #add({ people = [], departments = [] }: Added): void {
    const { words, model, announcer } = this.#page;
    const before = model.written;
    const known = new Set(before.recipients.map(({ id }) => id));
    const newPeople = people.filter(({ id }) => !known.has(id) && known.add(id));
    const knownDepartments = new Set(before.departments.map(({ id }) => id));
    const newDepartments = departments.filter(
      ({ id }) => !knownDepartments.has(id) && knownDepartments.add(id),
    );
    if (newPeople.length + newDepartments.length === 0) {
      return;
    }
    this.#page.change({
      recipients: [...before.recipients, ...newPeople].slice(0, limits.recipients),
      departments: [...before.departments, ...newDepartments].slice(0, limits.departments),
    });
    const names = [
      ...newDepartments.map((one) => Chips.nameOfDepartment(one, words)),
      ...(newPeople.length > namesSpokenAtMost
        ? [words.plural('people', newPeople.length)]
        : newPeople.map((person) => Chips.nameOf(person, words))),
    ];
    announcer.say(words.text('added', names.join(', ')));
  }

  #remove(person: Person): void {
    const { recipients } = this.#page.model.written;
    this.#page.change({ recipients: recipients.filter(({ id }) => id !== person.id) });
    this.#removed(Chips.nameOf(person, this.#page.words));
  }

  #removeDepartment(department: DepartmentView): void {
    const { departments } = this.#page.model.written;
    this.#page.change({ departments: departments.filter(({ id }) => id !== department.id) });
    this.#removed(Chips.nameOfDepartment(department, this.#page.words));
  }

  #removed(name: string): void {
    this.#page.announcer.say(this.#page.words.text('removed', name));
    if (document.activeElement === document.body) {
      this.#input.focus();
    }
  }

  #switchReach(department: DepartmentView): void {
    const { model, words, announcer } = this.#page;
    const reach = department.reach === 'tree' ? 'direct' : 'tree';
    this.#page.change({
      departments: model.written.departments.map((one) =>
        one.id === department.id ? { ...one, reach } : one,
      ),
    });
    const name = Chips.nameOfDepartment(department, words);
    const which = words.text(reach === 'tree' ? 'withSubdepartments' : 'directOnly');
    announcer.say(words.text('reachNow', name, which));
  }

  #stopSearch(): void {
    clearTimeout(this.#timer);
    this.#search += 1;
  }

  /** What is looked for. */
  get #piece(): string {
    const { value, selectionStart } = this.#input;
    return pieceAt(value, selectionStart ?? value.length).piece.slice(0, limits.query);
  }

  #searchSoon(delay = searchDelayMs): void {
    this.#stopSearch();
    const number = this.#search;
    const query = this.#piece;
    const isNothing = query === '' && (delay > 0 || this.#input.value.trim() !== '');
    if (isNothing || /^\d+$/.test(query)) {
      this.#suggestions.close();
      return;
    }
    this.#timer = setTimeout(() => {
      void this.#find(query, number);
    }, delay);
  }

  async #find(query: string, number: number, again = false): Promise<void> {
    const { messaging, model, words, announcer } = this.#page;
    if (query !== '' && !again) {
      this.#suggestions.show([], { note: words.text('searching') });
    }
    const result = await messaging.request({ type: 'search', query });
    if (number !== this.#search) {
      return;
    }
    if (!result.ok || result.value.kind !== 'people') {
      this.#suggestions.show([], { note: words.text('searchFailed') });
      this.#hint.set(result.ok ? undefined : result.problem);
      return;
    }
    const found = this.#unchosen(result.value);
    this.#hint.set(result.value.hint);
    if (found.length > 0) {
      this.#suggestions.show(found, { me: model.state?.account?.userId, stay: again });
      const people = found.filter(({ kind }) => kind === 'person').length;
      announcer.say(
        people === found.length
          ? words.plural('found', people)
          : words.plural('foundAny', found.length),
      );
    } else if (query === '' || result.value.hint) {
      this.#suggestions.close();
    } else {
      const nobody = words.text('nobodyFound', query);
      this.#suggestions.show([], { note: nobody });
      announcer.say(nobody);
    }
  }

  /** A few people, then departments and groups, then everybody else. */
  #unchosen(found: Extract<ReplyValue, { kind: 'people' }>): Suggestion[] {
    const { recipients, departments } = this.#page.model.written;
    const chosen = new Set(recipients.map(({ id }) => id));
    const chosenDepartments = new Set(departments.map(({ id }) => id));
    const people = found.people
      .filter(({ id }) => !chosen.has(id))
      .map((person): Suggestion => ({ kind: 'person', person }));
    const others = [
      ...(found.groups ?? []).map((group): Suggestion => ({ kind: 'group', group })),
      ...(found.departments ?? [])
        .filter(({ id }) => !chosenDepartments.has(id))
        .map((department): Suggestion => ({ kind: 'department', department })),
    ];
    return [...people.slice(0, 4), ...others, ...people.slice(4)];
  }
}
