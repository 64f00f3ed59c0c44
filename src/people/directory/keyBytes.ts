/**
 * A word in one byte a letter, Latin or Cyrillic alike, so that a search walks over half the memory and V8 keeps
 * the keys as one-byte strings. Given as a string of characters up to U+00FF; prefixes and parts of words stay
 * prefixes and parts.
 */
export function keyOf(word: string): string {
  if (/^[\x20-\x7e]*$/.test(word)) {
    return word;
  }
  let key = '';
  for (const letter of word) {
    const code = letter.codePointAt(0) ?? 0;
    if (code >= 0x20 && code < 0x7f) {
      key += letter;
    } else if (code >= 0x400 && code < 0x460) {
      key += String.fromCharCode(code - 0x400 + 0xa0);
    } else {
      // Five bits a byte, all of them bytes that nothing else uses.
      for (const shift of [15, 10, 5, 0]) {
        key += String.fromCharCode(0x80 + ((code >> shift) & 0x1f));
      }
    }
  }
  return key;
}

/** Between two keys; part of none. */
export const separator = '\n';
