/** What stands behind the form's page; loaded when the page first comes into view. */
import { window } from 'vscode';
import { acceptedMessage } from '../push/sendAndTell';
import { FormController } from './formController';
import type { FormControllerDeps } from './formController';
import { formStrings } from './formStrings';

export { FormPeople } from './formPeople';

export interface FormHost {
  controller: Pick<FormController, 'receive' | 'pageGone' | 'dispose'>;
  strings: ReturnType<typeof formStrings>;
}

export function openForm(deps: FormControllerDeps): FormHost {
  const controller = new FormController({
    ...deps,
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
