import { l10n } from 'vscode';
import { dateTime } from '../common/dateTime';
import { plainLabel } from '../common/plainText';
import type { PersonMatch } from './ranking';

/** Why a row is in the list, if what it shows does not say so. */
export function whyFound({ match, by }: Partial<PersonMatch>): string | undefined {
  return by ? plainLabel(by) : match === 'folded' ? l10n.t('similar spelling') : undefined;
}

/** Said beside what is known without the portal. `until` is Unix ms. */
export function portalPauses(host: string, until: number): string {
  return l10n.t(
    '{0} accepts no requests until {1}. What you see is known on this computer; the search continues then.',
    host,
    dateTime(until, { timeStyle: 'medium' }),
  );
}

export function nobodyFound(query: string): string {
  return l10n.t(
    'No person, department or group was found for “{0}”. Try the last name alone, an e-mail address or an id.',
    query,
  );
}
