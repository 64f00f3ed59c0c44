import type { PlatformBudget, PushBudget, PushPlatform } from '../bitrix24/pushSize';
import { limits } from '../form/protocol';
import type { IssueView, Written } from '../form/protocol';
import { TextHistory } from '../form/textHistory';
import { placeholderWords } from '../push/personalText';
import { afterPress, button, h, icon, radioSwitch, setText, show } from './dom';
import type { RadioSwitch } from './dom';
import { FieldError } from './fieldErrors';
import type { ShownIssues } from './fieldErrors';
import type { Page, Part } from './page';
import type { PageDraft } from './pageModel';
import { PlaceholderMenu, openBrace } from './placeholderMenu';
import type { Preview } from './preview';
import type { Words } from './words';

/** A placeholder as a text may hold it. */
const placeholder = new RegExp(
  `(?<!\\{)\\{(?:${placeholderWords.flat().join('|')})(?:\\|[^{}]*)?\\}`,
  'u',
);

/** The mode and place that a text from elsewhere brings; they go when it is deleted. */
type Origin = Pick<PageDraft, 'mode' | 'locationIncluded'>;

/** The text, the switch for its placeholders, its place in the code if it has one, and how much of a push it fills. */
export class TextField implements Part {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #issues: ShownIssues;
  readonly #preview: () => Preview | undefined;
  readonly #input: HTMLTextAreaElement;
  readonly #include = h('input', { type: 'checkbox', id: 'include-location' });
  readonly #includeLabel = h('span', { class: 'location-label' });
  readonly #includeRow: HTMLElement;
  readonly #meter: Meter;
  readonly #mode: RadioSwitch<Written['mode']>;
  readonly #error: FieldError;
  readonly #menu: PlaceholderMenu;
  readonly #literalHint: HTMLElement;
  readonly #literalText = h('span');
  #wasTooLong = false;
  #history = new TextHistory();
  /** True between a keystroke that replaces the whole text and its effect. */
  #replacesAll = false;
  /** True once the user has used the switch for placeholders in this text. */
  #isModeChosen = false;
  /**
   * The mode and place of a text from elsewhere that was deleted, and the number of undo states at that time: undo
   * brings them back with the text.
   */
  #deleted: { origin: Origin; depth: number } | undefined;

