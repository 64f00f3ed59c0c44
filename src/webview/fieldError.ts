import { h, icon, setAttribute, setText, show } from './dom';

/** The line under a field that says what is wrong with it, tied to the control for screen readers. */
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
    if (fix) {
      this.#fix = h('button', { type: 'button', class: 'link' }, fix.label);
      this.#fix.addEventListener('click', fix.run);
    }
    this.#text.id = `${control.id}-error`;
    this.element = h(
      'div',
      { class: 'field-error' },
      icon('error'),
      h('div', { class: 'field-error-said' }, this.#text, ' ', this.#fix),
    );
    this.set(undefined);
  }

  set(message: string | undefined, offerFix = false): void {
    const wrong = message !== undefined;
    setText(this.#text, message ?? '');
    show(this.element, wrong);
    if (this.#fix) {
      show(this.#fix, offerFix);
    }
    setAttribute(this.#control, 'aria-invalid', wrong ? 'true' : undefined);
    const ids = [...this.#describedBy, ...(wrong ? [this.#text.id] : [])];
    setAttribute(this.#control, 'aria-describedby', ids.length > 0 ? ids.join(' ') : undefined);
  }
}
