import type { HintView, Person, ProblemView } from '../form/protocol';
import { personName, troubleOf } from './audience';
import { button, h, icon, setText, show } from './dom';
import type { Page, Part } from './page';

/** At most this many people are named; the others are told as a number. */
const namesAtMost = 2;

/** The lines below the recipients that say which of them get nothing, or may not get the push. */
export class DeliveryHints implements Part {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #trouble = h('p', { class: 'hint warning' });
  readonly #troubleText = h('span');
  readonly #hint = h('p', { class: 'hint warning' });
  readonly #hintText = h('span');
  readonly #why: HTMLButtonElement;
  /** The person whom "Why?" explains. */
  #person: Person | undefined;

  constructor(page: Page) {
    this.#page = page;
    this.#why = button(
      { class: 'link' },
      () => page.messaging.run('whyNotDelivered', this.#person?.id),
      page.words.text('why'),
    );
    this.#trouble.append(icon('warning'), this.#troubleText);
    this.#hint.append(icon('warning'), this.#hintText, ' ', this.#why);
    this.element = h('div', { class: 'delivery' }, this.#trouble, this.#hint);
  }

  render(): void {
    const { words } = this.#page;
    const trouble = this.#troubleSentence();
    setText(this.#troubleText, trouble ?? '');
    show(this.#trouble, trouble !== undefined);
    const hint = this.#hintSentence();
    setText(this.#hintText, hint ?? '');
    show(this.#hint, hint !== undefined);
    this.#why.setAttribute(
      'aria-label',
      this.#person ? words.text('whyOf', personName(this.#person, words)) : '',
    );
    show(this.element, trouble !== undefined || hint !== undefined);
  }

  #troubleSentence(): string | undefined {
    const { model, words } = this.#page;
    const person = model.written.recipients.find(({ trouble }) => trouble !== undefined);
    if (person) {
      return troubleOf(person, words);
    }
    return model.state?.otherPortal ? words.text('otherPortal') : undefined;
  }

  /** Returns e.g. "2 may not get it: Anna (was dismissed), Oleg (…)", and notes the person for "Why?". */
  #hintSentence(): string | undefined {
    const { model, words } = this.#page;
    const { hints, hintsOfFirst } = model;
    const found: { person: Person; hint: HintView }[] = [];
    for (const person of hints.size > 0 ? model.written.recipients : []) {
      const hint = person.trouble === undefined ? hints.get(person.id) : undefined;
      if (hint && hint.weight !== 'none') {
        found.push({ person, hint });
      }
    }
    const certain = found.filter(({ hint }) => hint.weight === 'not');
    const told = certain.length > 0 ? certain : found;
    this.#person = told[0]?.person;
    if (told.length === 0) {
      return undefined;
    }
    const names = told
      .slice(0, namesAtMost)
      .map(({ person, hint }) => words.text('personHint', personName(person, words), hint.words));
    const more = told.length - names.length;
    if (more > 0) {
      names.push(words.plural('morePeople', more));
    }
    const sentence = words.plural(
      certain.length > 0 ? 'mayNotGet' : 'mayComeLate',
      told.length,
      names.join(', '),
    );
    return hintsOfFirst === undefined
      ? sentence
      : `${sentence} ${words.text('hintsOfFirst', hintsOfFirst)}`;
  }
}

/** Says why names cannot be found, with buttons that fix it. Stays until a search works. */
export class NameHint {
  readonly element = h('p', { class: 'hint' });
  readonly #page: Page;
  #drawn: string | undefined;

  constructor(page: Page) {
    this.#page = page;
    show(this.element, false);
  }

  /** Shows the problem; undefined hides the hint. */
  set(problem: ProblemView | undefined): void {
    const key = JSON.stringify(problem);
    if (key === this.#drawn) {
      return;
    }
    this.#drawn = key;
    this.element.replaceChildren();
    show(this.element, problem !== undefined);
    if (!problem) {
      return;
    }
    const { messaging, announcer } = this.#page;
    this.element.append(icon('info'), h('span', {}, problem.message));
    for (const { id, label } of problem.fixes) {
      const fix = (): void => void messaging.request({ type: 'fix', fix: id });
      this.element.append(' ', button({ class: 'link' }, fix, label));
    }
    announcer.say(problem.message);
  }
}
