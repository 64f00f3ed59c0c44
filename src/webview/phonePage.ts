import { LastAnswer } from '../common/lastAnswer';
import type { Person } from '../form/protocol';
import { AvatarField } from './avatarField';
import { h } from './dom';
import { ShownIssues } from './fieldErrors';
import type { Page, Part } from './page';
import { Phone } from './phone';
import { preview } from './preview';
import type { Preview } from './preview';

/** Only the drawn phone, for a push that is written elsewhere. */
export class PhonePage implements Part {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #phone: Phone;
  /** Loads the picture; it is not in the page. */
  readonly #avatar: AvatarField;
  readonly #extremes = new LastAnswer<readonly Person[]>();
  #preview: Preview | undefined;

  constructor(page: Page) {
    this.#page = page;
    this.#avatar = new AvatarField(page, new ShownIssues());
    this.#phone = new Phone(
      page,
      () => this.#preview,
      () => this.#avatar.loaded,
    );
    this.element = h('main', { class: 'phone-only' }, this.#phone.element);
  }

  render(): void {
    const { state, written } = this.#page.model;
    if (state) {
      this.#preview = preview(state, written, this.#phone.person, this.#extremes);
      this.#avatar.render();
      this.#phone.render();
    }
  }
}
