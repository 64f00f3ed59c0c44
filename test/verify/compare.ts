import {
  alternatives,
  EITHER,
  isObject,
  KEPT_NUMBERS,
  type Seen,
  type SeenAnswer,
} from './redactor';

/** One thing in which the sandbox is not like the portal. */
export interface Difference {
  what: 'status' | 'code' | 'text' | 'shape' | 'header';
  /** A sentence for a person, e.g. "status: 404 from the portal, 400 from the sandbox". */
  sentence: string;
}

/** What may differ in a step without saying anything about the sandbox. */
export interface Tolerance {
  /** Paths such as `time` or `result[].UF_DEPARTMENT` that are not looked at. */
  ignored?: RegExp;
  /** Paths of members that the portal may lack, because they are left out where they are empty. */
  optional?: RegExp;
  /** Headers beside the content type that both sides must have. */
  headers?: readonly string[];
}

/** Compares what clients go by: status, error code and text, kind and shape of the body, never values such as times. */
export function differences(
  portal: SeenAnswer,
  sandbox: SeenAnswer,
  tolerance: Tolerance = {},
): Difference[] {
  const found: Difference[] = [];
  const tell = (what: Difference['what'], name: string, one: string, other: string) => {
    if (one !== other) {
      found.push({ what, sentence: `${name}: ${one} from the portal, ${other} from the sandbox` });
    }
  };
  tell('status', 'status', String(portal.status), String(sandbox.status));
  tell('shape', 'body', portal.kind, sandbox.kind);
  tell('header', 'content-type', mediaType(portal), mediaType(sandbox));
  for (const name of tolerance.headers ?? []) {
    tell('header', name, portal.headers[name] ?? 'none', sandbox.headers[name] ?? 'none');
  }
  if (portal.kind === sandbox.kind && portal.body !== undefined && sandbox.body !== undefined) {
    const shapes = new Shapes(tolerance, tell);
    if (portal.kind === 'arrival') {
      shapes.arrivals(portal.body, sandbox.body);
    } else {
      shapes.look(portal.body, sandbox.body, '');
    }
  }
  return found;
}

function mediaType({ headers }: SeenAnswer): string {
  return headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() ?? 'none';
}

type Tell = (what: Difference['what'], name: string, one: string, other: string) => void;

class Shapes {
  readonly #tolerance: Tolerance;
  readonly #tell: Tell;

  constructor(tolerance: Tolerance, tell: Tell) {
    this.#tolerance = tolerance;
    this.#tell = tell;
  }

  /** Compares names and their order, then each value. */
  arrivals(portal: Seen, sandbox: Seen): void {
    const names = (params: Seen) => pairs(params).map(([name]) => name);
    this.#tell('shape', 'parameters', names(portal).join(', '), names(sandbox).join(', '));
    const theirs = new Map(pairs(sandbox));
    for (const [name, value] of pairs(portal)) {
      const other = theirs.get(name);
      if (other !== undefined) {
        this.look(value, other, name);
      }
    }
  }

  look(portal: Seen, sandbox: Seen, path: string): void {
    if (this.#tolerance.ignored?.test(path) === true) {
      return;
    }
    if (Array.isArray(portal) && Array.isArray(sandbox)) {
      this.#lists(portal, sandbox, path);
    } else if (isPlainObject(portal) && isPlainObject(sandbox)) {
      this.#objects(portal, sandbox, path);
    } else if (path === 'error') {
      this.#tell('code', path, textOf(portal), textOf(sandbox));
    } else if (path === 'error_description' || path.endsWith('.error_description')) {
      this.#tell('text', path, textOf(portal), textOf(sandbox));
    } else {
      const theirs = alternatives(sandbox).map((value) => kindOf(value, path));
      const ours = alternatives(portal).map((value) => kindOf(value, path));
      if (!ours.some((kind) => theirs.some((other) => agree(kind, other)))) {
        const what = path.endsWith('.error') ? 'code' : 'shape';
        this.#tell(what, path, ours.join(' or '), theirs.join(' or '));
      }
    }
  }

  #lists(portal: readonly Seen[], sandbox: readonly Seen[], path: string): void {
    if (portal.every(isKeptText) && sandbox.every(isKeptText)) {
      this.#tell('shape', path, sorted(portal), sorted(sandbox));
      return;
    }
    const [one] = portal;
    const [other] = sandbox;
    if (one !== undefined && other !== undefined) {
      this.look(one, other, `${path}[]`);
    }
  }

  #objects(portal: Members, sandbox: Members, path: string): void {
    const pathOf = (key: string) => (path === '' ? key : `${path}.${key}`);
    const only = (one: Members, other: Members, optional?: RegExp) =>
      Object.keys(one).filter(
        (key) =>
          !(key in other) &&
          !key.startsWith('UF_CUSTOM_') &&
          this.#tolerance.ignored?.test(pathOf(key)) !== true &&
          optional?.test(pathOf(key)) !== true,
      );
    const ours = only(portal, sandbox);
    const theirs = only(sandbox, portal, this.#tolerance.optional);
    if (ours.length > 0 || theirs.length > 0) {
      const list = (keys: string[]) => (keys.length === 0 ? 'nothing more' : keys.join(', '));
      const place = path === '' ? 'members' : `members of ${path}`;
      const isCode = ours.includes('error') || theirs.includes('error');
      this.#tell(isCode ? 'code' : 'shape', place, list(ours), list(theirs));
    }
    for (const [key, value] of Object.entries(portal)) {
      const other = sandbox[key];
      if (other !== undefined) {
        this.look(value, other, pathOf(key));
      }
    }
  }
}

type Members = Readonly<Record<string, Seen>>;

function isPlainObject(value: Seen): value is { [key: string]: Seen } {
  return isObject(value) && !(EITHER in value);
}

function pairs(params: Seen): [string, Seen][] {
  const list = Array.isArray(params) ? params : [];
  return list.flatMap((pair) =>
    Array.isArray(pair) && typeof pair[0] === 'string' ? [[pair[0], pair[1] ?? '']] : [],
  );
}

function isKeptText(value: Seen): boolean {
  return typeof value === 'string' && value !== '' && !value.startsWith('<');
}

function sorted(list: readonly Seen[]): string {
  return list.map(textOf).sort().join(', ') || 'nothing';
}

function textOf(value: Seen): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const ANY_TEXT = 'text';

/** The type, and of texts the format where clients depend on it. */
function kindOf(value: Seen, path: string): string {
  if (typeof value === 'string') {
    return textKind(value);
  }
  if (typeof value === 'number') {
    return KEPT_NUMBERS.has(lastOf(path)) ? `the number ${value}` : 'a number';
  }
  if (typeof value === 'boolean') {
    return path.includes('[]') ? 'true or false' : String(value);
  }
  if (Array.isArray(value)) {
    return value.length === 0 ? 'an empty list' : 'a list';
  }
  return value === null ? 'null' : 'an object';
}

function textKind(text: string): string {
  if (/^<(?:id \d+|number|text|e-mail|phone|address)>$/.test(text)) {
    return ANY_TEXT;
  }
  return text === '' ? 'an empty text' : text.replace(/ no\. \d+>$/, '>');
}

function agree(one: string, other: string): boolean {
  const isText = (kind: string) => kind === ANY_TEXT || kind.startsWith('<');
  return (
    one === other ||
    (one === 'an empty text' && isText(other)) ||
    (other === 'an empty text' && isText(one))
  );
}

function lastOf(path: string): string {
  return path.split('.').at(-1) ?? '';
}
