import type { AcceptedView, PhaseView, PlanView } from '../form/protocol';
import { sendLabel } from './audience';
import { button, h, icon, setAttribute, setText, show } from './dom';
import type { Page, Part } from './page';
import { EarlierLine, ProblemBox } from './problemBox';

/** Cancel is offered once something has taken so long, in ms: most pushes are over before. */
const patienceMs = 1_000;
const isMac = navigator.userAgent.includes('Macintosh');

/** The Send buttons, the progress and the outcome of the push. They stay in sight while the form scrolls. */
export class SendArea implements Part {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #send: HTMLButtonElement;
  readonly #sendLabel = h('span');
  readonly #later: HTMLButtonElement;
  readonly #me: HTMLButtonElement;
  readonly #plan = h('p', { class: 'hint plan', id: 'plan' });
  /** The line about the push that is on its way: its progress, or how long the portal makes it wait. */
  readonly #under: HTMLElement;
  readonly #underText = h('span');
  readonly #bar = h('progress', { class: 'progress' });
  readonly #cancel: HTMLButtonElement;
  /** True after Cancel, until the request that is on its way is answered. */
  #stopping = false;
  /** The phase that is on screen, and whether it has taken long. */
  #kind: PhaseView['kind'] | undefined;
  #isLong = false;
  #patience: ReturnType<typeof setTimeout> | undefined;
  readonly #accepted: HTMLElement;
  readonly #acceptedText = h('span');
  readonly #problem: ProblemBox;
  readonly #earlier: EarlierLine;
  /** What was spoken last; undefined while nothing has been drawn. */
  #spoken: string | undefined;
  #quarter: number | undefined;

