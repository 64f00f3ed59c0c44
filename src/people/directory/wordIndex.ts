import type { Breather } from './breather';
import { keyOf, separator } from './keyBytes';
import { sortedOrder } from './sortedOrder';
import { isCyrillic, soundsOfName } from './spelling';

/**
 * Which items have which words, in arrays that go to disk as they are.
 *
 * A key is a word as it is written or by its sound; all keys are sorted, so that those with a beginning stand
 * together, and lie in one run of bytes, so that a part of a word is found by one pass.
 */
export interface WordIndexData {
  /** All keys, each followed by a separator. */
  keys: Uint8Array;
  /** Where each key begins in `keys`, and the end. */
  keyStarts: Uint32Array;
  /** For each key: word * 4, + 1 when it is the word as written, + 2 when the word is Cyrillic. */
  keyWords: Uint32Array;
  /** Where each word begins in `postings`, and the end. */
  postingStarts: Uint32Array;
  /** Items by word, ascending. */
  postings: Uint32Array;
}

export class WordIndexBuilder {
  readonly #words = new Map<string, number>();
  /** Word and item of each occurrence. */
  readonly #pairs = new GrowingUint32();
  readonly #lastItem = new GrowingUint32();

  /** Items come in ascending order. */
  add(item: number, word: string): void {
    let id = this.#words.get(word);
    if (id === undefined) {
      id = this.#words.size;
      this.#words.set(word, id);
      this.#lastItem.push(item);
    } else if (this.#lastItem.values[id] === item) {
      return;
    } else {
      this.#lastItem.values[id] = item;
    }
    this.#pairs.push(id);
    this.#pairs.push(item);
  }

