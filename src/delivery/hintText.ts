import { l10n } from 'vscode';
import type { Account } from '../accounts/account';
import type { Clock } from '../common/clock';
import { counted, firstNames } from '../common/counted';
import { plainText } from '../common/plainText';
import type { Recipient } from '../people/recipient';
import { recipientName } from '../people/recipientName';
import type { DeliveryHints } from './deliveryHints';
import { weightOf } from './deliveryRules';
import type { DeliveryCheck } from './deliveryRules';

/** A hint of {@link hintsOf} as plain text for a line of a list: no capital, no full stop. */
export function hintText({ rule, result, presence, days }: DeliveryCheck): string {
  switch (rule) {
    case 'exists':
      return result === 'certain'
        ? l10n.t('nobody has this id')
        : l10n.t('nobody seems to have this id');
    case 'active':
      return l10n.t('was dismissed');
    case 'mobile':
      return days === undefined
        ? l10n.t('seems never to have used the mobile app')
        : counted(
            l10n.t(
              'has not used the mobile app for {0} day|has not used the mobile app for {0} days',
            ),
            days,
          );
    case 'desktop':
      return l10n.t('desktop app open: the phone usually shows nothing');
    case 'browser':
      return presence === 'browser'
        ? l10n.t('online in a browser: may come 15–60 s late')
        : l10n.t('online: may come late, or not at all if the desktop app is open');
    case 'extranet':
      return l10n.t('extranet');
  }
}

const namesAtMost = 3;

const isCertain = ({ result }: DeliveryCheck) => result === 'certain';

/**
 * One or two sentences that name the people who may not get a push, such as "2 people may not get it: Anna (was
 * dismissed), Oleg (…)." undefined if nothing is known against the push. `nameOf` gives the name of a person's id.
 */
export function deliverySummary(
  hints: ReadonlyMap<number, readonly DeliveryCheck[]>,
  nameOf: (id: number) => string,
): string | undefined {
  const strongest = [...hints].flatMap(([id, [hint]]) => (hint ? [{ id, hint }] : []));
  const sentences: string[] = [];
  const doubtful = strongest
    .filter(({ hint }) => weightOf(hint) === 'not')
    .sort((a, b) => Number(isCertain(b.hint)) - Number(isCertain(a.hint)));
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
  const late = strongest.filter(({ hint }) => weightOf(hint) === 'late');
  if (late.length > 0) {
    sentences.push(
      counted(
        l10n.t(
          '{0} person is online: it may come late or not be shown on the phone.|{0} people are online: it may come late or not be shown on the phone.',
        ),
        late.length,
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

/** A question to the user does not wait longer for this sentence. */
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
    const names = new Map(people.map((person) => [person.id, recipientName(person)]));
    const asking = new AbortController();
    const sleeping = new AbortController();
    const found = await Promise.race([
      hints.hints(id, [...names.keys()], asking.signal),
      clock.sleep(sentenceWithinMs, sleeping.signal).catch(() => undefined),
    ]);
    asking.abort();
    sleeping.abort();
    return found ? deliverySummary(found, (one) => names.get(one) ?? `#${one}`) : undefined;
  };
}
