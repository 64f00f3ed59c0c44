import { Bitrix24Error } from '../bitrix24/errors';
import type { Wait } from '../bitrix24/portalClient';
import type { Account, Accounts } from '../accounts/account';
import type { Clock } from '../common/clock';
import type { Log } from '../common/log';
import { plainText } from '../common/plainText';
import type { RecentRecipients } from '../recipients/recentRecipients';
import type { DepartmentRecipient, Recipient } from '../recipients/recipient';
import { checkDraft } from './checkDraft';
import type { ConfirmSend } from './confirmSend';
import { hasDepartments, pushKey, templateOf, toPeople } from './draft';
import type { Draft } from './draft';
import type { DraftStore, PendingPush } from './draftStore';
import { followUps } from './followUp';
import type { Outcome, PartlyOutcome, SendProgress } from './outcome';
import { placeholdersOf } from './personalText';
import type { Placeholder, TextPerson } from './personalText';
import { planPush } from './plan';
import type { PushPlan } from './plan';
import { sendPlan } from './sendPlan';
import type { Sent } from './sendPlan';

/**
 * All that a text may say about these people, asked at the moment of sending. People of whom nothing is known may
 * be absent. Throws Bitrix24Error. Without it a text can say what the recipients themselves carry.
 */
export type ResolvePeople = (
  account: Account,
  recipients: readonly Recipient[],
  facts: readonly Placeholder[],
  options: Pick<SendOptions, 'signal' | 'onWait'>,
) => Promise<readonly TextPerson[]>;

/** Somebody in a department, with what a text may say about them. */
export type DepartmentMember = Recipient & TextPerson;

/** A department, by the name that it has now, and who is in it. */
export interface ResolvedDepartment {
  department: DepartmentRecipient;
  /** Active; at least one. */
  people: DepartmentMember[];
}

/**
 * Who is in these departments, asked at the moment of sending. Throws Bitrix24Error, also for a department that is
 * gone (code `DEPARTMENT_GONE`) or has nobody in it (`DEPARTMENT_EMPTY`).
 */
export type ResolveDepartments = (
  account: Account,
  departments: readonly DepartmentRecipient[],
  options: Pick<SendOptions, 'signal' | 'onWait'>,
) => Promise<ResolvedDepartment[]>;

export interface PushRoadDeps {
  accounts: Pick<Accounts, 'current' | 'get' | 'client'>;
  drafts: DraftStore;
  confirm: ConfirmSend;
  resolve?: ResolvePeople | undefined;
  /** Without it no department can be sent to. */
  departments?: ResolveDepartments | undefined;
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
  /** After each request of a push that takes several. */
  onProgress?: ((progress: SendProgress) => void) | undefined;
  /** The user wants it sent although an equal push may have been accepted. */
  sendAnyway?: boolean | undefined;
  /** The same push once more after a fix: a yes that was already given in this window still counts. */
  again?: boolean | undefined;
}

/** Who was reached as one of so many is nobody to be offered first next time. */
const recentsAtMost = 50;

const cancelled: Outcome = { kind: 'cancelled' };

