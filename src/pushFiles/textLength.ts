import type { PushBudget, PushPlatform } from '../bitrix24/pushSize';
import { budgetOf } from '../push/checkDraft';
import type { Sender } from '../push/checkDraft';
import { blanksOf, extremePeople } from '../push/longestVersion';
import { offsetInTemplate, parseTemplate } from '../push/personalText';
import type { TextMode, TextPerson } from '../push/personalText';
import type { Written } from './pushFile';
import { readText } from './readText';
import type { VariableValues } from './readText';

/** Where a platform cuts the text of a push that is too long for it. */
export interface TextCut {
  platform: PushPlatform;
  /** The offset in the file from which on nothing arrives, for whom the text is longest. */
  at: number;
}

export interface LongText {
  written: Written;
  mode: TextMode;
  avatar: string;
  values: VariableValues;
  people: readonly TextPerson[];
  sender: Sender;
}

/** A word longer than this is cut in its middle. */
const wordAtMost = 60;
const ellipsis = '…';

/** Finds where each platform would cut the text; empty for a text that fits. docs/bitrix24.md, section 5. */
export function cutsOf(push: LongText): TextCut[] {
  return cutOffsets(push).map(({ platform, at, sourceOf }) => ({ platform, at: sourceOf(at) }));
}

/**
 * The offset in the file from which on the text can be replaced by an ellipsis, so that it fits on each platform: at
 * the end of a word, and never inside of braces. undefined if there is none, or the text fits.
 */
export function shortenedAt(push: LongText): number | undefined {
  const { written } = push;
  const cuts = cutOffsets(push);
  const [first] = cuts.toSorted((a, b) => a.at - b.at);
  if (!first) {
    return undefined;
  }
  let end = first.at;
  while (end > 0) {
    end = endOfWord(first.text, end);
    const at = startOfBraces(written, first.sourceOf(end));
    const text = written.text.slice(0, at - written.start).trimEnd();
    const shortened = { ...written, text: `${text}${ellipsis}`, end: written.start + text.length };
    if (text !== '' && cutOffsets({ ...push, written: shortened }).length === 0) {
      return shortened.end;
    }
    end -= 1;
  }
  return undefined;
}

function cutOffsets({ written, mode, avatar, values, people, sender }: LongText) {
  const { text, sourceOf } = readText(written, mode, values);
  const measured = { text, mode, avatar };
  if (budgetOf(measured, sender, people).level !== 'over') {
    return [];
  }
  const extremes = extremePeople(blanksOf(parseTemplate(text, mode)), people);
  const versions = (extremes.length > 0 ? extremes : [undefined]).map((person) => ({
    person,
    budget: budgetOf(measured, sender, person ? [person] : []),
  }));
  const platforms: PushPlatform[] = ['ios', 'android'];
  return platforms.flatMap((platform) => {
    const size = ({ budget }: { budget: PushBudget }) => budget[platform].usedBytes;
    const [longest] = versions.toSorted((a, b) => size(b) - size(a));
    if (!longest || longest.budget[platform].fits) {
      return [];
    }
    const { cutAt } = longest.budget[platform];
    const at = offsetInTemplate(text, mode, longest.person, cutAt);
    return [{ platform, at, text, sourceOf }];
  });
}

/** The end of the last whole word before an offset; of a very long word, the end of its last whole character. */
function endOfWord(text: string, offset: number): number {
  const before = text.slice(0, offset);
  const isBetween = offset === text.length || /\s/u.test(text.charAt(offset));
  const end = isBetween ? before.trimEnd().length : before.replace(/\s*\S*$/u, '').length;
  if (offset - end <= wordAtMost) {
    return end;
  }
  const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text);
  return characters.containing(offset)?.index ?? offset;
}

/** The offset itself, or where the braces begin that it is in. */
function startOfBraces({ text, start }: Written, offset: number): number {
  for (const { 0: braces, index } of text.matchAll(/\\?\{+[^{}\r\n]*\}+/gu)) {
    const from = start + index;
    if (from < offset && offset < from + braces.length) {
      return from;
    }
  }
  return offset;
}
