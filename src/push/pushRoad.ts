import { Bitrix24Error } from '../bitrix24/errors';
import type { PortalClient } from '../bitrix24/portalClient';
import type { Wait } from '../bitrix24/rateLimiter';
import type { Account, Accounts } from '../accounts/account';
import type { Clock } from '../common/clock';
import type { Log } from '../common/log';
import { plainText } from '../common/plainText';
import type { RecentRecipients } from '../people/recentRecipients';
import type { DepartmentRecipient, Recipient } from '../people/recipient';
import { checkDraft } from './checkDraft';
import type { ConfirmSend } from './confirmSend';
import { hasDepartments, pushKey, templateOf, toPeople } from './draft';
import type { Draft } from './draft';
import type { DraftStore } from './draftStore';
import { followUps } from './followUp';
import { keepsWaiting } from './outbox/outbox';
import type { Outbox, Twin } from './outbox/outbox';
import type { Parcel } from './outbox/parcel';
import type { PushRecord } from './outbox/pushRecord';
import type { Outcome, PartlyOutcome, SendProgress } from './outcome';
import { placeholdersOf } from './personalText';
import type { Placeholder, TextPerson } from './personalText';
import type { ConfirmTwin } from './confirmTwin';
import { planPush } from './plan';
import type { PushPlan } from './plan';
import type { SecretCheck } from './secretCheck';
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
  drafts: Pick<DraftStore, 'ready' | 'accepted' | 'partly' | 'flush'>;
  outbox: Pick<Outbox, 'prepare' | 'twins' | 'unknownLike' | 'replaced' | 'restKept' | 'settle'>;
  secrets: Pick<SecretCheck, 'allows'>;
  confirmTwin: ConfirmTwin;
  confirm: ConfirmSend;
  resolve?: ResolvePeople | undefined;
  /** Without it no department can be sent to. */
  departments?: ResolveDepartments | undefined;
  recents: Pick<RecentRecipients, 'record'>;
  /** The portal has answered something. */
  portalAnswered?: ((host: string) => void) | undefined;
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
  /** Of a push that waits in the outbox: this one takes its place. */
  replaces?: string | undefined;
}

/** Who was reached as one of so many is nobody to be offered first next time. */
const recentsAtMost = 50;

const cancelled: Outcome = { kind: 'cancelled' };

/** A push that everything is known about, before it is noted. */
interface ReadyPush {
  account: Account;
  /** As it was written. */
  asked: Draft;
  /** To people only. */
  draft: Draft;
  plan: PushPlan;
}

