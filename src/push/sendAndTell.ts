import { ProgressLocation, env, l10n, window } from 'vscode';
import type { Wait } from '../bitrix24/rateLimiter';
import type { Account, Accounts } from '../accounts/account';
import type { Messages } from '../common/messages';
import { fromAccount, hasDepartments } from './draft';
import type { Draft } from './draft';
import type { DraftStore } from './draftStore';
import { leftOf } from './followUp';
import type { FollowUps } from './followUp';
import type { Outbox } from './outbox/outbox';
import type { Decision } from './outbox/pushRecord';
import { sendWaiting } from './outbox/sendWaiting';
import type { Outcome, SendProgress } from './outcome';
import type { PushRoad, SendOptions } from './pushRoad';
import type { TellOutcome } from './tellOutcome';

export interface SendAndTellDeps {
  road: Pick<PushRoad, 'send'>;
  drafts: Pick<DraftStore, 'keep' | 'replace' | 'accepted'>;
  outbox: Pick<Outbox, 'take' | 'waitsLike' | 'unknownLike' | 'settle' | 'decide'>;
  messages: Pick<Messages, 'inform'>;
  accounts: Pick<Accounts, 'current' | 'get'>;
  tell: TellOutcome;
  /** Shows that a push was accepted; in the status bar when absent. */
  tellAccepted?: ((message: string, draft: Draft) => void) | undefined;
  /** VS Code's own when absent. */
  withProgress?: typeof window.withProgress;
  /** How long sending may take before its progress comes forward, ms. */
  patienceMs?: number;
}

type AsAsked = Pick<SendOptions, 'origin' | 'sendAnyway' | 'again' | 'replaces'>;

interface SendWaitingOptions {
  origin?: SendOptions['origin'];
  as?: (draft: Draft) => Draft;
}

/**
 * Sends a draft that is not on screen (palette, left from an earlier window): progress and success in the
 * status bar, a long wait as a notification that can be cancelled, trouble by `tell`. The draft of a push that
 * was not accepted is kept where the form shows it.
 */
export class SendAndTell {
  readonly #deps: SendAndTellDeps;

  constructor(deps: SendAndTellDeps) {
    this.#deps = deps;
  }

  async send(draft: Draft, options: AsAsked): Promise<Outcome> {
    const outcome = await this.#withProgress(draft, options);
    if (outcome.kind === 'accepted') {
      const message = acceptedMessage(outcome.count);
      if (this.#deps.tellAccepted) {
        this.#deps.tellAccepted(message, draft);
      } else {
        window.setStatusBarMessage(`$(check) ${message}`, 10_000);
      }
    } else if (outcome.kind !== 'cancelled') {
      const { rest, unknown } = leftOf(draft, outcome);
      this.#deps.drafts.keep(rest ?? unknown ?? draft);
      await this.tell(outcome, draft, options);
    }
    return outcome;
  }

  /**
   * Sends a push that waits in the outbox; undefined (and the user is told) when another window has taken care of it.
   * `as`: what is sent in its place.
   */
  async sendWaiting(
    id: string,
    { origin = 'palette', as = (draft) => draft }: SendWaitingOptions = {},
  ): Promise<Outcome | undefined> {
    const { outbox, drafts, messages } = this.#deps;
    const send = (draft: Draft, options: Pick<SendOptions, 'sendAnyway' | 'replaces'>) =>
      this.send(as(draft), { ...options, origin, again: true });
    const outcome = await sendWaiting({ outbox, drafts, send }, id);
    if (!outcome) {
      messages.inform(l10n.t('Another window has taken care of this push.'));
    }
    return outcome;
  }

