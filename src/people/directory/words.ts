/** Letters that Unicode does not decompose, and how people type them without their marks. */
const plain = new Map([
  ['ł', 'l'],
  ['ø', 'o'],
  ['đ', 'd'],
  ['ð', 'd'],
  ['þ', 'th'],
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['ı', 'i'],
]);

/**
 * Splits a text into words in the form in which they are compared: lower case, `ё` as `е`, `й` as `и`, no accents, no apostrophes.
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
