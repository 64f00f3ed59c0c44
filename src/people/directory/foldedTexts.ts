import { isCyrillic, soundsOfBeginning, soundsOfName } from './spelling';
import { lettersOf, plain } from './words';

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

/** Texts in the forms that are searched, at the same places. */
export interface Folded {
  /** The words of a text as written: "Анна" is " анна". */
  written: readonly string[];
  /** The words of a text by sound, marked by their alphabet: "Анна" is "+anna+ana". */
  sounds: readonly string[];
}

/** Before each word of a folded text. */
const marks = { written: ' ', ofCyrillic: '+', ofOther: '-' };
const textEnd = '\n';
/** Marks and the end of a text have lower codes than all letters and digits. */
const lastMark = '-'.charCodeAt(0);

/** Shorter parts of words are in too many texts. */
const insideFrom = 3;
/**
 * Words of one alphabet are compared by sound from so many letters on: "мы" is not a beginning of Михаил, and "али" is
 * the whole of Әли.
 */
const soundFrom = { begins: 4, equals: 3 };

/** The forms of one text. */
export function foldText(text: string): { written: string; sounds: string } {
  const words = lettersOf(text);
  return {
    written: words.map((word) => marks.written + plain(word)).join(''),
    sounds: words
      .map((word) => {
        const mark = isCyrillic(word) ? marks.ofCyrillic : marks.ofOther;
        return soundsOfName(word)
          .map((sound) => mark + sound)
          .join('');
      })
      .join(''),
  };
}

export function foldTexts(texts: readonly string[]): Folded {
  const folded = texts.map(foldText);
  return {
    written: folded.map(({ written }) => written),
    sounds: folded.map(({ sounds }) => sounds),
  };
}

/** Texts in two folded strings, which a search reads from their beginning to their end. */
export class FoldedTexts {
  readonly #written: Joined;
  readonly #sounds: Joined;
  /** For each text, how well it met the word of the last {@link search}; a value of {@link match}. */
  readonly found: Uint8Array;

  constructor({ written, sounds }: Folded) {
    this.#written = joined(written);
    this.#sounds = joined(sounds);
    this.found = new Uint8Array(written.length);
  }

  /**
   * Fills {@link found} for one word of `lettersOf`, which may be the beginning of a longer one. With `inside`, parts of
   * words count too. Returns the best value of all texts.
   */
  search(word: string, { inside }: { inside: boolean }): number {
    this.found.fill(match.none);
    const typed = plain(word);
    const insideLevel = inside && typed.length >= insideFrom ? match.inside : match.none;
    let best = this.#scan(this.#written, typed, (mark, isWhole) =>
      mark !== marks.written ? insideLevel : isWhole ? match.equals : match.begins,
    );
    const ownMark = isCyrillic(word) ? marks.ofCyrillic : marks.ofOther;
    for (const sound of soundsOfBeginning(word)) {
      const level = this.#scan(this.#sounds, sound, (mark, isWhole) => {
        if (mark !== marks.ofCyrillic && mark !== marks.ofOther) {
          return sound === typed ? insideLevel : match.none;
        }
        if (mark === ownMark && sound.length < soundFrom[isWhole ? 'equals' : 'begins']) {
          return match.none;
        }
        return isWhole ? match.soundEquals : match.soundBegins;
      });
      best = Math.max(best, level);
    }
    return best;
  }

  #scan(
    { all, ends }: Joined,
    wanted: string,
    levelOf: (mark: string, isWhole: boolean) => number,
  ): number {
    let best: number = match.none;
    let index = 0;
    if (wanted === '') {
      return best;
    }
    for (let at = all.indexOf(wanted); at >= 0; at = all.indexOf(wanted, at + 1)) {
      while (at >= (ends[index] ?? Infinity)) {
        index += 1;
      }
      const isWhole = all.charCodeAt(at + wanted.length) <= lastMark;
      const level = levelOf(all.charAt(at - 1), isWhole);
      best = Math.max(best, level);
      this.found[index] = Math.max(level, this.found[index] ?? 0);
    }
    return best;
  }
}

/** Texts in one string, and the place in it after each of them. */
interface Joined {
  all: string;
  ends: Uint32Array;
}

function joined(texts: readonly string[]): Joined {
  let end = 0;
  const ends = Uint32Array.from(texts, ({ length }) => (end += length + 1));
  return { all: texts.join(textEnd) + textEnd, ends };
}
