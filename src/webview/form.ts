import { LastAnswer } from '../common/lastAnswer';
import type { FormField, Person } from '../form/protocol';
import { AccountRow, Welcome } from './account';
import { AvatarField } from './avatarField';
import { h, show } from './dom';
import { ShownIssues } from './fieldErrors';
import { KeptDrafts } from './keptDrafts';
import type { Page, Part } from './page';
import { Phone } from './phone';
import { preview } from './preview';
import type { Preview } from './preview';
import { RecipientsField } from './recipientsField';
import { SendArea } from './sendArea';
import { TextField } from './textField';

/** The whole form: its parts in reading order, and sending. */
export class Form {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #issues = new ShownIssues();
  readonly #recipients: RecipientsField;
  readonly #text: TextField;
  readonly #avatar: AvatarField;
  readonly #phone: Phone;
  readonly #parts: readonly Part[];
  readonly #welcome: Welcome;
  readonly #form: HTMLElement;
  #preview: Preview | undefined;
  readonly #extremes = new LastAnswer<readonly Person[]>();

  constructor(page: Page) {
    this.#page = page;
    const getPreview = () => this.#preview;
    this.#recipients = new RecipientsField(page, this.#issues);
    this.#text = new TextField(page, this.#issues, getPreview);
    this.#avatar = new AvatarField(page, this.#issues);
    this.#phone = new Phone(page, getPreview, () => this.#avatar.loaded);
    this.#welcome = new Welcome(page);
    this.#parts = [
      new AccountRow(page),
      this.#recipients,
      this.#text,
      this.#avatar,
      this.#phone,
      new KeptDrafts(page),
      new SendArea(
        page,
        (to) => void this.#send(to),
        () => this.#sendLater(),
      ),
    ];
    this.#form = h(
      'div',
      { class: 'form', role: 'form', 'aria-label': page.words.text('formLabel') },
      ...this.#parts.map((part) => part.element),
    );
    this.element = h(
      'main',
      {},
      h('h1', { class: 'sr-only' }, page.words.text('formLabel')),
      this.#welcome.element,
      this.#form,
    );
    show(this.#welcome.element, false);
    show(this.#form, false);
    this.#form.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && !event.isComposing) {
        event.preventDefault();
        if (!event.repeat && event.shiftKey) {
          this.#sendLater();
        } else if (!event.repeat) {
          void this.#send('recipients');
        }
      } else if (event.key === 'Escape' && page.model.state?.phase.kind === 'waiting') {
        page.messaging.post({ type: 'cancel' });
      }
    });
  }

  render(): void {
    const { state, written } = this.#page.model;
    if (!state) {
      return;
    }
    show(this.#welcome.element, !state.account);
    show(this.#form, state.account !== undefined);
    if (!state.account) {
      this.#welcome.render();
      return;
    }
    this.#preview = preview(state, written, this.#phone.person, this.#extremes);
    for (const part of this.#parts) {
      part.render();
    }
  }

  focus(field: FormField): void {
    ({ recipients: this.#recipients, text: this.#text, avatar: this.#avatar })[field].focus();
  }

  /** Lets undo go on with what was written before the page was rebuilt. */
  goOnFrom(pastTexts: readonly string[]): void {
    this.#text.goOnFrom(pastTexts);
  }

  /** Repeats the search that the user is looking at, because more people can be found now. */
  searchAgain(): void {
    this.#recipients.searchAgain();
  }

  /** The host asks for the time, and checks the draft once more. */
  #sendLater(): void {
    const { model, messaging } = this.#page;
    if (model.isReadOnly) {
      return;
    }
    if (!this.#recipients.takeTyped()) {
      this.#page.render();
      this.#recipients.focus();
      return;
    }
    model.flush();
    if (model.issues.length > 0) {
      this.#showFaults('recipients');
      this.#page.render();
      return;
    }
    messaging.run('sendLater');
  }

  async #send(to: 'recipients' | 'me'): Promise<void> {
    const { model, messaging } = this.#page;
    if (model.isReadOnly) {
      return;
    }
    if (to === 'recipients' && !this.#recipients.takeTyped()) {
      this.#page.render();
      this.#recipients.focus();
      return;
    }
    model.isSending = true;
    this.#page.render();
    try {
      const result = await messaging.request({ type: 'send', to, ...model.forSend() });
      const outcome = result.ok && result.value.kind === 'sent' ? result.value.outcome : undefined;
      if (outcome === 'accepted') {
        this.#issues.reset();
        this.#text.focus();
      } else if (outcome === 'invalid') {
        this.#showFaults(to);
      }
    } finally {
      model.isSending = false;
      this.#page.render();
    }
  }

  /** Shows every fault and moves the focus to the first one. */
  #showFaults(to: 'recipients' | 'me'): void {
    const { issues } = this.#page.model;
    const others = ['text', 'avatar'] as const;
    const fields = to === 'recipients' ? (['recipients', ...others] as const) : others;
    fields.forEach((field) => this.#issues.showFor(field));
    const first = fields.find((field) => this.#issues.issueOf(field, issues));
    if (first === 'text') {
      this.#text.focusFault();
    } else if (first) {
      this.focus(first);
    }
  }
}
