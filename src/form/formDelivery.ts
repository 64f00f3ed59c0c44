import type { DeliveryHints } from '../delivery/deliveryHints';
import { weightOf } from '../delivery/deliveryRules';
import type { DeliveryCheck } from '../delivery/deliveryRules';
import type { Clock } from '../common/clock';
import type { Disposable } from '../common/dispose';
import type { HintView } from './protocol';

export interface FormDeliveryDeps {
  hints: Pick<DeliveryHints, 'hints' | 'peek'>;
  /** The hint in a few words. */
  hintText: (hint: DeliveryCheck) => string;
  /** The hints in one or two sentences; undefined if nothing is known against the push. */
  deliverySummary(
    hints: ReadonlyMap<number, readonly DeliveryCheck[]>,
    nameOf: (id: number) => string,
  ): string | undefined;
  clock: Clock;
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
  #asking = new AbortController();
  #asked = '';

  constructor(deps: FormDeliveryDeps, found: (found: HintsFound) => void) {
    this.#deps = deps;
    this.#found = found;
  }

  /** Asks about the people who are chosen now, unless it has asked about the same before. */
  ask(accountId: string, ids: readonly number[]): void {
    const first = ids.slice(0, askedAtMost);
    const isPart = ids.length > askedAtMost;
    const key = JSON.stringify([accountId, first, isPart]);
    if (key !== this.#asked) {
      this.reset();
      this.#asked = key;
      void this.#find(accountId, first, isPart, this.#asking.signal);
    }
  }

  /** Forgets what was asked: a new page needs all hints again. */
  reset(): void {
    this.#asking.abort();
    this.#asking = new AbortController();
    this.#asked = '';
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
    this.#asking.abort();
  }

  async #find(
    accountId: string,
    ids: readonly number[],
    isPart: boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, hints: service, hintText } = this.#deps;
    try {
      await clock.sleep(delayMs, signal);
    } catch {
      return;
    }
    const found = await service.hints(accountId, ids, signal);
    const hints = [...found].flatMap(([id, [hint]]): HintView[] =>
      hint ? [{ id, words: hintText(hint), weight: weightOf(hint) }] : [],
    );
    if (!signal.aborted) {
      this.#found({ hints, ...(isPart && { firstOnly: askedAtMost }) });
    }
  }
}
