import { limits } from '../form/protocol';
import { asInTextarea, textFaultOf } from '../form/textFault';
import type { TextFault } from '../form/textFault';
import { placeholders } from '../form/writtenText';
import { afterPress, h, setText, show } from './dom';
import { FieldError } from './fieldError';
import type { ShownIssues } from './issues';
import { Meter } from './meter';
import { ModeSwitch } from './modeSwitch';
import type { Page, Part } from './page';
import type { Preview } from './preview';
import type { Words } from './words';

/** The text, its place in the code where it has one, and how much of a push it fills. */
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
  readonly #mode: ModeSwitch;
  readonly #error: FieldError;
  #wasOver = false;

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
    this.#mode = new ModeSwitch(page);
    this.#error = new FieldError(this.#input, ['text-meter'], {
      label: words.text('makeLiteral'),
      run: () => {
        page.change({ mode: 'literal' });
        model.flush();
        this.#input.focus();
      },
    });
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
      this.#input,
      this.#error.element,
      this.#includeRow,
      this.#meter.element,
    );
    this.#input.addEventListener('input', () => {
      page.change({ text: this.#input.value });
    });
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
  }

  render(): void {
    const { model, words, announcer } = this.#page;
    const { written, state } = model;
    const busy = state?.phase.kind !== 'idle';
    // Comparing the text as the textarea holds it keeps the caret where it is.
    if (this.#input.value !== asInTextarea(written.text)) {
      this.#input.value = written.text;
    }
    this.#input.readOnly = busy;
    this.#mode.render();
    const location = state?.draft.location;
    show(this.#includeRow, location !== undefined);
    if (location) {
      this.#include.checked = written.locationIncluded ?? location.included;
      this.#include.disabled = busy;
      setText(this.#includeLabel, words.text('addLocation', location.label));
    }
    const key = this.#issues.of('text', model.issues);
    const fault = textFaultOf(this.#issues.first('text', model.issues), written.text);
    const sentence = fault ? faultSentence(fault, words) : key && words.text(key);
    this.#error.set(sentence, fault !== undefined && written.mode === 'personal');
    const drawn = this.#preview();
    if (drawn) {
      this.#meter.render(drawn.longest, drawn.empty);
      const over = drawn.longest.level === 'over';
      if (over && !this.#wasOver) {
        announcer.say(words.text('tooLongNow'));
      }
      this.#wasOver = over;
    }
  }

  focus(): void {
    this.#input.focus();
  }

  /** Focuses what is wrong: a fault with a place is selected there. */
  focusFault(): void {
    const { model } = this.#page;
    const issue = this.#issues.first('text', model.issues);
    const fault = textFaultOf(issue, model.written.text);
    this.#input.focus();
    if (fault) {
      this.#input.setSelectionRange(fault.start, fault.end);
    }
  }
}

export function faultSentence({ code, written, line, column }: TextFault, words: Words): string {
  return code === 'PLACEHOLDER_OPEN'
    ? words.text('issueBrace', written, line, column)
    : words.text('issuePlaceholder', written, line, column, placeholders.join(', '));
}
