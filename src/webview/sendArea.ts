import type { AcceptedView, PhaseView } from '../compose/protocol';
import { h, icon, setAttribute, setText, show } from './dom';
import type { Page, Part } from './page';
import { ProblemBox } from './problemBox';

export interface SendAreaDeps {
  /** Settles what is typed, shows what is wrong, and asks the host to send. */
  send(to: 'recipients' | 'me'): void;
}

/** Send, and what became of it. Stays in sight while the form scrolls. */
export class SendArea implements Part {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #send: HTMLButtonElement;
  readonly #sendLabel = h('span');
  readonly #me: HTMLButtonElement;
  readonly #waiting: HTMLElement;
  readonly #waitingText = h('span');
  readonly #accepted: HTMLElement;
  readonly #acceptedText = h('span');
  readonly #problem: ProblemBox;
  #spoken = '';

  constructor(page: Page, deps: SendAreaDeps) {
    this.#page = page;
    const { words, messaging } = page;
    this.#send = h(
      'button',
      {
        type: 'button',
        class: 'button send',
        id: 'send',
        'aria-keyshortcuts': 'Control+Enter Meta+Enter',
      },
      h('span', { class: 'spinner', 'aria-hidden': 'true' }),
      this.#sendLabel,
    );
    this.#send.addEventListener('click', () => {
      deps.send('recipients');
    });
    this.#me = h('button', { type: 'button', class: 'button secondary' }, words.text('sendToMe'));
    this.#me.addEventListener('click', () => {
      deps.send('me');
    });
    const cancel = h('button', { type: 'button', class: 'button secondary' }, words.text('cancel'));
    cancel.addEventListener('click', () => {
      messaging.post({ type: 'cancel' });
      this.#send.focus();
    });
    this.#waiting = h('div', { class: 'outcome waiting' }, icon('info'), this.#waitingText, cancel);
    this.#accepted = h('p', { class: 'outcome accepted' }, icon('check'), this.#acceptedText);
    this.#problem = new ProblemBox(page);
    this.element = h(
      'div',
      { class: 'send-area' },
      h('div', { class: 'buttons' }, this.#send, this.#me),
      this.#waiting,
      this.#accepted,
      this.#problem.element,
    );
  }

  render(): void {
    const { model, words } = this.#page;
    const { state } = model;
    if (!state) {
      return;
    }
    const busy = state.phase.kind !== 'idle';
    const count = model.written.recipients.length;
    const label = count > 0 ? words.plural('sendTo', count) : words.text('send');
    setText(this.#sendLabel, busy ? words.text('sending') : label);
    setAttribute(this.#send, 'aria-disabled', busy ? 'true' : undefined);
    setAttribute(this.#me, 'aria-disabled', busy ? 'true' : undefined);
    setAttribute(this.#send, 'data-busy', busy);
    this.#me.title = state.account ? words.text('sendToMeHint', state.account.userName) : '';

    const waiting = this.#waitingSentence(state.phase);
    show(this.#waiting, waiting !== undefined);
    setText(this.#waitingText, waiting ?? '');
    const accepted = busy ? undefined : this.#acceptedSentence(state.accepted);
    show(this.#accepted, accepted !== undefined);
    setText(this.#acceptedText, accepted ?? '');
    this.#problem.render(busy ? undefined : state.problem);
    this.#say(waiting ?? (state.phase.kind === 'sending' ? words.text('sending') : accepted));
  }

  focus(): void {
    this.#send.focus();
  }

  #waitingSentence(phase: PhaseView): string | undefined {
    return phase.kind === 'waiting'
      ? this.#page.words.text('waiting', this.#page.words.time(phase.until, true))
      : undefined;
  }

  #acceptedSentence(accepted: AcceptedView | undefined): string | undefined {
    return (
      accepted &&
      this.#page.words.plural('accepted', accepted.count, this.#page.words.time(accepted.at))
    );
  }

  /** Speaks what changed, once. */
  #say(sentence: string | undefined): void {
    if (sentence !== this.#spoken) {
      this.#spoken = sentence ?? '';
      if (sentence) {
        this.#page.announcer.say(sentence);
      }
    }
  }
}
