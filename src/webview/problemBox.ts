import type { ProblemView } from '../form/protocol';
import { h, icon } from './dom';
import type { Page } from './page';

/** Shows the present problem, with buttons that fix it. Its text is never markup, so nothing in it becomes a link. */
export class ProblemBox {
  readonly element = h('div', { class: 'problem', role: 'group' });
  readonly #page: Page;
  #drawn = '';

  constructor(page: Page) {
    this.#page = page;
    this.element.setAttribute('aria-label', page.words.text('problemKind'));
    this.element.hidden = true;
  }

  render(problem: ProblemView | undefined): void {
    const key = JSON.stringify(problem ?? null);
    if (key === this.#drawn) {
      return;
    }
    this.#drawn = key;
    this.element.hidden = problem === undefined;
    this.element.replaceChildren();
    if (!problem) {
      return;
    }
    this.element.dataset['severity'] = problem.severity;
    this.element.append(
      h(
        'p',
        { class: 'problem-message' },
        icon(problem.severity === 'info' ? 'info' : problem.severity),
        h('span', {}, problem.message),
      ),
      h('p', { class: 'problem-code' }, problem.code),
    );
    // A warning (e.g. the push may have been accepted) has no primary button, which would be pressed by habit.
    const urgent = problem.severity === 'error';
    if (problem.fixes.length > 0) {
      const buttons = problem.fixes.map((fix, index) => {
        const button = h(
          'button',
          { type: 'button', class: index === 0 && urgent ? 'button' : 'button secondary' },
          fix.label,
        );
        button.addEventListener('click', () => {
          void this.#page.messaging.request({ type: 'fix', fix: fix.id });
        });
        return button;
      });
      this.element.append(h('div', { class: 'buttons' }, ...buttons));
    }
    this.#page.announcer.say(problem.message);
  }
}
