import type { Person } from '../bitrix24/person';
import { invisible, otherLayout } from './directory/alphabets';
import { FoldedTexts, foldTexts, match } from './directory/foldedTexts';
import { lettersOf } from './directory/words';

type Named = Pick<Person, 'firstName' | 'lastName' | 'secondName'>;

interface Meant<T> {
  /** The people whom the name most likely means, the likeliest first. */
  who: T[];
  /** True if the name is written as the portal writes theirs. */
  isSpelled: boolean;
  /** True if the name is written so, and can mean nobody else. */
  isCertain: boolean;
}

/**
 * Finds the people whom a written name means: those whose first and last name it is, in any order, else those who have
 * all of its words in their names, else those whose names sound or begin so, or would on the other keyboard layout.
 * `isAll` is true if the name can mean nobody outside of `people`.
 */
export function matchName<T extends Named>(
  name: string,
  people: readonly T[],
  isAll: boolean,
): Meant<T> {
  const parts = people.filter((one) => hasWords(one, spelledWords(name)));
  const full = parts.filter((one) => isFullName(name, one));
  if (parts.length === 0) {
    return { who: similar(name, people), isSpelled: false, isCertain: false };
  }
  // A part of a name may also be written otherwise: Lee and Ли.
  const who = full.length > 0 ? full : [...new Set([...parts, ...similar(name, people, 'words')])];
  return { who, isSpelled: true, isCertain: isAll && who.length === 1 };
}

/** Finds people by a full name or a last name alone. Used where names have only spaces between them. */
export function matchWholeName<T extends Named>(name: string, people: readonly T[]): T[] {
  const isOneWord = spelledWords(name).length === 1;
  return people.filter((one) =>
    isOneWord ? spelled(one.lastName) === spelled(name) : isFullName(name, one),
  );
}

/** A text for the question whether it is written as the portal writes it: case, ё, and what nobody sees do not count. */
export function spelled(text: string): string {
  return spelledWords(text).join(' ');
}

/** Does a word of the name stand in the text, perhaps in the other alphabet? */
export function sharesWord(name: string, text: string): boolean {
  const texts = new FoldedTexts(foldTexts([text]));
  return lettersOf(name).some((word) => texts.search(word, { inside: false }) > match.none);
}

function spelledWords(text: string): string[] {
  const plain = text
    .normalize('NFC')
    .replace(invisible, '')
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/\p{Pd}/gu, '-');
  return plain.match(/[^\s,.;:/|"«»“”„()]+/gu) ?? [];
}

function hasWords({ firstName, lastName, secondName = '' }: Named, words: string[]): boolean {
  const own = spelledWords(`${firstName} ${lastName} ${secondName}`);
  return (
    words.join('').length > 1 &&
    words.every((word) => own.includes(word) && own.splice(own.indexOf(word), 1))
  );
}

function isFullName(name: string, one: Named): boolean {
  const words = spelledWords(name);
  const must = spelledWords(`${one.firstName} ${one.lastName}`);
  return hasWords(one, words) && must.every((word) => words.includes(word));
}

/** How well a word is met: by the beginning when spoken, as written; as a whole when spoken, as written. */
const ranks = [match.soundBegins, match.begins, match.soundEquals, match.equals] as const;

/**
 * People who have all of these words in their names: those whose names meet them best, the best first. With `words`,
 * all who are met by whole words.
 */
function similar<T extends Named>(name: string, people: readonly T[], wanted?: 'words'): T[] {
  const texts = new FoldedTexts(
    foldTexts(
      people.map(
        ({ firstName, lastName, secondName = '' }) => `${firstName} ${lastName} ${secondName}`,
      ),
    ),
  );
  const meeting = (words: readonly string[]): T[] => {
    // A letter or two may stand beside a name, as initials, but mean nobody alone.
    if (words.join('').length < 3) {
      return [];
    }
    const found = words.map((word) => {
      texts.search(word, { inside: false });
      return Array.from(texts.found, (level) => ranks.findIndex((one) => one === level));
    });
    const met = people.map((one, at) => {
      const all = found.map((levels) => levels[at] ?? -1);
      return { one, worst: Math.min(...all), sum: all.reduce((sum, rank) => sum + rank, 0) };
    });
    const best = Math.max(0, ...met.map(({ worst }) => worst));
    return met
      .filter(({ worst }) => worst >= (wanted ? ranks.indexOf(match.soundEquals) : best))
      .sort((a, b) => b.sum - a.sum)
      .map(({ one }) => one);
  };
  const found = meeting(lettersOf(name));
  const other = found.length === 0 ? otherLayout(name) : undefined;
  return other === undefined ? found : meeting(lettersOf(other));
}