/**
 * The one road that every push takes: check, who is in its departments, plan, confirm, note on disk, send, outcome.
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
    asked: Draft,
    options: SendOptions,
  ): Promise<Outcome> {
    const { drafts, confirm, log } = this.#deps;
    const { signal } = options;
    const issues = checkDraft(asked, account);
    if (issues.length > 0 || !account) {
      log.info(`Push (${options.origin}) stopped: ${issues.map(({ code }) => code).join(', ')}`);
      return { kind: 'invalid', issues };
    }
    const earlier = drafts.unknownLike(asked);
    if (earlier && !options.sendAnyway) {
      return { kind: 'unknown', error: stillUnknown(earlier.host) };
    }

    const departments = await this.#membersOf(account, asked, options);
    const members = new Map(
      departments.flatMap(({ people }) => people.map((person) => [person.id, person])),
    );
    const draft = departments.length > 0 ? united(asked, members) : asked;
    const same = drafts.unknownLike(draft);
    if (same && !options.sendAnyway) {
      return { kind: 'unknown', error: stillUnknown(same.host) };
    }
    const people = await this.#resolve(account, draft, members, options);
    const open = people ? checkDraft(draft, account, people) : [];
    if (open.length > 0) {
      log.info(`Push (${options.origin}) stopped: ${open.map(({ code }) => code).join(', ')}`);
      return { kind: 'invalid', issues: open };
    }
    const plan = planPush(templateOf(draft), people ?? draft.recipients, draft.avatar);
    if (signal?.aborted) {
      return cancelled;
    }

    const key = pushKey(draft);
    const yesGiven = this.#confirmed.has(key) && (options.again || options.sendAnyway);
    if (!yesGiven) {
      options.onStep?.('confirming');
      const named = departments.map(({ department, people: { length } }) => ({
        department,
        people: length,
      }));
      if (!(await confirm({ account, draft, plan, departments: named }))) {
        return cancelled;
      }
      this.#confirmed.add(key);
    }
    if (signal?.aborted) {
      return cancelled;
    }
    const outcome = await this.#sendTo(account, draft, asked, plan, options);
    if (outcome.kind === 'accepted') {
      this.#confirmed.delete(key);
    } else if (outcome.kind === 'partly') {
      this.#confirmed.delete(key);
      // The yes was to all of them, so also to those whom it has not reached.
      const { rest, unknown } = followUps(draft, outcome);
      [rest, unknown].forEach((left) => left && this.#confirmed.add(pushKey(left)));
    }
    return outcome;
  }

  /** Who is in the draft's departments now. */
  async #membersOf(
    account: Account,
    draft: Draft,
    { signal, onWait }: SendOptions,
  ): Promise<ResolvedDepartment[]> {
    if (!hasDepartments(draft)) {
      return [];
    }
    try {
      const { departments } = this.#deps;
      if (!departments) {
        throw new Error('There is nobody to ask about departments');
      }
      return await departments(account, draft.departments ?? [], { signal, onWait });
    } catch (error) {
      // Whatever became of that question, no push was sent.
      throw asBitrix24Error(error, undefined).with({ phase: 'notSent' });
    } finally {
      onWait?.(undefined);
    }
  }

  /**
   * The draft's people with what its text says about them; undefined when it says nothing about anybody.
   * `members`: those of whom that was just asked.
   */
  async #resolve(
    account: Account,
    draft: Draft,
    members: ReadonlyMap<number, TextPerson>,
    { signal, onWait }: SendOptions,
  ): Promise<TextPerson[] | undefined> {
    const facts = placeholdersOf(templateOf(draft));
    if (facts.length === 0) {
      return undefined;
    }
    try {
      const open = draft.recipients.filter(({ id }) => !members.has(id));
      const known = await this.#deps.resolve?.(account, open, facts, { signal, onWait });
      const byId = new Map((known ?? []).map((person) => [person.id, person]));
      return draft.recipients.map((recipient) => ({
        ...recipient,
        ...(members.get(recipient.id) ?? byId.get(recipient.id)),
      }));
    } catch (error) {
      // Whatever became of that question, no push was sent.
      throw asBitrix24Error(error, undefined).with({ phase: 'notSent' });
    } finally {
      onWait?.(undefined);
    }
  }

  async #sendTo(
    account: Account,
    draft: Draft,
    asked: Draft,
    plan: PushPlan,
    options: SendOptions,
  ): Promise<Outcome> {
    const { accounts, drafts, recents, clock, log } = this.#deps;
    const { host } = account;
    const { signal, onWait, onProgress } = options;
    options.onStep?.('sending');
    const client = await accounts.client(account.id);
    if (signal?.aborted) {
      return cancelled;
    }
    const { people, texts, requests } = plan.summary;
    let pending: PendingPush | undefined;
    const sent = await sendPlan({
      client,
      plan,
      avatar: draft.avatar,
      now: () => clock.now(),
      note: async (step) => {
        if (pending) {
          await drafts.advance(pending.id, step);
        } else {
          pending = await drafts.begin(draft, host, requests > 1 ? step : undefined, asked);
        }
      },
      errorOf: (error) => asBitrix24Error(error, host),
      signal,
      onWait,
      onProgress,
    }).catch((error: unknown): Sent => {
      // A mistake of ours around the wire: nobody can know how far it came.
      const unknown = plan.requests.flatMap((request) => request.flatMap(({ ids }) => ids));
      const known = asBitrix24Error(error, host).with({ phase: 'noAnswer' });
      return { accepted: [], refused: [], notSent: [], unknown, error: known };
    });
    const outcome = outcomeOf(sent, draft, { at: clock.now(), host });
    if (outcome.kind === 'partly' && asked !== draft) {
      outcome.people = draft.recipients;
    }
    log.info(
      `Push (${options.origin}) to ${host}: ${outcome.kind}, ${people} people, ${texts} texts, ${requests} requests` +
        (outcome.kind === 'partly' ? `; ${countsOf(outcome)}` : ''),
    );
    if (sent.error) {
      log.warn(`Push not accepted for everybody: ${wordsOf(sent.error)}`);
    }
    switch (outcome.kind) {
      case 'accepted':
        drafts.accepted(draft);
        break;
      case 'partly':
        drafts.partly(draft, followUps(draft, outcome), pending);
        break;
      case 'unknown':
        if (pending) {
          drafts.markUnknown(pending.id);
        }
        break;
      case 'refused':
      case 'notSent':
      case 'invalid':
      case 'cancelled':
        if (pending) {
          drafts.settle(pending.id);
        }
    }
    const reached = new Set(sent.accepted);
    // Chosen one by one: those of a department would leave no room for anybody else.
    const recipients = asked.recipients.filter(({ id }) => reached.has(id));
    if (recipients.length > 0 && recipients.length <= recentsAtMost) {
      // Whom it went to is a convenience: failing to note it does not change what became of the push.
      await recents.record(account.id, recipients).then(undefined, (error: unknown) => {
        log.warn(`Recent recipients could not be saved: ${String(error)}`);
      });
    }
    return outcome;
  }

  /** Before anything was sent. */
  #failed(error: unknown): Outcome {
    const known = asBitrix24Error(error, undefined);
    const outcome = uniform(known);
    this.#deps.log.warn(`Push not accepted: ${outcome.kind}, ${wordsOf(known)}`);
    return outcome;
  }
}

