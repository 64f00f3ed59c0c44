import { addressParser } from 'postal-mime';
import { idOf, plainIds } from '../common/plainIds';

/** One entry of a pasted list. `text` is the entry as it was written, without invisible marks. */
export type ListEntry = { text: string } & (
  | { kind: 'id'; id: number; /** The portal that a link names. */ host?: string; name: string }
  /** A number beside names, which may be an id, a row's number or anything else. */
  | { kind: 'number'; id: number }
  /** `name` is the text beside the address. `before` is a name that belongs to the address, or is an entry of its own. */
  | { kind: 'email'; email: string; name: string; before?: NameEntry }
  | NameEntry
  /** `whole` is one name if the portal knows it, e.g. "Sales and Support"; otherwise there are several entries. */
  | {
      kind: 'either';
      whole: NameEntry;
      parts: ListEntry[];
      /** It would be odd as one name. */ isSure: boolean;
    }
);

/** `names`: ways to read the name, the best first. In a row of a table, each may be the name, a position, a department. */
export type NameEntry = { text: string; kind: 'name'; names: string[]; isRow?: true };

/** No entry with a longer text is an address or a name. */
const textAtMost = 300;
/** docs/bitrix24.md, section 6: `[USER=5]Ivan[/USER]` in messages, `/company/personal/user/5/` in addresses. */
const mention = /\[user=(\d{1,10})[^\]]*\](.*?)(?:\[\/user\]|$)/iu;
const profile =
  /(?:https?:\/\/)?([\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+(?::\d+)?|localhost(?::\d+)?)?(?:\/[^\s?#()]*)?\/user\/(\d{1,10})(?=[/?#)\]]|$)\S*/iu;
const dialog = /https?:\/\/([^\s/]+)\/online\/\S*\bIM_DIALOG=(\d{1,10})(?=&|$)\S*/iu;
const labelled =
  /(?:(?<![\p{L}\p{N}])(?:(?:user[ _-]?id|ids?|ид)\s*[:=#№]*|(?:user|пользователь|сотрудник)(?=[\s:=#№])\s*[:=#№]*)\s*|[#№]\s*)(\d{1,10})(?![\p{L}\p{N}@.:/-])/iu;
const plainAddress = /^[^\s@<>()[\]",;:\\|]+@[^\s@<>()[\]",;:\\|.]+(?:\.[^\s@<>()[\]",;:\\|.]+)+$/u;
/** Words between two names: "Ivan and Anna". Single letters count in lower case only, because initials look like them. */
const between = /\s+(?:and|or|und|oder|et|или|та|або|және|мен|һәм|va|və|[&+/])\s+/iu;
const betweenLetters = /\s+[иійyeo]\s+/u;
const leading = /^(?:and|or|и|а также|та|або|&|\+)\s+(?=\S)/iu;
const label =
  /^"?(?:to|cc|bcc|from|кому|копия|от|people|users?|user_id|ids|пользователи|получатели)"?\s*[:=]\s*/iu;

/** The entries of a text between two separators. Usually it is one, but addresses, mentions and links end an entry. */
export function readField(field: string): ListEntry[] {
  const text = field.trim().replace(label, '').replace(leading, '');
  if (!/[\p{L}\p{N}]/u.test(text)) {
    return [];
  }
  const ids = plainIds(text);
  if (ids) {
    return ids.map((id) => ({ kind: 'id', text: String(id), id, name: '' }));
  }
  return pieces(text).map(readPiece);
}

/** Splits a field behind each address, mention and link: "Anna anna@acme.com Ivan ivan@acme.com". */
function pieces(field: string): string[] {
  const found: string[][] = [[]];
  const isId = (word: string) => /^#\d+$/u.test(word);
  const words = field.replace(/(?<=>)(?=\S)/gu, ' ').split(/\s+/u);
  // "#3 Ivan #5 Anna", or "Ivan #3 Anna #5".
  const beginsWithId = isId(words[0] ?? '');
  for (const word of words) {
    if (/^\[user=/iu.test(word) || (beginsWithId && isId(word))) {
      found.push([]);
    }
    found.at(-1)?.push(word);
    const isEnd =
      word.length <= textAtMost &&
      (addressIn(word) !== undefined ||
        (!beginsWithId && isId(word)) ||
        /\[\/user\]/iu.test(word) ||
        (word.includes('/') && profile.test(word)));
    if (isEnd) {
      found.push([]);
    }
  }
  return found
    .map((piece) => piece.join(' ').replace(/^[\s\p{Pd}•*]+(?=\S)/u, ''))
    .filter((piece) => /[\p{L}\p{N}]/u.test(piece));
}

function readPiece(text: string): ListEntry {
  if (text.length > textAtMost) {
    return readName(text);
  }
  return readLink(text) ?? readAddress(text) ?? readId(text) ?? readName(text);
}

/** Reads an id that a program wrote. */
function readLink(text: string): ListEntry | undefined {
  const [, mentioned] = mention.exec(text) ?? [];
  const [, host, linked] = profile.exec(text) ?? dialog.exec(text) ?? [];
  const id = idOf(mentioned ?? linked);
  const isOfPortal = mentioned !== undefined || host === undefined;
  return id === undefined
    ? undefined
    : { kind: 'id', text, id, name: '', ...(!isOfPortal && { host: host.toLowerCase() }) };
}

/** Reads an id that somebody wrote, perhaps beside a name. */
function readId(text: string): ListEntry | undefined {
  const [written = '', number] = labelled.exec(text) ?? [];
  const id = idOf(number);
  const name = unwrapped(text.replace(written, ' ').replace(/\(\s*\)|\[\s*\]/gu, ' '));
  // "Store № 12" is a name.
  return id === undefined || (name !== '' && written.startsWith('№'))
    ? undefined
    : { kind: 'id', text, id, name };
}

function readAddress(text: string): ListEntry | undefined {
  if (!text.includes('@')) {
    return undefined;
  }
  const plain = text.replace(/mailto:/giu, ' ').trim();
  const [mailbox, ...more] = addressParser(plain, { flatten: true });
  const email = addressIn(mailbox?.address ?? '');
  // A plain word with an @ is the address as a whole. What the parser leaves of it is not.
  const isWhole = plain.split(/\s+/u).some((word) => addressIn(word) === email);
  if (mailbox && more.length === 0 && email !== undefined && isWhole) {
    return { kind: 'email', text, email, name: unwrapped(mailbox.name) };
  }
  const words = plain.split(/\s+/u);
  const word = words.find((one) => addressIn(one) !== undefined);
  const found = addressIn(word ?? '');
  return found === undefined || words.filter((one) => one.includes('@')).length > 1
    ? undefined
    : { kind: 'email', text, email: found, name: unwrapped(plain.replace(word ?? '', ' ')) };
}

/** The address that a word is, without brackets, quotes and full stops around it. */
function addressIn(word: string): string | undefined {
  const bare = word
    .replace(/^[<([{"'“”«»„]*(?:mailto:)?/iu, '')
    .replace(/\?[^@]*$/u, '')
    .replace(/[>)\]}"'“”«».,;:!?]*$/u, '');
  return plainAddress.test(bare) ? bare : undefined;
}

/** Reads a text without ids and addresses. */
export function readName(text: string): Extract<ListEntry, { kind: 'name' | 'either' }> {
  if (text.length > textAtMost) {
    return { kind: 'name', text, names: [text] };
  }
  const name = unwrapped(text);
  const bare = name
    .replace(/\([^()]*\)|\[[^[\]]*\]/gu, ' ')
    .replace(/^\d{1,4}[\s.)]+(?=\p{L})/u, '')
    .replace(/[+(]?\d[\d\s().-]{6,}\d/gu, ' ')
    .trim();
  const names = [...new Set([name, bare])].filter((one) => one !== '');
  const whole: NameEntry = { kind: 'name', text, names };
  const isUpper = name === name.toUpperCase();
  const letters = isUpper ? /\s+[ИІYE]\s+/u : betweenLetters;
  const parts = name
    .split(between)
    .flatMap((part) => part.split(letters))
    .filter((part) => part.trim() !== '');
  const isSure = parts.every((part) => /\S\s+\S|\d/u.test(part));
  return parts.length > 1
    ? { kind: 'either', text, whole, parts: parts.flatMap(readField), isSure }
    : whole;
}

const pairs = ['""', "''", '«»', '“”', '„“', '()', '[]', '{}', '<>'];

/** Removes quotes and brackets around a text, an @ before it, and punctuation behind it. */
export function unwrapped(text: string): string {
  let bare = text.trim();
  for (let before = ''; bare !== before;) {
    before = bare;
    // A full stop behind a single letter belongs to initials.
    bare = bare.replace(/^[@·\s]+|[\s,;:!?…·]+$|(?<=[^\s.]{2})\.+$/gu, '');
    for (const [open = '', close = ''] of pairs) {
      const inside = bare.slice(1, -1);
      if (bare.startsWith(open) && (bare.endsWith(close) || !bare.includes(close, 1))) {
        bare = bare.endsWith(close) && bare.length > 1 ? inside : bare.slice(1);
      } else if (bare.endsWith(close) && !bare.includes(open)) {
        bare = bare.slice(0, -1);
      }
    }
  }
  return bare;
}
