import { limits } from '../form/protocol';
import type { ReplyValue, UnmatchedView } from '../form/protocol';
import { audienceCount, notYetChosen } from './audience';
import type { Choice } from './audience';
import { Chips } from './chips';
import { button, h, setAttribute, setText, show } from './dom';
import { FieldError } from './fieldErrors';
import type { ShownIssues } from './fieldErrors';
import type { Page, Part } from './page';
import { DeliveryHints, NameHint } from './recipientHints';
import { Suggestions } from './suggestions';
import { inOneLine, looksLikeList, pieceAt, typedIds, withoutPiece } from './typedRecipients';
import { UndoLine } from './undoLine';
import { UnmatchedList } from './unmatchedList';

/**
 * The recipients: chips, and an input that finds people, departments and groups by name, and takes ids and whole
 * lists. The host takes lists apart, because only the host knows the portal's people.
 */
export class RecipientsField implements Part {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #issues: ShownIssues;
  readonly #input: HTMLInputElement;
  readonly #count = h('span', { class: 'field-aside', id: 'to-count' });
  readonly #saveGroup: HTMLButtonElement;
  readonly #clearAll: HTMLButtonElement;
  readonly #chips: Chips;
  readonly #suggestions: Suggestions;
  readonly #unmatched: UnmatchedList;
  readonly #undo: UndoLine;
  readonly #error: FieldError;
  readonly #nameHint: NameHint;
  readonly #deliveryHints: DeliveryHints;
  /** True while the host takes a list apart. */
  #isMatching = false;
  /** The number of the newest list. Answers to older ones are dropped. */
  #match = 0;
  /** The entries of the last list that mean nobody for certain, as long as they are in the input. */
  #unmatchedEntries: readonly UnmatchedView[] = [];
  /** The pasted text, and the input's value that stands for it in one line. */
  #pasted: { shown: string; text: string } | undefined;
  /** True after Ctrl+A: the next Delete removes everybody. */
  #isAllSelected = false;
  /** True after Send was pressed with a text in the input that is nobody yet. */
  #isUnresolved = false;

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
    this.#chips = new Chips(page, {
      focusInput: () => this.#input.focus(),
      removeAtOnce: (what, remove) => this.#removeAtOnce(what, remove),
    });
    this.#undo = new UndoLine(page);
    this.#nameHint = new NameHint(page);
    this.#suggestions = new Suggestions({
      page,
      input: this.#input,
      nameHint: this.#nameHint,
      choose: (choice) => this.#choose(choice),
    });
    this.#unmatched = new UnmatchedList({
      words,
      choose: (entry, chosen) => {
        this.#removeEntry(entry);
        this.#chips.add(chosen);
        page.render();
      },
      remove: (entry) => {
        this.#removeEntry(entry);
        page.announcer.say(words.text('removed', entry.text));
        page.render();
      },
      removeAll: () =>
        this.#removeAtOnce(words.plural('entries', this.#unmatchedEntries.length), () => {
          this.#input.value = '';
          this.#unmatchedEntries = [];
        }),
    });
    this.#deliveryHints = new DeliveryHints(page);
    const saveGroup = (): void => {
      page.model.flush();
      messaging.run('saveGroup');
    };
    this.#saveGroup = button({ class: 'link' }, saveGroup, words.text('saveAsGroup'));
    this.#clearAll = button({ class: 'link' }, () => this.#removeAll(), words.text('clearAll'));
    this.#error = new FieldError(this.#input, ['to-count', 'to-help']);
    this.element = this.#build();
    this.#listen();
  }

  render(): void {
    const { model, words } = this.#page;
    const { recipients, departments } = model.written;
    const { isReadOnly } = model;
    this.#chips.render();
    this.#input.readOnly = isReadOnly || this.#isMatching;
    setAttribute(this.#input, 'aria-busy', this.#isMatching ? 'true' : undefined);
    setText(this.#count, audienceCount(model, words));
    show(this.#saveGroup, recipients.length > 1 || departments.length > 0);
    this.#saveGroup.disabled = isReadOnly;
    show(this.#clearAll, recipients.length + departments.length > 1);
    this.#clearAll.disabled = isReadOnly;
    this.#undo.render();
    this.#deliveryHints.render();
    const typed = this.#input.value;
    const entries = this.#unmatchedEntries.filter(({ text }) => typed.includes(inOneLine(text)));
    if (entries.length < this.#unmatchedEntries.length) {
      this.#unmatchedEntries = entries;
    }
    this.#unmatched.render(this.#unmatchedEntries, isReadOnly);
    const unresolvedKey = entries.length > 0 ? 'issueUnmatched' : 'issueUnresolved';
    this.#error.set(
      this.#isUnresolved
        ? words.text(unresolvedKey, pieceAt(typed, 0).piece)
        : this.#issues.issueOf('recipients', model.issues)?.message,
    );
  }

  focus(): void {
    this.#input.focus();
  }

  /** Repeats the search that the user is looking at, because more people can be found now. */
  searchAgain(): void {
    if (!this.#isMatching) {
      this.#suggestions.searchAgain();
    }
  }

  /** Makes chips of the typed ids. Returns false if the input holds something else, which is nobody yet. */
  takeTyped(): boolean {
    this.#takeIds();
    this.#isUnresolved = this.#input.value.trim() !== '';
    return !this.#isUnresolved;
  }

  #build(): HTMLElement {
    const { words } = this.#page;
    const chips = this.#chips.element;
    const box = h('div', { class: 'control recipients' }, chips, this.#input);
    box.addEventListener('mousedown', (event) => {
      if (event.target === box || event.target === chips) {
        event.preventDefault();
        this.#input.focus();
      }
    });
    return h(
      'div',
      { class: 'field field-to' },
      h(
        'div',
        { class: 'field-head' },
        h('label', { for: 'to' }, words.text('to')),
        h('span', { class: 'field-asides' }, this.#clearAll, this.#saveGroup, this.#count),
      ),
      h('div', { class: 'combobox' }, box, this.#suggestions.element),
      this.#chips.list.element,
      this.#undo.element,
      h('p', { class: 'sr-only', id: 'to-help' }, words.text('toHelp')),
      this.#error.element,
      this.#unmatched.element,
      this.#deliveryHints.element,
      this.#nameHint.element,
    );
  }

  #listen(): void {
    const input = this.#input;
    input.addEventListener('input', () => {
      this.#isUnresolved = false;
      // An id is complete as soon as a character follows that cannot be part of it.
      if (/\d[\s,;]$/u.test(input.value)) {
        this.#takeIds();
      }
      this.#suggestions.searchSoon();
      this.#page.render();
    });
    input.addEventListener('paste', (event) => {
      const text = event.clipboardData?.getData('text/plain') ?? '';
      if (!input.readOnly && this.#paste(text)) {
        event.preventDefault();
      }
    });
    input.addEventListener('keydown', (event) => this.#keydown(event));
    input.addEventListener('click', () => {
      if (!this.#suggestions.isOpen && !input.readOnly) {
        this.#suggestions.searchSoon(0);
      }
    });
    input.addEventListener('blur', () => {
      this.#selectAll(false);
      if (!this.#isMatching) {
        this.#suggestions.close();
        this.#takeIds();
      }
      this.#page.model.flush();
    });
  }

  #keydown(event: KeyboardEvent): void {
    const suggestions = this.#suggestions;
    const input = this.#input;
    const isAtStart = input.selectionStart === 0 && input.selectionEnd === 0;
    if (event.isComposing) {
      return;
    }
    if (event.ctrlKey || event.metaKey) {
      if (!input.readOnly) {
        this.#shortcut(event);
      }
      return;
    }
    const isDelete = event.key === 'Delete' || event.key === 'Backspace';
    const removesAll = isDelete && this.#isAllSelected && !input.readOnly;
    this.#selectAll(false);
    if (removesAll) {
      event.preventDefault();
      this.#removeAll();
      return;
    }
    if (event.key === 'Escape' && (this.#isMatching || suggestions.isOpen)) {
      event.preventDefault();
      event.stopPropagation();
      this.#closeSuggestions();
    } else if (event.key === 'ArrowLeft' && isAtStart) {
      this.#chips.focusLast();
    } else if (input.readOnly) {
      return;
    } else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (suggestions.isOpen) {
        suggestions.move(event.key === 'ArrowDown' ? 1 : -1);
      } else {
        suggestions.searchSoon(0);
      }
    } else if (event.key === 'Enter') {
      event.preventDefault();
      this.#enter();
    } else if (event.key === 'Backspace' && input.value === '') {
      this.#chips.removeLast();
    }
  }

  /** Ctrl+A takes the chips in; Ctrl+Z in an empty input brings back what was removed at once. */
  #shortcut(event: KeyboardEvent): void {
    const { recipients, departments } = this.#page.model.written;
    const key = event.key.toLowerCase();
    if (key === 'a' && recipients.length + departments.length > 0) {
      this.#selectAll(true);
    } else if (key === 'z' && this.#input.value === '' && this.#undo.undo()) {
      event.preventDefault();
    }
  }

  #selectAll(isAll: boolean): void {
    if (this.#isAllSelected !== isAll) {
      this.#isAllSelected = isAll;
      setAttribute(this.#chips.element, 'data-selected', isAll);
      if (isAll) {
        this.#page.announcer.say(this.#page.words.text('allSelected'));
      }
    }
  }

  /** Removes everybody, and what is typed. */
  #removeAll(): void {
    const { model, words } = this.#page;
    this.#removeAtOnce(audienceCount(model, words), () => {
      this.#input.value = '';
      this.#unmatchedEntries = [];
      this.#page.change({ recipients: [], departments: [] });
    });
  }

  /** Removes all of that, and offers to bring it back beside what was chosen since. */
  #removeAtOnce(what: string, remove: () => void): void {
    const { model, words } = this.#page;
    const { recipients, departments } = model.written;
    const [typed, entries] = [this.#input.value, this.#unmatchedEntries];
    remove();
    this.#isUnresolved = false;
    this.#suggestions.close();
    this.#undo.offer(words.text('removed', what), () => {
      const now = model.written;
      this.#input.value = inOneLine(`${typed}, ${this.#input.value}`);
      this.#unmatchedEntries = entries;
      this.#page.change({
        recipients: [...recipients, ...notYetChosen(now.recipients, recipients)],
        departments: [...departments, ...notYetChosen(now.departments, departments)],
      });
      this.#input.focus();
    });
    this.#input.focus();
    this.#page.render();
  }

  #enter(): void {
    if (this.#takeIds() && this.#input.value === '') {
      this.#suggestions.close();
    } else if (this.#suggestions.takeMarked()) {
      return;
    } else if (looksLikeList(this.#input.value)) {
      const { value } = this.#input;
      void this.#matchList(this.#pasted?.shown === value ? this.#pasted.text : value);
    } else if (this.#suggestions.isOpen) {
      this.#page.announcer.say(this.#page.words.text('chooseByArrow'));
    }
  }

  /** Makes chips of the ids in the input. Returns true if there were any. */
  #takeIds(): boolean {
    // Ids that the host could not match (nobody has them, or their person was dismissed) stay for correction.
    const unmatched = new Set(this.#unmatchedEntries.map(({ text }) => text));
    const { ids, otherText } = typedIds(this.#input.value);
    const isUnmatched = (id: number): boolean => unmatched.has(String(id));
    const taken = ids.filter((id) => !isUnmatched(id));
    if (taken.length === 0) {
      return false;
    }
    const remaining = [...ids.filter(isUnmatched).map(String), otherText];
    this.#input.value = remaining.filter((part) => part !== '').join(', ');
    this.#chips.add({ people: taken.map((id) => ({ id })) });
    return true;
  }

  /** Handles a pasted text that is more than one name. Returns false for any other, which the browser inserts. */
  #paste(pasted: string): boolean {
    const { ids, otherText } = typedIds(pasted);
    if (ids.length > 0 && otherText === '') {
      this.#chips.add({ people: ids.map((id) => ({ id })) });
      return true;
    }
    const { words, announcer } = this.#page;
    if (pasted.length > limits.list) {
      const tooLong = words.text('listTooLong');
      this.#suggestions.showNote(tooLong);
      announcer.say(tooLong);
      return true;
    }
    if (!looksLikeList(pasted)) {
      return false;
    }
    const { value, selectionStart, selectionEnd } = this.#input;
    const before = value.slice(0, selectionStart ?? 0).trim();
    const after = value.slice(selectionEnd ?? value.length).trim();
    const text = [before, pasted, after].filter((side) => side !== '').join('\n');
    const shown = inOneLine(text);
    this.#input.value = shown;
    this.#pasted = { shown, text };
    void this.#matchList(text);
    return true;
  }

  /** Asks the host whom a list means. If nobody could be asked, the whole list stays in the input. */
  async #matchList(text: string): Promise<void> {
    const { messaging, words, announcer } = this.#page;
    this.#match += 1;
    const number = this.#match;
    this.#isMatching = true;
    this.#isUnresolved = false;
    this.#suggestions.showNote(words.text('matching'));
    announcer.say(words.text('matching'));
    this.#page.render();
    const result = await messaging.request({ type: 'match', text: text.slice(0, limits.list) });
    if (number !== this.#match) {
      return;
    }
    this.#isMatching = false;
    if (result.ok && result.value.kind === 'matched') {
      this.#suggestions.close();
      this.#takeMatched(result.value);
    } else {
      const failed = words.text('matchFailed');
      this.#suggestions.showNote(failed);
      this.#nameHint.set(result.ok ? undefined : result.problem);
      announcer.say(failed);
    }
    this.#page.render();
  }

  /** Makes chips of those whom the list means for certain; the other entries stay in the input. */
  #takeMatched(matched: Extract<ReplyValue, { kind: 'matched' }>): void {
    const { unmatched, people, departments, hint } = matched;
    this.#pasted = undefined;
    this.#unmatchedEntries = unmatched;
    this.#input.value = unmatched.map(({ text }) => inOneLine(text)).join(', ');
    this.#nameHint.set(hint);
    this.#chips.add({ people, departments });
    if (unmatched.length > 0) {
      this.#page.announcer.say(this.#page.words.plural('unmatched', unmatched.length));
    }
  }

  /** Closes the suggestions, and drops the host's answer about a list that it still takes apart. */
  #closeSuggestions(): void {
    this.#match += 1;
    this.#isMatching = false;
    this.#suggestions.close();
    this.#page.render();
  }

  /** Removes an entry that the user has decided about. */
  #removeEntry(entry: UnmatchedView): void {
    this.#unmatchedEntries = this.#unmatchedEntries.filter((one) => one !== entry);
    this.#input.value = inOneLine(this.#input.value.replace(inOneLine(entry.text), ''));
    this.#isUnresolved = false;
  }

  #choose({ audience }: Choice): void {
    const input = this.#input;
    const { value } = input;
    input.value = withoutPiece(value, pieceAt(value, input.selectionStart ?? value.length));
    this.#isUnresolved = false;
    this.#suggestions.close();
    this.#chips.add(audience);
    input.focus();
    this.#page.render();
  }
}
