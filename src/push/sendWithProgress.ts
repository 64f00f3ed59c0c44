import { ProgressLocation, l10n } from 'vscode';
import type { Progress, window } from 'vscode';
import type { Account, Accounts } from '../accounts/account';
import type { Wait } from '../bitrix24/rateLimiter';
import { counted, formatNumber } from '../common/counted';
import { dateTime } from '../common/dateTime';
import type { Messages } from '../common/messages';
import { byWay, fromAccount, isNotification } from './draft';
import type { Draft, Way } from './draft';
import type { DraftStore } from './draftStore';
import { actionsOf, restDraft, summaryOf, unknownDraft } from './push';
import type { Push, PushAction, ResultContext } from './push';
import type { ActResult, PushService, SendOptions, SendResult } from './pushService';
import type { SendProgress } from './sendPlan';

/** Tells the user what came of a push. Resolves without waiting for an answer. */
export type TellResult = (result: SendResult, context: ResultContext) => Promise<void>;

export interface SendWithProgressDeps {
  service: Pick<PushService, 'send' | 'act'>;
  drafts: Pick<DraftStore, 'keep'>;
  accounts: Pick<Accounts, 'current' | 'get'>;
  messages: Pick<Messages, 'inform'>;
  tell: TellResult;
  /** Shows that a push was accepted. */
  tellAccepted: (message: string, draft: Draft) => void;
  window: Pick<typeof window, 'withProgress' | 'setStatusBarMessage'>;
  /** How long sending may take before its progress comes forward, ms. */
  patienceMs?: number;
}

type Control = Required<Pick<SendOptions, 'signal' | 'onStep' | 'onProgress' | 'onWait'>>;

/**
 * Sends what is not on screen (from the palette, a notification or the history): progress and success in the status
 * bar, a long wait as a notification that can be cancelled, trouble by `tell`. The draft of a push that was not
 * accepted is kept where the form shows it.
 */
export class SendWithProgress {
  readonly #deps: SendWithProgressDeps;

  constructor(deps: SendWithProgressDeps) {
    this.#deps = deps;
  }

  /** `signal`: of whoever asked for the push, besides the user's own way to cancel. */
  async send(
    draft: Draft,
    options: Pick<SendOptions, 'origin' | 'consent' | 'again' | 'as' | 'signal' | 'scheduled'>,
  ): Promise<SendResult> {
    const result = await this.#withProgress(draft, (control) => {
      const signals = [control.signal, options.signal].filter((signal) => signal !== undefined);
      const signal = AbortSignal.any(signals);
      return this.#deps.service.send(draft, { ...options, ...control, signal });
    });
    // A scheduled push that was not recorded stays in the schedule, and whoever asked tells why.
    if (options.scheduled === undefined || result.kind === 'push') {
      await this.#show(result, draft, options);
    }
    return result;
  }

  /**
   * Does what the user chose of a push's actions. Resolves to true if it was sent and accepted, or if it is decided,
   * here or in another window.
   */
  async act(push: Push, action: PushAction, as?: Account): Promise<boolean> {
    const { service, messages } = this.#deps;
    const isDecision = action === 'markAsSent' || action === 'discard';
    const result: ActResult = isDecision
      ? await service.act(push.id, action)
      : await this.#withProgress(byAction(push.draft, action), (control) =>
          service.act(push.id, action, { ...control, as }),
        );
    if (result.kind === 'decided') {
      return true;
    }
    if (result.kind === 'takenCareOf') {
      messages.inform(takenCareOfMessage());
      return true;
    }
    // Only the people to whom it was to go now: the others have it, or may have it.
    const part = action === 'sendAnyway' ? unknownDraft(push) : restDraft(push);
    const draft = byAction(part ?? push.draft, action);
    const { origin, askedBy } = push;
    const consent = askedBy === undefined ? undefined : ({ kind: 'asked', by: askedBy } as const);
    await this.#show(result, draft, { origin, consent, as });
    return result.kind === 'push' && summaryOf(result.push).state === 'accepted';
  }

  /** Sends pushes that wait, one after the other, as long as they are accepted. */
  async retryAll(pushes: readonly Push[]): Promise<void> {
    for (const push of pushes) {
      const [action] = actionsOf(push);
      if (action && !(await this.act(push, action))) {
        return;
      }
    }
  }

  /** Tells a result with its actions. */
  async tell(
    result: SendResult,
    draft: Draft,
    options: Pick<SendOptions, 'origin' | 'consent'>,
  ): Promise<void> {
    const push = 'push' in result ? result.push : undefined;
    const account = await this.#accountOf(push?.draft ?? draft);
    const act = async (action: PushAction, as?: Account): Promise<void> => {
      if (push) {
        await this.act(push, action, as);
      } else {
        await this.send(byAction(draft, action), { ...options, again: true, as });
      }
    };
    const actions = push ? actionsOf(push) : (['retry'] as const);
    await this.#deps.tell(result, { account, draft, push, actions, act });
  }

  async #show(
    result: SendResult,
    written: Draft,
    { origin, consent, as }: Pick<SendOptions, 'origin' | 'consent' | 'as'>,
  ): Promise<void> {
    const draft = as ? fromAccount(written, as.id) : written;
    if (result.kind === 'cancelled') {
      return;
    }
    if (result.kind === 'push') {
      const { push } = result;
      const { state, counts } = summaryOf(push);
      if (state === 'accepted') {
        const { via } = push.draft;
        this.#deps.tellAccepted(acceptedMessage(counts.accepted, via), push.draft);
        return;
      }
      this.#keep(restDraft(push) ?? unknownDraft(push) ?? push.draft);
    } else {
      this.#keep(draft);
    }
    await this.tell(result, draft, { origin, consent });
  }

  /** What is left is written as a push again: whoever reads it in the form sees no bell. */
  #keep(draft: Draft): void {
    this.#deps.drafts.keep(byWay(draft, 'push'));
  }

  async #accountOf({ accountId }: Draft): Promise<Account | undefined> {
    const { accounts } = this.#deps;
    try {
      return await (accountId === undefined ? accounts.current() : accounts.get(accountId));
    } catch {
      // The result that is being told says the same about the keyring, better.
      return undefined;
    }
  }

  async #withProgress<T>(draft: Draft, work: (control: Control) => Promise<T>): Promise<T> {
    const { window, patienceMs = 1_000 } = this.#deps;
    const abort = new AbortController();
    const isBell = isNotification(draft);
    const title = isBell
      ? l10n.t('Sending a Bitrix24 notification')
      : l10n.t('Sending a Bitrix24 push');
    const sending = new LongTask(window, abort, title);
    const lookUp = new LongTask(window, abort, l10n.t('Looking up who is in the departments…'));
    if (draft.departments.length > 0) {
      lookUp.begin(lookUp.title, patienceMs);
    }
    let wait: Wait | undefined;
    let done: SendProgress | undefined;
    const report = (): void => sending.report(done, wait);
    try {
      return await work({
        signal: abort.signal,
        onStep: (step) => {
          if (step !== 'checking') {
            lookUp.end();
          }
          if (step === 'sending') {
            sending.begin(`${title}…`, patienceMs);
          }
        },
        onProgress: (next) => {
          done = next;
          report();
        },
        onWait: (next) => {
          wait = next;
          report();
          if (next) {
            sending.comeForward();
          }
        },
      });
    } finally {
      lookUp.end();
      sending.end();
    }
  }
}

