import { h, icon, setAttribute, setText, show } from './dom';

/** The line under a field that says what is wrong with it, tied to the control for screen readers. */
export class FieldError {
  readonly element: HTMLElement;
  readonly #control: HTMLElement;
  readonly #describedBy: readonly string[];
  readonly #text = h('span');

  /** `describedBy`: ids that describe the control in any case. */
  constructor(control: HTMLElement, describedBy: readonly string[] = []) {
    this.#control = control;
    this.#describedBy = describedBy;
    this.element = h(
      'p',
      { class: 'field-error', id: `${control.id}-error` },
      icon('error'),
      this.#text,
    );
    this.set(undefined);
  }

  set(message: string | undefined): void {
    const wrong = message !== undefined;
    setText(this.#text, message ?? '');
    show(this.element, wrong);
    setAttribute(this.#control, 'aria-invalid', wrong ? 'true' : undefined);
    const ids = [...this.#describedBy, ...(wrong ? [this.element.id] : [])];
    setAttribute(this.#control, 'aria-describedby', ids.length > 0 ? ids.join(' ') : undefined);
  }
}