  /** One after the other, as long as they leave. */
  async sendAllWaiting(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const outcome = await this.sendWaiting(id);
      if (outcome && outcome.kind !== 'accepted') {
        return;
      }
    }
  }

  /**
   * Tells an outcome with its ways on: the same draft again, or forgetting it. `id`: of the push in the outbox, where
   * it is not one that was just sent.
   */
  async tell(
    outcome: Outcome,
    draft: Draft,
    { origin, id }: Pick<SendOptions, 'origin'> & { id?: string },
  ): Promise<void> {
    const { drafts, outbox, tell } = this.#deps;
    const account = await this.#account(draft);
    const left: FollowUps = leftOf(draft, outcome);
    const { rest } = left;
    const partly = outcome.kind === 'partly';
    const moved = (again: Draft, as: Account | undefined): Draft => {
      const to = as && as.id !== account?.id ? fromAccount(again, as.id) : again;
      if (to !== again) {
        drafts.replace(again, to, account?.id);
      }
      return to;
    };
    const retry = async (as?: Account): Promise<void> => {
      if (rest && (partly || id === undefined)) {
        // Never to those who have it.
        await this.send(moved(rest, as), { origin, again: true });
        return;
      }
      // In the hands of this window, so that no other one sends it at the same moment.
      const waiting = id ?? (await this.#idOf(left.unknown, account)) ?? '';
      await this.sendWaiting(waiting, { origin, as: (again) => moved(again, as) });
    };
    const decide = async (decision: Decision): Promise<void> => {
      if (id === undefined) {
        const unknown = left.unknown ?? draft;
        await outbox.decide({ ...unknown, accountId: unknown.accountId ?? account?.id }, decision);
      } else {
        await outbox.settle(id, decision);
      }
    };
    await tell(outcome, {
      account,
      draft,
      retry,
      ...(partly &&
        rest && {
          rest: {
            people: rest.recipients.length,
            send: async () => {
              await this.send(rest, { origin, again: true });
            },
          },
        }),
      discard: () => decide('dropped'),
      markAsSent: () => decide('sent'),
    });
  }

  /** Of the push of unknown fate that this draft would repeat. */
  async #idOf(draft: Draft | undefined, account: Account | undefined): Promise<string | undefined> {
    return (
      draft &&
      (await this.#deps.outbox.unknownLike({ ...draft, accountId: draft.accountId ?? account?.id }))
        ?.id
    );
  }

  async #account(draft: Draft): Promise<Account | undefined> {
    const { accounts } = this.#deps;
    try {
      return await (draft.accountId === undefined
        ? accounts.current()
        : accounts.get(draft.accountId));
    } catch {
      // The outcome being told says the same about the keyring, better.
      return undefined;
    }
  }

  async #withProgress(draft: Draft, options: AsAsked): Promise<Outcome> {
    const abort = new AbortController();
    let wait: Wait | undefined;
    let done: SendProgress | undefined;
    let timer: NodeJS.Timeout | undefined;
    let shown = false;
    let report: (() => void) | undefined;
    let ended = (): void => {};
    const sending = new Promise<void>((resolve) => (ended = resolve));
    const comeForward = (): void => {
      clearTimeout(timer);
      report?.();
      if (!shown) {
        shown = true;
        const show = this.#deps.withProgress ?? window.withProgress;
        void show(
          {
            location: ProgressLocation.Notification,
            cancellable: true,
            title: l10n.t('Sending a Bitrix24 push'),
          },
          (progress, token) => {
            token.onCancellationRequested(() => abort.abort());
            let shownPercent = 0;
            report = () => {
              const percent = done ? (100 * (done.total - done.left)) / done.total : 0;
              const parts = [done ? progressMessage(done) : '', wait ? waitMessage(wait) : ''];
              progress.report({
                message: parts.filter((part) => part !== '').join(' '),
                ...(done && { increment: percent - shownPercent }),
              });
              shownPercent = percent;
            };
            report();
            return sending;
          },
        );
      }
    };
    const found = hasDepartments(draft) ? this.#showLookUp(abort) : undefined;
    try {
      return await this.#deps.road.send(draft, {
        ...options,
        signal: abort.signal,
        onStep: (step) => {
          if (step !== 'checking') {
            found?.();
          }
          if (step === 'sending') {
            window.setStatusBarMessage(
              `$(sync~spin) ${l10n.t('Sending a Bitrix24 push…')}`,
              sending,
            );
            timer = setTimeout(comeForward, this.#deps.patienceMs ?? 1_000);
          }
        },
        onProgress: (next) => {
          done = next;
          report?.();
        },
        onWait: (next) => {
          wait = next;
          if (next) {
            comeForward();
          } else {
            report?.();
          }
        },
      });
    } finally {
      clearTimeout(timer);
      found?.();
      ended();
    }
  }

  /** Says that the people of departments are being asked for, until what it returns is called. */
  #showLookUp(abort: AbortController): () => void {
    const title = l10n.t('Looking up who is in the departments…');
    let found = (): void => {};
    const looking = new Promise<void>((resolve) => (found = resolve));
    window.setStatusBarMessage(`$(sync~spin) ${title}`, looking);
    const timer = setTimeout(() => {
      const show = this.#deps.withProgress ?? window.withProgress;
      void show(
        { location: ProgressLocation.Notification, cancellable: true, title },
        (_, token) => {
          token.onCancellationRequested(() => abort.abort());
          return looking;
        },
      );
    }, this.#deps.patienceMs ?? 1_000);
    return () => {
      clearTimeout(timer);
      found();
    };
  }
}

/** What `true` from Bitrix24 means, for people to read. */
export function acceptedMessage(count: number): string {
  return count === 1
    ? l10n.t('Accepted by Bitrix24 for 1 person')
    : l10n.t('Accepted by Bitrix24 for {0} people', count);
}

/** How far a push with several texts has come. */
export function progressMessage({ accepted, left, failed, unknown }: SendProgress): string {
  return failed + unknown === 0
    ? l10n.t('Accepted: {0}, left: {1}.', accepted, left)
    : l10n.t('Accepted: {0}, left: {1}, failed: {2}.', accepted, left, failed + unknown);
}

/** Why nothing seems to happen, and until when. */
export function waitMessage({ until }: Wait): string {
  const time = new Intl.DateTimeFormat(env.language, { timeStyle: 'medium' }).format(until);
  return l10n.t('Bitrix24 limits requests. Trying again at {0}.', time);
}
