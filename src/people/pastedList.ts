/** One entry of a pasted list. `text` is the entry as it was written. */
export type ListEntry =
  | { kind: 'id'; text: string; id: number }
  /** `name` is the text beside the address. */
  | { kind: 'email'; text: string; email: string; name: string }
  | { kind: 'name'; text: string; name: string };

const email = /[^\s<>()[\]"'«»“”„:;,|]+@[^\s<>()[\]"'«»“”„:;,|@]+\.[^\s<>()[\]"'«»“”„:;,|@.!?]+/u;
/** A mention and a profile's address, as Bitrix24 writes them. */
const mention = /\[user=(\d+)[^\]]*\]/iu;
const profile = /^https?:\/\/\S+?\/user\/(\d+)/iu;
const bullet = /^[\s•‣▪◦●○·✓✔→➢]*(?:[\p{Pd}*+]+(?:\s|$)|[\p{Pd}*+](?=\p{L}))?[\s•‣▪◦●○·✓✔→➢]*/u;
const numbering = /^\s*\(?(\d{1,4})[.)]\s+(?=\S)/u;
/** No entry with a longer text is searched for an address, because no name is so long. */
const pieceAtMost = 300;
const numberAlone = /^\s*(\d{1,4})\s+(?=\S*\p{L})/u;

/**
 * Splits a pasted list into ids, names and e-mail addresses, whatever is between them: commas, semicolons, tabs, bars,
 * new lines, bullets, numbering. "Anna <anna@acme.com>" is one piece, and so is "Ivan Petrov".
 */
export function splitMixedList(text: string): string[] {
  const lines = text.split(/[\r\n\u2028\u2029]+/u);
  const isNumbered = countsUp(lines);
  return lines.flatMap((line) => {
    const bare = line
      .replace(bullet, '')
      .replace(numbering, '')
      .replace(isNumbered ? numberAlone : /^(?!)/u, '');
    return fields(bare).flatMap(pieces);
  });
}

/** Is the text a list, rather than a query for one name? */
export function isMixedList(text: string): boolean {
  const [first = '', ...more] = splitMixedList(text);
  return more.length > 0 || readEntry(first).kind !== 'name';
}

/** Reads one piece of {@link splitMixedList}. */
export function readEntry(text: string): ListEntry {
  if (text.length > pieceAtMost) {
    return { kind: 'name', text, name: text };
  }
  const id = (mention.exec(text) ?? /(?:^|\s)#(\d+)$/u.exec(text) ?? /^(\d+)$/u.exec(text))?.[1];
  const number = Number(id ?? profile.exec(text)?.[1]);
  if (Number.isSafeInteger(number) && number > 0) {
    return { kind: 'id', text, id: number };
  }
  const address = email.exec(text)?.[0];
  return address === undefined
    ? { kind: 'name', text, name: unwrapped(text) }
    : {
        kind: 'email',
        text,
        email: address,
        name: unwrapped(text.replace(address, ' ').replace(/mailto:|[<>()]/giu, ' ')),
      };
}

/** Are the lines numbered? True if each begins with a number and these count up; they are no ids then. */
function countsUp(lines: readonly string[]): boolean {
  const numbers = lines
    .filter((line) => line.trim() !== '')
    .map((line) => Number(numberAlone.exec(line)?.[1] ?? NaN));
  return numbers.length > 1 && numbers.every((number, at) => number === at + (numbers[0] ?? NaN));
}

/** Splits a line at separators, but not inside of quotes: `"Petrov, Ivan" <ivan@acme.com>`. */
function fields(line: string): string[] {
  const bySemicolon = line.split(';');
  // Outlook: "Petrov, Ivan <ivan@acme.com>; Sidorova, Anna <anna@acme.com>".
  const isOutlook =
    bySemicolon
      .filter((part) => part.trim() !== '')
      .every((part) => part.length <= pieceAtMost && /[^,<]+<[^<>@]+@[^<>]+>\s*$/u.test(part)) &&
    line.includes(';');
  if (isOutlook) {
    return bySemicolon;
  }
  return line.match(/(?:"[^"]*"(?=\s*<)|[^,;|\t，、；])+/gu) ?? [];
}

/** Splits a field, which holds one name, or ids and addresses with spaces between them. */
function pieces(field: string): string[] {
  const words = field.replaceAll('>', '> ').trim().split(/\s+/u);
  if (words.every((word) => /^#?\d+\.?$/u.test(word))) {
    return words.map((word) => word.replace('.', ''));
  }
  const found: string[][] = [[]];
  for (const word of words) {
    if (/^\[user=/iu.test(word)) {
      found.push([]);
    }
    const isAddress = word.length <= pieceAtMost && email.test(word);
    found.at(-1)?.push(isAddress ? word.replace(/[.!?]+$/u, '') : word);
    if (isAddress || /^#\d+$|\[\/user\]/iu.test(word) || profile.test(word)) {
      found.push([]);
    }
  }
  return found
    .map((piece) => piece.join(' ').replace(bullet, '').trim())
    .filter((piece) => /[^\p{P}\p{S}\s]/u.test(piece));
}

/** Removes quotes and brackets around a text. */
function unwrapped(text: string): string {
  return text
    .trim()
    .replace(/^["'«“„([<]+(.*?)["'»”“)\]>]+$/u, '$1')
    .trim();
}
