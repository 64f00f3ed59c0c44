import type { DeliveryHints } from '../delivery/deliveryHints';
import { weightOf } from '../delivery/deliveryRules';
import type { DeliveryHint } from '../delivery/deliveryRules';
import type { Disposable } from '../common/dispose';
import type { HintView } from './protocol';

export interface FormDeliveryDeps {
  facts: Pick<DeliveryHints, 'hints' | 'peek'>;
  /** A few words. */
  words(hint: DeliveryHint): string;
  /** One or two sentences; undefined when nothing speaks against the push. */
  summary(
    hints: ReadonlyMap<number, readonly DeliveryHint[]>,
    nameOf: (id: number) => string,
  ): string | undefined;
  /** Runs once after `ms` unless the returned function is called before. */
  later?: (run: () => void, ms: number) => () => void;
}

export interface HintsFound {
  hints: HintView[];
  /** How many were asked about, when that is not everybody. */
  firstOnly?: number;
}

/** People are still being chosen. */
const delayMs = 500;
const askedAtMost = 100;

/** What speaks against a push to the people chosen: asked in the background, and never waited for. */
export class FormDelivery implements Disposable {
  readonly #deps: FormDeliveryDeps | undefined;
  readonly #found: (found: HintsFound) => void;
  #stop: (() => void) | undefined;
  #asked = '';
  #posted = '';

  constructor(deps: FormDeliveryDeps | undefined, found: (found: HintsFound) => void) {
    this.#deps = deps;
    this.#found = found;
  }

  /** These are chosen now. Asks when they differ from those asked about before. */
  ask(accountId: string, ids: readonly number[]): void {
    if (!this.#deps) {
      return;
    }
    const { facts, later = afterTimeout } = this.#deps;
    const first = ids.slice(0, askedAtMost);
    const key = JSON.stringify([accountId, first, ids.length > askedAtMost]);
    if (key === this.#asked) {
      return;
    }
    this.#stop?.();
    this.#asked = key;
    const abort = new AbortController();
    const stopTimer = later(() => {
      void facts.hints(accountId, first, abort.signal).then((hints) => {
        if (!abort.signal.aborted) {
          this.#tell(hints, ids.length > askedAtMost);
        }
      });
    }, delayMs);
    this.#stop = () => {
      stopTimer();
      abort.abort();
    };
  }

  /** The page is new, or time has passed: whoever is chosen is asked about again. */
  reset(): void {
    this.#stop?.();
    this.#asked = '';
    this.#posted = '';
  }

  /** Who of them may not get a push that was accepted, by what is already known. */
  summary(
    accountId: string,
    people: readonly { id: number; name?: string | undefined }[],
  ): string | undefined {
    if (!this.#deps) {
      return undefined;
    }
    const hints = new Map<number, readonly DeliveryHint[]>();
    for (const { id } of people.slice(0, askedAtMost)) {
      const known = this.#deps.facts.peek(accountId, id);
      if (known) {
        hints.set(id, known);
      }
    }
    const names = new Map(people.map(({ id, name }) => [id, name]));
    return this.#deps.summary(hints, (id) => names.get(id) ?? `id ${id}`);
  }

  dispose(): void {
    this.#stop?.();
  }

  #tell(found: ReadonlyMap<number, readonly DeliveryHint[]>, isPart: boolean): void {
    const hints: HintView[] = [];
    for (const [id, [hint]] of found) {
      if (hint) {
        const words = this.#deps?.words(hint) ?? '';
        hints.push({ id, words, weight: weightOf(hint) });
      }
    }
    const next = { hints, ...(isPart ? { firstOnly: askedAtMost } : {}) };
    const key = JSON.stringify(next);
    if (key !== this.#posted) {
      this.#posted = key;
      this.#found(next);
    }
  }
}

function afterTimeout(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}
