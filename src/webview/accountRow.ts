import { h, icon, setAttribute, setText, show } from './dom';
import { face } from './face';
import type { Page, Part } from './page';

/** Who sends, from which portal. Opens the choice of another account. */
export class AccountRow implements Part {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #face = h('span', { class: 'account-face' });
  readonly #host = h('span', { class: 'account-host' });
  readonly #user = h('span', { class: 'account-user' });
  readonly #button: HTMLButtonElement;
  readonly #hint: HTMLElement;
  #drawn: string | undefined;

  constructor(page: Page) {
    this.#page = page;
    this.#button = h(
      'button',
      { type: 'button', class: 'account', title: page.words.text('switchAccount') },
      this.#face,
      h('span', { class: 'account-names' }, this.#host, this.#user),
      h('span', { class: 'sr-only' }, page.words.text('switchAccount')),
      icon('chevron'),
    );
    this.#button.addEventListener('click', () => {
      void page.messaging.request({ type: 'command', command: 'switchAccount' });
    });
    this.#hint = h(
      'p',
      { class: 'hint warning', id: 'account-hint' },
      icon('warning'),
      h('span', {}, page.words.text('administratorHint')),
    );
    this.element = h('div', { class: 'field' }, this.#button, this.#hint);
  }

  render(): void {
    const account = this.#page.model.state?.account;
    const key = JSON.stringify(account);
    if (!account || this.#drawn === key) {
      return;
    }
    this.#drawn = key;
    const { words } = this.#page;
    this.#face.replaceChildren(face({ id: account.userId, name: account.userName }));
    setText(this.#host, account.host);
    const role =
      account.administrator === undefined
        ? ''
        : ` · ${words.text(account.administrator ? 'administrator' : 'notAdministrator')}`;
    setText(this.#user, account.userName + role);
    const refused = account.administrator === false;
    show(this.#hint, refused);
    setAttribute(this.#button, 'aria-describedby', refused ? 'account-hint' : undefined);
  }
}
