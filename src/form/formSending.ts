import type { Account } from '../accounts/account';
import type { Wait } from '../bitrix24/rateLimiter';
import { byWay, copyOf, isNotification, isSameVersion } from '../push/draft';
import type { Draft, Way } from '../push/draft';
import { actionsOf, restDraft, summaryOf, toPeople, unknownDraft } from '../push/push';
import type { Push, PushAction, ResultContext } from '../push/push';
import type { ActResult, PushService, SendOptions, SendResult } from '../push/pushService';
import type { SendProgress } from '../push/sendPlan';
import type { TellResult } from '../push/sendWithProgress';
import type { FormAccounts } from './formAccounts';
import type { FormDelivery } from './formDelivery';
import type { FormDraft } from './formDraft';
import type { FormProblems } from './formProblems';
import type { AcceptedView, PhaseView } from './protocol';

export interface FormSendingDeps {
  service: Pick<PushService, 'send' | 'act'>;
  draft: FormDraft;
  accounts: FormAccounts;
  problems: FormProblems;
  delivery: FormDelivery;
  /** Moves the form's draft to this account. */
  goOnAs: (accountId: string) => Promise<void>;
  /** Draws everything, or the phase alone while nothing else changes. */
  draw: (what: 'state' | 'phase') => void;
  isOnScreen: () => boolean;
  /** Tells a result that the page cannot show, because it is not on screen any more. */
  tell: TellResult;
  /** Says that another window has decided what became of a push. */
  tellTakenCareOf: () => void;
}

export type SendTo = 'recipients' | 'me';

/** What the form asked for. */
interface Asked {
  to: SendTo;
  draft: Draft;
  /** The form's draft at that moment, which is not what is sent to oneself alone. */
  formDraft: Draft;
}

type Control = Required<Pick<SendOptions, 'signal' | 'onStep' | 'onWait' | 'onProgress'>>;

const idle: PhaseView = { kind: 'idle' };

/** Sends what the form holds, one push at a time, and shows how far it is and what came of it. */
export class FormSending {
  readonly #deps: FormSendingDeps;
  #phase: PhaseView = idle;
  #abort: AbortController | undefined;
  #accepted: AcceptedView | undefined;
  /** The draft for oneself alone, and the version of the form's draft that it was made of. */
  #copy: { of: Draft; draft: Draft } | undefined;

  constructor(deps: FormSendingDeps) {
    this.#deps = deps;
  }

  get phase(): PhaseView {
    return this.#phase;
  }

  get isIdle(): boolean {
    return this.#phase.kind === 'idle';
  }

  /** The push that was accepted last, until the next text is begun. */
  get accepted(): AcceptedView | undefined {
    return this.#accepted;
  }

  /** Returns true if there was something to forget. */
  forgetAccepted(): boolean {
    const had = this.#accepted !== undefined;
    this.#accepted = undefined;
    return had;
  }

  cancel(): void {
    this.#abort?.abort();
  }

  /** Sends the form's draft. */
  async send(to: SendTo, again = false, way: Way = 'push'): Promise<ActResult> {
    const formDraft = this.#deps.draft.current;
    const draft = byWay(this.#addressed(to), way);
    return await this.#run({ to, draft, formDraft }, (control) =>
      this.#deps.service.send(draft, { origin: 'form', ...(again && { again }), ...control }),
    );
  }

  /** Returns what the fixes of a failure around the form's draft work on. */
  contextOfDraft(): ResultContext {
    const draft = this.#deps.draft.current;
    return this.#contextOf({ to: 'recipients', draft, formDraft: draft });
  }

