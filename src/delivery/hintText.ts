import { l10n } from 'vscode';
import type { Account } from '../accounts/account';
import type { Clock } from '../common/clock';
import { counted, firstNames } from '../common/counted';
import { plainText } from '../common/plainText';
import type { Recipient } from '../people/recipient';
import { recipientName } from '../people/recipientName';
import type { DeliveryHints } from './deliveryHints';
import { weightOf } from './deliveryRules';
import type { DeliveryHint, DeliveryWeight } from './deliveryRules';

/** The hint as plain text for a line of a list: no capital, no full stop. */
export function hintText(hint: DeliveryHint): string {
  switch (hint.code) {
    case 'unknownId':
      return hint.certain ? l10n.t('nobody has this id') : l10n.t('nobody seems to have this id');
    case 'dismissed':
      return l10n.t('was dismissed');
    case 'extranet':
      return l10n.t('extranet');
    case 'neverMobile':
      return l10n.t('seems never to have used the mobile app');
    case 'mobileLongAgo':
      return counted(
        l10n.t('has not used the mobile app for {0} day|has not used the mobile app for {0} days'),
        hint.days ?? 14,
      );
    case 'desktopOpen':
      return l10n.t('desktop app open: the phone usually shows nothing');
    case 'onlineInBrowser':
      return l10n.t('online in a browser: may come 15–60 s late');
    case 'online':
      return l10n.t('online: may come late, or not at all if the desktop app is open');
  }
}

const namesAtMost = 3;

/**
 * One or two sentences that name the people who may not get a push, such as "2 people may not get it: Anna (was
 * dismissed), Oleg (…)." undefined if nothing is known against the push. `nameOf` gives the name of a person's id.
 */
export function deliverySummary(
  hints: ReadonlyMap<number, readonly DeliveryHint[]>,
  nameOf: (id: number) => string,
): string | undefined {
  const byWeight: Record<DeliveryWeight, { id: number; hint: DeliveryHint }[]> = {
    never: [],
    unlikely: [],
    late: [],
    none: [],
  };
  for (const [id, [hint]] of hints) {
    if (hint) {
      byWeight[weightOf(hint)].push({ id, hint });
    }
  }
  const sentences: string[] = [];
  const doubtful = [...byWeight.never, ...byWeight.unlikely];
  if (doubtful.length > 0) {
    const names = doubtful.map(
      ({ id, hint }) => `${plainText(nameOf(id), 60)} (${hintText(hint)})`,
    );
    sentences.push(
      counted(
        l10n.t('{0} person may not get it: {1}.|{0} people may not get it: {1}.'),
        doubtful.length,
        firstNames(names, namesAtMost),
      ),
    );
  }
  if (byWeight.late.length > 0) {
    sentences.push(
      counted(
        l10n.t(
          '{0} person is online: it may come late or not be shown on the phone.|{0} people are online: it may come late or not be shown on the phone.',
        ),
        byWeight.late.length,
      ),
    );
  }
  return sentences.length > 0 ? sentences.join(' ') : undefined;
}

/** Gives the delivery summary of a push to these people; undefined if nothing is known against it. */
export type DeliverySentence = (
  account: Pick<Account, 'id'>,
  people: readonly Recipient[],
) => Promise<string | undefined>;

/** A question to the user does not wait longer for this sentence, ms. */
const sentenceWithinMs = 1_500;
/** With more people, asking would take too many requests just before a push. */
const sentencePeopleAtMost = 5_000;

/** The returned function never rejects, and answers within 1.5 s whatever the portal or the keyring does. */
export function createDeliverySentence({
  hints,
  clock,
}: {
  hints: Pick<DeliveryHints, 'hints'>;
  clock: Pick<Clock, 'sleep'>;
}): DeliverySentence {
  return async ({ id }, people) => {
    if (people.length > sentencePeopleAtMost) {
      return undefined;
    }
    const asking = new AbortController();
    const sleeping = new AbortController();
    const found = await Promise.race([
      hints.hints(
        id,
        people.map((person) => person.id),
        asking.signal,
      ),
      clock.sleep(sentenceWithinMs, sleeping.signal).then(
        () => undefined,
        () => undefined,
      ),
    ]);
    asking.abort();
    sleeping.abort();
    const names = new Map(people.map((person) => [person.id, recipientName(person)]));
    return found && deliverySummary(found, (one) => names.get(one) ?? `#${one}`);
  };
}
