/** What stands behind the form's page; loaded when the page first comes into view. */
import { l10n, window } from 'vscode';
import type { Messages } from '../common/messages';
import { acceptedMessage } from '../push/sendAndTell';
import { FormController } from './formController';
import type { FormControllerDeps } from './formController';
import { formStrings } from './formStrings';

export { FormPeople } from './formPeople';

export interface FormHost {
  controller: Pick<FormController, 'receive' | 'pageGone' | 'dispose'>;
  strings: ReturnType<typeof formStrings>;
}

export interface FormHostDeps extends Omit<FormControllerDeps, 'takenCareOf'> {
  messages: Pick<Messages, 'inform'>;
}

export function openForm(deps: FormHostDeps): FormHost {
  const controller = new FormController({
    ...deps,
    takenCareOf: () => deps.messages.inform(l10n.t('Another window has taken care of this push.')),
    // What became of a push while the user looked elsewhere: success quietly, trouble by the notifier.
    tell: async (outcome, context) => {
      if (outcome.kind === 'accepted') {
        window.setStatusBarMessage(`$(check) ${acceptedMessage(outcome.count)}`, 10_000);
      } else {
        await deps.tell(outcome, context);
      }
    },
  });
  return { controller, strings: formStrings() };
}
