/**
 * Other ways to write a name: in the other alphabet, or on the other keyboard layout.
 *
 * Names and queries are converted to the same spelling "by sound" in Latin letters. A word with ambiguous letters ("c"
 * may be к or ц) has several.
 */

const latin = new Map(
  Object.entries({
    ...{ а: 'a', б: 'b', в: 'v', г: 'g', д: 'd', е: 'e', ж: 'zh', з: 'z', и: 'i', к: 'k', л: 'l' },
    ...{ м: 'm', н: 'n', о: 'o', п: 'p', р: 'r', с: 's', т: 't', у: 'u', ф: 'f', х: 'h', ц: 'ts' },
    ...{ ч: 'ch', ш: 'sh', щ: 'sh', ъ: '', ы: 'i', ь: '', э: 'e', ю: 'iu', я: 'ia' },
    // Belarusian, Kazakh, Serbian, Ukrainian.
    ...{ і: 'i', є: 'ie', ґ: 'g', ә: 'a', ғ: 'g', қ: 'k', ң: 'n', ө: 'o', ұ: 'u', ү: 'u', һ: 'h' },
    ...{ ђ: 'd', ј: 'i', љ: 'l', њ: 'n', ћ: 'ch', џ: 'dzh' },
  }),
);

const cyrillic = /\p{Script=Cyrillic}/u;

/** Has the word at least one Cyrillic letter? */
export function isCyrillic(word: string): boolean {
  return cyrillic.test(word);
}

/** A word has no more spellings than this, so that a nonsense word of many "c" and "x" costs little. */
const spellingsAtMost = 6;

/** The sounds of a typed word. Empty for scripts other than Latin and Cyrillic. */
export function soundsOf(word: string): string[] {
  if (isCyrillic(word)) {
    // After a sign, е is heard as "ie" and written "e", "ie" or "ye".
    return unique(
      branch([word], /(?<=[ьъ])е/g, () => ['ие', 'е']).map((one) =>
        reduce(Array.from(one, (letter) => latin.get(letter) ?? letter).join('')),
      ),
    );
  }
  if (!/[a-z]/.test(word)) {
    return [];
  }
  const base = word
    .replace(/shch|sch/g, 'sh')
    .replace(/kh/g, 'h')
    .replace(/ph/g, 'f')
    .replace(/th/g, 't')
    .replace(/ck/g, 'k')
    .replace(/w/g, 'v')
    .replace(/q/g, 'k')
    .replace(/[yj]/g, 'i');
  let spelt = branch([base], /c(?!h)/g, (_, next) =>
    /[ei]/.test(next) ? ['ts', 's', 'k'] : ['k', 'ts'],
  );
  spelt = branch(spelt, /x/g, () => ['ks', 'h']);
  // Fyodor is Фёдор, where ё counts as е; Yekaterina is Екатерина.
  spelt = branch(spelt, /i+[oe]/g, (found) => [`i${found.slice(-1)}`, 'e']);
  // Alexander is Александр, Peter is Пётр.
  spelt = branch(spelt, /(?<=[td])er$/g, (found) => [found, 'r']);
  return unique(spelt.map(reduce));
}

/** The sounds of a name, with double letters and without: Anna and Ana. */
export function soundsOfName(word: string): string[] {
  const sounds = soundsOf(word);
  return unique([...sounds, ...sounds.map((sound) => sound.replace(/([a-z])\1+/g, '$1'))]);
}

/** The sounds of a word that is still being typed: "mik" may become "mikhail". */
export function soundsOfBeginning(word: string): string[] {
  const sounds = soundsOf(word);
  const more = /^[a-z]{2,}$/.test(word)
    ? word
        .replace(/sh?c$/, 'sh')
        .replace(/k$/, 'h')
        .replace(/(?<=..[td])e$/, '')
    : word;
  return more === word ? sounds : unique([...sounds, ...soundsOf(more)]);
}

/** Makes one "i" of several, so that -ий, -iy, -ij, -y and -i are equal. */
function reduce(sound: string): string {
  return sound.replace(/i+/g, 'i');
}

/** Replaces every match by each of its alternatives; only by the first of them where words become too many. */
function branch(
  words: readonly string[],
  what: RegExp,
  alternatives: (found: string, next: string) => string[],
): string[] {
  return words.flatMap((word) => {
    let beginnings = [''];
    let end = 0;
    for (const { 0: found, index } of word.matchAll(what)) {
      const before = word.slice(end, index);
      end = index + found.length;
      const all = alternatives(found, word.charAt(end));
      const isMuch = words.length * beginnings.length * all.length > spellingsAtMost;
      const some = isMuch ? all.slice(0, 1) : all;
      beginnings = beginnings.flatMap((start) => some.map((one) => start + before + one));
    }
    return beginnings.map((start) => start + word.slice(end));
  });
}

function unique(words: readonly string[]): string[] {
  return [...new Set(words.filter(Boolean))];
}

/** The keys of ЙЦУКЕН and QWERTY, without Shift and with it. */
const latinKeys = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`" + 'QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>~';
const cyrillicKeys = 'йцукенгшщзхъфывапролджэячсмитьбюё' + 'ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ';
const toCyrillic = keyMap(latinKeys, cyrillicKeys);
const toLatin = keyMap(cyrillicKeys, latinKeys);

/**
 * Converts a text to what the same keys write on the other layout: "bdfy" to "иван", "шмфт" to "ivan". undefined if
 * that makes no difference or the text mixes alphabets.
 */
export function otherLayout(text: string): string | undefined {
  const hasLatin = /[a-z]/i.test(text);
  const hasCyrillic = /[а-яё]/i.test(text);
  if (hasLatin === hasCyrillic) {
    return undefined;
  }
  const keys = hasLatin ? toCyrillic : toLatin;
  return Array.from(text, (key) => keys.get(key) ?? key).join('');
}

function keyMap(from: string, to: string): Map<string, string> {
  return new Map(Array.from(from, (key, at) => [key, to.charAt(at)]));
}
