import type { Account } from '../accounts/account';
import type { Bitrix24Error } from '../bitrix24/errors';
import type { Notifier } from '../problems/notifier';
import { problemOfLeftNotices, problemOfNoticeTrouble } from '../problems/noticeProblems';
import type { Push } from '../push/push';
import type { SendWithProgress } from '../push/sendWithProgress';
import type { Notice } from './notice';

/** What the user is told by this window. */
export interface ReachTeller {
  /** A push was recorded, and was not accepted. */
  notAccepted(push: Push): void;
  /** Pushes cannot even be recorded; `count` notices are held. */
  trouble(error: Bitrix24Error, count: number, account: Account): void;
  /** An earlier window ended and left these; no push told them, as far as is known. */
  left(notices: readonly Notice[], sendNow: () => Promise<void>): void;
}

/** Tells by notifications what became of things for the user's phone. */
export function createReachTeller(deps: {
  notifier: Pick<Notifier, 'tell'>;
  sender: Pick<SendWithProgress, 'tell'>;
}): ReachTeller {
  const { notifier, sender } = deps;
  return {
    notAccepted: (push: Push) => void sender.tell({ kind: 'push', push }, push.draft, push),
    trouble: (error, count, account: Account) => {
      const problem = problemOfNoticeTrouble(error, count, account.host);
      if (problem) {
        void notifier.tell(problem, { account });
      }
    },
    left: (notices, sendNow) =>
      void notifier.tell(problemOfLeftNotices(notices.length), {
        actions: ['retry'],
        act: sendNow,
      }),
  };
}
