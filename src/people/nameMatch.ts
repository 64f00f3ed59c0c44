import type { Person } from '../bitrix24/person';
import { otherLayout, soundsOf, soundsOfBeginning, soundsOfName } from './directory/spelling';
import { wordsOf } from './directory/words';

type Named = Pick<Person, 'firstName' | 'lastName' | 'secondName'>;

export interface Meant<T> {
  /** The likeliest ones. */
  who: T[];
  /** It is one, and there can be no other. */
  isCertain: boolean;
}

/**
 * Whom of these people a written name means. First and last name in any order beat a part of a name, whole words beat
 * beginnings, and the letters beat the sound. `isAll`: nobody else could be meant.
 */
export function meantBy<T extends Named>(
  name: string,
  people: readonly T[],
  isAll: boolean,
): Meant<T> {
  const meant = meantByWords(wordsOf(name), people, isAll);
  const other = otherLayout(name);
  return meant.who.length > 0 || other === undefined
    ? meant
    : meantByWords(wordsOf(other), people, isAll);
}

/** Whom whole words mean: a first with a last name, or a last name alone. For words that run together. */
export function meantExactly<T extends Named>(name: string, people: readonly T[]): T[] {
  const words = wordsOf(name);
  return words.length === 1
    ? people.filter(({ lastName }) => covers(words, wordsOf(lastName), same))
    : people.filter((one) => isFull(words, one, same));
}

function meantByWords<T extends Named>(
  words: readonly string[],
  people: readonly T[],
  isAll: boolean,
): Meant<T> {
  const byAll = (fits: Fits) => people.filter((one) => isFull(words, one, fits));
  const bySome = (fits: Fits) => people.filter((one) => covers(words, namesOf(one), fits));
  const fully = () => byAll(same);
  const partly = () => bySome(same);
  // Others might sound the same, or go on as these begin: without them nothing is certain.
  const ways = [
    fully,
    () => byAll(sameSound),
    partly,
    () => bySome(sameSound),
    () => bySome(begins),
  ];
  // Initials beside a name are fine, but not a letter or two alone.
  const isEnough = words.join('').length > 2;
  for (const way of words.length > 0 ? ways.slice(0, isEnough ? ways.length : -1) : []) {
    const who = way();
    if (who.length > 0) {
      return { who, isCertain: who.length === 1 && (isAll || way === fully || way === partly) };
    }
  }
  return { who: [], isCertain: false };
}

function namesOf({ firstName, lastName, secondName = '' }: Named): string[] {
  return wordsOf(`${firstName} ${lastName} ${secondName}`);
}

/** First and last name, with a second name or without. */
function isFull(words: readonly string[], one: Named, fits: Fits): boolean {
  const must = wordsOf(`${one.firstName} ${one.lastName}`);
  return (
    words.length >= must.length &&
    must.every((name) => words.some((word) => fits(word, name))) &&
    covers(words, namesOf(one), fits)
  );
}

type Fits = (word: string, name: string) => boolean;

const same: Fits = (word, name) => word === name;
const sameSound: Fits = (word, name) => {
  const sounds = soundsOf(word);
  return soundsOfName(name).some((sound) => sounds.includes(sound));
};
const begins: Fits = (word, name) =>
  name.startsWith(word) ||
  soundsOfBeginning(word).some((sound) => soundsOfName(name).some((one) => one.startsWith(sound)));

/** Does each word fit a name of its own? */
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
