import { window } from 'vscode';
import type { Messages } from '../common/messages';
import { deliverySummary, hintText } from '../delivery/hintText';
import { problemOf, problemOfEarlier, problemOfResult } from '../problems/catalogue';
import { summaryOf } from '../push/push';
import { acceptedMessage, takenCareOfMessage } from '../push/sendWithProgress';
import { FormController } from './formController';
import type { FormControllerDeps } from './formController';
import { formStrings } from './formStrings';

export interface FormHost {
  controller: Pick<FormController, 'receive' | 'pageGone' | 'dispose'>;
  strings: ReturnType<typeof formStrings>;
}

/** The services that the form needs, by the names that services.ts gives them, and its page. */
export interface FormHostDeps extends Omit<
  FormControllerDeps,
  'sentences' | 'hintText' | 'deliverySummary' | 'tellTakenCareOf'
> {
  messages: Pick<Messages, 'inform'>;
}

/** Opens what stands behind the form's page, when the page first comes into view. */
export function openForm(deps: FormHostDeps): FormHost {
  const controller = new FormController({
    ...{ ...deps, hintText, deliverySummary },
    sentences: { ofError: problemOf, ofResult: problemOfResult, ofEarlier: problemOfEarlier },
    tellTakenCareOf: () => deps.messages.inform(takenCareOfMessage()),
    tell: async (result, context) => {
      const summary = result.kind === 'push' ? summaryOf(result.push) : undefined;
      if (summary?.state === 'accepted') {
        const message = acceptedMessage(summary.counts.accepted);
        window.setStatusBarMessage(`$(check) ${message}`, 10_000);
      } else {
        await deps.tell(result, context);
      }
    },
  });
  return { controller, strings: formStrings() };
}
