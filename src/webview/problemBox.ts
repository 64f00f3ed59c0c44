import type { ProblemView } from '../form/protocol';
import { button, h, icon } from './dom';
import type { Messaging } from './messaging';
import type { Page } from './page';

/** Shows the present problem, with buttons that fix it. Its text is never markup, so nothing in it becomes a link. */
export class ProblemBox {
  readonly element: HTMLElement;
  readonly #page: Page;
  #drawn = '';

  constructor(page: Page) {
    this.#page = page;
    this.element = h('div', {
      ...{ class: 'problem', role: 'group', hidden: true },
      'aria-label': page.words.text('problemKind'),
    });
  }

  /** `isNews`: a screen reader speaks it. */
  render(problem: ProblemView | undefined, isNews: boolean): void {
    const key = JSON.stringify(problem);
    if (key === this.#drawn) {
      return;
    }
    this.#drawn = key;
    this.element.hidden = problem === undefined;
    if (!problem) {
      return;
    }
    const { code, message, severity, fixes } = problem;
    const { announcer, messaging } = this.#page;
    // A warning (e.g. the push may have been accepted) has no primary button, which would be pressed by habit.
    const buttons = fixes.map(({ id, label }, index) =>
      button(
        { class: severity === 'error' && index === 0 ? 'button' : 'button secondary' },
        () => void messaging.request({ type: 'fix', fix: id }),
        label,
      ),
    );
    this.element.dataset['severity'] = severity;
    this.element.replaceChildren(
      h('p', { class: 'problem-message' }, icon(severity), h('span', {}, message)),
      ...(code === '' ? [] : [h('p', { class: 'problem-code' }, code)]),
      h('div', { class: 'buttons' }, ...buttons),
    );
    if (isNews) {
      announcer.say(message);
    }
  }
}

/** One line about another push than the one that is written: a warning, and a link to it. */
export class EarlierLine {
  readonly element = h('p', { class: 'hint warning earlier', hidden: true });
  readonly #messaging: Messaging;
  #drawn = '';

  constructor({ messaging }: Page) {
    this.#messaging = messaging;
  }

  render(earlier: ProblemView | undefined): void {
    const key = JSON.stringify(earlier);
    if (key === this.#drawn) {
      return;
    }
    this.#drawn = key;
    this.element.hidden = earlier === undefined;
    const links = (earlier?.fixes ?? []).map(({ id, label }) =>
      button(
        { class: 'link' },
        () => void this.#messaging.request({ type: 'fix', fix: id }),
        label,
      ),
    );
    this.element.replaceChildren(icon('warning'), h('span', {}, earlier?.message, ' ', ...links));
  }
}
