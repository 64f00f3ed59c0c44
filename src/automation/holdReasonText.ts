import { l10n } from 'vscode';
import { dateTime } from '../common/dateTime';
import type { HoldReason } from './notice';

/** Says why something is held; `until` is told where it is known, Unix ms. */
export function holdReasonText(why: HoldReason, until?: number): string {
  const time = until === undefined ? undefined : dateTime(until, { timeStyle: 'short' });
  switch (why) {
    case 'gathering':
      return l10n.t('Waiting a few seconds for other things');
    case 'notAway':
      return l10n.t('You have only just left the window');
    case 'paused':
      return time ? l10n.t('Paused until {0}', dateTime(until ?? 0)) : l10n.t('Paused');
    case 'quietHours':
      return time ? l10n.t('Quiet hours until {0}', time) : l10n.t('Quiet hours');
    case 'cap':
      return time
        ? l10n.t('20 pushes were sent within an hour; the next one leaves at {0}', time)
        : l10n.t('20 pushes were sent within an hour');
    case 'desktopApp':
      return l10n.t('You are using the Bitrix24 desktop app, where pushes do not reach the phone');
    case 'noAnswerYet':
      return l10n.t('The question may be answered at once');
    case 'trouble':
      return time
        ? l10n.t('The push could not be sent; it is tried again at {0}', time)
        : l10n.t('The push could not be sent');
  }
}
