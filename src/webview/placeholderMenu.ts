import { placeholderWords } from '../push/personalText';
import type { Placeholder } from '../push/personalText';
import { h, setAttribute, setText, show } from './dom';
import type { Page } from './page';

export interface PlaceholderMenuDeps {
  page: Page;
  input: HTMLTextAreaElement;
  /** Replaces what stands between `from` and `to` in the text; the caret goes behind it. */
  insert: (written: string, from: number, to: number) => void;
}

/** A word that can stand between braces, and what it says about a person. */
interface Row {
  placeholder: Placeholder;
  word: string;
  meaning: string;
}

const listId = 'placeholders';

/**
 * The menu at an open brace: what can be filled in there. The arrow keys mark a row, Enter or Tab takes it, and Escape
 * closes the menu. Nothing is marked before a letter of a word is typed, so that Enter is a line break.
 */
export class PlaceholderMenu {
  readonly element: HTMLElement;
  readonly #deps: PlaceholderMenuDeps;
  readonly #rows: readonly Row[];
  readonly #list: HTMLElement;
  #shown: readonly Row[] = [];
  #active = -1;
  /** The brace and the typed letters that the rows belong to. */
  #shownFor = '';
  /** The brace at which Escape was pressed: the menu stays closed there. */
  #closedAt: number | undefined;

  constructor(deps: PlaceholderMenuDeps) {
    this.#deps = deps;
    const { words } = deps.page;
    const meanings = words.text('placeholderMeanings').split(', ');
    const own = words.text('placeholderWords').split(', ');
    this.#rows = placeholderWords.map(([placeholder], index) => ({
      placeholder,
      word: own[index] ?? placeholder,
      meaning: meanings[index] ?? '',
    }));
    this.#list = h('ul', {
      ...{ id: listId, role: 'listbox' },
      'aria-label': words.text('placeholders'),
    });
    const fallback = `{${own[0] ?? ''}|${words.text('placeholderFallback')}}`;
    const note = h('p', { class: 'suggestions-note' }, words.text('placeholdersNote', fallback));
    this.element = h('div', { class: 'suggestions placeholders', hidden: true }, this.#list, note);
    // The focus stays in the text.
    this.element.addEventListener('mousedown', (event) => event.preventDefault());
    setAttribute(deps.input, 'aria-autocomplete', 'list');
    setAttribute(deps.input, 'aria-haspopup', 'listbox');
    deps.input.addEventListener('keydown', (event) => this.#keydown(event));
    deps.input.addEventListener('blur', () => this.#show([]));
  }

  /** Opens, filters or closes the menu by what stands before the caret. */
  update(): void {
    const { input, page } = this.#deps;
    const { selectionStart: caret, value } = input;
    const { written, isReadOnly } = page.model;
    const isOff = isReadOnly || written.mode !== 'personal' || document.activeElement !== input;
    const brace = isOff || caret !== input.selectionEnd ? undefined : openBrace(value, caret);
    if (brace !== this.#closedAt) {
      this.#closedAt = undefined;
    }
    if (brace === undefined || this.#closedAt !== undefined) {
      this.#show([]);
      return;
    }
    const typed = value.slice(brace + 1, caret).toLocaleLowerCase();
    const shownFor = `${brace} ${typed}`;
    if (shownFor === this.#shownFor) {
      // The page is drawn for other reasons too, such as an answer of the host: the marked row stays marked.
      return;
    }
    const wanted = (row: Row): boolean =>
      [row.placeholder, row.word, ...row.meaning.toLocaleLowerCase().split(' ')].some((word) =>
        word.startsWith(typed),
      );
    this.#show(typed.includes('|') ? [] : this.#rows.filter(wanted), typed !== '');
    this.#shownFor = shownFor;
    this.#place(brace);
  }

  #show(rows: readonly Row[], isMarked = false): void {
    const { input, page } = this.#deps;
    const wasOpen = this.#shown.length > 0;
    const isOpen = rows.length > 0;
    this.#shown = rows;
    this.#shownFor = '';
    show(this.element, isOpen);
    if (!wasOpen && !isOpen) {
      return;
    }
    this.#list.replaceChildren(...rows.map((row, index) => this.#option(row, index)));
    setAttribute(input, 'aria-controls', isOpen ? listId : undefined);
    this.#mark(isMarked && isOpen ? 0 : -1);
    if (isOpen && !wasOpen) {
      page.announcer.say(page.words.text('placeholdersOpen'));
    }
  }

  #option({ word, meaning }: Row, index: number): HTMLElement {
    const written = h('span', { class: 'suggestion-name' });
    setText(written, `{${word}}`);
    const option = h(
      'li',
      { role: 'option', id: `${listId}-${index}`, 'aria-selected': 'false' },
      written,
      ' ',
      h('span', { class: 'suggestion-position' }, meaning),
    );
    option.addEventListener('click', () => this.#take(index));
    return option;
  }

  #mark(index: number): void {
    this.#active = index;
    for (const [at, option] of [...this.#list.children].entries()) {
      setAttribute(option, 'aria-selected', at === index ? 'true' : 'false');
    }
    this.#list.children[index]?.scrollIntoView({ block: 'nearest' });
    const id = index < 0 ? undefined : `${listId}-${index}`;
    setAttribute(this.#deps.input, 'aria-activedescendant', id);
  }

  #keydown(event: KeyboardEvent): void {
    const count = this.#shown.length;
    const { key } = event;
    if (count === 0 || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) {
      return;
    }
    if (key === 'ArrowDown') {
      this.#mark((this.#active + 1) % count);
    } else if (key === 'ArrowUp') {
      this.#mark((Math.max(this.#active, 0) - 1 + count) % count);
    } else if ((key === 'Enter' || key === 'Tab') && this.#active >= 0 && !event.shiftKey) {
      this.#take(this.#active);
    } else if (key === 'Escape') {
      const { value, selectionStart } = this.#deps.input;
      this.#closedAt = openBrace(value, selectionStart);
      this.#show([]);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #take(index: number): void {
    const { input, insert } = this.#deps;
    const { value, selectionStart: caret } = input;
    const row = this.#shown[index];
    const brace = openBrace(value, caret);
    if (row && brace !== undefined) {
      // The rest of a word that was changed in its middle is replaced too, with its closing brace.
      const rest = /^[\p{L}_]*\}/u.exec(value.slice(caret))?.[0] ?? '';
      this.#show([]);
      insert(`{${row.word}}`, brace, caret + rest.length);
    }
  }

  /** Puts the menu below the line of the brace: a copy of the text, laid out alike, tells where that is. */
  #place(brace: number): void {
    const { input } = this.#deps;
    if (this.#shown.length === 0) {
      return;
    }
    const mark = h('span', {}, '{');
    const copy = h('div', { class: 'control text-copy', 'aria-hidden': 'true' });
    copy.append(input.value.slice(0, brace), mark);
    input.after(copy);
    const bottom = mark.offsetTop + mark.offsetHeight - input.scrollTop;
    copy.remove();
    this.element.style.insetBlockStart = `${Math.min(Math.max(bottom, 0), input.offsetHeight) + 2}px`;
  }
}

/** The index of the brace that was opened before the caret and is not closed there; undefined if there is none. */
export function openBrace(text: string, caret: number): number | undefined {
  const before = text.slice(0, caret);
  const open = /(\{+)[^{}\r\n]*$/u.exec(before);
  // Two braces are a brace that is sent.
  return open?.[1] !== undefined && open[1].length % 2 === 1
    ? open.index + open[1].length - 1
    : undefined;
}
