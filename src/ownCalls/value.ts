/** A place in a document, in UTF-16 units; `to` is behind the last one. */
export interface Span {
  from: number;
  to: number;
}

/** An expression of source code, as far as it is written down literally. */
export type Value = Span &
  (
    | { kind: 'text'; value: string }
    | { kind: 'number'; value: number }
    | { kind: 'boolean'; value: boolean }
    | { kind: 'null' }
    /** `isComplete` is false if a spread or the like adds what cannot be seen. */
    | { kind: 'list'; items: Value[]; isComplete: boolean }
    | { kind: 'map'; entries: Entry[]; isComplete: boolean }
    /** `callee` as written, such as `JSON.stringify`. */
    | { kind: 'call'; callee: string; args: Argument[] }
    /** Anything that is known at run time only. */
    | { kind: 'computed' }
  );

export type MapValue = Extract<Value, { kind: 'map' }>;

/** A key with its value, from the key's first character to the value's last. */
export interface Entry extends Span {
  name: string;
  key: Span;
  /** The quotation mark of the key; '' for a bare name. */
  quote: string;
  /** True for `{TEXT}`, which stands for `{TEXT: TEXT}`. */
  isShorthand: boolean;
  value: Value;
}

/** An argument of a call; `name` where it is passed by name. */
export interface Argument {
  name: string | undefined;
  value: Value;
}

export function isSame(a: Span, b: Span): boolean {
  return a.from === b.from && a.to === b.to;
}

/** The value of the first entry with one of these names. */
export function entryOf(map: MapValue, names: readonly string[]): Entry | undefined {
  return map.entries.find(({ name }) => names.includes(name));
}

/** The last name of a callee: `call` for `$this->core->call`. */
export function lastName(callee: string): string {
  return /(\w+)\s*$/u.exec(callee)?.[1] ?? '';
}
