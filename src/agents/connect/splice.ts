import { createHash } from 'node:crypto';

/** Text that was put into a file at one place. Nothing of the file was replaced. */
export interface Splice {
  /** Where it stands in the file as it was before. */
  offset: number;
  /** What was put before the kept part, e.g. a comma behind the last value. */
  lead: string;
  /** A part of the file between the two insertions, e.g. a comment; mostly empty. */
  kept: string;
  /** What was put behind the kept part. */
  text: string;
}

/** What is remembered of a change, so that it can be taken back byte for byte. */
export interface Change {
  /** Fingerprints of the whole file. Its content, which may hold secrets, is not kept. */
  before: string;
  after: string;
  splices: readonly Splice[];
}

export function fingerprint(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Puts the splices into the text. They stand in the order of their offsets. */
export function insert(text: string, splices: readonly Splice[]): string {
  return splices.reduceRight(
    (result, { offset, lead, kept, text: inserted }) =>
      result.slice(0, offset) + lead + kept + inserted + result.slice(offset + kept.length),
    text,
  );
}

/**
 * Takes the splices out of the text again. In a file that others have changed meanwhile, one that cannot be found, or that
 * stands there more than once, is left: the caller looks whether the result is what it should be.
 */
export function takeOut(text: string, { after, splices }: Change): string {
  let result = text;
  if (fingerprint(text) === after) {
    for (const { offset, lead, kept, text: inserted } of splices) {
      result =
        result.slice(0, offset) +
        kept +
        result.slice(offset + lead.length + kept.length + inserted.length);
    }
    return result;
  }
  for (const { lead, kept, text: inserted } of [...splices].reverse()) {
    const whole = lead + kept + inserted;
    const at = result.indexOf(whole);
    if (at >= 0 && result.indexOf(whole, at + 1) < 0) {
      result = result.slice(0, at) + kept + result.slice(at + whole.length);
    }
  }
  return result;
}

/** The line break of a file: the one of its first line. */
export function lineBreakOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}
