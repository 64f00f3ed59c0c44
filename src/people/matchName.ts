import type { Person } from '../bitrix24/person';
import { otherLayout } from './directory/alphabets';
import { beginsAlike, soundsOf, soundsOfName } from './directory/spelling';
import { eachFitsAnother, lettersOf, plain } from './directory/words';

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

/** Does a word of the name begin a word of the text, perhaps in the other alphabet? */
export function sharesWord(name: string, text: string): boolean {
  const own = lettersOf(text);
  return lettersOf(name).some((word) =>
    own.some((other) => alike.some((fits) => fits(word, other))),
  );
}

function spelledWords(text: string): string[] {
  const plain = text
    .normalize('NFC')
    .replace(/[\p{Cf}\u180e]/gu, '')
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

type Fits = (word: string, name: string) => boolean;

const same: Fits = (word, name) => plain(word) === plain(name);
const sameSound: Fits = (word, name) => {
  const sounds = soundsOf(word);
  return soundsOfName(name).some((sound) => sounds.includes(sound));
};

/** How a word may stand for a name: as written, as spoken, as its beginning. The best first. */
const alike = [same, sameSound, beginsAlike] as const;
const wholeWords = [(word: string, name: string) => same(word, name) || sameSound(word, name)];

/**
 * The people in whose names all of these words stand, in the best way in which somebody's do; else on the other
 * keyboard layout. With `words`, all who are met by whole words.
 */
function similar<T extends Named>(name: string, people: readonly T[], wanted?: 'words'): T[] {
  const meeting = (words: readonly string[]): T[] => {
    // A letter or two may stand beside a name, as initials, but mean nobody alone.
    if (words.join('').length < 3) {
      return [];
    }
    for (const fits of wanted ? wholeWords : alike) {
      const met = people.filter((one) => eachFitsAnother(words, namesOf(one), fits));
      if (met.length > 0) {
        return met;
      }
    }
    return [];
  };
  const found = meeting(lettersOf(name));
  const other = found.length === 0 ? otherLayout(name) : undefined;
  return other === undefined ? found : meeting(lettersOf(other));
}

function namesOf({ firstName, lastName, secondName = '' }: Named): string[] {
  return lettersOf(`${firstName} ${lastName} ${secondName}`);
}
