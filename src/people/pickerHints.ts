import type { Disposable } from '../common/dispose';
import type { RecipientRow } from './pickerRows';
import type { RecipientPickerDeps } from './pickerDeps';

/** Hints are loaded for so many lines at most, because users seldom look at more. */
const linesAtMost = 50;

/** Loads why a push may not reach the people on the picker's lines, once the lines stay for a moment. */
export class PickerHints implements Disposable {
  readonly #deps: Pick<RecipientPickerDeps, 'hints' | 'askHints' | 'delayMs'>;
  readonly #accountId: string;
  readonly #redraw: () => void;
  readonly #leaving = new AbortController();
  /** People whose hints were asked for. */
  readonly #asked = new Set<number>();
  #timer: NodeJS.Timeout | undefined;

  /** `redraw` is called when a hint became known. */
  constructor(
    deps: Pick<RecipientPickerDeps, 'hints' | 'askHints' | 'delayMs'>,
    accountId: string,
    redraw: () => void,
  ) {
    this.#deps = deps;
    this.#accountId = accountId;
    this.#redraw = redraw;
  }

  load(rows: readonly RecipientRow[]): void {
    const { askHints, delayMs = 200 } = this.#deps;
    const { signal } = this.#leaving;
    const accountId = this.#accountId;
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
      const withoutHint = ids.filter((id) => !this.#hasHint(id));
      void askHints(accountId, ids, signal).then(() => {
        if (!signal.aborted && withoutHint.some((id) => this.#hasHint(id))) {
          this.#redraw();
        }
      });
    }, delayMs);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#leaving.abort();
  }

  #hasHint(id: number): boolean {
    return this.#deps.hints(this.#accountId, id) !== undefined;
  }
}
