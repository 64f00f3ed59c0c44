import type { Event } from 'vscode';
import type { Account, Accounts } from '../accounts/account';
import { Bitrix24Error } from '../bitrix24/errors';
import type { Clock } from '../common/clock';
import type { Log } from '../common/log';
import { plainText } from '../common/plainText';
import type { RecentRecipients } from '../people/recentRecipients';
import { checkDraft } from './checkDraft';
import type { DraftIssue } from './checkDraft';
import { Confirmations } from './confirmations';
import type { ConfirmDuplicate, ConfirmSend, PushToConfirm } from './confirmSend';
import { byWay, fromAccount, isNotification, templateOf } from './draft';
import { askedFacts } from './personalText';
import type { Draft } from './draft';
import type { DraftStore } from './draftStore';
import { EarlierPushes } from './earlierPushes';
import { EndedPushes } from './endedPushes';
import { notificationTag } from './notificationTag';
import { planDraft } from './plan';
import { isKeptByNetwork, peopleWith, restDraft, summaryOf, unknownDraft } from './push';
import type { Push, PushAction } from './push';
import type { PushHistory } from './pushHistory';
import { askedByOf, cameFrom } from './pushRequest';
import type { Request, Wanted } from './pushRequest';
import type { PushStore } from './pushStore';
import type { RecordWriter } from './recordWriter';
import type { ResolveAudience } from './resolveAudience';
import type { SecretCheck } from './secretCheck';
import { sendPlan } from './sendPlan';
import type { ActResult, Agreed, SendOptions, SendResult } from './sendOptions';
import { asBitrix24Error } from './unexpectedError';

export type * from './sendOptions';

export interface PushServiceDeps {
  accounts: Pick<Accounts, 'current' | 'get' | 'client'>;
  drafts: Pick<DraftStore, 'ready' | 'replace' | 'keep' | 'flush'>;
  store: PushStore;
  history: Pick<PushHistory, 'get'>;
  secrets: Pick<SecretCheck, 'allows' | 'isClean'>;
  resolveAudience: ResolveAudience;
  confirmDuplicate: ConfirmDuplicate;
  confirm: ConfirmSend;
  recents: Pick<RecentRecipients, 'record'>;
  /**
   * Takes a scheduled push of this draft out of the schedule before anything leaves. `scheduled`: the one that this push
   * has been. Resolves to false if another window has that one, so that this push must not leave.
   */
  takeOutScheduled: (draft: Draft, scheduled: string | undefined) => Promise<boolean>;
  /** Hears that a portal has answered, so that it can be reached. */
  onPortalAnswered: (host: string) => void;
  clock: Pick<Clock, 'now'>;
  log: Log;
}

/** More recently used people than this are nobody in particular. */
const recentsAtMost = 50;

/**
 * The one way of every push: {@link PushService.send} reads from check to outcome. Nobody else sends, settles or
 * decides. It never sends twice by itself, and its promises never reject but for a disk that cannot be read.
 */
export class PushService {
  readonly #deps: PushServiceDeps;
  /** Pushes on their way, by draft and version, so that a double click is one push. */
  readonly #running = new Map<string, Promise<SendResult>>();
  readonly #confirmations = new Confirmations();
  readonly #ended: EndedPushes;
  readonly #earlier: EarlierPushes;

  constructor(deps: PushServiceDeps) {
    this.#deps = deps;
    this.#ended = new EndedPushes(deps.history);
    this.#earlier = new EarlierPushes(deps);
  }

  /** Fires when this window has changed a push that is not over. */
  get onDidChange(): Event<undefined> {
    return this.#deps.store.onDidChange;
  }

  /** All pushes that are not over, from any window; oldest first. */
  async open(): Promise<Push[]> {
    return await this.#deps.store.open();
  }

  async send(draft: Draft, options: SendOptions): Promise<SendResult> {
    const moved = this.#movedTo(options.as, draft);
    return await this.#start(moved, { ...options, isSendAnyway: false, replaces: [] });
  }

  /** Asks all that is asked before this draft is sent, so that it can leave at this time (Unix ms) without a question. */
  async prepare(draft: Draft, options: SendOptions & { at: number }): Promise<SendResult | Agreed> {
    const request: Request = { ...options, isSendAnyway: false, replaces: [] };
    try {
      const checked = await this.#check(structuredClone(draft), request);
      if (checked.kind !== 'wanted') {
        return checked;
      }
      const { account, draft: agreed, audience } = checked.push;
      return { kind: 'agreed', draft: agreed, account, people: audience.people.length };
    } catch (error) {
      return this.#failed(error);
    }
  }

