import { l10n } from 'vscode';
import { plainText } from '../common/plainText';
import type { Problem } from './problem';

/** Pushes that the network kept from leaving, now that their portal can be reached again. */
export function problemOfWaiting(count: number, host: string): Problem {
  const portal = plainText(host, 100);
  return {
    code: 'WAITING',
    message:
      count === 1
        ? l10n.t('A push to {0} has waited for the network. Send it now?', portal)
        : l10n.t('{0} pushes to {1} have waited for the network. Send them now?', count, portal),
    severity: 'info',
    fixes: ['sendWaiting'],
  };
}
