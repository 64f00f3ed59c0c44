/**
 * Moves the focus among the buttons of some items by arrows, Home and End, and presses an item's `.chip-remove` at
 * Delete and Backspace.
 */
export class ArrowKeys {
  readonly #element: HTMLElement;
  readonly #items: string;
  /** Takes the focus behind the last button. */
  readonly #leave: () => void;

  /** `items`: a selector of what Delete removes. */
  constructor(element: HTMLElement, items: string, leave: () => void) {
    this.#element = element;
    this.#items = items;
    this.#leave = leave;
    element.addEventListener('keydown', (event) => this.#keydown(event));
  }

  focusLast(): void {
    this.#focus(this.#buttons().length - 1);
  }

  /** Draws, and puts the focus back to the button at the same place. */
  keepFocus(draw: () => void): void {
    const index = this.#index(this.#buttons());
    draw();
    if (index >= 0) {
      this.#focus(Math.min(index, this.#buttons().length - 1));
    }
  }

  #keydown(event: KeyboardEvent): void {
    const buttons = this.#buttons();
    const index = this.#index(buttons);
    const targets: Record<string, number> = {
      ArrowLeft: index - 1,
      ArrowUp: index - 1,
      ArrowRight: index + 1,
      ArrowDown: index + 1,
      Home: 0,
      End: buttons.length,
    };
    const target = targets[event.key];
    if (index >= 0 && target !== undefined) {
      event.preventDefault();
      this.#focus(Math.max(0, target));
    } else if (index >= 0 && (event.key === 'Delete' || event.key === 'Backspace')) {
      event.preventDefault();
      buttons[index]?.closest(this.#items)?.querySelector<HTMLElement>('.chip-remove')?.click();
    }
  }

  #buttons(): HTMLButtonElement[] {
    return [...this.#element.querySelectorAll<HTMLButtonElement>('button:enabled')];
  }

  #index(buttons: readonly HTMLButtonElement[]): number {
    return buttons.findIndex((one) => one === document.activeElement);
  }

  /** Focuses that button; behind the last one, what comes after them. */
  #focus(index: number): void {
    const target = this.#buttons()[index];
    if (target) {
      target.focus();
    } else {
      this.#leave();
    }
  }
}