  /** `send` and `sendLater`: take over what is typed, show the faults of the draft, or ask the host. */
  constructor(page: Page, send: (to: 'recipients' | 'me') => void, sendLater: () => void) {
    this.#page = page;
    const { words, messaging } = page;
    this.#send = button(
      {
        ...{ class: 'button send', id: 'send', 'aria-keyshortcuts': 'Control+Enter Meta+Enter' },
        title: words.text('sendKey', isMac ? '⌘Enter' : 'Ctrl+Enter'),
      },
      () => send('recipients'),
      h('span', { class: 'spinner', 'aria-hidden': 'true' }),
      this.#sendLabel,
    );
    this.#later = button(
      {
        ...{ class: 'button secondary', 'aria-haspopup': 'dialog' },
        'aria-keyshortcuts': 'Control+Shift+Enter Meta+Shift+Enter',
        title: words.text('sendLaterKey', isMac ? '⇧⌘Enter' : 'Ctrl+Shift+Enter'),
      },
      sendLater,
      words.text('sendLater'),
    );
    this.#me = button({ class: 'button secondary' }, () => send('me'), words.text('sendToMe'));
    const cancel = () => {
      messaging.post({ type: 'cancel' });
      this.#stopping = true;
      this.#send.focus();
      page.render();
    };
    this.#cancel = button({ class: 'button secondary' }, cancel, words.text('cancel'));
    this.#bar.setAttribute('aria-label', words.text('progressLabel'));
    this.#under = h(
      'div',
      { class: 'outcome waiting' },
      icon('info'),
      this.#underText,
      this.#cancel,
      this.#bar,
    );
    this.#accepted = h('p', { class: 'outcome accepted' }, icon('check'), this.#acceptedText);
    this.#problem = new ProblemBox(page);
    this.#earlier = new EarlierLine(page);
    this.element = h(
      'div',
      { class: 'send-area' },
      this.#plan,
      h('div', { class: 'buttons' }, this.#send, this.#later, this.#me),
      this.#under,
      this.#accepted,
      this.#problem.element,
      this.#earlier.element,
    );
  }

  render(): void {
    const { model, words } = this.#page;
    const { state } = model;
    if (!state) {
      return;
    }
    const { phase } = state;
    const busy = phase.kind !== 'idle';
    this.#follow(phase);
    setText(
      this.#sendLabel,
      busy
        ? words.text(phase.kind === 'checking' ? 'checking' : 'sending')
        : sendLabel(model, words),
    );
    setAttribute(this.#send, 'aria-disabled', busy ? 'true' : undefined);
    setAttribute(this.#later, 'aria-disabled', busy ? 'true' : undefined);
    setAttribute(this.#me, 'aria-disabled', busy ? 'true' : undefined);
    setAttribute(this.#send, 'data-busy', busy);
    this.#me.title = state.account ? words.text('sendToMeHint', state.account.userName) : '';

    const { plan } = model;
    const hasDepartments = model.written.departments.length > 0;
    const later = hasDepartments ? words.text('planDepartments') : undefined;
    const how = plan ? this.#planSentence(plan) : later;
    show(this.#plan, how !== undefined);
    setText(this.#plan, how ?? '');
    setAttribute(this.#send, 'aria-describedby', how === undefined ? undefined : 'plan');

    const under = this.#underSentence(phase);
    this.#drawUnderWay(phase, under);
    const accepted = busy ? undefined : this.#acceptedSentence(state.accepted);
    show(this.#accepted, accepted !== undefined);
    setText(this.#acceptedText, accepted ?? '');
    this.#earlier.render(busy ? undefined : state.earlier);
    const isNews = this.#spoken !== undefined;
    this.#sayPhase(phase, under, accepted);
    this.#problem.render(busy ? undefined : state.problem, isNews);
  }

  /** Notices when a phase begins, and when it has taken long. */
  #follow({ kind }: PhaseView): void {
    if (kind === this.#kind) {
      return;
    }
    this.#kind = kind;
    this.#isLong = false;
    clearTimeout(this.#patience);
    if (kind === 'checking' || kind === 'sending') {
      this.#patience = setTimeout(() => {
        this.#isLong = true;
        this.#page.render();
      }, patienceMs);
    }
  }

  /** Returns e.g. "312 people, 40 texts, 1 request", and for how many people a placeholder stays empty. */
  #planSentence({ people, texts, requests, blanks }: PlanView): string {
    const { words } = this.#page;
    const counts = words.text(
      'plan',
      words.plural('people', people),
      words.plural('planTexts', texts),
      words.plural('planRequests', requests),
    );
    return blanks > 0 ? `${counts}. ${words.plural('planBlanks', people, blanks)}` : counts;
  }

  #underSentence(phase: PhaseView): string | undefined {
    const { words } = this.#page;
    if (phase.kind === 'idle') {
      return undefined;
    }
    if (this.#stopping) {
      return words.text('stopping');
    }
    if (phase.kind === 'waiting') {
      return words.text('waiting', words.time(phase.until, true));
    }
    if (phase.kind === 'sending' && phase.progress) {
      const { accepted, left, failed, unknown } = phase.progress;
      return words.text('progress', accepted, left, failed + unknown);
    }
    if (this.#isLong) {
      return words.text(phase.kind === 'checking' ? 'checkingLong' : 'sendingLong');
    }
    return undefined;
  }

  #drawUnderWay(phase: PhaseView, sentence: string | undefined): void {
    if (phase.kind === 'idle') {
      this.#stopping = false;
    }
    show(this.#under, sentence !== undefined);
    setText(this.#underText, sentence ?? '');
    show(this.#cancel, !this.#stopping);
    const progress = 'progress' in phase ? phase.progress : undefined;
    show(this.#bar, progress !== undefined);
    if (progress) {
      this.#bar.max = progress.total;
      this.#bar.value = progress.total - progress.left;
    }
  }

  /** Speaks the progress at each quarter only, because every step would drown everything else. */
  #sayPhase(phase: PhaseView, under: string | undefined, accepted: string | undefined): void {
    const progress = phase.kind === 'sending' && !this.#stopping ? phase.progress : undefined;
    const quarter = progress && Math.floor((4 * (progress.total - progress.left)) / progress.total);
    if (quarter !== undefined && quarter === this.#quarter) {
      return;
    }
    this.#quarter = quarter;
    this.#say(under ?? (phase.kind === 'sending' ? this.#page.words.text('sending') : accepted));
  }

  #acceptedSentence(accepted: AcceptedView | undefined): string | undefined {
    const { words } = this.#page;
    const key = accepted?.isNotification ? 'acceptedByBell' : 'accepted';
    const said = accepted && words.plural(key, accepted.count, words.time(accepted.at));
    return accepted?.hint === undefined ? said : `${said}. ${accepted.hint}`;
  }

  /** Speaks a sentence unless it was the last one spoken, or was there when the page came: that was spoken before. */
  #say(sentence = ''): void {
    if (sentence !== this.#spoken) {
      const isNews = this.#spoken !== undefined;
      this.#spoken = sentence;
      this.#page.announcer.say(isNews ? sentence : '');
    }
  }
}