  constructor(page: Page, issues: ShownIssues, preview: () => Preview | undefined) {
    this.#page = page;
    this.#issues = issues;
    this.#preview = preview;
    const { words, model } = page;
    this.#input = h('textarea', {
      id: 'text',
      class: 'control',
      rows: 4,
      dir: 'auto',
      maxlength: limits.text,
      placeholder: words.text('textPlaceholder'),
    });
    this.#meter = new Meter(words, 'text-meter');
    this.#mode = modeSwitch(page, (mode) => this.#setMode(mode));
    this.#error = new FieldError(this.#input, ['text-meter'], {
      label: words.text('makeLiteral'),
      run: () => {
        this.#setMode('literal');
        this.#input.focus();
      },
    });
    this.#menu = new PlaceholderMenu({
      ...{ page, input: this.#input },
      insert: (inserted, from, to) => {
        const { value } = this.#input;
        this.#edit(value.slice(0, from) + inserted + value.slice(to));
        this.#input.setSelectionRange(from + inserted.length, from + inserted.length);
      },
    });
    const makePersonal = button(
      { class: 'link' },
      () => this.#setMode('personal'),
      words.text('makePersonal'),
    );
    this.#literalHint = h('p', { class: 'hint' }, icon('info'), this.#literalText, makePersonal);
    this.#includeRow = h('label', { class: 'check' }, this.#include, this.#includeLabel);
    this.element = h(
      'div',
      { class: 'field field-text' },
      h(
        'div',
        { class: 'field-head' },
        h('label', { for: 'text' }, words.text('text')),
        this.#mode.element,
      ),
      h('div', { class: 'combobox' }, this.#input, this.#menu.element),
      this.#error.element,
      this.#literalHint,
      this.#includeRow,
      this.#meter.element,
    );
    this.#input.addEventListener('blur', () => {
      model.flush();
      afterPress(() => {
        if (this.#input.value !== '') {
          issues.showFor('text');
        }
        page.render();
      });
    });
    this.#include.addEventListener('change', () => {
      page.change({ locationIncluded: this.#include.checked });
    });
    this.#listen();
  }

  render(): void {
    const { model, words } = this.#page;
    const { written, state, isReadOnly } = model;
    // The value is set only when it differs from the text as a textarea holds it, because setting it moves the caret.
    if (this.#input.value !== asInTextarea(written.text)) {
      this.#input.value = written.text;
      this.#history = new TextHistory();
      this.#isModeChosen = false;
      this.#deleted = undefined;
    }
    this.#input.readOnly = isReadOnly;
    this.#mode.set(written.mode, isReadOnly);
    const location = written.locationIncluded === undefined ? undefined : state?.draft.location;
    show(this.#includeRow, location !== undefined);
    if (location) {
      this.#include.checked = written.locationIncluded ?? location.included;
      this.#include.disabled = isReadOnly;
      setText(this.#includeLabel, words.text('addLocation', location.label));
    }
    const held = written.mode === 'literal' ? placeholder.exec(written.text)?.[0] : undefined;
    show(this.#literalHint, held !== undefined && !isReadOnly);
    setText(this.#literalText, held === undefined ? '' : words.text('literalHint', held));
    this.#renderIssue();
    this.#menu.update();
    const preview = this.#preview();
    if (preview) {
      this.#renderMeter(preview);
    }
  }

  focus(): void {
    this.#input.focus();
  }

  /** Goes on with what was written before the page was rebuilt. */
  goOnFrom(pastTexts: readonly string[]): void {
    this.#history = new TextHistory(pastTexts);
  }

  /** Focuses the text; a fault that has a place is selected. */
  focusFault(): void {
    const { offset, length = 0 } = this.#issue ?? {};
    this.#input.focus();
    if (offset !== undefined) {
      const { text } = this.#page.model.written;
      const [start, end] = [offset, offset + length].map((at) => asInTextarea(text.slice(0, at)));
      this.#input.setSelectionRange(start?.length ?? 0, end?.length ?? 0);
    }
  }

  #listen(): void {
    const input = this.#input;
    input.addEventListener('beforeinput', (event) => {
      if (event.inputType === 'historyUndo' || event.inputType === 'historyRedo') {
        event.preventDefault();
        this.#takeBack(event.inputType === 'historyUndo' ? 'undo' : 'redo');
        return;
      }
      const { value, selectionStart, selectionEnd } = input;
      this.#replacesAll = value !== '' && selectionStart === 0 && selectionEnd === value.length;
    });
    input.addEventListener('input', () => this.#edit(input.value));
    input.addEventListener('keydown', (event) => {
      const key = event.code === 'KeyZ' ? (event.shiftKey ? 'redo' : 'undo') : 'redo';
      if (
        (event.code === 'KeyZ' || (event.code === 'KeyY' && !event.shiftKey)) &&
        (event.ctrlKey || event.metaKey) &&
        !event.altKey &&
        !event.isComposing
      ) {
        // VS Code would undo by the page's own memory, which is lost whenever the view is hidden.
        event.preventDefault();
        event.stopPropagation();
        this.#takeBack(key);
      }
    });
    document.addEventListener('selectionchange', () => {
      if (document.activeElement === input) {
        this.#menu.update();
        this.#renderIssue();
      }
    });
  }

  #takeBack(which: 'undo' | 'redo'): void {
    const { model } = this.#page;
    const before = asInTextarea(model.written.text);
    const text = model.isReadOnly ? undefined : this.#history[which](before);
    if (text !== undefined) {
      const now = asInTextarea(text);
      this.#input.value = now;
      this.#page.change({ text: now, ...this.#originOf(now, before) });
      const caret = endOfDifference(before, now);
      this.#input.setSelectionRange(caret, caret);
    }
  }

  /** The user has changed the text. */
  #edit(text: string): void {
    const before = asInTextarea(this.#page.model.written.text);
    this.#history.record(before, text);
    this.#input.value = text;
    this.#page.change({ text, ...this.#originOf(text, before) });
    this.#replacesAll = false;
  }

  /** Place and mode of a text from elsewhere go when all of it is deleted, and come back with it. */
  #originOf(text: string, before: string): Partial<Origin> {
    const { mode, locationIncluded } = this.#page.model.written;
    const depth = this.#history.past.length;
    if (this.#deleted && depth < this.#deleted.depth) {
      const { origin } = this.#deleted;
      this.#deleted = undefined;
      return origin;
    }
    const isFromElsewhere =
      locationIncluded !== undefined || (mode === 'literal' && !this.#isModeChosen);
    if (!isFromElsewhere || before === '' || (text !== '' && !this.#replacesAll)) {
      return {};
    }
    this.#deleted = { origin: { mode, locationIncluded }, depth };
    return { mode: this.#isModeChosen ? mode : 'personal', locationIncluded: undefined };
  }

  #setMode(mode: Written['mode']): void {
    const { model } = this.#page;
    this.#isModeChosen = true;
    this.#page.change({ mode });
    // A long text is handed over after a pause; here at once, because the mode decides which braces are faults.
    model.flush();
  }

  #renderIssue(): void {
    const issue = this.#isBeingTyped(this.#issue) ? undefined : this.#issue;
    const isPersonal = this.#page.model.written.mode === 'personal';
    this.#error.set(issue?.message, issue?.offset !== undefined && isPersonal);
  }

  /** True for a placeholder, or a brace, that the caret is still in. */
  #isBeingTyped(issue: IssueView | undefined): boolean {
    const { value, selectionStart: caret, selectionEnd } = this.#input;
    if (
      issue?.offset === undefined ||
      caret !== selectionEnd ||
      document.activeElement !== this.#input
    ) {
      return false;
    }
    const at = asInTextarea(this.#page.model.written.text.slice(0, issue.offset)).length;
    return openBrace(value, caret) === at || (value[at] === '}' && caret === at + 1);
  }

  get #issue(): IssueView | undefined {
    return this.#issues.issueOf('text', this.#page.model.issues);
  }

  /** Draws the meter, and speaks once when the text becomes too long. */
  #renderMeter({ longest, empty }: Preview): void {
    this.#meter.render(longest, empty);
    const isTooLong = longest.level === 'over';
    if (isTooLong && !this.#wasTooLong) {
      this.#page.announcer.say(this.#page.words.text('tooLongNow'));
    }
    this.#wasTooLong = isTooLong;
  }
}

