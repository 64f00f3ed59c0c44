import type { HintView, Person } from '../form/protocol';
import { Chips } from './chips';
import { h, icon, setText, show } from './dom';
import type { Page, Part } from './page';

/** More are told as a number. */
const namesAtMost = 2;

/** Below the people: who of them gets nothing, and who may not get it. */
export class DeliveryLine implements Part {
  readonly element: HTMLElement;
  readonly #page: Page;
  readonly #trouble = h('p', { class: 'hint warning' });
  readonly #troubleText = h('span');
  readonly #hint = h('p', { class: 'hint warning' });
  readonly #hintText = h('span');
  readonly #why: HTMLButtonElement;
  #person: Person | undefined;

  constructor(page: Page) {
    this.#page = page;
    this.#why = h('button', { type: 'button', class: 'link' }, page.words.text('why'));
    this.#why.addEventListener('click', () => {
      if (this.#person) {
        const { id } = this.#person;
        void page.messaging.request({ type: 'command', command: 'whyNotDelivered', person: id });
      }
    });
    this.#trouble.append(icon('warning'), this.#troubleText);
    this.#hint.append(icon('warning'), this.#hintText, ' ', this.#why);
    this.element = h('div', { class: 'delivery' }, this.#trouble, this.#hint);
  }

  render(): void {
    const { model, words } = this.#page;
    const { recipients } = model.written;
    const troubled = recipients.find(({ trouble }) => trouble !== undefined);
    const elsewhere = model.state?.otherPortal === true;
    const sentence = elsewhere ? words.text('otherPortal') : '';
    setText(this.#troubleText, troubled ? this.#troubleSentence(troubled) : sentence);
    show(this.#trouble, troubled !== undefined || elsewhere);
    const hinted = this.#hintSentence();
    setText(this.#hintText, hinted ?? '');
    show(this.#hint, hinted !== undefined);
    this.#why.setAttribute(
      'aria-label',
      this.#person ? words.text('whyOf', Chips.nameOf(this.#person, words)) : '',
    );
    show(this.element, troubled !== undefined || elsewhere || hinted !== undefined);
  }

  #troubleSentence(person: Person): string {
    const { words } = this.#page;
    return person.trouble === 'unknown'
      ? words.text('personUnknown', String(person.id))
      : words.text('personInactive', Chips.nameOf(person, words));
  }

  /** "2 may not get it: Anna (was dismissed), Oleg (…)". Also notes whom Why? is about. */
  #hintSentence(): string | undefined {
    const { model, words } = this.#page;
    const { hints, hintsOfFirst } = model;
    this.#person = undefined;
    if (hints.size === 0) {
      return undefined;
    }
    const found: { person: Person; hint: HintView }[] = [];
    for (const person of model.written.recipients) {
      const hint = person.trouble === undefined ? hints.get(person.id) : undefined;
      if (hint && hint.weight !== 'none') {
        found.push({ person, hint });
      }
    }
    const not = found.filter(({ hint }) => hint.weight === 'not');
    const told = not.length > 0 ? not : found;
    this.#person = told[0]?.person;
    if (told.length === 0) {
      return undefined;
    }
    const names = told
      .slice(0, namesAtMost)
      .map(({ person, hint }) => words.text('personHint', Chips.nameOf(person, words), hint.words));
    const more = told.length - names.length;
    if (more > 0) {
      names.push(words.plural('morePeople', more));
    }
    const sentence = words.plural(
      not.length > 0 ? 'mayNotGet' : 'mayComeLate',
      told.length,
      names.join(', '),
    );
    return hintsOfFirst === undefined
      ? sentence
      : `${sentence} ${words.text('hintsOfFirst', hintsOfFirst)}`;
  }
}
