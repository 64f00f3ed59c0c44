/** Steps that are kept, and characters in all of them. */
const stepsAtMost = 100;
const charactersAtMost = 300_000;

/** A change of one character, which stands, or stood, between `from` and `to`. */
interface Touch {
  kind: 'typed' | 'deleted';
  from: number;
  to: number;
}

/**
 * Earlier states of a text, for undo and redo. Page and host keep one each and record the same edits: the page's own
 * undo is lost whenever VS Code hides the view, and then it goes on with the host's.
 */
export class TextHistory {
  readonly #past: string[];
  #future: string[] = [];
  #last: Touch | undefined;

  constructor(past: readonly string[] = []) {
    this.#past = [...past];
  }

  /** The states before the present one, oldest first. */
  get past(): readonly string[] {
    return this.#past;
  }

  /** Letters of a word that are typed one after the other are one step, and so are those deleted. */
  record(before: string, after: string): void {
    if (before === after) {
      return;
    }
    const touch = touchOf(before, after);
    if (after === this.#past.at(-1)) {
      // It was taken back.
      this.#past.pop();
    } else if (!touch || !this.#goesOn(touch, after)) {
      this.#past.push(before);
    }
    this.#last = touch;
    this.#future = [];
    let characters = this.#past.reduce((sum, text) => sum + text.length, 0);
    while (this.#past.length > stepsAtMost || characters > charactersAtMost) {
      characters -= this.#past.shift()?.length ?? 0;
    }
  }

  /** Returns the state before `now`; undefined if there is none. */
  undo(now: string): string | undefined {
    return this.#step(this.#past, this.#future, now);
  }

  /** Returns the state that was undone last; undefined if there is none. */
  redo(now: string): string | undefined {
    return this.#step(this.#future, this.#past, now);
  }

  #step(from: string[], to: string[], now: string): string | undefined {
    const text = from.pop();
    if (text !== undefined) {
      to.push(now);
      this.#last = undefined;
    }
    return text;
  }

  #goesOn({ kind, from, to }: Touch, after: string): boolean {
    const last = this.#last;
    if (last?.kind !== kind) {
      return false;
    }
    return kind === 'typed'
      ? from === last.to && !/\s/u.test(after.slice(from, to))
      : to === last.from || from === last.from;
  }
}

/** The character (of two units at most) that makes the difference; undefined if more does. */
function touchOf(before: string, after: string): Touch | undefined {
  const grown = after.length - before.length;
  const [short, long] = grown > 0 ? [before, after] : [after, before];
  const size = Math.abs(grown);
  if (size === 0 || size > 2) {
    return undefined;
  }
  let start = 0;
  while (start < short.length && short[start] === long[start]) {
    start += 1;
  }
  if (long.slice(start + size) !== short.slice(start)) {
    return undefined;
  }
  return { kind: grown > 0 ? 'typed' : 'deleted', from: start, to: start + size };
}
