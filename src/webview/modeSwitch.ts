import { placeholders } from '../form/writtenText';
import type { Written } from '../form/protocol';
import { h, setAttribute } from './dom';
import type { Page } from './page';

type Mode = Written['mode'];
const modes = ['literal', 'personal'] as const;
const labels = { literal: 'modeLiteral', personal: 'modePersonal' } as const;

/** Whether braces in the text are placeholders: both ways in sight, one click from one to the other. */
export class ModeSwitch {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #radios: Record<Mode, HTMLInputElement>;

  constructor(page: Page) {
    this.#page = page;
    const { words } = page;
    const hints = {
      literal: words.text('modeLiteralHint'),
      personal: words.text(
        'modePersonalHint',
        placeholders.map((name) => `{${name}}`).join(', '),
        '{name|…}',
      ),
    };
    this.#radios = { literal: this.#radio('literal'), personal: this.#radio('personal') };
    this.element = h(
      'div',
      { class: 'switch', role: 'radiogroup', 'aria-label': words.text('mode') },
      ...modes.flatMap((mode) => [
        this.#radios[mode],
        h('label', { for: `mode-${mode}`, title: hints[mode] }, words.text(labels[mode])),
        h('span', { class: 'sr-only', id: `mode-${mode}-hint` }, hints[mode]),
      ]),
    );
  }

  render(): void {
    const { written, state } = this.#page.model;
    this.#radios[written.mode].checked = true;
    for (const mode of modes) {
      setAttribute(this.#radios[mode], 'disabled', state?.phase.kind !== 'idle');
    }
  }

  #radio(mode: Mode): HTMLInputElement {
    const radio = h('input', {
      type: 'radio',
      name: 'mode',
      id: `mode-${mode}`,
      value: mode,
      class: 'sr-only',
      'aria-describedby': `mode-${mode}-hint`,
    });
    radio.addEventListener('change', () => {
      this.#page.change({ mode });
      // What was wrong with the braces may be right now, and the reverse.
      this.#page.model.flush();
    });
    return radio;
  }
}
