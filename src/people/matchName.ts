import type { Person } from '../bitrix24/person';
import { otherLayout } from './directory/alphabets';
import { beginsAlike, soundsOf, soundsOfName } from './directory/spelling';
import { lettersOf, plain } from './directory/words';

type Named = Pick<Person, 'firstName' | 'lastName' | 'secondName'>;

interface Meant<T> {
  /** The people whom the name most likely means. */
  who: T[];
  /** True if there is one person, and it can mean nobody else. */
  isCertain: boolean;
}

/**
 * Finds the people whom a written name means. First and last name in any order beat a part of a name, whole words beat
 * beginnings, and letters beat the sound. `isAll` is true if the name can mean nobody outside of `people`.
 */
export function matchName<T extends Named>(
  name: string,
  people: readonly T[],
  isAll: boolean,
): Meant<T> {
  const meant = meantByWords(lettersOf(name), people, isAll);
  const other = otherLayout(name);
  return meant.who.length > 0 || other === undefined
    ? meant
    : meantByWords(lettersOf(other), people, isAll);
}

/** Finds people by a full name or a last name alone, in whole words. Used where names have only spaces between them. */
export function matchWholeName<T extends Named>(name: string, people: readonly T[]): T[] {
  const words = lettersOf(name);
  return words.length === 1
    ? people.filter(({ lastName }) => covers(words, lettersOf(lastName), same))
    : people.filter((one) => isFull(words, one, same));
}

function meantByWords<T extends Named>(
  words: readonly string[],
  people: readonly T[],
  isAll: boolean,
): Meant<T> {
  if (words.length === 0) {
    return { who: [], isCertain: false };
  }
  // A letter or two may stand beside a name, as initials, but mean nobody alone.
  const isEnough = words.join('').length > 2;
  for (const { isWhole, fits } of isEnough ? ways : ways.slice(0, -1)) {
    const who = people.filter((one) =>
      isWhole ? isFull(words, one, fits) : covers(words, namesOf(one), fits),
    );
    if (who.length > 0) {
      // By sound or by a beginning the name may also mean people who are not in the list.
      return { who, isCertain: who.length === 1 && (isAll || fits === same) };
    }
  }
  return { who: [], isCertain: false };
}

function namesOf({ firstName, lastName, secondName = '' }: Named): string[] {
  return lettersOf(`${firstName} ${lastName} ${secondName}`);
}

/** Are the words a person's first and last name, with the second name or without? */
function isFull(words: readonly string[], one: Named, fits: Fits): boolean {
  const must = lettersOf(`${one.firstName} ${one.lastName}`);
  return (
    words.length >= must.length &&
    must.every((name) => words.some((word) => fits(word, name))) &&
    covers(words, namesOf(one), fits)
  );
}

type Fits = (word: string, name: string) => boolean;

const same: Fits = (word, name) => plain(word) === plain(name);
const sameSound: Fits = (word, name) => {
  const sounds = soundsOf(word);
  return soundsOfName(name).some((sound) => sounds.includes(sound));
};

/** The ways in which a name may be meant, the best first. */
const ways = [
  { isWhole: true, fits: same },
  { isWhole: true, fits: sameSound },
  { isWhole: false, fits: same },
  { isWhole: false, fits: sameSound },
  { isWhole: false, fits: beginsAlike },
];

/** Does each word fit another name? */
function covers(words: readonly string[], names: readonly string[], fits: Fits): boolean {
  const left = [...names];
  return words.every((word) => {
    const at = left.findIndex((name) => fits(word, name));
    if (at >= 0) {
      left.splice(at, 1);
    }
    return at >= 0;
  });
}
