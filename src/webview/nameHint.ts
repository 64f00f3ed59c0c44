import type { ProblemView } from '../form/protocol';
import { h, icon, show } from './dom';
import type { Page } from './page';

/** Why names cannot be found, with the fixes; stays until a search works. */
export class NameHint {
  readonly element = h('p', { class: 'hint' });
  readonly #page: Page;
  #shown: ProblemView | undefined;

  constructor(page: Page) {
    this.#page = page;
    show(this.element, false);
  }

  set(problem: ProblemView | undefined): void {
    if (JSON.stringify(problem) === JSON.stringify(this.#shown)) {
      return;
    }
    this.#shown = problem;
    this.element.replaceChildren();
    show(this.element, problem !== undefined);
    if (problem) {
      this.element.append(icon('info'), h('span', {}, problem.message));
      for (const fix of problem.fixes) {
        const button = h('button', { type: 'button', class: 'link' }, fix.label);
        button.addEventListener('click', () => {
          void this.#page.messaging.request({ type: 'fix', fix: fix.id });
        });
        this.element.append(' ', button);
      }
      this.#page.announcer.say(problem.message);
    }
  }
}
