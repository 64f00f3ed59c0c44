import { plainText } from '../common/plainText';
import type { Notice } from './notice';

/** The sentences of a push to oneself, in the user's language. See `noticePhrases`. */
export interface NoticePhrases {
  /** What happened, such as "build failed (exit 3) after 1 min 12 s". Without a name it says what kind of thing it was. */
  what(notice: Notice, name: string): string;
  /** Such as "3 things:", or "3 things while you were away:" where they were held for later. */
  things(count: number, isForLater: boolean): string;
  /** One thing that was held for later. */
  oneForLater(line: string): string;
  more(count: number): string;
}

/** How much of a notice may be said: a secret in it takes away its words, and if need be its name and folder. */
export type Detail = 'all' | 'noWords' | 'noName';
export const details: readonly Detail[] = ['all', 'noWords', 'noName'];

export interface NoticeLine {
  /** One line. */
  text: string;
  /** What the program or the user's rule says, in lines of their own; '' for nothing. */
  words: string;
}

const nameLength = 100;
const wordsLength = 1_000;
/** A line among others holds no more of its words than these, and fewer when the push would not fit. */
const wordsAmongOthers = [200, 80, 0];

/** Returns what a push says about one notice. */
export function noticeLine(notice: Notice, detail: Detail, phrases: NoticePhrases): NoticeLine {
  const hasWords = detail === 'all' && notice.words !== undefined;
  const words = hasWords ? plainLines(notice.words ?? '') : '';
  const isNamed = detail !== 'noName';
  const folder = isNamed ? plainText(notice.folder ?? '', nameLength) : '';
  if (notice.result === 'said' && words !== '') {
    return {
      text: [firstLine(words), folder].filter(Boolean).join(' · '),
      words: otherLines(words),
    };
  }
  const what = phrases.what(notice, isNamed ? plainText(notice.name, nameLength) : '');
  return { text: [what, folder].filter(Boolean).join(' · '), words };
}

/** Returns the line with its words, as far as it is one thing of a record. */
export function wholeLine({ text, words }: NoticeLine): string {
  return words === '' ? text : `${text}\n${words}`;
}

/**
 * Returns the text of one push about all of these. It always fits: first the words get shorter, then lines are counted
 * in place of being told.
 */
export function pushText(
  lines: readonly NoticeLine[],
  isForLater: boolean,
  phrases: NoticePhrases,
  fits: (text: string) => boolean,
): string {
  const [only] = lines;
  if (only && lines.length === 1) {
    const head = isForLater ? phrases.oneForLater(only.text) : only.text;
    const length = longest(only.words.length, (end) => fits(wholeLine(cut(head, only.words, end))));
    return wholeLine(cut(head, only.words, length));
  }
  const head = phrases.things(lines.length, isForLater);
  for (const length of wordsAmongOthers) {
    const text = [head, ...lines.map((line) => listed(line, length))].join('\n');
    if (fits(text)) {
      return text;
    }
  }
  const told = (count: number) =>
    [
      head,
      ...lines.slice(0, count).map((line) => listed(line, 0)),
      phrases.more(lines.length - count),
    ].join('\n');
  return told(longest(lines.length - 1, (count) => fits(told(count))));
}

/** The greatest number up to `most` that holds, where smaller ones hold as well; 0 if none does. */
function longest(most: number, holds: (count: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(middle)) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

function cut(text: string, words: string, length: number): NoticeLine {
  return { text, words: length < words.length ? shortened(words, length) : words };
}

function listed({ text, words }: NoticeLine, length: number): string {
  const short = length === 0 ? '' : plainText(words, length);
  return short === '' ? `• ${text}` : `• ${text}\n  ${short}`;
}

/** Never half of a surrogate pair. */
function shortened(words: string, length: number): string {
  const end = Math.max(length - 1, 0);
  const text = words
    .slice(0, end)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd();
  return text === '' ? '' : `${text}…`;
}

function plainLines(words: string): string {
  const lines = words.slice(0, 4 * wordsLength).split(/\r\n?|\n/);
  const clean = lines
    .map((line) => plainText(line, wordsLength))
    .join('\n')
    .trim();
  return Array.from(clean).length > wordsLength
    ? shortened(clean, wordsLength)
    : clean.replace(/\n{3,}/g, '\n\n');
}

function firstLine(words: string): string {
  return words.split('\n', 1)[0] ?? '';
}

function otherLines(words: string): string {
  return words.slice(firstLine(words).length).trim();
}
