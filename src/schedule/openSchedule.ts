import { l10n } from 'vscode';
import type { Accounts } from '../accounts/account';
import { counted } from '../common/counted';
import { dateTime } from '../common/dateTime';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import { plainText } from '../common/plainText';
import { problemOfResult } from '../problems/catalogue';
import type { Notifier } from '../problems/notifier';
import type { Problem } from '../problems/problem';
import { actionsOf } from '../push/push';
import type { SendWithProgress } from '../push/sendWithProgress';
import { takenCareOfMessage } from '../push/sendWithProgress';
import { createAskTime, momentText } from './askTime';
import type { AskTimeDeps } from './askTime';
import { ScheduleClock } from './scheduleClock';
import type { ScheduleClockDeps } from './scheduleClock';
import type { ScheduledPush } from './scheduledPush';
import { ScheduledSends } from './scheduledSends';
import type { NotSent, ScheduledSendsDeps } from './scheduledSends';
import type { ScheduleStore } from './scheduleStore';
import { SendLater } from './sendLater';
import type { SendLaterDeps } from './sendLater';

export interface OpenScheduleDeps
  extends
    Pick<SendLaterDeps, 'service' | 'drafts' | 'tell' | 'log'>,
    Pick<ScheduledSendsDeps, 'editDraft'>,
    Pick<ScheduleClockDeps, 'isFocused' | 'clock'>,
    Pick<AskTimeDeps, 'inputs'> {
  store: ScheduleStore;
  sender: Pick<SendWithProgress, 'send' | 'act'>;
  accounts: Pick<Accounts, 'get'>;
  notifier: Pick<Notifier, 'tell' | 'offer' | 'inform'>;
  /** Brings the history forward. */
  showHistory: () => Promise<void>;
}

/** Pushes that leave at a time. */
export interface Schedule extends Disposable {
  sendLater: SendLater;
  sends: ScheduledSends;
  clock: Pick<ScheduleClock, 'look'>;
}

/** More late pushes than these are told in one sentence. */
const toldOneByOne = 3;

export function openSchedule(deps: OpenScheduleDeps): Schedule {
  const owned = new DisposableStore();
  const { notifier, log } = deps;
  const askTime = createAskTime(deps);
  const sends: ScheduledSends = new ScheduledSends({
    ...{ ...deps, askTime },
    tellNotSent: (push, why) => tellNotSent(deps, push, why, () => sends.sendNow(push.id)),
    tellTakenCareOf: () => notifier.inform(takenCareOfMessage()),
  });
  const quietly = (work: Promise<unknown>) =>
    void work.catch((error: unknown) => log.warn(`A scheduled push: ${String(error)}`));
  const clock = owned.add(
    new ScheduleClock({
      ...deps,
      send: (taken) => sends.sendDue(taken),
      offer: (late) => {
        if (late.length > toldOneByOne) {
          quietly(offerAll(deps, late.length));
        } else {
          late.forEach((push) => quietly(offerOne(deps, push, sends)));
        }
      },
    }),
  );
  const sendLater = new SendLater({
    ...{ ...deps, askTime },
    tellScheduled: (push) => quietly(tellScheduled(deps, push)),
  });
  return { sendLater, sends, clock, dispose: () => owned.dispose() };
}

async function tellScheduled({ notifier, showHistory }: OpenScheduleDeps, push: ScheduledPush) {
  const show = l10n.t('Show in History');
  const message = l10n.t(
    'The push will be sent {0}, if a VS Code window is open on this computer then.',
    momentText(push.at),
  );
  if ((await notifier.offer(message, [show])) === show) {
    await showHistory();
  }
}

async function offerOne(
  { notifier }: OpenScheduleDeps,
  push: ScheduledPush,
  sends: ScheduledSends,
): Promise<void> {
  const [send, change, discard] = [
    ...([l10n.t('Send Now'), l10n.t('Change Time'), l10n.t('Discard')] as const),
  ];
  const message = l10n.t(
    '“{0}” was to be sent {1}, but no VS Code window was open or the computer slept. It was not sent.',
    beginningOf(push),
    dateTime(push.at),
  );
  const answer = await notifier.offer(message, [send, change, discard]);
  if (answer === send) {
    await sends.sendNow(push.id);
  } else if (answer === change) {
    await sends.changeTime(push.id);
  } else if (answer === discard) {
    await sends.cancel(push.id);
  }
}

async function offerAll({ notifier, showHistory }: OpenScheduleDeps, count: number): Promise<void> {
  const show = l10n.t('Show in History');
  const message = counted(
    l10n.t(
      '{0} scheduled push was not sent, because no VS Code window was open or the computer slept.|{0} scheduled pushes were not sent, because no VS Code window was open or the computer slept.',
    ),
    count,
  );
  if ((await notifier.offer(message, [show])) === show) {
    await showHistory();
  }
}

async function tellNotSent(
  { notifier, accounts, sender }: OpenScheduleDeps,
  scheduled: ScheduledPush,
  why: NotSent,
  sendNow: () => Promise<void>,
): Promise<void> {
  const problem = problemOfNotSent(scheduled, why);
  const push = why.kind === 'result' && 'push' in why.result ? why.result.push : undefined;
  const account = await accounts.get(scheduled.draft.accountId ?? '').catch(() => undefined);
  // Its user may never answer.
  void notifier.tell(problem, {
    ...{ account, draft: scheduled.draft, push },
    actions: push ? actionsOf(push) : ['retry'],
    act: async (action) => {
      if (push) {
        await sender.act(push, action);
      } else {
        await sendNow();
      }
    },
  });
}

/** The reason behind a sentence that says which push it is about. */
function problemOfNotSent(scheduled: ScheduledPush, why: NotSent): Problem {
  const { host, at } = scheduled;
  const cause = why.kind === 'result' ? problemOfResult(why.result, { host }) : undefined;
  const stays = l10n.t(
    '“{0}”, scheduled for {1}, was not sent. It stays in the history under Scheduled.',
    beginningOf(scheduled),
    dateTime(at),
  );
  return cause
    ? { ...cause, message: `${stays} ${cause.message}` }
    : {
        code: 'NOT_AGREED',
        severity: 'warning',
        message: `${stays} ${l10n.t('It could not be shown that you agreed to it as it is now. Look at it, and send it yourself.')}`,
        fixes: ['sendWaiting', 'showInHistory'],
      };
}

function beginningOf({ draft }: ScheduledPush): string {
  return plainText(draft.text, 40);
}
