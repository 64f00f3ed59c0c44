import { env, window } from 'vscode';
import type { Messages } from '../common/messages';
import { deliverySummary, hintText } from '../delivery/hintText';
import { portalPauses, whyFound } from '../people/searchSentences';
import {
  problemOf,
  problemOfEarlier,
  problemOfResult,
  problemOfSignedIn,
} from '../problems/catalogue';
import { issueMessage } from '../problems/draftProblems';
import { summaryOf } from '../push/push';
import { acceptedMessage, takenCareOfMessage } from '../push/sendWithProgress';
import { FormController } from './formController';
import type { FormControllerDeps } from './formController';
import { formStrings } from './formStrings';

/** The services that the form needs, by the names that services.ts gives them, and its page. */
export interface FormHostDeps extends Omit<
  FormControllerDeps,
  | 'language'
  | 'sentences'
  | 'hintText'
  | 'deliverySummary'
  | 'tellTakenCareOf'
  | 'whyFound'
  | 'portalPauses'
> {
  messages: Pick<Messages, 'inform'>;
}

/** Opens what stands behind the form's page, when the page first comes into view. */
export function openForm(deps: FormHostDeps): FormController {
  return new FormController({
    ...{ ...deps, hintText, deliverySummary, whyFound, portalPauses },
    language: { locale: env.language, strings: formStrings() },
    sentences: {
      ofError: (error, about) => problemOf(error, { ...about, isUnsaved: !deps.drafts.isSaved }),
      ofResult: (result, about) =>
        problemOfResult(result, { ...about, isUnsaved: !deps.drafts.isSaved }),
      ...{ ofEarlier: problemOfEarlier, ofSignedIn: problemOfSignedIn, ofIssue: issueMessage },
    },
    tellTakenCareOf: () => deps.messages.inform(takenCareOfMessage()),
    tell: async (result, context) => {
      const summary = result.kind === 'push' ? summaryOf(result.push) : undefined;
      if (summary?.state === 'accepted') {
        const message = acceptedMessage(summary.counts.accepted, context.push?.draft.via);
        window.setStatusBarMessage(`$(check) ${message}`, 10_000);
      } else {
        await deps.tell(result, context);
      }
    },
  });
}