/** Something that takes time: at first in the status bar, then as a notification that can be cancelled. */
class LongTask {
  readonly title: string;
  readonly #window: SendWithProgressDeps['window'];
  readonly #abort: AbortController;
  readonly #done: Promise<void>;
  #end = (): void => {};
  #timer: NodeJS.Timeout | undefined;
  #isForward = false;
  #progress: Progress<{ message?: string; increment?: number }> | undefined;
  #message = '';
  #percent = 0;
  #shownPercent = 0;

  constructor(window: SendWithProgressDeps['window'], abort: AbortController, title: string) {
    this.#window = window;
    this.#abort = abort;
    this.title = title;
    this.#done = new Promise((resolve) => (this.#end = resolve));
  }

  begin(statusBar: string, patienceMs: number): void {
    this.#window.setStatusBarMessage(`$(sync~spin) ${statusBar}`, this.#done);
    this.#timer = setTimeout(() => this.comeForward(), patienceMs);
  }

  comeForward(): void {
    clearTimeout(this.#timer);
    if (this.#isForward) {
      return;
    }
    this.#isForward = true;
    const options = { location: ProgressLocation.Notification, cancellable: true };
    void this.#window.withProgress({ ...options, title: this.title }, (progress, token) => {
      token.onCancellationRequested(() => this.#abort.abort());
      this.#progress = progress;
      this.#show();
      return this.#done;
    });
  }

  report(done: SendProgress | undefined, wait: Wait | undefined): void {
    const parts = [done ? progressMessage(done) : '', wait ? waitMessage(wait) : ''];
    this.#message = parts.filter((part) => part !== '').join(' ');
    this.#percent = done ? (100 * (done.total - done.left)) / done.total : 0;
    this.#show();
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#end();
  }

  #show(): void {
    if (this.#progress && (this.#message !== '' || this.#percent > 0)) {
      const increment = this.#percent - this.#shownPercent;
      this.#progress.report({ message: this.#message, ...(increment > 0 && { increment }) });
      this.#shownPercent = this.#percent;
    }
  }
}

/** The draft as this action sends it. */
export function byAction(draft: Draft, action: PushAction): Draft {
  return action === 'sendAsNotification' ? byWay(draft, 'notification') : draft;
}

/** What `true` from Bitrix24 means, for people to read; or the id of a notification. */
export function acceptedMessage(count: number, via?: Way): string {
  if (via === 'notification') {
    return counted(
      l10n.t('Notification in the bell of {0} person|Notification in the bells of {0} people'),
      count,
    );
  }
  return counted(
    l10n.t('Accepted by Bitrix24 for {0} person|Accepted by Bitrix24 for {0} people'),
    count,
  );
}

/** Says that nothing is left to do about a push, or that another window is doing it. */
export function takenCareOfMessage(): string {
  return l10n.t('This push has already been dealt with, here or in another window.');
}

/** How far a push with several texts has come. */
export function progressMessage({ accepted, left, failed, unknown }: SendProgress): string {
  const [done, rest] = [formatNumber(accepted), formatNumber(left)];
  return failed + unknown === 0
    ? l10n.t('Accepted: {0}, remaining: {1}.', done, rest)
    : l10n.t(
        'Accepted: {0}, remaining: {1}, failed: {2}.',
        done,
        rest,
        formatNumber(failed + unknown),
      );
}

/** Why nothing seems to happen, and until when. */
export function waitMessage({ until }: Wait): string {
  const time = dateTime(until, { timeStyle: 'medium' });
  return l10n.t('Bitrix24 limits requests. Trying again at {0}.', time);
}
