import { plainText } from '../common/plainText';
import type { DraftIssue } from '../push/checkDraft';
import { isWaiting, summaryOf } from '../push/push';
import type { Push } from '../push/push';
import type { SendResult } from '../push/pushService';
import type { AskedAnswer } from './askedSend';

/** What came of a push, for the program that asked for it: in English, without anything that a server has written. */
export function answerOf(result: SendResult): AskedAnswer {
  switch (result.kind) {
    case 'push':
      return answerOfPush(result.push);
    case 'stillUnknown':
      return nobody(
        'unknown',
        'The same push was sent before and got no answer, so it may have been accepted already. Nothing was sent now, and the user was told.',
      );
    case 'invalid':
      return issuesAnswer(result.issues);
    case 'failed':
      return nobody('notSent', `The push was not sent (${codeOf(result.error)}).`);
    case 'cancelled':
      return nobody('cancelled', 'The user did not agree to this push as it is. Nothing was sent.');
  }
}

/** An answer about a push that nobody got. */
export function nobody(
  outcome: Exclude<AskedAnswer['outcome'], 'accepted' | 'partly'>,
  message: string,
): AskedAnswer {
  return { outcome, message, accepted: 0 };
}

export function issuesAnswer(issues: readonly DraftIssue[]): AskedAnswer {
  return nobody('invalid', ['Nothing was sent.', ...issues.map(issueSentence)].join(' '));
}

function answerOfPush(push: Push): AskedAnswer {
  const { state, counts, people } = summaryOf(push);
  const { accepted, refused, notSent, unknown } = counts;
  const code = codeOf(push.error);
  switch (state) {
    case 'accepted':
      return {
        ...{ outcome: 'accepted', accepted },
        message: `Bitrix24 accepted the push for ${countOf(accepted)}.`,
      };
    case 'partly': {
      const others = [
        ...(refused > 0 ? [`refused for ${refused}`] : []),
        ...(notSent > 0 ? [`not sent to ${notSent}`] : []),
        ...(unknown > 0 ? [`no answer came for ${unknown}, who may have got it`] : []),
      ].join(', ');
      const message = `Bitrix24 accepted the push for ${accepted} of ${countOf(people)}: ${others} (${code}).`;
      return { outcome: accepted + unknown > 0 ? 'partly' : 'refused', message, accepted };
    }
    case 'refused':
      return nobody('refused', `Bitrix24 refused the push (${code}). Nobody gets it.`);
    case 'notSent':
      return nobody(
        'notSent',
        isWaiting(push)
          ? `The push was not sent (${code}). It waits in the history, where the user can send it.`
          : `The push was not sent (${code}).`,
      );
    case 'pending':
    case 'sending':
    case 'unknown':
      return nobody(
        'unknown',
        `No answer came from Bitrix24 (${code}), so the push may have been accepted. Do not send it again: the user decides.`,
      );
  }
}

/** A server's code is a server's text, too. */
function codeOf(error: Push['error']): string {
  return plainText(error?.code ?? '', 60) || 'no code';
}

function countOf(people: number): string {
  return people === 1 ? '1 person' : `${people} people`;
}

function issueSentence({ code }: DraftIssue): string {
  switch (code) {
    case 'NO_ACCOUNT':
      return 'No account of a Bitrix24 portal is signed in.';
    case 'NO_RECIPIENTS':
      return 'There is no recipient.';
    case 'BAD_RECIPIENT':
      return 'An id of a recipient is not a whole number above 0.';
    case 'TEXT_EMPTY':
      return 'The text is empty.';
    case 'TEXT_ZERO':
      return 'Bitrix24 takes the text “0” for an empty one.';
    case 'TEXT_TOO_LONG':
      return 'The text is too long for a push.';
    case 'PLACEHOLDER_UNKNOWN':
    case 'PLACEHOLDER_OPEN':
      return 'The text has a placeholder that cannot be filled in.';
    case 'AVATAR_NOT_HTTP':
      return 'The avatar is not an http or https address.';
  }
}
