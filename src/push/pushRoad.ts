import { Bitrix24Error } from '../bitrix24/errors';
import type { Wait } from '../bitrix24/portalClient';
import { addPush } from '../bitrix24/push';
import type { Account, Accounts } from '../accounts/account';
import type { Clock } from '../common/clock';
import type { Log } from '../common/log';
import type { RecentRecipients } from '../recipients/recentRecipients';
import { checkDraft, pushRequestOf } from './checkDraft';
import type { ConfirmSend } from './confirmSend';
import { pushKey } from './draft';
import type { Draft } from './draft';
import type { DraftStore } from './draftStore';
import type { Outcome } from './outcome';

export interface PushRoadDeps {
  accounts: Pick<Accounts, 'current' | 'get' | 'client'>;
  drafts: DraftStore;
  confirm: ConfirmSend;
  recents: Pick<RecentRecipients, 'record'>;
  clock: Pick<Clock, 'now'>;
  log: Log;
}

export type PushStep = 'checking' | 'confirming' | 'sending';

export interface SendOptions {
  origin: 'palette' | 'form' | 'selection';
  signal?: AbortSignal | undefined;
  /** A pause that the portal asked for began, or (undefined) is over. */
  onWait?: ((wait: Wait | undefined) => void) | undefined;
  onStep?: ((step: PushStep) => void) | undefined;
  /** The user wants it sent although an equal push may have been accepted. */
  sendAnyway?: boolean | undefined;
  /** The same push once more after a fix: a yes that was already given in this window still counts. */
  again?: boolean | undefined;
}

const cancelled: Outcome = { kind: 'cancelled' };

/**
 * The one road that every push takes: check, confirm, note on disk, send, outcome.
 * Never rejects, and never sends twice by itself.
 */
export class PushRoad {
  readonly #deps: PushRoadDeps;
  /** Pushes on their way, so that a double click is one push. */
  readonly #running = new Map<string, Promise<Outcome>>();
  /** Pushes that the user has said yes to and that were not accepted yet. */
  readonly #confirmed = new Set<string>();

  constructor(deps: PushRoadDeps) {
    this.#deps = deps;
  }

  async send(asked: Draft, options: SendOptions): Promise<Outcome> {
    const { accounts, drafts, log } = this.#deps;
    let draft = structuredClone(asked);
    let account: Account | undefined;
    options.onStep?.('checking');
    try {
      await drafts.ready;
      account = await (draft.accountId === undefined
        ? accounts.current()
        : accounts.get(draft.accountId));
    } catch (error) {
      return this.#failed(error);
    }
    draft = { ...draft, accountId: account?.id };
    const key = pushKey(draft);
    const running = this.#running.get(key);
    if (running) {
      log.info(`Push (${options.origin}): the same one is on its way already.`);
      return await running;
    }
    const outcome = this.#travel(account, draft, options)
      .catch((error: unknown) => this.#failed(error))
      .finally(() => this.#running.delete(key));
    this.#running.set(key, outcome);
    return await outcome;
  }

  async #travel(
    account: Account | undefined,
    draft: Draft,
    options: SendOptions,
  ): Promise<Outcome> {
    const { drafts, confirm, log } = this.#deps;
    const { signal } = options;
    const issues = checkDraft(draft, account);
    if (issues.length > 0 || !account) {
      log.info(`Push (${options.origin}) stopped: ${issues.map(({ code }) => code).join(', ')}`);
      return { kind: 'invalid', issues };
    }
    const earlier = drafts.unknownLike(draft);
    if (earlier && !options.sendAnyway) {
      return { kind: 'unknown', error: stillUnknown(earlier.host) };
    }

    const key = pushKey(draft);
    const yesGiven = this.#confirmed.has(key) && (options.again || options.sendAnyway);
    if (!yesGiven) {
      options.onStep?.('confirming');
      if (!(await confirm({ account, draft }))) {
        return cancelled;
      }
      this.#confirmed.add(key);
    }
    if (signal?.aborted) {
      return cancelled;
    }
    const outcome = await this.#sendTo(account, draft, options);
    if (outcome.kind === 'accepted') {
      this.#confirmed.delete(key);
    }
    return outcome;
  }

  async #sendTo(account: Account, draft: Draft, options: SendOptions): Promise<Outcome> {
    const { accounts, drafts, recents, clock, log } = this.#deps;
    const { signal, onWait } = options;
    options.onStep?.('sending');
    const client = await accounts.client(account.id);
    if (signal?.aborted) {
      return cancelled;
    }
    const pending = await drafts.begin(draft, account.host);
    const people = draft.recipients.length;
    try {
      await addPush(client, pushRequestOf(draft), { signal, onWait });
    } catch (error) {
      const outcome = this.#failed(error, account.host);
      if (outcome.kind === 'unknown') {
        drafts.markUnknown(pending.id);
      } else {
        drafts.settle(pending.id);
      }
      return outcome;
    } finally {
      onWait?.(undefined);
    }
    log.info(`Push (${options.origin}) accepted by ${account.host} for ${people}.`);
    drafts.accepted(draft);
    // Whom it went to is a convenience: failing to note it does not change what became of the push.
    await recents.record(account.id, draft.recipients).then(undefined, (error: unknown) => {
      log.warn(`Recent recipients could not be saved: ${String(error)}`);
    });
    return { kind: 'accepted', count: people, at: clock.now(), host: account.host };
  }

  #failed(error: unknown, host?: string): Outcome {
    const known = asBitrix24Error(error, host);
    const outcome = outcomeOf(known);
    this.#deps.log.warn(`Push not accepted: ${outcome.kind}, ${known.kind}, ${known.code}`);
    return outcome;
  }
}

/** What an error says about the fate of the push. */
function outcomeOf(error: Bitrix24Error): Outcome {
  switch (error.phase) {
    case 'notSent':
      return error.kind === 'cancelled' ? cancelled : { kind: 'notSent', error };
    case 'noAnswer':
      return { kind: 'unknown', error };
    case 'answered':
      return { kind: 'refused', error };
  }
}

/**
 * Errors of the protocol and of accounts say how far they came. Anything else is a mistake of ours:
 * with a host it happened around the wire, where nobody can know, else before.
 */
function asBitrix24Error(error: unknown, host: string | undefined): Bitrix24Error {
  if (error instanceof Bitrix24Error) {
    return error;
  }
  return new Bitrix24Error({
    kind: 'invalid',
    phase: host === undefined ? 'notSent' : 'noAnswer',
    code: 'INTERNAL_ERROR',
    description: error instanceof Error ? error.message : String(error),
    host,
    cause: error,
  });
}

/** An equal push may have been accepted before; this one was not sent. */
function stillUnknown(host: string): Bitrix24Error {
  return new Bitrix24Error({
    kind: 'timeout',
    phase: 'noAnswer',
    code: 'STILL_UNKNOWN',
    description: 'An equal push may have been accepted; this one was not sent.',
    host,
  });
}
