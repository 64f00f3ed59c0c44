import { apostrophes, cyrillic, inOneScript, invisible, markedLatin } from './alphabets';

/** A query is searched for up to so many words and characters. */
export const wordsAtMost = 6;
export const queryAtMost = 200;

const word = new RegExp(`[\\p{L}\\p{M}\\p{N}${apostrophes}]+`, 'gu');
const apostrophe = new RegExp(`[${apostrophes}]`, 'gu');
/** The Uzbek letter oʻ, which people type with any apostrophe or none, and hear as о or у. */
const uzbekO = new RegExp(`o[${apostrophes}]`, 'gu');

/**
 * Splits a text into words: lower case, `ё` as `е`, without apostrophes and invisible marks, each in one script.
 * "Д'Артаньян-Ёлкин" gives "дартаньян" and "елкин". Letters keep their marks, which {@link plain} takes away.
 */
export function lettersOf(text: string): string[] {
  const words = text.normalize('NFC').replace(invisible, '').match(word) ?? [];
  return words
    .map((one) =>
      inOneScript(one)
        .toLowerCase()
        .replaceAll('ё', 'е')
        .replace(uzbekO, 'ŏ')
        .replace(apostrophe, ''),
    )
    .filter((one) => /[\p{L}\p{N}]/u.test(one));
}

/** A word of {@link lettersOf} as people type it: `й` as `и`, no accents, no letters of one language only. */
export function plain(letters: string): string {
  if (/^[a-zа-ик-я0-9]*$/.test(letters)) {
    return letters;
  }
  return Array.from(
    letters,
    (letter) => (cyrillic.get(letter) ?? markedLatin.get(letter))?.plain ?? letter,
  )
    .join('')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '');
}

/** The words of a text as they are compared. "Д'Артаньян-Ёлкин" gives "дартаньян" and "елкин". */
export function wordsOf(text: string): string[] {
  return lettersOf(text).map(plain).filter(Boolean);
}

/** The words of a text with one space between them, for comparing whole names. */
export function foldedName(text: string): string {
  return wordsOf(text).join(' ');
}

/** Does each word of the query begin a word of the text? False for a query without words. */
export function isBeginningOf(query: string, text: string): boolean {
  const words = wordsOf(query);
  const own = wordsOf(text);
  return words.length > 0 && words.every((one) => own.some((other) => other.startsWith(one)));
}

/** Does each word fit a name that no other word has taken? */
export function eachFitsAnother(
  words: readonly string[],
  names: readonly string[],
  fits: (word: string, name: string) => boolean,
): boolean {
  const left = [...names];
  return words.every((word) => {
    const at = left.findIndex((name) => fits(word, name));
    if (at >= 0) {
      left.splice(at, 1);
    }
    return at >= 0;
  });
}
