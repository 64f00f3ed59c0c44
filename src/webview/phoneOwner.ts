import type { Person } from '../form/protocol';
import { Chips } from './chips';
import { h, setText, show } from './dom';
import type { Page } from './page';

/** More than a list can be looked through; whom it leaves out is drawn nowhere. */
const offeredAtMost = 100;

/** "On the phone of …": the name is a list of the chosen people, and the phone shows that person's version. */
export class PhoneOwner {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #alone = h('span');
  readonly #choice: HTMLElement;
  readonly #select: HTMLSelectElement;
  #drawn: readonly Person[] | undefined;
  #id: number | undefined;

  constructor(page: Page) {
    this.#page = page;
    const { words } = page;
    this.#select = h('select', {
      id: 'phone-owner',
      class: 'link phone-owner',
      'aria-label': words.text('choosePhone'),
    });
    const [before = '', after = ''] = words.text('onPhoneOf').split('{0}');
    this.#choice = h('span', { class: 'phone-choice' }, before.trim(), this.#select, after.trim());
    this.element = h('span', { id: 'phone-caption' }, this.#alone, this.#choice);
    this.#select.addEventListener('change', () => {
      this.#id = Number(this.#select.value);
      page.render();
    });
  }

  /** The chosen one as long as they are among the recipients, else the first. */
  get person(): Person | undefined {
    const { recipients } = this.#page.model.written;
    return recipients.find(({ id }) => id === this.#id) ?? recipients[0];
  }

  render(): void {
    const { words, model } = this.#page;
    const { recipients } = model.written;
    const { person } = this;
    const several = recipients.length > 1;
    show(this.#choice, several);
    show(this.#alone, !several);
    setText(
      this.#alone,
      person?.name ? words.text('onPhoneOf', person.name) : words.text('onPhone'),
    );
    if (this.#drawn !== recipients) {
      this.#drawn = recipients;
      const offered = recipients.slice(0, offeredAtMost);
      const more = recipients.length - offered.length;
      this.#select.replaceChildren(
        ...(several ? offered : []).map((one) =>
          h('option', { value: one.id }, Chips.nameOf(one, words)),
        ),
        ...(more > 0 ? [h('option', { disabled: true }, words.plural('morePeople', more))] : []),
      );
    }
    if (person) {
      this.#select.value = String(person.id);
    }
  }
}