/**
 * The one road that every push takes: check, secrets, who is in its departments, plan, confirm, note on disk, send,
 * outcome. Never rejects, and never sends twice by itself.
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
    const { outbox, secrets, confirm, log } = this.#deps;
    const { signal, replaces } = options;
    const issues = checkDraft(asked, account);
    if (issues.length > 0 || !account) {
      log.info(`Push (${options.origin}) stopped: ${issues.map(({ code }) => code).join(', ')}`);
      return { kind: 'invalid', issues };
    }
    const replaced = replaces === undefined ? [] : [replaces];
    const mayRepeat = async (what: Draft): Promise<boolean> =>
      !options.sendAnyway && (await outbox.unknownLike(what, replaced)) !== undefined;
    if (await mayRepeat(asked)) {
      return { kind: 'unknown', error: stillUnknown(account.host) };
    }
    if (!(await secrets.allows(asked))) {
      return cancelled;
    }

    const departments = await this.#membersOf(account, asked, options).catch(
      async (error: unknown): Promise<never> => {
        await this.#letWait(account, asked, error, replaces);
        throw error;
      },
    );
    const members = new Map(
      departments.flatMap(({ people }) => people.map((person) => [person.id, person])),
    );
    const draft = departments.length > 0 ? united(asked, members) : asked;
    if (draft !== asked && (await mayRepeat(draft))) {
      return { kind: 'unknown', error: stillUnknown(account.host) };
    }
    const people = await this.#resolve(account, draft, members, options).catch(
      async (error: unknown): Promise<never> => {
        await this.#letWait(account, draft, error, replaces);
        throw error;
      },
    );
    const open = people ? checkDraft(draft, account, people) : [];
    if (open.length > 0) {
      log.info(`Push (${options.origin}) stopped: ${open.map(({ code }) => code).join(', ')}`);
      return { kind: 'invalid', issues: open };
    }
    const plan = planPush(templateOf(draft), people ?? draft.recipients, draft.avatar);
    if (signal?.aborted) {
      return cancelled;
    }

    // What the user has been asked about, and was told is no reason not to send.
    const known = new Set(replaced);
    const push: ReadyPush = { account, asked, draft, plan };
    if (!(await this.#isNew(push, known, options))) {
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
    const outcome = await this.#sendTo(push, known, options);
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

  /**
   * False: the same went to the same people a moment ago, from any window, and the user does not want it again.
   * `known`: pushes that are no reason to ask; what was asked about is added.
   */
  async #isNew(
    { account, asked, draft }: ReadyPush,
    known: Set<string>,
    { sendAnyway }: SendOptions,
  ): Promise<boolean> {
    if (sendAnyway) {
      return true;
    }
    const { outbox, confirmTwin } = this.#deps;
    const twins: Twin[] = [];
    for (const one of new Set([draft, asked])) {
      for (const twin of await outbox.twins(one, [...known])) {
        known.add(twin.id);
        twins.push(twin);
      }
    }
    return twins.length === 0 || (await confirmTwin({ account, draft, twins }));
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

  /** A push that the network stopped on its way to the wire waits like one that it stopped there. */
  async #letWait(
    { host }: Account,
    draft: Draft,
    error: unknown,
    replaces: string | undefined,
  ): Promise<void> {
    if (error instanceof Bitrix24Error && keepsWaiting(error)) {
      await this.#quietly(async () => {
        const record = await (await this.#deps.outbox.prepare({ draft, host })).end(error);
        const outcome: Outcome = { kind: 'notSent', error };
        await this.#tidyUp({ asked: draft, draft, outcome, record }, { replaces });
      });
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

  async #sendTo(push: ReadyPush, known: Set<string>, options: SendOptions): Promise<Outcome> {
    const { accounts, outbox } = this.#deps;
    const { account, asked, draft } = push;
    const client = await accounts.client(account.id);
    const parcel = await outbox.prepare({
      draft: asked,
      host: account.host,
      ...(asked !== draft && { people: draft.recipients }),
    });
    // Another window may have begun the same at the same moment.
    known.add(parcel.id);
    const goesOn = await this.#isNew(push, known, options).catch(async (error: unknown) => {
      await parcel.drop();
      throw error;
    });
    if (!goesOn || options.signal?.aborted) {
      await parcel.drop();
      return cancelled;
    }
    options.onStep?.('sending');
    return await this.#sendParcel(push, parcel, client, options);
  }

  async #sendParcel(
    { account, asked, draft, plan }: ReadyPush,
    parcel: Parcel,
    client: PortalClient,
    options: SendOptions,
  ): Promise<Outcome> {
    const { drafts, clock, log } = this.#deps;
    const { host } = account;
    const { signal, onWait, onProgress } = options;
    const { people, texts, requests } = plan.summary;
    let mistake: Bitrix24Error | undefined;
    let sent = await sendPlan({
      client,
      plan,
      avatar: draft.avatar,
      note: (wire, request) => parcel.sending(wire, request),
      noteFates: (fates, request) => parcel.answered(fates, request),
      errorOf: (error) => asBitrix24Error(error, host),
      signal,
      onWait,
      onProgress,
    }).catch((error: unknown): Sent => {
      // A mistake of ours around the wire: what was not noted as answered may have been accepted.
      mistake = asBitrix24Error(error, host).with({ phase: 'noAnswer' });
      const unknown = plan.requests.flatMap((request) => request.flatMap(({ ids }) => ids));
      return { accepted: [], refused: [], notSent: [], unknown, error: mistake };
    });
    const cancelledBefore =
      sent.error?.kind === 'cancelled' &&
      sent.accepted.length + sent.refused.length + sent.unknown.length === 0;
    if (!sent.error) {
      // First, so that no window finds a draft of a push that is over.
      drafts.accepted(draft, asked);
      await this.#quietly(() => drafts.flush());
    }
    // What was stopped before anything left has never been.
    const record = await (cancelledBefore ? parcel.drop() : parcel.end(sent.error));
    if (mistake && record) {
      sent = sentOf(record, mistake);
    }
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
    await this.#quietly(() => this.#tidyUp({ asked, draft, outcome, record }, options));
    await this.#remember(account, asked, sent);
    // Not when the network ended it after some were reached: those left would be offered at once, in vain.
    if (!sent.error || sent.error.phase === 'answered') {
      this.#deps.portalAnswered?.(host);
    }
    return outcome;
  }

  /** Drafts and what waits, after what has become of a push. */
  async #tidyUp(
    {
      asked,
      draft,
      outcome,
      record,
    }: { asked: Draft; draft: Draft; outcome: Outcome; record: PushRecord | undefined },
    { replaces }: Pick<SendOptions, 'replaces'>,
  ): Promise<void> {
    const { drafts, outbox } = this.#deps;
    if (outcome.kind === 'partly') {
      const left = followUps(draft, outcome);
      drafts.partly(draft, left, asked);
      if (record && left.rest && left.unknown) {
        await drafts.flush();
        await outbox.restKept(record.id);
      }
    }
    if (record && replaces !== undefined) {
      await outbox.settle(replaces, 'again');
    }
    for (const one of new Set([draft, asked])) {
      if (outcome.kind === 'accepted') {
        await outbox.replaced(one);
      } else if (record && outcome.kind !== 'refused') {
        await outbox.replaced(one, record);
      }
    }
  }

  /** Whom it went to is a convenience: failing to note it does not change what became of the push. */
  async #remember(account: Account, asked: Draft, { accepted }: Sent): Promise<void> {
    const reached = new Set(accepted);
    // Chosen one by one: those of a department would leave no room for anybody else.
    const recipients = asked.recipients.filter(({ id }) => reached.has(id));
    if (recipients.length > 0 && recipients.length <= recentsAtMost) {
      await this.#quietly(() => this.#deps.recents.record(account.id, recipients));
    }
  }

  /** After the wire: whatever goes wrong here, the outcome stands. */
  async #quietly(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#deps.log.warn(`After a push, something could not be saved: ${String(error)}`);
    }
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

/** As the disk has it. */
function sentOf({ fates }: PushRecord, error: Bitrix24Error): Sent {
  const refused = fates.refused.map(({ id, code }) => ({
    id,
    error: new Bitrix24Error({ kind: 'server', phase: 'answered', code }),
  }));
  return { ...fates, refused, error };
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
