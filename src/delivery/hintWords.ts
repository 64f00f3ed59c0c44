import { l10n } from 'vscode';
import { counted, firstNames } from '../common/counted';
import { plainText } from '../common/plainText';
import { weightOf } from './deliveryHint';
import type { DeliveryHint, DeliveryWeight } from './deliveryHint';

/** A few words for a line of a list: no capital, no full stop. Plain text of our own. */
export function hintWords(hint: DeliveryHint): string {
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
 * One or two sentences on who may not get a push: "2 may not get it: Anna (was dismissed), Oleg (…). 3 may get it
 * late." undefined when nothing that is known speaks against it. `nameOf`: how a person is called.
 */
export function deliverySummary(
  hints: ReadonlyMap<number, readonly DeliveryHint[]>,
  nameOf: (id: number) => string,
): string | undefined {
  const weighed: Record<DeliveryWeight, { id: number; hint: DeliveryHint }[]> = {
    never: [],
    unlikely: [],
    late: [],
    none: [],
  };
  for (const [id, [hint]] of hints) {
    if (hint) {
      weighed[weightOf(hint)].push({ id, hint });
    }
  }
  const sentences: string[] = [];
  const not = [...weighed.never, ...weighed.unlikely];
  if (not.length > 0) {
    const names = not.map(({ id, hint }) => `${plainText(nameOf(id), 60)} (${hintWords(hint)})`);
    sentences.push(
      counted(
        l10n.t('{0} person may not get it: {1}.|{0} people may not get it: {1}.'),
        not.length,
        firstNames(names, namesAtMost),
      ),
    );
  }
  const late = weighed.late.length;
  if (late > 0) {
    sentences.push(
      counted(
        l10n.t(
          '{0} person is online: it may come late or not be shown on the phone.|{0} people are online: it may come late or not be shown on the phone.',
        ),
        late,
      ),
    );
  }
  return sentences.length > 0 ? sentences.join(' ') : undefined;
}