  async build(breather: Breather): Promise<WordIndexData> {
    const { values: pairs, length } = this.#pairs;
    const postingStarts = new Uint32Array(this.#words.size + 1);
    for (let at = 0; at < length; at += 2) {
      bump(postingStarts, (pairs[at] ?? 0) + 1);
    }
    for (let word = 1; word < postingStarts.length; word += 1) {
      bump(postingStarts, word, postingStarts[word - 1] ?? 0);
    }
    const filled = postingStarts.slice();
    const postings = new Uint32Array(length / 2);
    for (let at = 0; at < length; at += 2) {
      const word = pairs[at] ?? 0;
      postings[filled[word] ?? 0] = pairs[at + 1] ?? 0;
      bump(filled, word);
    }
    await breather.breathe();
    return { ...(await this.#keys(breather)), postingStarts, postings };
  }

  async #keys(breather: Breather): Promise<Pick<WordIndexData, 'keys' | 'keyStarts' | 'keyWords'>> {
    const keys: string[] = [];
    const refs: number[] = [];
    for (const [word, id] of this.#words) {
      const ref = id * 4 + (isCyrillic(word) ? cyrillicBit : 0);
      keys.push(keyOf(word));
      refs.push(ref + writtenBit);
      for (const sound of soundsOfName(word)) {
        if (sound !== word) {
          keys.push(keyOf(sound));
          refs.push(ref);
        }
      }
      if (breather.due) {
        await breather.breathe();
      }
    }
    const order = await sortedOrder(keys, breather);
    await breather.breathe();
    const keyStarts = new Uint32Array(keys.length + 1);
    const keyWords = new Uint32Array(keys.length);
    const bytes = new Uint8Array(keys.reduce((sum, key) => sum + key.length + 1, 0));
    let at = 0;
    for (const [place, index] of order.entries()) {
      const key = keys[index] ?? '';
      keyStarts[place] = at;
      keyWords[place] = refs[index] ?? 0;
      for (let char = 0; char < key.length; char += 1) {
        bytes[at + char] = key.charCodeAt(char);
      }
      at += key.length;
      bytes[at] = separator.charCodeAt(0);
      at += 1;
    }
    keyStarts[keys.length] = at;
    return { keys: bytes, keyStarts, keyWords };
  }
}

const writtenBit = 1;
const cyrillicBit = 2;
/** From so many letters on, words of one alphabet are met by sound. */
const soundFrom = 4;

/** A way to write what is looked for. */
export interface Spelling {
  text: string;
  /** Not as it was typed. */
  isSound: boolean;
  /** It was typed in Cyrillic letters. */
  isOfCyrillic: boolean;
}

/** How well an item is met, 1 to 255, higher is better. */
export interface WordRanks {
  /** By the whole word as written, by its beginning, and the same by sound. */
  exact: number;
  prefix: number;
  soundExact: number;
  soundPrefix: number;
}

export class WordIndex {
  readonly #data: WordIndexData;
  /** The keys as one string, whose search is far quicker than one over bytes; made when first needed. */
  #text: string | undefined;

  constructor(data: WordIndexData) {
    this.#data = data;
  }

  /** Raises the marks of all items that have a word which begins so; true when there are any. */
  markPrefix(
    { text, isSound, isOfCyrillic }: Spelling,
    ranks: WordRanks,
    marks: Uint8Array,
  ): boolean {
    const { keyStarts, keyWords } = this.#data;
    const wanted = keyOf(text);
    const last = this.#bound(wanted, true);
    let isAny = false;
    for (let key = this.#bound(wanted, false); key < last; key += 1) {
      const ref = keyWords[key] ?? 0;
      const bySound = isSound || (ref & writtenBit) === 0;
      // A few letters sound like too much of the same alphabet: "мы" is not a beginning of Михаил.
      if (bySound && wanted.length < soundFrom && ((ref & cyrillicBit) !== 0) === isOfCyrillic) {
        continue;
      }
      const isWhole = (keyStarts[key + 1] ?? 0) - (keyStarts[key] ?? 0) === wanted.length + 1;
      const rank = bySound
        ? isWhole
          ? ranks.soundExact
          : ranks.soundPrefix
        : isWhole
          ? ranks.exact
          : ranks.prefix;
      this.#mark(ref >>> 2, rank, marks);
      isAny = true;
    }
    return isAny;
  }

  /** Raises the marks of all items that have a word with this in it. */
  markInside(text: string, rank: number, marks: Uint8Array): void {
    const { keyStarts, keyWords } = this.#data;
    const wanted = keyOf(text);
    this.#text ??= Buffer.from(
      this.#data.keys.buffer,
      this.#data.keys.byteOffset,
      this.#data.keys.byteLength,
    ).toString('latin1');
    const all = this.#text;
    let key = 0;
    for (let at = all.indexOf(wanted); at >= 0;) {
      key = lastNotAfter(keyStarts, at, key);
      this.#mark((keyWords[key] ?? 0) >>> 2, rank, marks);
      at = all.indexOf(wanted, keyStarts[key + 1] ?? all.length);
    }
  }

  #mark(word: number, rank: number, marks: Uint8Array): void {
    const { postingStarts, postings } = this.#data;
    const end = postingStarts[word + 1] ?? 0;
    for (let at = postingStarts[word] ?? 0; at < end; at += 1) {
      const item = postings[at] ?? 0;
      if ((marks[item] ?? 0) < rank) {
        marks[item] = rank;
      }
    }
  }

  /** The first key that is not before `wanted`, or the first after all that begin with it. */
  #bound(wanted: string, after: boolean): number {
    const { keys, keyStarts, keyWords } = this.#data;
    let low = 0;
    let high = keyWords.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const start = keyStarts[middle] ?? 0;
      let difference = 0;
      for (let at = 0; at < wanted.length && difference === 0; at += 1) {
        // The separator is before every letter, so a shorter key ends the comparison.
        difference = (keys[start + at] ?? 0) - wanted.charCodeAt(at);
      }
      if (difference < 0 || (after && difference === 0)) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

/** The index of the last start that is not after `at`, from `low` on; starts ascend. */
function lastNotAfter(starts: Uint32Array, at: number, low: number): number {
  let [from, to] = [low, starts.length - 1];
  while (from < to - 1) {
    const middle = (from + to) >>> 1;
    if ((starts[middle] ?? 0) <= at) {
      from = middle;
    } else {
      to = middle;
    }
  }
  return from;
}

function bump(array: Uint32Array, index: number, by = 1): void {
  array[index] = (array[index] ?? 0) + by;
}

class GrowingUint32 {
  values = new Uint32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = new Uint32Array(this.values.length * 2);
      larger.set(this.values);
      this.values = larger;
    }
    this.values[this.length] = value;
    this.length += 1;
  }
}
