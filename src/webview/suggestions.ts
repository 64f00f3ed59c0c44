import { limits } from '../form/protocol';
import type { ReplyValue } from '../form/protocol';
import { departmentChoice, groupChoice, notYetChosen, personChoice } from './audience';
import type { Choice } from './audience';
import { h, setAttribute, setText, show } from './dom';
import type { Page } from './page';
import type { NameHint } from './recipientHints';
import { pieceAt } from './typedRecipients';

/** A search starts when the user has not typed for this long. */
const searchDelayMs = 200;

type People = Extract<ReplyValue, { kind: 'people' }>;

export interface SuggestionsDeps {
  page: Page;
  input: HTMLInputElement;
  nameHint: NameHint;
  choose: (choice: Choice) => void;
}

/**
 * Searches for what is typed in the recipients' input, and lists what was found below it. The list follows the ARIA
 * combobox pattern: the focus stays in the input, and `aria-activedescendant` names the active entry.
 */
export class Suggestions {
  readonly element: HTMLElement;
  readonly #list: HTMLElement;
  readonly #note = h('p', { class: 'suggestions-note' });
  readonly #deps: SuggestionsDeps;
  #choices: readonly Choice[] = [];
  #activeIndex = -1;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The number of the newest search. Answers to older ones are dropped. */
  #search = 0;
  /** True while the list is not yet about what is typed. */
  #isPending = false;

