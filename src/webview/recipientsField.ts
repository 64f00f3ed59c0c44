import { limits } from '../compose/protocol';
import type { Person, ProblemView } from '../compose/protocol';
import { Chips } from './chips';
import { h, icon, setText, show } from './dom';
import { FieldError } from './fieldError';
import type { ShownIssues } from './issues';
import type { Page, Part } from './page';
import { Suggestions } from './suggestions';
import { typedIds } from './typedIds';

const searchDelayMs = 200;
/** More are told as a number. */
const namesSpokenAtMost = 5;

/** To whom: chips, and a field that finds people by name and takes ids. */
export class RecipientsField implements Part {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #issues: ShownIssues;
  readonly #input: HTMLInputElement;
  readonly #count = h('span', { class: 'field-aside', id: 'to-count' });
  readonly #chips: Chips;
  readonly #suggestions: Suggestions;
  readonly #error: FieldError;
  readonly #hint = h('p', { class: 'hint' });
  readonly #trouble = h('p', { class: 'hint warning' });
  readonly #troubleText = h('span');
  #hinted: ProblemView | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Only the newest search may draw. */
  #search = 0;

  constructor(page: Page, issues: ShownIssues) {
    this.#page = page;
    this.#issues = issues;
    const { words } = page;
    this.#input = h('input', {
      id: 'to',
      type: 'text',
      role: 'combobox',
      'aria-autocomplete': 'list',
      'aria-controls': 'suggestions',
      'aria-expanded': 'false',
      autocomplete: 'off',
      spellcheck: 'false',
      maxlength: limits.query,
      placeholder: words.text('toPlaceholder'),
    });
    this.#chips = new Chips({
      words,
      remove: (person) => {
        this.#remove(person);
      },
      leave: () => {
        this.#input.focus();
      },
    });
    this.#suggestions = new Suggestions(this.#input, words, (person) => {
      this.#choose(person);
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
      h('div', { class: 'field-head' }, h('label', { for: 'to' }, words.text('to')), this.#count),
      h('div', { class: 'combobox' }, box, this.#suggestions.element),
      h('p', { class: 'sr-only', id: 'to-help' }, words.text('toHelp')),
      this.#error.element,
      this.#trouble,
      this.#hint,
    );
    this.#trouble.append(icon('warning'), this.#troubleText);
    show(this.#hint, false);
    this.#listen();
  }

  render(): void {
    const { model, words } = this.#page;
    const { recipients } = model.written;
    const readOnly = model.state?.phase.kind !== 'idle';
    this.#chips.render(recipients, readOnly);
    this.#input.readOnly = readOnly;
    setText(this.#count, recipients.length > 0 ? words.plural('people', recipients.length) : '');
    const troubled = recipients.find(({ trouble }) => trouble !== undefined);
    const elsewhere = model.state?.otherPortal === true;
    show(this.#trouble, troubled !== undefined || elsewhere);
    const sentence = elsewhere ? words.text('otherPortal') : '';
    setText(this.#troubleText, troubled ? this.#troubleSentence(troubled) : sentence);
    const unresolved = this.#input.value.trim();
    const key = this.#issues.of('recipients', model.issues);
    this.#error.set(
      this.unresolved ? words.text('issueUnresolved', unresolved) : key && words.text(key),
    );
  }

  focus(): void {
    this.#input.focus();
  }

  #troubleSentence(person: Person): string {
    const { words } = this.#page;
    return person.trouble === 'unknown'
      ? words.text('personUnknown', String(person.id))
      : words.text('personInactive', Chips.nameOf(person, words));
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
      if (/[\s,;]$/u.test(input.value)) {
        this.#takeIds();
      }
      this.#searchSoon();
      this.#page.render();
    });
    input.addEventListener('paste', (event) => {
      const { ids, rest } = typedIds(event.clipboardData?.getData('text/plain') ?? '');
      if (ids.length > 0) {
        event.preventDefault();
        this.#add(ids.map((id) => ({ id })));
        input.value = (input.value + rest).slice(0, limits.query);
        this.#searchSoon();
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
      this.#stopSearch();
      this.#suggestions.close();
      this.#takeIds();
      this.#page.model.flush();
    });
  }

  #keydown(event: KeyboardEvent): void {
    const suggestions = this.#suggestions;
    const atStart = this.#input.selectionStart === 0 && this.#input.selectionEnd === 0;
    if (event.isComposing || event.ctrlKey || event.metaKey) {
      return;
    }
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (suggestions.open) {
        suggestions.move(event.key === 'ArrowDown' ? 1 : -1);
      } else {
        this.#searchSoon(0);
      }
    } else if (event.key === 'Enter') {
      event.preventDefault();
      const person = suggestions.active;
      if (this.#takeIds()) {
        this.#stopSearch();
        suggestions.close();
      } else if (person) {
        this.#choose(person);
      }
    } else if (event.key === 'Escape' && suggestions.open) {
      event.preventDefault();
      event.stopPropagation();
      this.#stopSearch();
      suggestions.close();
    } else if (event.key === 'Backspace' && this.#input.value === '') {
      const last = this.#page.model.written.recipients.at(-1);
      if (last && !this.#input.readOnly) {
        this.#remove(last);
      }
    } else if (event.key === 'ArrowLeft' && atStart) {
      this.#chips.focusLast();
    }
  }

  #takeIds(): boolean {
    const { ids, rest } = typedIds(this.#input.value);
    if (ids.length === 0) {
      return false;
    }
    this.#input.value = rest;
    this.#add(ids.map((id) => ({ id })));
    return true;
  }

  #choose(person: Person): void {
    this.#input.value = '';
    this.unresolved = false;
    this.#stopSearch();
    this.#suggestions.close();
    this.#add([person]);
    this.#input.focus();
  }

  #add(people: readonly Person[]): void {
    const { recipients } = this.#page.model.written;
    const known = new Set(recipients.map(({ id }) => id));
    const added = people.filter(({ id }) => !known.has(id) && known.add(id));
    if (added.length > 0) {
      this.#page.change({ recipients: [...recipients, ...added].slice(0, limits.recipients) });
      const { words } = this.#page;
      const names =
        added.length > namesSpokenAtMost
          ? words.plural('people', added.length)
          : added.map((person) => Chips.nameOf(person, words)).join(', ');
      this.#page.announcer.say(words.text('added', names));
    }
  }

  #remove(person: Person): void {
    const { recipients } = this.#page.model.written;
    this.#page.change({ recipients: recipients.filter(({ id }) => id !== person.id) });
    const name = Chips.nameOf(person, this.#page.words);
    this.#page.announcer.say(this.#page.words.text('removed', name));
    if (document.activeElement === document.body) {
      this.#input.focus();
    }
  }

  #stopSearch(): void {
    clearTimeout(this.#timer);
    this.#search += 1;
  }

  #searchSoon(delay = searchDelayMs): void {
    this.#stopSearch();
    const number = this.#search;
    const query = this.#input.value.trim();
    if (query === '' && delay > 0) {
      this.#suggestions.close();
      return;
    }
    if (/^\d+$/.test(query)) {
      this.#suggestions.close();
      return;
    }
    this.#timer = setTimeout(() => {
      void this.#find(query, number);
    }, delay);
  }

  async #find(query: string, number: number): Promise<void> {
    const { messaging, model, words, announcer } = this.#page;
    if (query !== '') {
      this.#suggestions.show([], { note: words.text('searching') });
    }
    const result = await messaging.request({ type: 'search', query });
    if (number !== this.#search) {
      return;
    }
    if (!result.ok || result.value.kind !== 'people') {
      this.#suggestions.show([], { note: words.text('searchFailed') });
      this.#setHint(result.ok ? undefined : result.problem);
      return;
    }
    const chosen = new Set(model.written.recipients.map(({ id }) => id));
    const people = result.value.people.filter(({ id }) => !chosen.has(id));
    this.#setHint(result.value.hint);
    if (people.length > 0) {
      this.#suggestions.show(people, { me: model.state?.account?.userId });
      announcer.say(words.plural('found', people.length));
    } else if (query === '' || result.value.hint) {
      this.#suggestions.close();
    } else {
      const nobody = words.text('nobodyFound', query);
      this.#suggestions.show([], { note: nobody });
      announcer.say(nobody);
    }
  }

  /** Why names cannot be found, with the fixes; stays until a search works. */
  #setHint(problem: ProblemView | undefined): void {
    if (JSON.stringify(problem) === JSON.stringify(this.#hinted)) {
      return;
    }
    this.#hinted = problem;
    this.#hint.replaceChildren();
    show(this.#hint, problem !== undefined);
    if (problem) {
      this.#hint.append(icon('info'), h('span', {}, problem.message));
      for (const fix of problem.fixes) {
        const button = h('button', { type: 'button', class: 'link' }, fix.label);
        button.addEventListener('click', () => {
          void this.#page.messaging.request({ type: 'fix', fix: fix.id });
        });
        this.#hint.append(' ', button);
      }
      this.#page.announcer.say(problem.message);
    }
  }
}
