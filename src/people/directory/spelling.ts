/**
 * Names by sound. Names and queries are converted to the same spelling in plain Latin letters, whatever their alphabet
 * and country. A word with ambiguous letters ("c" may be к or ц) has several.
 */

import { cyrillic, markedLatin } from './alphabets';
import { plain } from './words';

const cyrillicLetter = /\p{Script=Cyrillic}/u;

/** Has the word at least one Cyrillic letter? */
export function isCyrillic(word: string): boolean {
  return cyrillicLetter.test(word);
}

/** A word has no more spellings than this, so that a nonsense word of many "c" and "x" costs little. */
const spellingsAtMost = 12;
/** Each spelling of a typed word is looked for in the names of the whole portal. */
const typedAtMost = 6;

/** Latin letters that several sounds are written with, the longest first: replaced in this order. */
const latinSounds: readonly [written: RegExp, sound: string][] = [
  [/szcz|shch|sch/g, 'sh'],
  [/t(?=ch)/g, ''],
  [/sz/g, 'sh'],
  [/cz/g, 'ch'],
  [/tz/g, 'ts'],
  [/kh/g, 'h'],
  [/gh/g, 'g'],
  [/ph/g, 'f'],
  [/th/g, 't'],
  [/ck/g, 'k'],
  [/dzh|dj/g, 'zh'],
  [/ff$/g, 'v'],
  [/w/g, 'v'],
  [/y/g, 'i'],
];

/** The sounds of a word of a name, with double letters as written. Empty for scripts other than Latin and Cyrillic. */
function spellingsOf(word: string): string[] {
  return unique((isCyrillic(word) ? ofCyrillic(word) : ofLatin(word)).map(oneI));
}

function ofCyrillic(word: string): string[] {
  // After a sign, е is heard as "ie" and written "e", "ie" or "ye".
  const spelt = branch([word], /(?<=[ьъ])е/g, () => ['ие', 'е']);
  return branch(spelt, /[^a-z]/g, (letter) => cyrillic.get(letter)?.sounds ?? [plain(letter)]).map(
    (sound) => sound.replaceAll('dzh', 'zh'),
  );
}

function ofLatin(word: string): string[] {
  if (!/[a-zəı]/.test(plain(word))) {
    return [];
  }
  let spelt = branch(
    [word],
    /[^a-z]/g,
    (letter) => markedLatin.get(letter)?.sounds ?? [plain(letter)],
  );
  spelt = spelt.map((one) =>
    latinSounds.reduce((sound, [written, by]) => sound.replace(written, by), one),
  );
  // c is к, ц or с; in Turkish and Azerbaijani дж.
  const isTurkic = /[əğış]/.test(word);
  spelt = branch(spelt, /c(?!h)/g, (_, next, index) => {
    const other = /[ei]/.test(next) ? ['ts', 's', 'k'] : ['k', 'ts'];
    const mayBeTurkic = isTurkic || (index === 0 && /[aeiu]/.test(next));
    return mayBeTurkic ? ['zh', ...other] : other;
  });
  // Michał, Bach; Krzysztof, Grzegorz; Quliyev; Schulz.
  spelt = branch(spelt, /(?<=[aeiou])ch/g, () => ['ch', 'h']);
  spelt = branch(spelt, /rz/g, (_, next, index) => [
    'rz',
    'zh',
    ...(index > 0 && next ? ['sh'] : []),
  ]);
  spelt = branch(spelt, /q/g, () => ['k', 'g']);
  spelt = branch(spelt, /^z(?!h)|(?<=[ln])z$/g, () => ['z', 'ts']);
  spelt = branch(spelt, /x/g, () => ['ks', 'h']);
  spelt = branch(spelt, /j/g, () => ['i', 'zh']);
  // Fyodor is Фёдор, where ё counts as е; Yekaterina is Екатерина.
  spelt = branch(spelt, /i+[oe]/g, (found) => [`i${found.slice(-1)}`, 'e']);
  // Mueller is Müller.
  spelt = branch(spelt, /[aou]e/g, ([first = '']) => [
    `${first}e`,
    first,
    ...(first === 'u' ? ['iu'] : []),
  ]);
  // Alexander is Александр, Peter is Пётр.
  return branch(spelt, /(?<=[td])er$/g, (found) => [found, 'r']);
}

/** The sounds of a name, with double letters and without: Anna and Ana. */
export function soundsOfName(word: string): string[] {
  const sounds = spellingsOf(word);
  return unique([...sounds, ...sounds.map(single)]);
}

/** The sounds of a typed word. Double letters count once, but at the end of a short word, which may go on: "ann". */
export function soundsOf(word: string): string[] {
  // г is "h" in Ukrainian and Belarusian passports.
  const isLatin = !isCyrillic(word);
  const spelt = branch(spellingsOf(word), isLatin ? /(?<![scz])h/g : /g/g, () =>
    isLatin ? ['h', 'g'] : ['g', 'h'],
  );
  const sounds = spelt.map((sound) => {
    const end = sound.length < 5 ? (/([a-z])(?=\1$)/.exec(sound)?.[0] ?? '') : '';
    return single(sound) + end;
  });
  return unique(sounds).slice(0, typedAtMost);
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

/** Does the typed word begin a word of a name, as written without marks or by sound? */
export function beginsAlike(word: string, name: string): boolean {
  return (
    plain(name).startsWith(plain(word)) ||
    soundsOfBeginning(word).some((sound) => soundsOfName(name).some((one) => one.startsWith(sound)))
  );
}

/** Makes one "i" of several, so that -ий, -iy, -ij, -y and -i are equal. */
function oneI(sound: string): string {
  return sound.replace(/i+/g, 'i');
}

/** Writes each double letter once. */
function single(sound: string): string {
  return sound.replace(/([a-z])\1+/g, (run, letter: string) => (run.length === 2 ? letter : run));
}

/** Replaces every match by each of its alternatives; only by the first of them where words become too many. */
function branch(
  words: readonly string[],
  what: RegExp,
  alternatives: (found: string, next: string, index: number) => readonly string[],
): string[] {
  return words.flatMap((word) => {
    let beginnings = [''];
    let end = 0;
    for (const { 0: found, index } of word.matchAll(what)) {
      const before = word.slice(end, index);
      end = index + found.length;
      const all = alternatives(found, word.charAt(end), index);
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
