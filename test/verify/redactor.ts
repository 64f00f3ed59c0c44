import type { RawAnswer } from './answers';

/** JSON in which everything that tells of a portal or a person is replaced. */
export type Seen = null | boolean | number | string | Seen[] | { [key: string]: Seen };

/** An answer as a recording holds it. */
export interface SeenAnswer {
  status: number | null;
  /** Only headers that say nothing about the portal; the values of some are left out. */
  headers: Record<string, string>;
  kind: RawAnswer['body']['kind'];
  /** The redacted JSON, or the parameters with which the browser came back. */
  body?: Seen;
}

/** The key of an object that stands for members of a list which differ in type. */
export const EITHER = '<either>';

/** Headers with nothing secret in them, and whether their value is kept. */
const HEADERS: Readonly<Record<string, 'value' | 'presence'>> = {
  'content-type': 'value',
  'cache-control': 'value',
  'retry-after': 'value',
  location: 'presence',
  'x-bitrix-rest-application': 'presence',
  'x-bitrix-rest-time': 'presence',
  'x-bitrix-rest-user-time': 'presence',
  'x-bitrix-rest-system-time': 'presence',
  'x-ratelimit-limit': 'value',
  'x-ratelimit-remaining': 'presence',
  'x-ratelimit-reset': 'presence',
};

/** Numbers that are the same on every portal, or that an open question asks for. */
export const KEPT_NUMBERS: ReadonlySet<string> = new Set(['expires_in', 'next']);
const NUMBERS_TO_READ: ReadonlySet<string> = new Set(['operating']);

/** Codes of one letter, which say something about the application, not about a person. */
const LETTERS: ReadonlySet<string> = new Set(['STATUS', 'status', 'PAYMENT_EXPIRED']);

/** Fields of users that Bitrix24 itself defines; other UF_ fields carry names that a company chose. */
const BITRIX24_FIELDS =
  /^UF_(?:DEPARTMENT|EMPLOYMENT_DATE|PHONE_INNER|SKYPE|SKYPE_LINK|ZOOM|TWITTER|FACEBOOK|LINKEDIN|XING|WEB_SITES|SKILLS|INTERESTS|DISTRICT|TIMEMAN|1C)$/;

/** Text that the redactor does not look for in error texts: too short to tell words from names. */
const SHORTEST_NAME = 3;

interface Known {
  /** Origin of the portal, e.g. `https://example.bitrix24.com`. */
  portal: string;
  clientId: string;
  clientSecret: string;
}

/**
 * Replaces all values of one side's answers except the few that are known to be harmless: what is not on a
 * list of such values is never written down. The same value gets the same placeholder.
 */
export class Redactor {
  /** Addresses and secrets by the placeholder that takes their place; longer ones first. */
  readonly #named: [value: string, placeholder: string][] = [];
  readonly #numbers = new Map<string, number>();
  readonly #ids = new Map<string, number>();
  readonly #customFields = new Map<string, number>();
  /** Every text that was replaced, to be found again in error texts and by the last look at a recording. */
  readonly #replaced = new Set<string>();

  constructor({ portal, clientId, clientSecret }: Known) {
    this.nameAddress(portal, 'portal');
    this.#name(clientId, '<client id>');
    this.#name(clientSecret, '<client secret>');
  }

  /** Makes the origin and the host of an address known under a name. */
  nameAddress(origin: string, name: string): void {
    const { host, hostname } = new URL(origin);
    this.#name(origin, `<${name}>`);
    this.#name(host, `<${name} host>`);
    this.#name(hostname, `<${name} host>`);
  }

  /** Makes the signed-in person known, so that their id is always 1. */
  nameMe(id: number): void {
    this.#idOf(String(id));
  }

  /** Makes a secret of this side known that no answer has shown, such as `state`. */
  nameSecret(value: string, name: string): void {
    this.#name(value, `<${name}>`);
  }

