import type { Account } from '../accounts/account';
import type { Clock } from '../common/clock';
import type { Recipient } from '../people/recipient';
import { recipientName } from '../people/recipientName';
import type { DeliveryFacts } from './deliveryFacts';
import { deliverySummary } from './hintWords';

/** Who of these people may not get a push, in a sentence or two; undefined when nothing is known against it. */
export type DeliverySentence = (
  account: Pick<Account, 'id'>,
  people: readonly Recipient[],
) => Promise<string | undefined>;

export interface DeliverySentenceDeps {
  facts: Pick<DeliveryFacts, 'hints'>;
  clock: Pick<Clock, 'sleep'>;
  /** No question waits longer for its answer, ms. */
  limitMs?: number;
}

/** For more the portal would be asked too often just before a push. */
const peopleAtMost = 5_000;

/** Never rejects, and never takes longer than the limit, whatever the portal or the keyring does. */
export function createDeliverySentence({
  facts,
  clock,
  limitMs = 1_500,
}: DeliverySentenceDeps): DeliverySentence {
  return async ({ id }, people) => {
    if (people.length > peopleAtMost) {
      return undefined;
    }
    const late = new AbortController();
    const done = new AbortController();
    const ids = people.map((person) => person.id);
    const hints = await Promise.race([
      facts.hints(id, ids, late.signal),
      clock.sleep(limitMs, done.signal).then(
        () => undefined,
        () => undefined,
      ),
    ]);
    late.abort();
    done.abort();
    const names = new Map(people.map((person) => [person.id, recipientName(person)]));
    return hints && deliverySummary(hints, (one) => names.get(one) ?? `#${one}`);
  };
}