  #contextOf(asked: Asked, push?: Push): ResultContext {
    const { accounts } = this.#deps;
    const { draft } = asked;
    const account = accounts.of((push?.draft ?? draft).accountId) ?? accounts.shown;
    return {
      ...{ account, draft, push },
      actions: push ? actionsOf(push) : ['retry'],
      act: async (action, as) => {
        const isOther = as !== undefined && as.id !== account?.id;
        await this.#act(action, asked, push, isOther ? as : undefined);
      },
    };
  }

  /** Does one of the actions of a push. `push`: undefined if nothing was recorded, so the form's draft is sent. */
  async #act(
    action: PushAction,
    asked: Asked,
    push: Push | undefined,
    as: Account | undefined,
  ): Promise<void> {
    const { service, problems, draft, goOnAs, tellTakenCareOf } = this.#deps;
    const isWhole = action === 'retry' || action === 'sendAsNotification';
    if (!push || (isWhole && isEdited(asked.formDraft, draft.current))) {
      if (as) {
        await goOnAs(as.id);
      }
      const isBell = action === 'sendAsNotification' || (push && isNotification(push.draft));
      await this.send(asked.to, true, isBell ? 'notification' : 'push');
    } else if (action === 'markAsSent' || action === 'discard') {
      const { kind } = await service.act(push.id, action);
      if (kind === 'takenCareOf') {
        tellTakenCareOf();
      }
      await problems.read();
    } else {
      await this.#run({ ...asked, draft: push.draft }, (control) =>
        service.act(push.id, action, { ...control, ...(as && { as }) }),
      );
    }
  }

  async #run(asked: Asked, work: (control: Control) => Promise<ActResult>): Promise<ActResult> {
    if (!this.isIdle) {
      return { kind: 'cancelled' };
    }
    const { accounts, problems, draw, isOnScreen, tell, tellTakenCareOf } = this.#deps;
    const abort = new AbortController();
    this.#abort = abort;
    accounts.hold();
    this.#accepted = undefined;
    problems.clear();
    this.#setPhase({ kind: 'checking' }, 'state');
    let result: ActResult;
    try {
      result = await work(this.#control(abort.signal));
      await problems.read();
    } finally {
      this.#abort = undefined;
      this.#phase = idle;
      accounts.release();
    }
    if (result.kind === 'takenCareOf') {
      tellTakenCareOf();
      draw('state');
    } else if (result.kind !== 'decided') {
      const context = this.#contextOf(asked, 'push' in result ? result.push : undefined);
      this.#show(result, context, asked);
      draw('state');
      // Without an account the form shows its welcome instead.
      const isShown = isOnScreen() && accounts.shown !== undefined;
      if (!isShown && result.kind !== 'cancelled') {
        await tell(result, context);
      }
    }
    return result;
  }

  #control(signal: AbortSignal): Control {
    let kind: 'checking' | 'sending' = 'checking';
    let progress: SendProgress | undefined;
    let wait: Wait | undefined;
    const show = (what: 'state' | 'phase'): void => {
      const soFar = progress && { progress };
      this.#setPhase(
        wait ? { kind: 'waiting', until: wait.until, ...soFar } : { kind, ...soFar },
        what,
      );
    };
    return {
      signal,
      onStep: (step) => {
        if (step === 'sending') {
          kind = step;
          show('state');
        }
      },
      onWait: (next) => {
        if (next ?? wait) {
          wait = next;
          show('state');
        }
      },
      onProgress: (next) => {
        progress = next.total > next.accepted ? next : undefined;
        if (progress) {
          show('phase');
        }
      },
    };
  }

  #show(result: SendResult, context: ResultContext, { to, formDraft }: Asked): void {
    const { accounts, draft, problems, delivery } = this.#deps;
    if (result.kind === 'push' && summaryOf(result.push).state === 'accepted') {
      const { push } = result;
      if (to === 'recipients') {
        draft.chooseAgain(push.draft, accounts.shown);
      }
      const { account } = context;
      const isBell = isNotification(push.draft);
      const hint =
        account && !isBell ? delivery.summary(account.id, push.draft.recipients) : undefined;
      this.#accepted = {
        ...(isBell && { isNotification: true }),
        ...{ at: push.endedAt ?? push.at, host: push.host },
        ...{ count: summaryOf(push).counts.accepted, ...(hint && { hint }) },
      };
    }
    const { push } = context;
    // After a push that reached only some people, the draft in the form is for the others.
    const written = [formDraft, push && restDraft(push), push && unknownDraft(push)];
    problems.showResult(result, context, () =>
      written.some((one) => one && isSameVersion(one, draft.current)),
    );
  }

  /** The form's draft, or a copy of it to oneself alone: what becomes of the copy leaves the draft as it is. */
  #addressed(to: SendTo): Draft {
    const { draft, accounts } = this.#deps;
    const of = draft.current;
    const me = accounts.shown;
    if (to === 'recipients' || !me) {
      return of;
    }
    if (!this.#copy || !isSameVersion(this.#copy.of, of)) {
      const toMe = toPeople(of, [{ id: me.userId, name: me.userName }]);
      // Its id lasts through edits, so that what waits for the network is replaced.
      const before = this.#copy?.of.id === of.id ? this.#copy.draft : undefined;
      this.#copy = { of, draft: before ? { ...toMe, id: before.id } : copyOf(toMe) };
    }
    return this.#copy.draft;
  }

  #setPhase(phase: PhaseView, draw: 'state' | 'phase'): void {
    this.#phase = phase;
    this.#deps.draw(draw);
  }
}

/** True if the draft that was sent is still in the form, but not as it was sent: what it says now is what counts. */
function isEdited(sent: Draft, now: Draft): boolean {
  return sent.id === now.id && !isSameVersion(sent, now);
}

/** The word for the page: what became of the push, or why there is none. */
export function outcomeOf(result: ActResult): string {
  return result.kind === 'push' ? summaryOf(result.push).state : result.kind;
}
