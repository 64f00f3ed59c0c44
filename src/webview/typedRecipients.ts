import { plainIds } from '../common/plainIds';
import { limits } from '../form/protocol';

/** Separators of the entries of a pasted list. A space is none, because names contain spaces. */
const separators = /[,;\r\n\t|]+/u;
/** Separators of a list in the input, which has one line. */
const inlineSeparators = /[,;]/u;

/**
 * Splits what was typed or pasted ("3, 5; 12") into ids and everything else. A number beside a word is a part of a
 * name, e.g. "Department 3", or the number of a row.
 */
export function typedIds(typed: string): { ids: number[]; otherText: string } {
  const ids: number[] = [];
  const others: string[] = [];
  for (const entry of typed.split(separators)) {
    const found = plainIds(entry);
    if (found) {
      // No `ids.push(...found)`: a call with 100,000 arguments may overflow the stack.
      found.forEach((id) => ids.push(id));
    } else if (entry.trim() !== '') {
      others.push(entry.trim().split(/\s+/u).join(' '));
    }
  }
  return { ids: ids.slice(0, limits.recipients), otherText: others.join(', ') };
}

/** Words between two names, in the languages of most portals. */
const between = /\s(?:and|or|und|y|и|і|та|або|или|және)\s/iu;

/** Returns true if the text may be more than one name, so that the host has to take it apart. */
export function looksLikeList(text: string): boolean {
  return /[@,;|\t\r\n\d/[\]&+#№]/u.test(text.trim()) || between.test(text);
}

/** Joins the entries of a pasted list by commas, because the input has one line. */
export function inOneLine(text: string): string {
  return joined(text.split(separators));
}

/** The entry of a list, as a range of the text. UTF-16 units. */
export interface Piece {
  start: number;
  end: number;
  piece: string;
}

/** Returns the entry of a list in the input that the cursor is in. */
export function pieceAt(text: string, cursor: number): Piece {
  let start = 0;
  for (const part of text.split(inlineSeparators)) {
    const end = start + part.length;
    if (cursor <= end) {
      return { start, end, piece: part.trim() };
    }
    start = end + 1;
  }
  return { start: text.length, end: text.length, piece: '' };
}

/** Returns the list without that entry. */
export function withoutPiece(text: string, { start, end }: Piece): string {
  const around = [text.slice(0, start), text.slice(end)];
  return joined(around.flatMap((side) => side.split(inlineSeparators)));
}

function joined(entries: readonly string[]): string {
  return entries
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .join(', ');
}
