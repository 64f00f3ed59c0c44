import { limits } from '../form/protocol';

/** What separates the people of a list in the field. Names have spaces in them. */
export const separators = /[,;\r\n\t|]+/u;

/**
 * Ids in what was typed or pasted ("3, 5; 12"), and what is left when not all of it is ids. A number behind other
 * words is a part of a name: "Department 3".
 */
export function typedIds(typed: string): { ids: number[]; rest: string } {
  const ids: number[] = [];
  const rest: string[] = [];
  for (const entry of typed.split(separators)) {
    const words = entry.split(/\s+/u).filter((word) => word !== '');
    const firstOther = words.findIndex((word) => !isId(word));
    const found = firstOther < 0 ? words : words.slice(0, firstOther);
    // One by one: no function takes that many arguments for sure.
    found.forEach((word) => ids.push(Number(word)));
    if (firstOther >= 0) {
      rest.push(words.slice(firstOther).join(' '));
    }
  }
  return { ids: ids.slice(0, limits.recipients), rest: rest.join(', ') };
}

function isId(word: string): boolean {
  return /^\d+$/.test(word) && Number.isSafeInteger(Number(word)) && Number(word) > 0;
}

/** Is it more than one name, so that the host has to take it apart? */
export function looksLikeList(text: string): boolean {
  return text.includes('@') || text.trim().split(separators).length > 1;
}

/** A pasted list in one line, with nothing left out that tells its pieces apart. */
export function inOneLine(text: string): string {
  return text
    .split(separators)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '')
    .join(', ');
}

/** The piece of a list that the cursor is in. */
export function pieceAt(
  text: string,
  cursor: number,
): { start: number; end: number; piece: string } {
  let start = 0;
  for (const part of text.split(/[,;]/u)) {
    const end = start + part.length;
    if (cursor <= end) {
      return { start, end, piece: part.trim() };
    }
    start = end + 1;
  }
  return { start: text.length, end: text.length, piece: '' };
}

/** The list without that piece. */
export function withoutPiece(text: string, { start, end }: { start: number; end: number }): string {
  return [text.slice(0, start), text.slice(end)]
    .flatMap((side) => side.split(/[,;]/u))
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '')
    .join(', ');
}
