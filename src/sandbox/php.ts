/** The part of PHP's type juggling that decides what the portal makes of a request. */

/** What PHP's json_decode and form parsing can yield. */
export type PhpValue = null | boolean | number | string | PhpArray;

/**
 * PHP's ordered array: list and dictionary in one. Keys are strings here; PHP's integer key 1 and
 * string key "1" are the same key in both worlds.
 */
export class PhpArray extends Map<string, PhpValue> {
  #nextIndex = 0;

  static list(values: Iterable<PhpValue>): PhpArray {
    const array = new PhpArray();
    for (const value of values) {
      array.append(value);
    }
    return array;
  }

  override set(key: string, value: PhpValue): this {
    if (isIntegerKey(key)) {
      this.#nextIndex = Math.max(this.#nextIndex, Number(key) + 1);
    }
    return super.set(key, value);
  }

  append(value: PhpValue): void {
    this.set(String(this.#nextIndex), value);
  }

  /** array_replace: values of `other` win, keys keep their first place. */
  replacedBy(other: PhpArray): PhpArray {
    const merged = new PhpArray();
    for (const [key, value] of this) {
      merged.set(key, value);
    }
    for (const [key, value] of other) {
      merged.set(key, value);
    }
    return merged;
  }

  /** array_change_key_case(CASE_UPPER): of keys that become equal the last one wins. */
  withUpperCaseKeys(): PhpArray {
    const upper = new PhpArray();
    for (const [key, value] of this) {
      upper.set(key.toUpperCase(), value);
    }
    return upper;
  }
}

function isIntegerKey(key: string): boolean {
  return /^(0|-?[1-9]\d{0,15})$/.test(key);
}

/** Keys are 0, 1, 2 ... in this order, so that json_encode writes a list. */
export function isList(array: ReadonlyMap<string, unknown>): boolean {
  let index = 0;
  for (const key of array.keys()) {
    if (key !== String(index++)) {
      return false;
    }
  }
  return true;
}

/** `(int)$value` and intval(). */
export function toInt(value: PhpValue | undefined): number {
  if (value === undefined || value === null || value === false) {
    return 0;
  }
  if (value === true) {
    return 1;
  }
  if (typeof value === 'number') {
    return Number.isFinite(value) ? Math.trunc(value) + 0 : 0;
  }
  if (typeof value === 'string') {
    const number = /^[ \t\n\r\v\f]*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/.exec(value);
    return number === null ? 0 : toInt(Number(number[1]));
  }
  return value.size > 0 ? 1 : 0;
}

/** `(bool)$value`: "" and "0" are false, and so is an empty array. */
export function toBool(value: PhpValue | undefined): boolean {
  if (typeof value === 'string') {
    return value !== '' && value !== '0';
  }
  if (value instanceof PhpArray) {
    return value.size > 0;
  }
  return Boolean(value);
}

/** `(string)$value`; an array becomes the word "Array", as in PHP. */
export function toText(value: PhpValue | undefined): string {
  if (value === undefined || value === null || value === false) {
    return '';
  }
  if (value === true) {
    return '1';
  }
  return value instanceof PhpArray ? 'Array' : String(value);
}

/** PHP's TypeError, e.g. for an array where the code needs a string. The portal then answers HTTP 500 without JSON. */
export class PhpTypeError extends Error {}

/**
 * `date('c')` on a portal whose time zone is UTC.
 * @param time Unix ms
 */
export function phpDate(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}+00:00`;
}
