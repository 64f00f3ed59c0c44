import type { RecordedPush, SandboxUser } from '../../controlApi';
import type { PageTexts } from './pageTexts';

/** Runs in the browser and in the sandbox. Decides which people the text of the filter box selects. */
export class PeopleFilter {
  readonly #texts: PageTexts;

  constructor(texts: PageTexts) {
    this.#texts = texts;
  }

  wordsOf(text: string): string[] {
    return text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  }

  /** @returns true if each of the words is a part of the person's name, position or status line. */
  matches(user: SandboxUser, words: readonly string[]): boolean {
    const line = this.#texts.personLine(user);
    const text = `${user.name} ${user.position} ${line}`.toLocaleLowerCase();
    return words.every((word) => text.includes(word));
  }

  /**
   * Selects at most `most` people in the order of the page: first those whom the latest push names,
   * then the others, each by id. When not all fit, people named by an earlier push go before the rest.
   */
  order(
    people: readonly SandboxUser[],
    pushes: readonly RecordedPush[],
    text: string,
    most: number,
  ): { users: SandboxUser[]; matching: number } {
    const words = this.wordsOf(text);
    const matching = people.filter((user) => this.matches(user, words));
    const latest = pushes.reduce((last, push) => Math.max(last, push.id), 0);
    const named = new Set(pushes.find((push) => push.id === latest)?.recipients ?? []);
    const namedBefore = new Set(pushes.flatMap((push) => push.recipients));
    const rank = (user: SandboxUser): number =>
      named.has(user.id) ? 0 : matching.length > most && namedBefore.has(user.id) ? 1 : 2;
    const users = matching.sort((a, b) => rank(a) - rank(b) || a.id - b.id).slice(0, most);
    return { users, matching: matching.length };
  }
}