  /** Values that must not be found in anything that is written down. */
  secrets(): string[] {
    const named = this.#named.map(([value]) => value);
    const replaced = [...this.#replaced].filter((value) => !isPlainWord(value));
    return [...named, ...replaced];
  }

  answer(raw: RawAnswer, keepsTexts: boolean): SeenAnswer {
    const { status, body } = raw;
    const seen: SeenAnswer = { status, headers: {}, kind: body.kind };
    for (const [name, what] of Object.entries(HEADERS)) {
      const value = raw.headers.get(name);
      if (value !== null) {
        seen.headers[name] = what === 'value' ? this.#scrub(value) : '<present>';
      }
    }
    if (body.kind === 'json') {
      seen.body = this.#see(body.value, { key: '', inList: false, keepsTexts });
    } else if (body.kind === 'arrival') {
      const place = { inList: false, keepsTexts: false };
      seen.body = body.params.map(([key, value]) => [
        this.#key(key),
        this.#text(value, { ...place, key }),
      ]);
    }
    return seen;
  }

  #see(value: unknown, place: Place): Seen {
    if (typeof value === 'string') {
      return this.#text(value, place);
    }
    if (typeof value === 'number') {
      return this.#number(value, place);
    }
    if (typeof value === 'boolean') {
      return value;
    }
    if (Array.isArray(value)) {
      return this.#list(value, place);
    }
    return typeof value === 'object' && value !== null ? this.#object(value, place) : null;
  }

  /** A list becomes one member with the fields of all, so that nobody is counted or described. */
  #list(list: readonly unknown[], place: Place): Seen[] {
    if (place.keepsTexts && list.every((item) => typeof item === 'string')) {
      return list.map((item) => this.#text(item, { ...place, inList: false }));
    }
    const members = list.map((item) => this.#see(item, { ...place, inList: true }));
    return members.length === 0 ? [] : [members.reduce(merge)];
  }

  #object(value: object, place: Place): Seen {
    const entries = Object.entries(value);
    if (entries.length > 0 && entries.every(([key]) => /^\d+$/.test(key))) {
      const members = entries.map(([, item]) => this.#see(item, { ...place, inList: true }));
      return { '<id>': members.reduce(merge) };
    }
    return Object.fromEntries(
      entries.map(([key, item]) => [this.#key(key), this.#see(item, { ...place, key })]),
    );
  }

  #key(key: string): string {
    if (/^UF_/i.test(key) && !BITRIX24_FIELDS.test(key)) {
      this.#replaced.add(key);
      return `UF_CUSTOM_${numberOf(this.#customFields, key)}`;
    }
    return /^[a-z]\w{0,40}$/i.test(key) ? key : '<key>';
  }

  #number(value: number, { key, inList }: Place): number {
    if (KEPT_NUMBERS.has(key) || NUMBERS_TO_READ.has(key)) {
      return value;
    }
    return isId(key) && value > 0 && !inList ? this.#idOf(String(value)) : 0;
  }

  #text(text: string, place: Place): string {
    const { key, inList, keepsTexts } = place;
    if (text === '') {
      return '';
    }
    if (key === 'error_description') {
      return this.#scrub(text);
    }
    if (key === 'error') {
      return /^[A-Z_0-9]{1,60}$/i.test(text) ? this.#scrub(text) : '<text>';
    }
    const isLetter = /^[A-Z]$/.test(text) && LETTERS.has(key);
    const isCodes = CODES.test(text) && (keepsTexts || key === 'scope');
    if (!inList && (isLetter || isCodes)) {
      return text;
    }
    const named = this.#named.reduce((done, [from, to]) => done.replaceAll(from, to), text);
    if (/^<[a-z_ ]+>(?:\/rest\/)?$/.test(named)) {
      return named;
    }
    return this.#placeholder(text, place);
  }

