import type { Memento } from 'vscode';
import * as v from 'valibot';
import type { Clock } from '../common/clock';
import type { Recipient } from './recipient';

export interface RecentRecipientsDeps {
  memento: Pick<Memento, 'get' | 'update'>;
  clock: Pick<Clock, 'now'>;
}

/** A stored recipient. `weight` counts the uses; each use loses half of its weight in two weeks. */
const storedOne = v.object({
  id: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  name: v.optional(v.string()),
  weight: v.pipe(v.number(), v.finite()),
  at: v.pipe(v.number(), v.finite()),
});
type Stored = v.InferOutput<typeof storedOne>[];

const atMost = 50;
const halfLifeMs = 14 * 24 * 60 * 60 * 1000;

/** The people whom pushes went to, by account: the last push's first, then those used most and most recently. */
export class RecentRecipients {
  readonly #deps: RecentRecipientsDeps;

  constructor(deps: RecentRecipientsDeps) {
    this.#deps = deps;
  }

  list(accountId: string): Recipient[] {
    return this.#sorted(accountId).map(({ id, name }) => ({ id, name }));
  }

  /** The people of the last push. */
  last(accountId: string): Recipient[] {
    const all = this.#sorted(accountId);
    return all.filter(({ at }) => at === all[0]?.at).map(({ id, name }) => ({ id, name }));
  }

  /** How often and how recently each person was used, by id. */
  weights(accountId: string): ReadonlyMap<number, number> {
    const now = this.#deps.clock.now();
    return new Map(this.#read(accountId).map((one) => [one.id, faded(one, now)]));
  }

  async record(accountId: string, recipients: readonly Recipient[]): Promise<void> {
    const now = this.#deps.clock.now();
    const used = new Map(recipients.map((recipient) => [recipient.id, recipient]));
    const before = this.#read(accountId);
    const kept = before
      .filter(({ id }) => !used.has(id))
      .map((one) => ({ ...one, at: Math.min(one.at, now - 1) }));
    const fresh = [...used.values()].map(({ id, name }) => {
      const earlier = before.find((one) => one.id === id);
      return {
        id,
        name: name ?? earlier?.name,
        weight: 1 + (earlier ? faded(earlier, now) : 0),
        at: now,
      };
    });
    await this.#deps.memento.update(keyOf(accountId), [...fresh, ...kept].slice(0, atMost));
  }

  /** Deletes the recipients of an account. */
  async forget(accountId: string): Promise<void> {
    await this.#deps.memento.update(keyOf(accountId), undefined);
  }

  #sorted(accountId: string): Stored {
    const now = this.#deps.clock.now();
    const all = this.#read(accountId);
    const latest = Math.max(...all.map(({ at }) => at));
    return all.sort(
      (a, b) => Number(b.at === latest) - Number(a.at === latest) || faded(b, now) - faded(a, now),
    );
  }

  #read(accountId: string): Stored {
    const found = this.#deps.memento.get<unknown>(keyOf(accountId));
    const now = this.#deps.clock.now();
    return (Array.isArray(found) ? found : []).flatMap((value: unknown) => {
      // An entry that cannot be read is left out, and the others are kept.
      const parsed = v.safeParse(storedOne, value);
      // A time in the future, from a clock that was ahead, would make somebody the last one for ever.
      return parsed.success ? [{ ...parsed.output, at: Math.min(parsed.output.at, now) }] : [];
    });
  }
}

function keyOf(accountId: string): string {
  return `recentRecipients/${accountId}`;
}

function faded({ weight, at }: Stored[number], now: number): number {
  return weight * 0.5 ** (Math.max(0, now - at) / halfLifeMs);
}