  constructor(deps: SuggestionsDeps) {
    this.#deps = deps;
    this.#list = h('ul', {
      role: 'listbox',
      id: 'suggestions',
      'aria-label': deps.page.words.text('suggestions'),
    });
    this.element = h('div', { class: 'suggestions' }, this.#list, this.#note);
    // A click on an entry must not take the focus out of the input.
    this.element.addEventListener('mousedown', (event) => event.preventDefault());
    this.close();
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  /** Chooses the marked entry. Returns false if nothing is marked, or the list is not yet about what is typed. */
  takeMarked(): boolean {
    const marked = this.#isPending ? undefined : this.#choices[this.#activeIndex];
    if (marked) {
      this.#deps.choose(marked);
    }
    return marked !== undefined;
  }

  /** Starts a search after the delay. `delayMs` 0 also shows recently used people for an empty input. */
  searchSoon(delayMs = searchDelayMs): void {
    const { input } = this.#deps;
    this.#stopSearch();
    const number = this.#search;
    const query = this.#query;
    const isNothing = query === '' && (delayMs > 0 || input.value.trim() !== '');
    if (isNothing || /^\d+$/.test(query)) {
      this.close();
      return;
    }
    this.#isPending = true;
    this.#timer = setTimeout(() => void this.#find(query, number), delayMs);
  }

  /** Repeats the search of an open list, because more people can be found now. The active entry stays active. */
  searchAgain(): void {
    if (this.isOpen) {
      this.#stopSearch();
      void this.#find(this.#query, this.#search, true);
    }
  }

  /** Stops the search and shows a sentence in place of the list. */
  showNote(note: string): void {
    this.#stopSearch();
    this.#show([], { note });
  }

  /** Stops the search and hides the list. */
  close(): void {
    this.#stopSearch();
    this.#show([]);
  }

  /** Moves the active entry by `step`, from the last one to the first and back. */
  move(step: 1 | -1): void {
    const count = this.#choices.length;
    const from = Math.max(this.#activeIndex, step === 1 ? -1 : 0);
    if (count > 0) {
      this.#activate((from + step + count) % count);
    }
  }

  /** The piece of the list that the cursor is in. */
  get #query(): string {
    const { value, selectionStart } = this.#deps.input;
    return pieceAt(value, selectionStart ?? value.length).piece.slice(0, limits.query);
  }

  #stopSearch(): void {
    clearTimeout(this.#timer);
    this.#search += 1;
    this.#isPending = false;
  }

  async #find(query: string, number: number, isRepeated = false): Promise<void> {
    const { page, nameHint } = this.#deps;
    const { messaging, words, announcer } = page;
    if (query !== '' && !isRepeated) {
      this.#show([], { note: words.text('searching') });
    }
    const result = await messaging.request({ type: 'search', query });
    if (number !== this.#search) {
      return;
    }
    this.#isPending = false;
    if (!result.ok || result.value.kind !== 'people') {
      this.#show([], { note: words.text('searchFailed') });
      nameHint.set(result.ok ? undefined : result.problem);
      return;
    }
    const { hint, note } = result.value;
    const { choices, isSure } = this.#withoutChosen(result.value);
    nameHint.set(hint);
    if (choices.length > 0) {
      this.#show(choices, { note, marksFirst: isSure, keepActive: isRepeated });
      const onlyPeople = choices.every(({ key }) => key.startsWith('person'));
      const found = words.plural(onlyPeople ? 'found' : 'foundAny', choices.length);
      announcer.say(note === undefined ? found : `${found} ${note}`);
    } else if (query === '' || (hint && note === undefined)) {
      this.close();
    } else {
      const nobody = note ?? words.text('nobodyFound', query);
      this.#show([], { note: nobody });
      announcer.say(nobody);
    }
  }

  /** What was found and is not chosen yet, in the host's order. `isSure`: Enter may take the first of them. */
  #withoutChosen(found: People): { choices: Choice[]; isSure: boolean } {
    const { model, words } = this.#deps.page;
    const { recipients, departments } = model.written;
    const people = new Set(notYetChosen(found.people, recipients));
    const others = new Set(notYetChosen(found.departments, departments));
    const rows = (found.ranking ?? asTheyCome(found)).flatMap(({ kind, index, isSure, why }) => {
      const [person, department] = [found.people[index], found.departments[index]];
      const group = found.groups[index];
      const choice =
        kind === 'person'
          ? person && people.has(person) && personChoice(person, words)
          : kind === 'department'
            ? department && others.has(department) && departmentChoice(department, words)
            : group && groupChoice(group, words);
      return choice ? [{ ...choice, details: [...choice.details, why ?? ''], isSure }] : [];
    });
    return { choices: rows, isSure: rows[0]?.isSure === true };
  }

  /**
   * Draws the list, and a note below it. `marksFirst`: the first entry is active. `keepActive`: what was active stays so
   * if it is still in the list.
   */
  #show(
    choices: readonly Choice[],
    options: { note?: string | undefined; marksFirst?: boolean; keepActive?: boolean } = {},
  ): void {
    const activeKey = options.keepActive ? this.#choices[this.#activeIndex]?.key : undefined;
    this.#choices = choices;
    this.#list.replaceChildren(...choices.map((choice, index) => this.#option(choice, index)));
    const hasSome = choices.length > 0;
    show(this.#list, hasSome);
    setText(this.#note, options.note ?? '');
    show(this.#note, options.note !== undefined);
    show(this.element, hasSome || options.note !== undefined);
    setAttribute(this.#deps.input, 'aria-expanded', hasSome ? 'true' : 'false');
    const activeIndex = choices.findIndex(({ key }) => key === activeKey);
    this.#activate(activeIndex < 0 && options.marksFirst && hasSome ? 0 : activeIndex);
  }

  #option(choice: Choice, index: number): HTMLElement {
    const { model, words } = this.#deps.page;
    const detail = choice.details.filter(Boolean).join(' · ');
    const isMe = choice.key === `person ${model.state?.account?.userId}`;
    const name = isMe ? words.text('me', choice.name) : choice.name;
    const option = h(
      'li',
      { role: 'option', id: `suggestion-${index}`, 'aria-selected': 'false' },
      choice.picture(),
      h(
        'span',
        { class: 'suggestion-text' },
        h('span', { class: 'suggestion-name' }, name),
        detail === '' ? undefined : h('span', { class: 'suggestion-position' }, detail),
      ),
    );
    option.addEventListener('click', () => this.#deps.choose(choice));
    return option;
  }

  #activate(index: number): void {
    this.#activeIndex = index;
    const options = this.#list.children;
    for (const [at, option] of [...options].entries()) {
      setAttribute(option, 'aria-selected', at === index ? 'true' : 'false');
    }
    options[index]?.scrollIntoView({ block: 'nearest' });
    const activeId = index < 0 ? undefined : `suggestion-${index}`;
    setAttribute(this.#deps.input, 'aria-activedescendant', activeId);
  }
}

/** People, then groups and departments: the order of a list that was not ranked, e.g. of those used recently. */
function asTheyCome(found: People): NonNullable<People['ranking']> {
  const kinds = { person: found.people, group: found.groups, department: found.departments };
  return (['person', 'group', 'department'] as const).flatMap((kind) =>
    kinds[kind].map((_, index) => ({ kind, index, isSure: true })),
  );
}
