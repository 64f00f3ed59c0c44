import { button, h, icon, setAttribute, setText, show } from './dom';
import { face } from './audience';
import type { Page, Part } from './page';

/** The account that sends, with its portal. A click opens the choice of another account. */
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
    const { words, messaging } = page;
    this.#button = button(
      { class: 'account', title: words.text('switchAccount') },
      () => messaging.run('switchAccount'),
      this.#face,
      h('span', { class: 'account-names' }, this.#host, this.#user),
      h('span', { class: 'sr-only' }, words.text('switchAccount')),
      icon('chevron'),
    );
    this.#hint = h(
      'p',
      { class: 'hint warning', id: 'account-hint' },
      icon('warning'),
      h('span', {}, words.text('administratorHint')),
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
    const willBeRefused = account.administrator === false;
    show(this.#hint, willBeRefused);
    setAttribute(this.#button, 'aria-describedby', willBeRefused ? 'account-hint' : undefined);
  }
}

/** Stands in place of the form until somebody has signed in. */
export class Welcome implements Part {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #draftKept: HTMLElement;

  constructor(page: Page) {
    this.#page = page;
    const { words, messaging } = page;
    this.#draftKept = h('p');
    this.element = h(
      'div',
      { class: 'welcome' },
      h('p', {}, words.text('welcome')),
      this.#draftKept,
      button({ class: 'button' }, () => messaging.run('signIn'), words.text('signIn')),
      button(
        { class: 'button secondary' },
        () => messaging.run('sandbox'),
        words.text('trySandbox'),
      ),
    );
  }

  render(): void {
    const { model, words } = this.#page;
    show(this.#draftKept, model.written.text !== '');
    setText(this.#draftKept, words.text(model.state?.isUnsaved ? 'draftNotKept' : 'draftKept'));
  }
}
