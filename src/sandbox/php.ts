/** This file has the conversions of PHP that decide how the portal reads a request. */

/** The values that PHP's json_decode and form parsing can give. */
export type PhpValue = null | boolean | number | string | PhpArray;

/**
 * PHP's ordered array, which is a list and a dictionary in one. All keys are strings here; that loses
 * nothing, because PHP's integer key 1 and string key "1" are the same key.
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

  /** PHP's array_replace: values of `other` replace those of this array, and keys keep their first place. */
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

  /** PHP's array_change_key_case(CASE_UPPER): when keys become equal, the last value wins. */
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

/** @returns true if the keys are 0, 1, 2, … in this order; PHP's json_encode then writes a list. */
export function isList(array: ReadonlyMap<string, unknown>): boolean {
  let index = 0;
  for (const key of array.keys()) {
    if (key !== String(index++)) {
      return false;
    }
  }
  return true;
}

/** Converts as PHP's `(int)$value` and intval() do. */
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

/** Converts as PHP's `(bool)$value` does: "", "0" and an empty array are false. */
export function toBool(value: PhpValue | undefined): boolean {
  if (typeof value === 'string') {
    return value !== '' && value !== '0';
  }
  if (value instanceof PhpArray) {
    return value.size > 0;
  }
  return Boolean(value);
}

/** Converts as PHP's `(string)$value` does: an array becomes the word "Array". */
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
 * Writes a time as PHP's `date('c')` does on a portal whose time zone is UTC.
 * @param time Unix ms
 */
export function phpDate(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}+00:00`;
}
