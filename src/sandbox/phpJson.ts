import { PhpArray, isList, type PhpValue } from './php';

/** The answer of a method. A Map is written as PHP writes an array: as a list if its keys are 0, 1, 2, …, so `[]` when empty. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | ReadonlyMap<string, Json>
  | { readonly [key: string]: Json };

/** Writes an answer as the server's Json::encode does, with JSON_HEX_* and with slashes and non-ASCII escaped. Source: main/lib/web/json.php. */
export function encodeJson(value: Json): string {
  return encode(value, (text) => text.replace(/[^\x20-\x7e]/g, escapedUnit));
}

/** Writes a payload for phones, in which non-ASCII letters are not escaped (JSON_UNESCAPED_UNICODE). */
export function encodeJsonUnicode(value: Json): string {
  return encode(value, (text) => text);
}

function encode(value: Json, finish: (text: string) => string): string {
  if (value === null) {
    return 'null';
  }
  if (typeof value === 'string') {
    return encodeText(value, finish);
  }
  if (typeof value !== 'object') {
    return String(value);
  }
  if (isJsonList(value)) {
    return encodeList(value, finish);
  }
  if (isJsonMap(value) && isList(value)) {
    return encodeList(value.values(), finish);
  }
  let members = '';
  for (const [key, item] of isJsonMap(value) ? value : Object.entries(value)) {
    if (members !== '') {
      members += ',';
    }
    members += `${encodeText(key, finish)}:${encode(item, finish)}`;
  }
  return `{${members}}`;
}

function encodeList(items: Iterable<Json>, finish: (text: string) => string): string {
  return `[${Array.from(items, (item) => encode(item, finish)).join(',')}]`;
}

function encodeText(text: string, finish: (text: string) => string): string {
  // This shortcut is for speed: most texts need no escapes.
  return /^[\w .,:@+()-]*$/.test(text) ? `"${text}"` : `"${finish(escapeAscii(text))}"`;
}

/** Escapes for Latin and Cyrillic letters, made once because answers have many of them. */
const UNIT_ESCAPES: readonly string[] = Array.from({ length: 0x500 }, (_, code) =>
  unicodeEscape(code),
);

function escapedUnit(unit: string): string {
  const code = unit.charCodeAt(0);
  return UNIT_ESCAPES[code] ?? unicodeEscape(code);
}

function unicodeEscape(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

export function isJsonList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function isJsonMap(value: Json): value is ReadonlyMap<string, Json> {
  return value instanceof Map;
}

const SHORT_ESCAPES: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\\': '\\\\',
  '/': '\\/',
};

function escapeAscii(text: string): string {
  return text.replace(
    // These are the control characters and the others that PHP escapes.
    /[^ -\u{10ffff}]|[\\/<>&'"]/gu,
    (unit) =>
      SHORT_ESCAPES[unit] ?? `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
}

/** Reads JSON as PHP's json_decode($text, true) does: keys keep their order, and a text that is not JSON gives null. */
export function decodeJson(text: string): PhpValue {
  try {
    return new JsonReader(text).read();
  } catch (error) {
    if (error instanceof JsonSyntaxError) {
      return null;
    }
    throw error;
  }
}

class JsonSyntaxError extends Error {}

const MAX_DEPTH = 512;

/** Replaces JSON.parse, which puts keys like "2" before others and refuses TRUE and NULL, unlike PHP. */
class JsonReader {
  readonly #text: string;
  #position = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): PhpValue {
    const value = this.#value(1);
    this.#skipSpace();
    if (this.#position < this.#text.length) {
      throw new JsonSyntaxError();
    }
    return value;
  }

  #value(depth: number): PhpValue {
    if (depth > MAX_DEPTH) {
      throw new JsonSyntaxError();
    }
    this.#skipSpace();
    const first = this.#text[this.#position];
    if (first === '{') {
      return this.#object(depth);
    }
    if (first === '[') {
      return this.#array(depth);
    }
    if (first === '"') {
      return this.#string();
    }
    const literal = this.#match(/true|false|null/iy)?.toLowerCase();
    if (literal !== undefined) {
      return literal === 'null' ? null : literal === 'true';
    }
    const number = this.#match(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    if (number === undefined) {
      throw new JsonSyntaxError();
    }
    return Number(number);
  }

  #object(depth: number): PhpArray {
    const object = new PhpArray();
    this.#position++;
    if (this.#accept('}')) {
      return object;
    }
    do {
      this.#skipSpace();
      const key = this.#string();
      this.#expect(':');
      object.set(key, this.#value(depth + 1));
    } while (this.#accept(','));
    this.#expect('}');
    return object;
  }

  #array(depth: number): PhpArray {
    const array = new PhpArray();
    this.#position++;
    if (this.#accept(']')) {
      return array;
    }
    do {
      array.append(this.#value(depth + 1));
    } while (this.#accept(','));
    this.#expect(']');
    return array;
  }

  #string(): string {
    // A control character is not allowed, and a quote or backslash only in an escape.
    const quoted = this.#match(/"(?:[ !#-[\]-\u{10ffff}]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"/uy);
    if (quoted === undefined) {
      throw new JsonSyntaxError();
    }
    const text: unknown = JSON.parse(quoted);
    if (typeof text !== 'string' || /\p{Surrogate}/u.test(text)) {
      throw new JsonSyntaxError();
    }
    return text;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#position;
    const found = pattern.exec(this.#text)?.[0];
    this.#position += found?.length ?? 0;
    return found;
  }

  #accept(character: string): boolean {
    this.#skipSpace();
    if (this.#text[this.#position] !== character) {
      return false;
    }
    this.#position++;
    return true;
  }

  #expect(character: string): void {
    if (!this.#accept(character)) {
      throw new JsonSyntaxError();
    }
  }

  #skipSpace(): void {
    this.#match(/[ \t\n\r]*/y);
  }
}
