/** What one piece of a list says about whom it means. `text` is as it was written. */
export type ListEntry =
  | { kind: 'id'; text: string; id: number }
  /** `name` is what stood beside the address. */
  | { kind: 'email'; text: string; email: string; name: string }
  | { kind: 'name'; text: string; name: string };

const email = /[^\s<>()[\]"'«»“”„:;,|]+@[^\s<>()[\]"'«»“”„:;,|@]+\.[^\s<>()[\]"'«»“”„:;,|@.!?]+/u;
/** "#3", a mention and a profile's address, as Bitrix24 writes them. */
const mention = /\[user=(\d+)[^\]]*\]/iu;
const profile = /^https?:\/\/\S+?\/user\/(\d+)/iu;
const bullet = /^[\s•‣▪◦●○·✓✔→➢]*(?:[\p{Pd}*+]+(?:\s|$)|[\p{Pd}*+](?=\p{L}))?[\s•‣▪◦●○·✓✔→➢]*/u;
const numbering = /^\s*\(?(\d{1,4})[.)]\s+(?=\S)/u;
/** Nobody's name is longer; and what looks for addresses need not look through whole books. */
const pieceAtMost = 300;
const numberAlone = /^\s*(\d{1,4})\s+(?=\S*\p{L})/u;

/**
 * The pieces of a pasted list, each an id, a name or an e-mail address, whatever is between them: commas, semicolons,
 * tabs, bars, new lines, bullets, numbering. "Anna <anna@acme.com>" is one piece, and so is "Ivan Petrov".
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

/** Would it be read as a list, rather than looked for as it stands? */
export function isMixedList(text: string): boolean {
  const [first = '', ...more] = splitMixedList(text);
  return more.length > 0 || readEntry(first).kind !== 'name';
}

/** Whom a piece means. */
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

/** Numbers that are places in the list and no ids: each line begins with one, and they count up. */
function countsUp(lines: readonly string[]): boolean {
  const numbers = lines
    .filter((line) => line.trim() !== '')
    .map((line) => Number(numberAlone.exec(line)?.[1] ?? NaN));
  return numbers.length > 1 && numbers.every((number, at) => number === at + (numbers[0] ?? NaN));
}

/** What is between separators, where quotes hold a name together: `"Petrov, Ivan" <ivan@acme.com>`. */
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

/** A field holds one name, or ids and addresses with nothing but spaces between them. */
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

/** Without quotes and brackets around it. */
function unwrapped(text: string): string {
  return text
    .trim()
    .replace(/^["'«“„([<]+(.*?)["'»”“)\]>]+$/u, '$1')
    .trim();
}
