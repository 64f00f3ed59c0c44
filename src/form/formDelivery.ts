import type { DeliveryHints } from '../delivery/deliveryHints';
import { weightOf } from '../delivery/deliveryRules';
import type { DeliveryCheck } from '../delivery/deliveryRules';
import type { Disposable } from '../common/dispose';
import type { HintView } from './protocol';

export interface FormDeliveryDeps {
  hints: Pick<DeliveryHints, 'hints' | 'peek'>;
  /** The hint in a few words. */
  hintText(hint: DeliveryCheck): string;
  /** The hints in one or two sentences; undefined if nothing is known against the push. */
  deliverySummary(
    hints: ReadonlyMap<number, readonly DeliveryCheck[]>,
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

/** How long nobody has been chosen before it asks, ms. */
const delayMs = 500;
const askedAtMost = 100;

/** Asks in the background what speaks against a push to the people chosen. Nothing waits for it. */
export class FormDelivery implements Disposable {
  readonly #deps: FormDeliveryDeps;
  readonly #found: (found: HintsFound) => void;
  #stop: (() => void) | undefined;
  #asked = '';
  #posted = '';

  constructor(deps: FormDeliveryDeps, found: (found: HintsFound) => void) {
    this.#deps = deps;
    this.#found = found;
  }

  /** Asks about the people who are chosen now, unless it has asked about the same before. */
  ask(accountId: string, ids: readonly number[]): void {
    const { hints: service, later = afterTimeout } = this.#deps;
    const first = ids.slice(0, askedAtMost);
    const key = JSON.stringify([accountId, first, ids.length > askedAtMost]);
    if (key === this.#asked) {
      return;
    }
    this.#stop?.();
    this.#asked = key;
    const abort = new AbortController();
    const stopTimer = later(() => {
      void service.hints(accountId, first, abort.signal).then((hints) => {
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

  /** Forgets what was asked: a new page needs all hints again. */
  reset(): void {
    this.#stop?.();
    this.#asked = '';
    this.#posted = '';
  }

  /** Says who of them may not get a push that was accepted, by what is already known. */
  summary(
    accountId: string,
    people: readonly { id: number; name?: string | undefined }[],
  ): string | undefined {
    const hints = new Map<number, readonly DeliveryCheck[]>();
    for (const { id } of people.slice(0, askedAtMost)) {
      const known = this.#deps.hints.peek(accountId, id);
      if (known) {
        hints.set(id, known);
      }
    }
    const names = new Map(people.map(({ id, name }) => [id, name]));
    return this.#deps.deliverySummary(hints, (id) => names.get(id) ?? `id ${id}`);
  }

  dispose(): void {
    this.#stop?.();
  }

  #tell(found: ReadonlyMap<number, readonly DeliveryCheck[]>, isPart: boolean): void {
    const hints: HintView[] = [];
    for (const [id, [hint]] of found) {
      if (hint) {
        hints.push({ id, words: this.#deps.hintText(hint), weight: weightOf(hint) });
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
