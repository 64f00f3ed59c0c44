import { isCyrillic, soundsOfBeginning, soundsOfName } from './spelling';
import { wordsOf } from './words';

/** How well a text meets a word that is looked for; higher is better. */
export const match = {
  none: 0,
  /** The word stands inside one of the text's words. */
  inside: 1,
  /** One of the text's words begins so, or is the same, when spoken. */
  soundBegins: 2,
  soundEquals: 3,
  /** One of the text's words begins so, or is the same, as written. */
  begins: 4,
  equals: 5,
} as const;

/** Before each word of a folded text: as written, or its sound, by the alphabet that it is written in. */
const marks = { written: ' ', soundOfCyrillic: '+', soundOfOther: '-' };
const textEnd = '\n';
/** Marks and the end of a text have lower codes than all letters and digits. */
const lastMark = '-'.charCodeAt(0);

/** Shorter parts of words are in too many texts. */
const insideFrom = 3;
/** Words of one alphabet are compared by sound from so many letters on: "мы" is not a beginning of Михаил. */
const soundFrom = 4;

/** The words of a text, as written and by sound: "Анна" is " анна+anna+ana". */
export function foldText(text: string): string {
  return wordsOf(text)
    .map((word) => {
      const mark = isCyrillic(word) ? marks.soundOfCyrillic : marks.soundOfOther;
      const sounds = soundsOfName(word).filter((sound) => sound !== word);
      return [marks.written + word, ...sounds.map((sound) => mark + sound)].join('');
    })
    .join('');
}

/** Texts in one folded string, which a search reads from its beginning to its end. */
export class FoldedTexts {
  readonly #all: string;
  /** The place in the string after each text. */
  readonly #ends: Uint32Array;
  /** For each text, how well it met the word of the last {@link search}; a value of {@link match}. */
  readonly found: Uint8Array;

  /** `folded` holds the results of {@link foldText}. */
  constructor(folded: readonly string[]) {
    this.#all = folded.join(textEnd) + textEnd;
    this.#ends = new Uint32Array(folded.length);
    this.found = new Uint8Array(folded.length);
    let end = 0;
    for (const [index, text] of folded.entries()) {
      end += text.length + 1;
      this.#ends[index] = end;
    }
  }

  /**
   * Fills {@link found} for one word, which may be the beginning of a longer one. With `inside`, parts of words count
   * too. Returns the best value of all texts.
   */
  search(word: string, { inside }: { inside: boolean }): number {
    this.found.fill(match.none);
    const isOfCyrillic = isCyrillic(word);
    const mayBeInside = inside && word.length >= insideFrom;
    let best = this.#scan(word, { isSound: false, isOfCyrillic, inside: mayBeInside });
    for (const sound of soundsOfBeginning(word)) {
      if (sound !== word) {
        best = Math.max(best, this.#scan(sound, { isSound: true, isOfCyrillic, inside: false }));
      }
    }
    return best;
  }

  #scan(wanted: string, how: Wanted): number {
    const all = this.#all;
    let best: number = match.none;
    let index = 0;
    for (let at = all.indexOf(wanted); at >= 0; at = all.indexOf(wanted, at + 1)) {
      while (at >= (this.#ends[index] ?? Infinity)) {
        index += 1;
      }
      const level = levelOf(all, at, wanted.length, how);
      best = Math.max(best, level);
      this.found[index] = Math.max(level, this.found[index] ?? 0);
    }
    return best;
  }
}

interface Wanted {
  /** The text sounds like the query but is spelled differently. */
  isSound: boolean;
  /** It was typed in Cyrillic letters. */
  isOfCyrillic: boolean;
  /** It may stand inside of a word. */
  inside: boolean;
}

function levelOf(
  all: string,
  at: number,
  length: number,
  { isSound, isOfCyrillic, inside }: Wanted,
): number {
  const mark = all.charAt(at - 1);
  const isWritten = mark === marks.written;
  if (!isWritten && mark !== marks.soundOfCyrillic && mark !== marks.soundOfOther) {
    return inside ? match.inside : match.none;
  }
  const bySound = isSound || !isWritten;
  // A sound has Latin letters only, so a written word that begins with one is not Cyrillic.
  const isSameAlphabet = (mark === marks.soundOfCyrillic) === isOfCyrillic;
  if (bySound && length < soundFrom && isSameAlphabet) {
    return match.none;
  }
  const isWhole = all.charCodeAt(at + length) <= lastMark;
  if (bySound) {
    return isWhole ? match.soundEquals : match.soundBegins;
  }
  return isWhole ? match.equals : match.begins;
}
