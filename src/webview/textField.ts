import { limits } from '../compose/protocol';
import { afterPress, h, setText, show } from './dom';
import { FieldError } from './fieldError';
import type { ShownIssues } from './issues';
import { Meter } from './meter';
import type { Page, Part } from './page';
import type { Preview } from './preview';

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
    this.#error = new FieldError(this.#input, ['text-meter']);
    this.#includeRow = h('label', { class: 'check' }, this.#include, this.#includeLabel);
    this.element = h(
      'div',
      { class: 'field field-text' },
      h('div', { class: 'field-head' }, h('label', { for: 'text' }, words.text('text'))),
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
    // A textarea turns every line break into \n; comparing as it stands keeps the caret where it is.
    if (this.#input.value !== written.text.replaceAll(/\r\n?/g, '\n')) {
      this.#input.value = written.text;
    }
    this.#input.readOnly = busy;
    const location = state?.draft.location;
    show(this.#includeRow, location !== undefined);
    if (location) {
      this.#include.checked = written.locationIncluded ?? location.included;
      this.#include.disabled = busy;
      setText(this.#includeLabel, words.text('addLocation', location.label));
    }
    const key = this.#issues.of('text', model.issues);
    this.#error.set(key && words.text(key));
    const drawn = this.#preview();
    if (drawn) {
      this.#meter.render(drawn.budget, drawn.empty);
      const over = drawn.budget.level === 'over';
      if (over && !this.#wasOver) {
        announcer.say(words.text('tooLongNow'));
      }
      this.#wasOver = over;
    }
  }

  focus(): void {
    this.#input.focus();
  }
}
