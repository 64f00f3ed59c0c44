/** A query is searched for up to so many words and characters. */
export const wordsAtMost = 6;
export const queryAtMost = 200;

/** Letters that Unicode does not decompose, and how people type them without their marks. */
const plain = new Map(
  Object.entries({ ł: 'l', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ß: 'ss', æ: 'ae', œ: 'oe', ı: 'i' }),
);

/**
 * Splits a text into words as they are compared: lower case, `ё` as `е`, `й` as `и`, no accents, no apostrophes.
 * "Д'Артаньян-Ёлкин" gives "дартаньян" and "елкин".
 */
export function wordsOf(text: string): string[] {
  return (
    text
      .match(/[\p{L}\p{M}\p{N}'’ʼ`]+/gu)
      ?.map(fold)
      .filter(Boolean) ?? []
  );
}

/** The words of a text with one space between them, for comparing whole names. */
export function foldedName(text: string): string {
  return wordsOf(text).join(' ');
}

/** Does each word of the query begin a word of the text? False for a query without words. */
export function isBeginningOf(query: string, text: string): boolean {
  const words = wordsOf(query);
  const own = wordsOf(text);
  return words.length > 0 && words.every((word) => own.some((one) => one.startsWith(word)));
}

function fold(word: string): string {
  const lower = word.toLowerCase();
  if (/^[a-zа-ик-ъь-я0-9]*$/.test(lower)) {
    return lower;
  }
  return lower
    .normalize('NFKD')
    .replace(/[\p{M}'’ʼ`]/gu, '')
    .replace(/[łøđðþßæœı]/g, (letter) => plain.get(letter) ?? letter);
}
