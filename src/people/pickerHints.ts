import type { Disposable } from '../common/dispose';
import type { RecipientRow } from './pickerRows';

interface PickerHintsDeps {
  /** Says why a push may not reach somebody; undefined if nothing is known against it. */
  hint: (id: number) => string | undefined;
  /** Asks the portal for what {@link hint} then knows. Never rejects. */
  ask: (ids: readonly number[], signal: AbortSignal) => Promise<unknown>;
  delayMs: number;
  /** Called when a hint became known. */
  redraw: () => void;
}

/** Hints are loaded for so many lines at most, because users seldom look at more. */
const linesAtMost = 50;

/** Loads why a push may not reach the people on the picker's lines, once the lines stay for a moment. */
export class PickerHints implements Disposable {
  readonly #deps: PickerHintsDeps;
  readonly #leaving = new AbortController();
  /** People whose hints were asked for. */
  readonly #asked = new Set<number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: PickerHintsDeps) {
    this.#deps = deps;
  }

  load(rows: readonly RecipientRow[]): void {
    const { hint, ask, redraw, delayMs } = this.#deps;
    const { signal } = this.#leaving;
    clearTimeout(this.#timer);
    const ids = rows
      .flatMap(({ people: [one, ...more] }) => (one && more.length === 0 ? [one.id] : []))
      .slice(0, linesAtMost)
      .filter((id) => !this.#asked.has(id));
    if (ids.length === 0) {
      return;
    }
    this.#timer = setTimeout(() => {
      ids.forEach((id) => this.#asked.add(id));
      const withoutHint = ids.filter((id) => hint(id) === undefined);
      void ask(ids, signal).then(() => {
        if (!signal.aborted && withoutHint.some((id) => hint(id) !== undefined)) {
          redraw();
        }
      });
    }, delayMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#leaving.abort();
  }
}