  /** The kind of text that it is; lengths of tokens are told, since clients store them. */
  #placeholder(text: string, { key, inList }: Place): string {
    const date = DATES.find(([, pattern]) => pattern.test(text))?.[0];
    if (date !== undefined) {
      return date;
    }
    this.#replaced.add(text);
    if (/^\d+$/.test(text) && text.length < 20) {
      return isId(key) && !inList ? `<id ${this.#idOf(text)}>` : '<number>';
    }
    const secret = SECRETS.find(([, pattern]) => pattern.test(text))?.[0];
    if (secret !== undefined) {
      return `<${secret} ${text.length} no. ${numberOf(this.#numbers, text)}>`;
    }
    return KINDS.find(([, pattern]) => pattern.test(text))?.[0] ?? '<text>';
  }

  /** Takes everything known, and everything that looks like an address or a token, out of a sentence. */
  #scrub(sentence: string): string {
    let done = this.#named.reduce((text, [from, to]) => text.replaceAll(from, to), sentence);
    for (const value of [...this.#replaced].sort((a, b) => b.length - a.length)) {
      if (value.length >= SHORTEST_NAME) {
        done = done.replace(wholeWord(value), '<text>');
      }
    }
    return done
      .replace(/https?:\/\/[^\s"<>]+/gi, '<address>')
      .replace(/[^\s"<>@]+@[^\s"<>@]+\.[^\s"<>@]+/g, '<e-mail>')
      .replace(
        /\b(?:[a-z0-9-]+\.)+(?:bitrix24\.\w+|bitrix\.info|com|net|org|ru|tech)\b/gi,
        '<host>',
      )
      .replace(/\b(?:local|app)\.[0-9a-f]{8,}\.\d{4,}\b/gi, '<client id>')
      .replace(/\b(?=\w*\d)[A-Za-z0-9]{20,}\b/g, '<secret>');
  }

  #name(value: string, placeholder: string): void {
    this.#named.push([value, placeholder]);
    this.#named.sort(([a], [b]) => b.length - a.length);
  }

  #idOf(text: string): number {
    return numberOf(this.#ids, text);
  }
}

interface Place {
  /** The name under which the value stands in its object. */
  key: string;
  /** Inside a list only kinds are told, never values. */
  inList: boolean;
  /** True where a list of codes, such as scopes, is what the step asks for. */
  keepsTexts: boolean;
}

/** Codes of scopes, separated by commas; no token is as short as one of them. */
const CODES = /^[a-z][a-z0-9_.]{0,30}(?:,[a-z][a-z0-9_.]{0,30})*$/;

const DATES: readonly (readonly [string, RegExp])[] = [
  ['<date>', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d:\d\d|Z)$/],
  ['<date without zone>', /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d$/],
  ['<day>', /^\d{4}-\d\d-\d\d$/],
];

const SECRETS: readonly (readonly [string, RegExp])[] = [
  ['hex', /^[0-9a-f]{20,}$/],
  ['letters and digits', /^[A-Za-z0-9]{20,}$/],
];

const KINDS: readonly (readonly [string, RegExp])[] = [
  ['<address>', /^https?:/i],
  ['<e-mail>', /^\S+@\S+$/],
  ['<phone>', /^\+?[\d\s()-]{6,}$/],
];

function isId(key: string): boolean {
  return /(?:^|_)id$/i.test(key);
}

/** Words that a sentence or a field's name may contain, so that finding one proves nothing. */
function isPlainWord(text: string): boolean {
  return text.length < SHORTEST_NAME || /^(?:[a-z_]+|[\d.]{1,9})$/i.test(text);
}

function wholeWord(value: string): RegExp {
  const escaped = value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  return new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'gu');
}

function numberOf(numbers: Map<string, number>, value: string): number {
  const number = numbers.get(value) ?? numbers.size + 1;
  numbers.set(value, number);
  return number;
}

/** Unites two members of a list into one that has the fields of both. */
export function merge(one: Seen, other: Seen): Seen {
  if (one === other || other === '') {
    return one;
  }
  if (one === '') {
    return other;
  }
  if (Array.isArray(one) && Array.isArray(other)) {
    const members = [...one, ...other];
    return members.length === 0 ? [] : [members.reduce(merge)];
  }
  if (isObject(one) && isObject(other) && !(EITHER in one) && !(EITHER in other)) {
    const merged = { ...one };
    for (const [key, value] of Object.entries(other)) {
      const before = merged[key];
      merged[key] = before === undefined ? value : merge(before, value);
    }
    return merged;
  }
  if (typeof one === typeof other && typeof one !== 'object' && typeof one !== 'string') {
    return one;
  }
  const all = [...alternatives(one), ...alternatives(other)];
  const texts = [...new Set(all.map((value) => JSON.stringify(value)))];
  return { [EITHER]: texts.map((text) => JSON.parse(text) as Seen) };
}

/** Returns the members of a mixture, or the value alone. */
export function alternatives(value: Seen): Seen[] {
  const either = isObject(value) ? value[EITHER] : undefined;
  return Array.isArray(either) ? either : [value];
}

export function isObject(value: Seen): value is { [key: string]: Seen } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