  /** Does what the user chose of the push's actions. */
  async act(
    id: string,
    action: PushAction,
    options: Partial<SendOptions> = {},
  ): Promise<ActResult> {
    const { drafts, store } = this.#deps;
    await drafts.ready;
    const claim = await store.claim(id);
    const push = await this.#ended.find(id, action, claim?.push);
    if (!push) {
      await claim?.release();
      return { kind: 'takenCareOf' };
    }
    if (action === 'markAsSent' || action === 'discard') {
      if (claim && !(await claim.isOurs())) {
        return { kind: 'takenCareOf' };
      }
      await this.#discardSuccessors(id);
      await claim?.decide(action === 'discard' ? 'discarded' : 'sent');
      const sent = action === 'markAsSent' ? unknownDraft(push) : undefined;
      if (sent) {
        drafts.replace(sent, undefined);
        this.#earlier.forget(id);
      }
      return { kind: 'decided' };
    }
    try {
      const isSendAnyway = action === 'sendAnyway';
      const part = isSendAnyway ? unknownDraft(push) : restDraft(push);
      const moved = this.#movedTo(options.as, part ?? push.draft);
      const draft = action === 'sendAsNotification' ? byWay(moved, 'notification') : moved;
      const { origin } = push;
      const result = await this.#start(draft, {
        ...{ origin, ...options, again: true },
        // A push that was sent anyway and did not leave carries on with that decision.
        ...{ isSendAnyway, replaces: claim ? [id, ...push.replaces] : [], claim, from: push },
      });
      if (result.kind === 'push' && summaryOf(result.push).state === 'accepted') {
        this.#earlier.forget(id);
      }
      return result;
    } finally {
      await claim?.release();
    }
  }

  /** What was to be sent in the place of this push and did not leave does not wait for the network any more. */
  async #discardSuccessors(id: string): Promise<void> {
    const { store } = this.#deps;
    for (const other of await store.open('unsent')) {
      if (other.replaces.includes(id) && summaryOf(other).state === 'notSent') {
        await (await store.claim(other.id))?.decide('replaced');
      }
    }
  }

  /**
   * Ends the pushes of windows that have ended, and settles the drafts of those that were accepted. Resolves to the
   * pushes that nobody has told the user about. Sends nothing.
   */
  async recover(): Promise<Push[]> {
    await this.#deps.drafts.ready;
    const pushes = await this.#deps.store.recover();
    for (const push of pushes) {
      this.#ended.remember(push);
      // The user is told in any case: nobody finds these pushes once more.
      await this.#quietly(() => this.#settleDraft(push));
    }
    return pushes;
  }

  async #start(draft: Draft, request: Request): Promise<SendResult> {
    const key = `${draft.id} ${draft.version}`;
    const running = this.#running.get(key);
    if (running) {
      this.#deps.log.info(`Push (${request.origin}): the same one is on its way already.`);
      return await running;
    }
    const result = this.#send(structuredClone(draft), request)
      .catch((error: unknown) => this.#failed(error))
      .finally(() => this.#running.delete(key));
    this.#running.set(key, result);
    return await result;
  }

  async #send(written: Draft, request: Request): Promise<SendResult> {
    const checked = await this.#check(written, request);
    return checked.kind === 'wanted'
      ? await this.#record(checked.push, checked.known, request)
      : checked;
  }

  /** Everything before the record. Nothing of the push has left, or is kept, when this resolves to `wanted`. */
  async #check(written: Draft, request: Request): Promise<SendResult | Wanted> {
    const { drafts, secrets } = this.#deps;
    const { signal, onStep, consent } = request;
    onStep?.('checking');
    await drafts.ready;
    const account = await this.#accountOf(written);
    const draft = { ...written, accountId: account?.id };
    const issues = checkDraft(draft, account);
    if (issues.length > 0 || !account) {
      return this.#invalid(issues, request);
    }
    const isStanding = consent?.kind === 'standing';
    const isAgreed = consent?.kind === 'agreed';
    if (isAgreed && consent.version !== draft.version) {
      return { kind: 'cancelled' };
    }
    request.isUnattended = isAgreed;
    const askedBy = askedByOf(request);
    const doubtful = isStanding
      ? undefined
      : await this.#earlier.stillUnknown(draft, undefined, request);
    if (doubtful) {
      return { kind: 'stillUnknown', push: doubtful };
    }
    if (isStanding) {
      await this.#checkStanding(draft, account);
    } else if (!isAgreed && !(await secrets.allows(draft, askedBy))) {
      return { kind: 'cancelled' };
    }
    const audience = await this.#resolve(account, draft, request);
    if (!('people' in audience)) {
      return audience;
    }
    const { people, facts } = audience;
    const resolved = { ...draft, recipients: [...people], departments: [] };
    const faults = checkDraft(resolved, account, facts);
    if (faults.length > 0) {
      return this.#invalid(faults, request);
    }
    const plan = planDraft(draft, facts ?? people);
    const push: PushToConfirm = { account, draft, audience, plan, askedBy, at: request.at };
    const known = new Set(request.replaces);
    if (!isStanding) {
      const isDoubtful = await this.#earlier.stillUnknown(draft, people, request);
      if (isDoubtful) {
        return { kind: 'stillUnknown', push: isDoubtful };
      }
      if (signal?.aborted || !(await this.#earlier.isWantedOnceMore(push, known, request))) {
        return { kind: 'cancelled' };
      }
      if (!isAgreed && !(await this.#isConfirmed(push, request))) {
        return { kind: 'cancelled' };
      }
    }
    return signal?.aborted ? { kind: 'cancelled' } : { kind: 'wanted', push, known };
  }

  async #isConfirmed(push: PushToConfirm, { again, onStep }: Request): Promise<boolean> {
    const { draft, audience, askedBy } = push;
    if (askedBy === undefined && again && this.#confirmations.covers(draft, audience.people)) {
      return true;
    }
    onStep?.('confirming');
    if (!(await this.#deps.confirm(push))) {
      return false;
    }
    if (askedBy === undefined) {
      this.#confirmations.give(draft, audience.people);
    }
    return true;
  }

  /** The standing yes is good for the person's own id alone. Nobody is there to ask about a secret: it does not leave. */
  async #checkStanding(draft: Draft, { userId, host }: Account): Promise<void> {
    const { recipients, departments } = draft;
    const isToOneself = recipients.every(({ id }) => id === userId) && departments.length === 0;
    const code = !isToOneself ? 'NOT_ONESELF' : 'SECRET_IN_TEXT';
    if (!isToOneself || !(await this.#deps.secrets.isClean(draft))) {
      throw new Bitrix24Error({ kind: 'invalid', phase: 'notSent', code, host });
    }
  }

  async #accountOf({ accountId }: Draft): Promise<Account | undefined> {
    const { accounts } = this.#deps;
    return await (accountId === undefined ? accounts.current() : accounts.get(accountId));
  }

  #invalid(issues: DraftIssue[], { origin }: Request): SendResult {
    this.#deps.log.info(`Push (${origin}) stopped: ${issues.map(({ code }) => code).join(', ')}`);
    return { kind: 'invalid', issues };
  }

  /** A push that the network stopped before its people were known waits like one that it stopped later. */
  async #resolve(account: Account, draft: Draft, request: Request) {
    const { resolveAudience, store } = this.#deps;
    try {
      return await resolveAudience(account, draft, request);
    } catch (error) {
      const known = asBitrix24Error(error, 'notSent');
      // A push that is scheduled only now is in no one's way: it is not kept as one that waits for the network.
      if (!isKeptByNetwork(known) || request.at !== undefined) {
        throw known;
      }
      const replaces = [...request.replaces, ...(await store.unsentOf(draft.id))];
      const record = await store.create({
        ...{ ...cameFrom(request), draft, host: account.host },
        ...{ people: undefined, replaces, claim: request.claim },
      });
      if (!(await this.#isStillOurs(draft, request, record))) {
        return { kind: 'cancelled' } as const;
      }
      this.#deps.log.warn(`Push not accepted: notSent, ${describe(known)}`);
      return { kind: 'push', push: this.#ended.remember(await record.end(known)) } as const;
    }
  }

  async #record(push: PushToConfirm, known: Set<string>, request: Request): Promise<SendResult> {
    const { accounts, store } = this.#deps;
    const { account, draft, audience } = push;
    const client = await accounts.client(account.id);
    const replaces = [...new Set([...request.replaces, ...(await store.unsentOf(draft.id))])];
    const record = await store.create({
      ...{ ...cameFrom(request), draft, host: account.host },
      ...{ people: audience.people, replaces, claim: request.claim },
      facts: askedFacts(templateOf(draft), audience.facts ?? audience.people),
    });
    known.add(record.id);
    replaces.forEach((id) => known.add(id));
    // Another window may have begun the same at the same moment.
    const isWanted =
      request.consent?.kind === 'standing' ||
      (await this.#earlier.isWantedOnceMore(push, known, request).catch(async (error: unknown) => {
        await record.drop();
        throw error;
      }));
    if (!isWanted || request.signal?.aborted) {
      await record.drop();
      return { kind: 'cancelled' };
    }
    if (!(await this.#isStillOurs(draft, request, record))) {
      return { kind: 'cancelled' };
    }
    request.onStep?.('sending');
    const { signal, onWait, onProgress } = request;
    const { host } = account;
    const error = await sendPlan({
      ...{ client, plan: push.plan, avatar: draft.avatar, record, host },
      ...{ signal, onWait, onProgress },
      tagOf: isNotification(draft) ? (id) => notificationTag(draft.id, id) : undefined,
    }).catch((mistake: unknown) =>
      // A mistake of ours around the wire: people whose answer was not recorded may have got it.
      asBitrix24Error(mistake, 'noAnswer', host).with({ phase: 'noAnswer' }),
    );
    return await this.#outcome(push, record, error, request);
  }

  /** From here on the record alone tells of the push: it is not scheduled any more. */
  async #isStillOurs(draft: Draft, { scheduled }: Request, record: RecordWriter): Promise<boolean> {
    let isOurs = false;
    try {
      isOurs = await this.#deps.takeOutScheduled(draft, scheduled);
    } finally {
      if (!isOurs) {
        await record.drop();
      }
    }
    return isOurs;
  }

  async #outcome(
    { account, draft, plan }: PushToConfirm,
    record: RecordWriter,
    error: Bitrix24Error | undefined,
    { origin }: Request,
  ): Promise<SendResult> {
    const { log, onPortalAnswered } = this.#deps;
    const { accepted, refused, unknown } = record.counts;
    if (error?.kind === 'cancelled' && accepted + refused + unknown === 0) {
      await record.drop();
      return { kind: 'cancelled' };
    }
    // What another window has taken over is settled by that one.
    const isOurs = error?.is('TAKEN_OVER') !== true;
    const push = await record.end(error, (ended) => isOurs && this.#settleDraft(ended));
    this.#ended.remember(push);
    this.#ended.restWentTo(push);
    const { state, counts } = summaryOf(push);
    const { people, texts, requests } = plan.summary;
    log.info(
      `${isNotification(draft) ? 'Notification' : 'Push'} (${origin}) to ${account.host}: ${state}, ${people} people, ${texts} texts, ${requests} requests` +
        (state === 'partly' ? `; ${JSON.stringify(counts)}` : ''),
    );
    if (error) {
      log.warn(`Push not accepted for everybody: ${describe(error)}`);
    }
    await this.#quietly(() => this.#rememberPeople(account, draft, push));
    // Not when the network ended it after some were reached: the rest would be offered at once, in vain.
    if (!error || error.phase === 'answered') {
      await this.#quietly(() => onPortalAnswered(account.host));
    }
    return { kind: 'push', push };
  }

  /** Wherever the draft is still being written, only what is left to send stays of it. */
  async #settleDraft(push: Push): Promise<void> {
    const { drafts, store } = this.#deps;
    const { state } = summaryOf(push);
    // The draft that keeps the rest is a push again, because the form shows no bell.
    const [rest, inDoubt] = [restDraft(push), unknownDraft(push)].map(
      (part) => part && byWay(part, 'push'),
    );
    if (state === 'accepted') {
      drafts.replace(push.draft, undefined);
      await drafts.flush();
      this.#confirmations.useUp(push.draft, push.people);
    } else if (state === 'partly') {
      const left = rest ?? inDoubt;
      if (left && !drafts.replace(push.draft, left) && rest) {
        drafts.keep(rest);
      }
      await drafts.flush();
      if (rest && inDoubt) {
        await store.moveRest(push.id);
      }
    }
  }

  /** Failing to note whom a push went to does not change what became of it. */
  async #rememberPeople(account: Account, draft: Draft, push: Push): Promise<void> {
    const reached = new Set(peopleWith(push, 'accepted').map(({ id }) => id));
    // The members of a department would leave no room for anybody else.
    const recipients = draft.recipients.filter(({ id }) => reached.has(id));
    if (recipients.length > 0 && recipients.length <= recentsAtMost) {
      await this.#deps.recents.record(account.id, recipients);
    }
  }

  /** The draft as the account in use after a fix sends it, also where it is being written. */
  #movedTo(account: Account | undefined, draft: Draft): Draft {
    if (!account || account.id === draft.accountId) {
      return draft;
    }
    const moved = fromAccount(draft, account.id);
    this.#deps.drafts.replace(draft, moved);
    return moved;
  }

  /** After the wire, whatever goes wrong here leaves the outcome as it is. */
  async #quietly(work: () => unknown): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#deps.log.warn(`After a push, something could not be saved: ${String(error)}`);
    }
  }

  /** Before anything was recorded. */
  #failed(error: unknown): SendResult {
    const known = asBitrix24Error(error, 'notSent');
    this.#deps.log.warn(`Push not sent: ${describe(known)}`);
    return known.kind === 'cancelled' ? { kind: 'cancelled' } : { kind: 'failed', error: known };
  }
}

/** For the log: what the server said helps people who look there. */
function describe({ kind, phase, code, description = '' }: Bitrix24Error): string {
  return plainText(`${kind}, ${phase}, ${code} ${description}`);
}
