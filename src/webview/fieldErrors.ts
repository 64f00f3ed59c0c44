import type { FormField, IssueView } from '../form/protocol';
import { button, h, icon, setAttribute, setText, show } from './dom';

/** Decides which faults of the draft are shown: those of a field that its user has left, or all after Send. */
export class ShownIssues {
  readonly #fields = new Set<FormField>();

  showFor(field: FormField): void {
    this.#fields.add(field);
  }

  reset(): void {
    this.#fields.clear();
  }

  /** The field's first fault; undefined when there is none to show. */
  issueOf(field: FormField, issues: readonly IssueView[]): IssueView | undefined {
    return this.#fields.has(field) ? issues.find((issue) => issue.field === field) : undefined;
  }
}

/** The line under a field that says what is wrong with it. ARIA attributes tie it to the control. */
export class FieldError {
  readonly element: HTMLElement;
  readonly #control: HTMLElement;
  readonly #describedBy: readonly string[];
  readonly #text = h('span');
  readonly #fix: HTMLButtonElement | undefined;

  /** `describedBy`: ids that describe the control in any case. `fix`: a button that {@link set} may offer. */
  constructor(
    control: HTMLElement,
    describedBy: readonly string[] = [],
    fix?: { label: string; run: () => void },
  ) {
    this.#control = control;
    this.#describedBy = describedBy;
    this.#fix = fix && button({ class: 'link' }, fix.run, fix.label);
    this.#text.id = `${control.id}-error`;
    this.element = h(
      'div',
      { class: 'field-error' },
      icon('error'),
      h('div', { class: 'field-error-said' }, this.#text, ' ', this.#fix),
    );
    this.set(undefined);
  }

  /** Shows the message; undefined hides the line. */
  set(message: string | undefined, offerFix = false): void {
    const isWrong = message !== undefined;
    setText(this.#text, message ?? '');
    show(this.element, isWrong);
    if (this.#fix) {
      show(this.#fix, offerFix);
    }
    setAttribute(this.#control, 'aria-invalid', isWrong ? 'true' : undefined);
    const ids = [...this.#describedBy, ...(isWrong ? [this.#text.id] : [])];
    setAttribute(this.#control, 'aria-describedby', ids.length > 0 ? ids.join(' ') : undefined);
  }
}
