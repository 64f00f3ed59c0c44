import { l10n } from 'vscode';
import { counted } from '../common/counted';
import { plainText } from '../common/plainText';
import type { Problem } from './problem';

/** Pushes that the network kept from leaving, now that their portal can be reached again. */
export function problemOfWaiting(count: number, host: string): Problem {
  const portal = plainText(host, 100);
  return {
    code: 'WAITING',
    message: counted(
      l10n.t(
        '{0} push to {1} could not be sent without the network. Send it now?|{0} pushes to {1} could not be sent without the network. Send them now?',
      ),
      count,
      portal,
    ),
    severity: 'info',
    fixes: ['sendWaiting'],
  };
}
