/**
 * The letters that several spellings of a name differ by, in one table: how people type a letter on a keyboard without
 * it, and how it is written in Latin letters. The sound of Latin text is spelled with the letters that Russian
 * passports use ("zh", "ts", "ia"), because all spellings of one name must meet in one.
 */

/** A letter as typed without its mark, in the same alphabet, and its sounds; the likeliest first. */
export interface Letter {
  plain: string;
  sounds: readonly string[];
}

/** Each line: letter, plain form, sounds. Letters that stand for themselves have the same plain form. */
const cyrillicLetters = `
  а а a | б б b | в в v | г г g | д д d | е е e | ж ж zh | з з z | и и i | й и i | к к k | л л l | м м m | н н n
  о о o | п п p | р р r | с с s | т т t | у у u | ф ф f | х х h | ц ц ts | ч ч ch | ш ш sh | щ щ sh | ъ ъ - | ы ы i
  ь ь - | э э e | ю ю iu | я я ia
  і и i | ї и i | є е ie,e | ґ г g | ў у u,o
  ә а a,e,ia | ғ г g | қ к k | ң н n,ng | ө о o,u | ұ у u | ү у u | һ х h
  җ дж zh | ҙ з z | ҫ с s | ҡ к k | ҳ х h | ҷ дж zh | ҹ дж zh | ҝ г g | ӣ и i | ӯ у u
  ђ дж zh,d | ј и i | љ ль l | њ нь n | ћ ч ch | џ дж zh`;

const latinLetters = `
  ä a a,e,ia | ö o o,e | ü u u,iu | ß ss ss | å a a,o | ø o o,e | æ ae a,e | œ oe o,e | ə e e,a | ı i i | ŏ o o,u
  ş s sh,s | ș s sh,s | š s sh,s | ś s s,sh | ç c ch,c | č c ch,c | ć c ch,c | ğ g g,- | ž z zh,z | ż z zh,z | ź z z,zh
  ł l l | đ d d,zh | ð d d | þ th t | ň n n,ni | ñ n n,ni | ń n n,ni | ę e e,en | ą a a,on | ó o o,u | ř r r,rzh
  ħ h h | ŧ t t | ŋ n n,ng`;

export const cyrillic = lettersOf(cyrillicLetters);
export const markedLatin = lettersOf(latinLetters);

function lettersOf(table: string): ReadonlyMap<string, Letter> {
  const lines = table.trim().split(/\s*[|\n]\s*/u);
  return new Map(
    lines.map((line) => {
      const [letter = '', plain = '', sounds = ''] = line.split(' ');
      return [letter, { plain, sounds: sounds.split(',').map((sound) => sound.replace('-', '')) }];
    }),
  );
}

/** All signs that people type for an apostrophe, and marks inside of words that nobody types. */
export const apostrophes = "'`´‘’‚‛′‵＇ʹʻʼʽʾʿˈˊˋꞌꞋ՚׳·";

/** What nobody sees: format characters, and letters without a picture. */
export const invisible = /\p{Cf}|\u034f|[\u115f\u1160\u3164\uffa0]|[\ufe00-\ufe0f]/gu;

/** Letters that look alike, at the same places. Latin ones come first where a Greek letter looks like several. */
const latinTwins = 'ABCEHIJKMOPSTXYabcehijkmopstxy';
const cyrillicTwins = 'АВСЕНІЈКМОРЅТХУавсеніјкморѕтху';
const greek = 'ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορυχ';
const latinOfGreek = 'ABEZHIKMNOPTYXaikvopux';

const toCyrillic = keyMap(latinTwins, cyrillicTwins);
const toLatin = keyMap(cyrillicTwins, latinTwins);
const greekToLatin = keyMap(greek, latinOfGreek);

/** Spells a word of mixed script in one: letters that only look alike take the script of those that do not. */
export function inOneScript(word: string): string {
  const isMixed = [/[a-z]/i, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u].filter((script) =>
    script.test(word),
  );
  if (isMixed.length < 2) {
    return word;
  }
  const letters = Array.from(word, (letter) => greekToLatin.get(letter) ?? letter);
  const isOwn = (script: RegExp, twins: ReadonlyMap<string, string>) =>
    letters.some((letter) => script.test(letter) && !twins.has(letter));
  const isLatin = isOwn(/[a-z]/i, toCyrillic);
  const isCyrillic = isOwn(/\p{Script=Cyrillic}/u, toLatin);
  if (isLatin && isCyrillic) {
    return word;
  }
  const twins = isLatin ? toLatin : toCyrillic;
  return letters.map((letter) => twins.get(letter) ?? letter).join('');
}

/** The keys of ЙЦУКЕН and QWERTY, without Shift and with it. */
const latinKeys = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`" + 'QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>~';
const cyrillicKeys = 'йцукенгшщзхъфывапролджэячсмитьбюё' + 'ЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ';
const onCyrillicKeys = keyMap(latinKeys, cyrillicKeys);
const onLatinKeys = keyMap(cyrillicKeys, latinKeys);

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
  const keys = hasLatin ? onCyrillicKeys : onLatinKeys;
  return Array.from(text, (key) => keys.get(key) ?? key).join('');
}

function keyMap(from: string, to: string): ReadonlyMap<string, string> {
  return new Map(Array.from(from, (key, at) => [key, to.charAt(at)]));
}