/** The draft for its people and all members of its departments, each once. */
function united(draft: Draft, members: ReadonlyMap<number, DepartmentMember>): Draft {
  const chosen = new Set(draft.recipients.map(({ id }) => id));
  const others = Array.from(members.values(), ({ id, name }) => ({ id, name }));
  return toPeople(draft, [...draft.recipients, ...others.filter(({ id }) => !chosen.has(id))]);
}

/** What an error says about the fate of a push that had the same for everybody. */
function uniform(error: Bitrix24Error): Outcome {
  switch (error.phase) {
    case 'notSent':
      return error.kind === 'cancelled' ? cancelled : { kind: 'notSent', error };
    case 'noAnswer':
      return { kind: 'unknown', error };
    case 'answered':
      return { kind: 'refused', error };
  }
}

/** Where nobody got it for one cause, that cause is the outcome; only a mixed fate is told person by person. */
function outcomeOf(sent: Sent, draft: Draft, when: { at: number; host: string }): Outcome {
  const { accepted, refused, notSent, unknown, error } = sent;
  if (!error) {
    return { kind: 'accepted', count: accepted.length, ...when };
  }
  const sameCause = refused.every((one) => one.error.is(error.code));
  const nobodyAtAll = accepted.length === 0 && unknown.length === 0;
  const allInDoubt = accepted.length + refused.length + notSent.length === 0;
  if (allInDoubt || (nobodyAtAll && (refused.length === 0 || sameCause))) {
    return uniform(error);
  }
  const names = new Map(draft.recipients.map(({ id, name }) => [id, name]));
  return {
    kind: 'partly',
    accepted,
    refused: refused.map(({ id, error: { code } }) => ({ id, name: names.get(id), code })),
    notSent,
    unknown,
    error,
    ...when,
  };
}

function countsOf({ accepted, refused, notSent, unknown }: PartlyOutcome): string {
  return `${accepted.length} accepted, ${refused.length} refused, ${notSent.length} not sent, ${unknown.length} unknown`;
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

/** For the log: what the server said helps whoever looks there. */
function wordsOf({ kind, phase, code, description = '' }: Bitrix24Error): string {
  return plainText(`${kind}, ${phase}, ${code} ${description}`);
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
