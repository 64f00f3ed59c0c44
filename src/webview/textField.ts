import type { PlatformBudget, PushBudget, PushPlatform } from '../bitrix24/pushSize';
import { limits } from '../form/protocol';
import type { IssueView, Written } from '../form/protocol';
import { placeholders } from '../push/personalText';
import { afterPress, h, icon, radioSwitch, setText, show } from './dom';
import type { RadioSwitch } from './dom';
import { FieldError } from './fieldErrors';
import type { ShownIssues } from './fieldErrors';
import type { Page, Part } from './page';
import type { Preview } from './preview';
import type { Words } from './words';

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
  #wasTooLong = false;

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
    this.#mode = modeSwitch(page);
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
    const { model, words } = this.#page;
    const { written, state, isReadOnly } = model;
    // The value is set only when it differs from the text as a textarea holds it, because setting it moves the caret.
    if (this.#input.value !== asInTextarea(written.text)) {
      this.#input.value = written.text;
    }
    this.#input.readOnly = isReadOnly;
    this.#mode.set(written.mode, isReadOnly);
    const location = state?.draft.location;
    show(this.#includeRow, location !== undefined);
    if (location) {
      this.#include.checked = written.locationIncluded ?? location.included;
      this.#include.disabled = isReadOnly;
      setText(this.#includeLabel, words.text('addLocation', location.label));
    }
    const issue = this.#issue;
    this.#error.set(issue?.message, issue?.offset !== undefined && written.mode === 'personal');
    const preview = this.#preview();
    if (preview) {
      this.#renderMeter(preview);
    }
  }

  focus(): void {
    this.#input.focus();
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

/** Decides whether braces in the text are placeholders. */
function modeSwitch(page: Page): RadioSwitch<Written['mode']> {
  const { words, model } = page;
  const names = placeholders.map((name) => `{${name}}`).join(', ');
  return radioSwitch(
    'mode',
    words.text('mode'),
    [
      { value: 'literal', label: words.text('modeLiteral'), hint: words.text('modeLiteralHint') },
      {
        value: 'personal',
        label: words.text('modePersonal'),
        hint: words.text('modePersonalHint', names, '{name|…}'),
      },
    ],
    (mode) => {
      page.change({ mode });
      // A long text is handed over after a pause; here at once, because the mode decides which braces are faults.
      model.flush();
    },
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
