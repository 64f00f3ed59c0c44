import { l10n } from 'vscode';
import { counted, formatNumber } from '../common/counted';
import type { DeletedNotification } from '../push/deleteNotification';
import { problemOf } from './catalogue';
import type { About } from './catalogue';
import type { Problem } from './problem';

/** Says for how many people a notification was deleted, and why not for all. */
export function problemOfDeleted(
  { gone, failed, error }: DeletedNotification,
  about: Pick<About, 'host'>,
): Problem {
  if (!error && failed.length === 0) {
    return {
      ...{ code: 'DELETED', severity: 'info', fixes: [] },
      message: counted(
        l10n.t(
          'The notification is gone from the bell of {0} person.|The notification is gone from the bells of {0} people.',
        ),
        gone.length,
      ),
    };
  }
  const cause = error && problemOf(error, { ...about, scope: 'im' });
  const sentence = counted(
    l10n.t(
      'The notification may still be in the bell of {0} person; it is gone for {1}.|The notification may still be in the bells of {0} people; it is gone for {1}.',
    ),
    failed.length,
    formatNumber(gone.length),
  );
  return {
    code: cause?.code ?? '',
    severity: 'warning',
    message: [sentence, ...(cause ? [cause.message] : [])].join(' '),
    fixes: ['showLog'],
  };
}
