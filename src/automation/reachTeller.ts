import type { Account } from '../accounts/account';
import type { Notifier } from '../problems/notifier';
import { problemOfLeftNotices, problemOfNoticeTrouble } from '../problems/noticeProblems';
import type { Push } from '../push/push';
import type { SendWithProgress } from '../push/sendWithProgress';
import type { ReachTeller } from './reach';

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
