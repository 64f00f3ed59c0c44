import { l10n } from 'vscode';
import type { Bitrix24Error } from '../bitrix24/errors';
import { counted } from '../common/counted';
import { problemOf } from './catalogue';
import type { Problem } from './problem';

/** Things for the user's phone that a window left when it ended. */
export function problemOfLeftNotices(count: number): Problem {
  return {
    code: 'NOTICES_LEFT',
    message: counted(
      l10n.t(
        '{0} thing was waiting to be sent to your phone when a VS Code window closed. Send it now?|{0} things were waiting to be sent to your phone when a VS Code window closed. Send them now?',
      ),
      count,
    ),
    severity: 'info',
    fixes: ['sendToPhone', 'showInHistory'],
  };
}

/** Things for the user's phone cannot be sent, for longer than a moment; without any, nothing will be sent any more. */
export function problemOfNoticeTrouble(
  error: Bitrix24Error,
  count: number,
  host: string,
): Problem | undefined {
  const problem = problemOf(error, { host });
  return (
    problem && {
      ...problem,
      severity: 'warning',
      message:
        count === 0
          ? l10n.t('Nothing is sent to your phone any more. {0}', problem.message)
          : counted(
              l10n.t(
                '{0} thing for your phone could not be sent yet. {1}|{0} things for your phone could not be sent yet. {1}',
              ),
              count,
              problem.message,
            ),
    }
  );
}