/** A textarea turns every line break into \n. */
function asInTextarea(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n');
}

/** The end of what is different in `now`: there the caret was when it was written. */
function endOfDifference(before: string, now: string): number {
  let same = 0;
  const atMost = Math.min(before.length, now.length);
  while (same < atMost && before.at(-1 - same) === now.at(-1 - same)) {
    same += 1;
  }
  return now.length - same;
}

/** Decides whether braces in the text are placeholders. */
function modeSwitch(page: Page, change: (mode: Written['mode']) => void) {
  const { words } = page;
  const own = words.text('placeholderWords').split(', ');
  const names = own.map((name) => `{${name}}`).join(', ');
  return radioSwitch(
    'mode',
    words.text('mode'),
    [
      { value: 'literal', label: words.text('modeLiteral'), hint: words.text('modeLiteralHint') },
      {
        value: 'personal',
        label: words.text('modePersonal'),
        hint: words.text('modePersonalHint', names, `{${own[0] ?? ''}|…}`),
      },
    ],
    change,
  );
}

/** The meter warns when less than this share of the bytes is free. */
const nearShare = 0.1;

const remarkKeys = { ok: undefined, near: 'bytesNear', over: 'bytesOver' } as const;

/** Shows how many bytes of a push the text fills on each platform. Screen readers read it only on demand. */
class Meter {
  readonly element: HTMLElement;
  readonly #words: Words;
  readonly #rows: Record<PushPlatform, ReturnType<typeof meterRow>>;

  constructor(words: Words, id: string) {
    this.#words = words;
    this.#rows = { ios: meterRow(words.text('iphone')), android: meterRow(words.text('android')) };
    this.element = h('div', { class: 'meter', id }, this.#rows.ios.row, this.#rows.android.row);
  }

  /** `empty`: the budget of the same push without its text, i.e. the bytes that the user cannot change. */
  render(budget: PushBudget, empty: PushBudget): void {
    for (const platform of ['ios', 'android'] as const) {
      const { row, fill, value, remark } = this.#rows[platform];
      const limit = budget[platform].limitBytes - empty[platform].usedBytes;
      const used = budget[platform].usedBytes - empty[platform].usedBytes;
      const level = levelOf(budget[platform], used, limit);
      row.dataset['level'] = level;
      fill.style.inlineSize = `${Math.min(100, (100 * used) / Math.max(1, limit))}%`;
      setText(value, this.#words.text('bytes', used, limit));
      const key = remarkKeys[level];
      setText(remark, key ? this.#words.text(key) : '');
    }
  }
}

function meterRow(label: string) {
  const fill = h('span', { class: 'meter-fill' });
  const value = h('span');
  // Says to screen readers what the colour and the icon say.
  const remark = h('span', { class: 'sr-only' });
  const row = h(
    'div',
    { class: 'meter-row' },
    h('span', { class: 'meter-label' }, label),
    h('span', { class: 'meter-track', 'aria-hidden': 'true' }, fill),
    h('span', { class: 'meter-value' }, icon('warning'), value, ' ', remark),
  );
  return { row, fill, value, remark };
}

function levelOf({ fits }: PlatformBudget, used: number, limit: number): keyof typeof remarkKeys {
  if (!fits) {
    return 'over';
  }
  return used > limit * (1 - nearShare) ? 'near' : 'ok';
}
