import * as v from 'valibot';
import type { Account, Accounts } from '../accounts/account';
import { Bitrix24Error } from '../bitrix24/errors';
import type { Wait } from '../bitrix24/rateLimiter';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';
import type { About } from '../problems/catalogue';
import type { FixId, Fixes, Problem, ProblemContext } from '../problems/problem';
import { hasDepartments, toPeople } from '../push/draft';
import type { Draft } from '../push/draft';
import type { DraftStore } from '../push/draftStore';
import { leftOf } from '../push/followUp';
import type { FollowUps } from '../push/followUp';
import type { Outbox } from '../push/outbox/outbox';
import type { Decision } from '../push/outbox/pushRecord';
import { unknownOfRecord } from '../push/outbox/recordOutcome';
import { sendWaiting } from '../push/outbox/sendWaiting';
import type { Outcome, SendProgress } from '../push/outcome';
import type { PushRoad, ResolvePeople, SendOptions } from '../push/pushRoad';
import type { OutcomeContext, TellOutcome } from '../push/tellOutcome';
import type { Recipient } from '../people/recipient';
import { FormAccounts } from './formAccounts';
import { FormAudience } from './formAudience';
import type { FormAudienceDeps } from './formAudience';
import { FormDelivery } from './formDelivery';
import type { FormDeliveryDeps } from './formDelivery';
import { FormDraft } from './formDraft';
import { FormFacts } from './formFacts';
import type { FormPeople } from './formPeople';
import { accountView, draftView, issuesOf, problemView, withFacts } from './formState';
import { FormTroubles } from './formTroubles';
import type { Trouble } from './formTroubles';
import { FormWaiting } from './formWaiting';
import { parseFromForm } from './protocol';
import type {
  AcceptedView,
  FormCommand,
  FormState,
  FromForm,
  PhaseView,
  ProblemView,
  ReplyValue,
  ToForm,
} from './protocol';

export interface FormControllerDeps {
  accounts: Pick<Accounts, 'onDidChange' | 'list' | 'current'>;
  drafts: DraftStore;
  road: Pick<PushRoad, 'send'>;
  outbox: Pick<
    Outbox,
    'waiting' | 'onDidChange' | 'take' | 'waitsLike' | 'unknownLike' | 'settle' | 'decide'
  >;
  people: FormPeople;
  /** Departments, saved groups and pasted lists; without it people and ids only. */
  audience?: FormAudienceDeps | undefined;
  /** What speaks against a push to somebody. */
  delivery?: FormDeliveryDeps | undefined;
  /** The push road's own: what texts may say about people. */
  resolve?: ResolvePeople | undefined;
  problemOf: (what: Outcome | Error, about?: About) => Problem | undefined;
  fixes: Fixes;
  log: Log;
  /** Runs one of the commands that the form has buttons for; `person`: whom it is about. */
  run(command: FormCommand, account: Account | undefined, person?: Recipient): Promise<unknown>;
  /** Says that another window has decided what became of a push that waited. */
  takenCareOf: () => void;
  /** Tells an outcome of a form that is not on screen any more. */
  tell: TellOutcome;
  /** The page as a seam. */
  page: { post(message: ToForm): void; onScreen(): boolean };
}

type To = 'recipients' | 'me';

const idle: PhaseView = { kind: 'idle' };

/** The form without its window: what the page may ask for, and the state that it draws. */
export class FormController implements Disposable {
  readonly #deps: FormControllerDeps;
  readonly #owned = new DisposableStore();
  readonly #draft: FormDraft;
  readonly #accounts: FormAccounts;
  readonly #troubles: FormTroubles;
  readonly #waiting: FormWaiting;
  readonly #facts: FormFacts;
  readonly #audience: FormAudience;
  readonly #delivery: FormDelivery;
  #ready = false;
  #phase: PhaseView = idle;
  #abort: AbortController | undefined;
  #accepted: AcceptedView | undefined;
  readonly #fixing = new Set<FixId>();
  /** Of the push in the outbox that the present draft was before it was edited. */
  #before: { id: string; generation: number } | undefined;

  constructor(deps: FormControllerDeps) {
    this.#deps = deps;
    this.#audience = this.#owned.add(new FormAudience(deps.audience));
    this.#draft = this.#owned.add(
      new FormDraft(
        deps.drafts,
        deps.people,
        (accountId, id) => this.#audience.view(accountId, { id, reach: 'tree' }).name,
      ),
    );
    this.#delivery = this.#owned.add(
      new FormDelivery(deps.delivery, (found) => {
        if (this.#ready) {
          deps.page.post({ type: 'hints', ...found });
        }
      }),
    );
    this.#accounts = new FormAccounts(deps.accounts, this.#draft);
    this.#facts = this.#owned.add(new FormFacts(deps.resolve, deps.log));
    this.#waiting = this.#owned.add(
      new FormWaiting(deps.outbox, deps.log, () => {
        this.#post();
      }),
    );
    this.#troubles = new FormTroubles({
      waiting: this.#waiting,
      problemOf: deps.problemOf,
      contextOf: (record) => {
        const unknown = unknownOfRecord(record);
        const left = { rest: undefined, unknown };
        return this.#contextOf(unknown ?? record.draft, 'recipients', left, { id: record.id });
      },
    });
    this.#owned.add(
      this.#draft.onDidChange(() => {
        this.#post();
        this.#askAbout();
      }),
    );
    if (deps.audience) {
      this.#owned.add(
        deps.audience.directories.onDidChange((accountId) => {
          if (!this.#ready || accountId !== this.#accounts.shown?.id) {
            return;
          }
          if (hasDepartments(this.#draft.current)) {
            this.#post();
          }
          deps.page.post({ type: 'peopleRead' });
        }),
      );
    }
    this.#owned.add(
      deps.accounts.onDidChange(() => {
        if (this.#ready) {
          void this.#readAccounts();
        }
      }),
    );
  }

  dispose(): void {
    this.#abort?.abort();
    this.#deps.people.dispose();
    this.#owned.dispose();
  }

  /** A message from the page, whatever it is. */
  async receive(data: unknown): Promise<void> {
    const message = parseFromForm(data);
    if (!message) {
      this.#deps.log.warn('Form: a message of unknown shape or size was dropped.');
      return;
    }
    switch (message.type) {
      case 'ready':
        await Promise.all([this.#deps.drafts.ready, this.#waiting.read()]);
        this.#noteBefore();
        this.#ready = true;
        this.#delivery.reset();
        await this.#readAccounts();
        break;
      case 'edit':
        this.#write(message);
        break;
      case 'cancel':
        this.#abort?.abort();
        break;
      case 'fault':
        this.#deps.log.error(`Form: the page failed at ${message.where}.`);
        break;
      case 'send':
      case 'search':
      case 'match':
      case 'fix':
      case 'command':
      case 'kept':
        await this.#reply(message);
    }
  }

  /** The page was taken away; nothing is posted until it says `ready` again. */
  pageGone(): void {
    this.#ready = false;
  }

  /** Shows the outcome of a push that another entry point sent; false when the form is not on screen. */
  showOutcome(outcome: Outcome, context: OutcomeContext): boolean {
    this.#tellHere(outcome, context);
    this.#post();
    return this.#deps.page.onScreen();
  }

  async #reply(message: Extract<FromForm, { id: number }>): Promise<void> {
    const { id } = message;
    const { page, log } = this.#deps;
    try {
      const value = await this.#answer(message);
      page.post({ type: 'reply', id, result: { ok: true, value } });
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      const draft = this.#draft.current;
      const context = this.#contextOf(draft, 'recipients', { rest: draft, unknown: undefined });
      const { fixes } = this.#deps;
      let trouble: Trouble | undefined;
      if (message.type === 'search' || message.type === 'match') {
        trouble = this.#troubles.hint(failure, context, { host: context.account?.host });
      } else {
        this.#troubles.tell(failure, context);
        trouble = this.#troubles.shown;
        this.#post();
      }
      log.warn(`Form: ${message.type} failed: ${trouble?.problem.code ?? 'cancelled'}`);
      page.post({
        type: 'reply',
        id,
        result: trouble
          ? { ok: false, problem: problemView(trouble, fixes) }
          : { ok: true, value: { kind: 'done' } },
      });
    }
  }

  async #answer(message: Extract<FromForm, { id: number }>): Promise<ReplyValue> {
    switch (message.type) {
      case 'send':
        return { kind: 'sent', outcome: await this.#send(message) };
      case 'search':
        return await this.#search(message.query);
      case 'match':
        return await this.#match(message.text);
      case 'fix':
        await this.#fix(message.fix);
        return { kind: 'done' };
      case 'command':
        await this.#command(message.command, message.person);
        return { kind: 'done' };
      case 'kept':
        this.#draft[message.action](message.key);
        if (message.action === 'restore') {
          this.#accounts.peopleAreRight();
        }
        this.#post();
        return { kind: 'done' };
    }
  }

  #write(message: Extract<FromForm, { type: 'edit' | 'send' }>): boolean {
    const { generation, edit, written } = message;
    const account = this.#accounts.shown;
    const { text, recipients } = this.#draft.current;
    if (this.#phase.kind !== 'idle' || !this.#draft.write(account, { generation, edit }, written)) {
      this.#post();
      return false;
    }
    if (written.recipients.length + (written.departments?.length ?? 0) > 0) {
      this.#accounts.peopleAreRight();
    }
    if (this.#accepted && written.text !== text) {
      // Beside the next text it would seem to be about that one.
      this.#accepted = undefined;
      this.#post();
    }
    if (message.type === 'edit') {
      this.#deps.page.post({ type: 'checked', generation, edit, ...this.#checked() });
    }
    if (account) {
      const before = new Set(recipients.map(({ id }) => id));
      const isNew = written.recipients.some((id) => !before.has(id));
      void this.#nameIds(account, written.recipients, isNew);
      this.#askAbout();
    }
    return true;
  }

  /** `isNew`: the page may not know somebody whom we know since before it was opened. */
  async #nameIds(account: Account, ids: readonly number[], isNew: boolean): Promise<void> {
    const learnt = await this.#deps.people.resolve(account, ids);
    if (learnt && this.#phase.kind === 'idle' && this.#accounts.shown?.id === account.id) {
      this.#draft.name(account);
    }
    if (learnt || isNew) {
      this.#post();
    }
  }

  /**
   * What the text says about its people, for the preview and the plan, and what speaks against a push to them; the
   * road asks again at the moment of sending.
   */
  #askAbout(): void {
    const account = this.#accounts.shown;
    if (account && this.#ready) {
      const { recipients } = this.#draft.current;
      this.#delivery.ask(
        account.id,
        recipients.map(({ id }) => id),
      );
      void this.#facts.ask(account, this.#draft.current).then((learnt) => {
        if (learnt) {
          this.#post();
        }
      });
    }
  }

  async #send(message: Extract<FromForm, { type: 'send' }>): Promise<string> {
    if (this.#phase.kind !== 'idle') {
      return 'busy';
    }
    if (!this.#write(message)) {
      return 'replaced';
    }
    const { to } = message;
    return (await this.#travel(this.#addressed(to), to, this.#inPlaceOf(to))).kind;
  }

  /** The present draft waits in the outbox as it was before: once it is sent, that one does not wait any more. */
  #inPlaceOf(to: To): Pick<SendOptions, 'replaces'> {
    const before = this.#before;
    return to === 'recipients' && before?.generation === this.#draft.stamp.generation
      ? { replaces: before.id }
      : {};
  }

  #noteBefore(): void {
    const { current, stamp } = this.#draft;
    const waits = this.#waiting.unsentLike(current);
    if (waits) {
      this.#before = { id: waits.id, generation: stamp.generation };
    }
  }

  /** The present draft, to the people in it or to oneself alone. */
  #addressed(to: To): Draft {
    const account = this.#accounts.shown;
    const draft = this.#draft.current;
    return to === 'me' && account
      ? toPeople(draft, [{ id: account.userId, name: account.userName }])
      : draft;
  }

  async #travel(
    draft: Draft,
    to: To,
    options: Pick<SendOptions, 'again' | 'sendAnyway' | 'replaces'> = {},
  ): Promise<Outcome> {
    if (this.#phase.kind !== 'idle') {
      return { kind: 'cancelled' };
    }
    const { page, road, tell } = this.#deps;
    const abort = new AbortController();
    this.#abort = abort;
    this.#accepted = undefined;
    this.#troubles.clear();
    this.#setPhase({ kind: 'sending' });
    let outcome: Outcome;
    let progress: SendProgress | undefined;
    let wait: Wait | undefined;
    const showPhase = (post: 'state' | 'phase'): void => {
      const so = progress && { progress };
      const phase: PhaseView = wait
        ? { kind: 'waiting', until: wait.until, ...so }
        : { kind: 'sending', ...so };
      this.#setPhase(phase, post);
    };
    try {
      outcome = await road.send(draft, {
        ...options,
        origin: 'form',
        signal: abort.signal,
        onWait: (now) => {
          if (now ?? wait) {
            wait = now;
            showPhase('state');
          }
        },
        onProgress: (now) => {
          progress = now.total > now.accepted ? now : undefined;
          if (progress) {
            showPhase('phase');
          }
        },
      });
      await this.#waiting.read();
    } finally {
      this.#abort = undefined;
      this.#phase = idle;
    }
    if (outcome.kind === 'accepted' && to === 'recipients') {
      this.#draft.chooseAgain(draft);
    }
    this.#noteBefore();
    const partly = outcome.kind === 'partly';
    const context = this.#contextOf(draft, to, leftOf(draft, outcome), { partly });
    this.#tellHere(outcome, context);
    this.#post();
    this.#askAbout();
    if (!page.onScreen() && outcome.kind !== 'cancelled') {
      await tell(outcome, context);
    }
    return outcome;
  }

  #tellHere(outcome: Outcome, context: ProblemContext): void {
    const { account, draft } = context;
    const people = draft?.recipients ?? [];
    const hint = account && this.#delivery.summary(account.id, people);
    this.#accepted =
      outcome.kind === 'accepted'
        ? { at: outcome.at, count: outcome.count, host: outcome.host, ...(hint && { hint }) }
        : undefined;
    this.#troubles.tell(outcome, context);
  }

  /** What the fixes of a push's trouble work on. A push of unknown fate is repeated as it was, any other as it is now. */
  #contextOf(
    draft: Draft,
    to: To,
    left: FollowUps,
    { partly = false, id }: { partly?: boolean; id?: string } = {},
  ): OutcomeContext & ProblemContext {
    const { outbox } = this.#deps;
    const { rest } = left;
    const unknown = rest ? undefined : left.unknown;
    const account = this.#accounts.of(draft.accountId) ?? this.#accounts.shown;
    const decide = async (decision: Decision): Promise<void> => {
      if (id === undefined) {
        await outbox.decide(left.unknown ?? draft, decision);
      } else {
        await outbox.settle(id, decision);
      }
      await this.#waiting.read();
    };
    return {
      account,
      draft,
      retry: async (now?: Account) => {
        if (unknown) {
          // In the hands of this window, so that no other one sends it anyway at the same moment.
          await this.#sendWaiting(id ?? (await outbox.unknownLike(unknown))?.id, to);
          return;
        }
        if (now && now.id !== account?.id) {
          await this.#goOnAs(now.id);
        }
        await this.#travel(this.#addressed(to), to, { again: true, ...this.#inPlaceOf(to) });
      },
      ...(partly &&
        rest && {
          rest: {
            people: rest.recipients.length,
            send: async () => {
              await this.#travel(rest, to, { again: true });
            },
          },
        }),
      discard: () => decide('dropped'),
      markAsSent: () => decide('sent'),
    };
  }

  async #sendWaiting(id: string | undefined, to: To): Promise<void> {
    const { outbox, drafts, takenCareOf } = this.#deps;
    const send = (draft: Draft, options: Pick<SendOptions, 'sendAnyway' | 'replaces'>) =>
      this.#travel(draft, to, { ...options, again: true });
    if (id === undefined || !(await sendWaiting({ outbox, drafts, send }, id))) {
      takenCareOf();
    }
    await this.#waiting.read();
  }

  async #fix(id: string): Promise<void> {
    const offered = this.#troubles.offered(id);
    if (!offered || this.#phase.kind !== 'idle' || this.#fixing.has(offered.fix)) {
      return;
    }
    const { fix, trouble } = offered;
    this.#fixing.add(fix);
    try {
      const account = await this.#deps.fixes.run(fix, trouble.context);
      if (account || fix === 'discard' || fix === 'markAsSent') {
        this.#troubles.clear(trouble);
      }
      if (account) {
        await this.#goOnAs(account.id);
      }
    } finally {
      this.#fixing.delete(fix);
      this.#post();
    }
  }

  async #command(command: FormCommand, id?: number): Promise<void> {
    const person = this.#draft.current.recipients.find((one) => one.id === id);
    const result = await this.#deps.run(command, this.#accounts.shown, person);
    const chosen = v.safeParse(v.object({ id: v.string() }), result);
    if (chosen.success) {
      await this.#goOnAs(chosen.output.id);
    }
  }

  async #goOnAs(accountId: string): Promise<void> {
    await this.#readAccounts();
    this.#accounts.choose(accountId);
    this.#post();
  }

  async #search(query: string): Promise<ReplyValue> {
    const account = this.#accounts.shown;
    if (!account) {
      return { kind: 'people', people: [] };
    }
    const { people } = this.#deps;
    const [found, departments] = await Promise.all([
      people.find(account, query),
      this.#audience.departments(account.id, query),
    ]);
    const groups = this.#audience.groups(account, query).map((group) => ({
      ...group,
      people: group.people.map((id) => people.person(account.id, id)),
    }));
    return {
      kind: 'people',
      people: found.people,
      ...(departments.length > 0 ? { departments } : {}),
      ...(groups.length > 0 ? { groups } : {}),
      ...this.#scopeHint(account, found.missingScope),
    };
  }

  async #match(text: string): Promise<ReplyValue> {
    const account = this.#accounts.shown;
    if (!account) {
      return { kind: 'matched', people: [], departments: [], unmatched: [] };
    }
    const { people } = this.#deps;
    const found = await this.#audience.match(account.id, text);
    return {
      kind: 'matched',
      people: people.views(account, found.people),
      departments: found.departments.map((one) => this.#audience.view(account.id, one)),
      unmatched: found.unmatched.map(({ candidates, departments, ...entry }) => ({
        ...entry,
        ...(candidates && { candidates: people.views(account, candidates) }),
        ...(departments && {
          departments: departments.map((one) => this.#audience.view(account.id, one)),
        }),
      })),
      ...this.#scopeHint(account, found.missingScope),
    };
  }

  /** Which permission would help to find more people. */
  #scopeHint(account: Account, scope: string | undefined): { hint?: ProblemView } {
    const { host } = account;
    const error =
      scope === undefined
        ? undefined
        : new Bitrix24Error({
            kind: 'server',
            phase: 'answered',
            code: 'insufficient_scope',
            host,
          });
    const trouble = this.#troubles.hint(error, { account }, { host, scope });
    return trouble ? { hint: problemView(trouble, this.#deps.fixes) } : {};
  }

  async #readAccounts(): Promise<void> {
    try {
      await this.#accounts.read();
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      this.#deps.log.error(`Form: accounts could not be read: ${failure.message}`);
      this.#troubles.tell(failure, {});
    }
    const account = this.#accounts.shown;
    if (account) {
      this.#deps.people.learn(account, this.#draft.current.recipients);
      this.#deps.people.prepare(account.id);
      void this.#audience.prepare(account.id).then((learnt) => {
        if (learnt && hasDepartments(this.#draft.current)) {
          this.#post();
        }
      });
    }
    this.#post();
    this.#askAbout();
  }

  /** `post`: all of the state, or the phase alone while nothing else changes. */
  #setPhase(phase: PhaseView, post: 'state' | 'phase' = 'state'): void {
    this.#phase = phase;
    if (post === 'state') {
      this.#post();
    } else if (this.#ready) {
      this.#deps.page.post({ type: 'phase', phase });
    }
  }

  #checked(): Pick<FormState, 'issues' | 'plan' | 'about'> {
    const draft = this.#draft.current;
    const account = this.#accounts.shown;
    const plan = account && this.#facts.planOf(account, draft);
    const about = account && this.#audience.about(account.id, draft);
    return {
      issues: issuesOf(draft, account, account && this.#facts.peopleOf(account, draft)),
      ...(plan ? { plan } : {}),
      ...(about === undefined ? {} : { about }),
    };
  }

  #post(): void {
    if (this.#ready) {
      this.#deps.page.post({ type: 'state', state: this.#state() });
    }
  }

  #state(): FormState {
    const account = this.#accounts.shown;
    const { shown } = this.#troubles;
    return {
      ...(account ? { account: accountView(account) } : {}),
      accounts: this.#accounts.count,
      draft: draftView(
        this.#draft.current,
        this.#draft.stamp,
        account?.host,
        (id) =>
          account
            ? withFacts(this.#deps.people.person(account.id, id), this.#facts.of(account.id, id))
            : { id },
        (one) => this.#audience.view(account?.id ?? '', one),
      ),
      ...this.#checked(),
      kept: this.#draft.kept,
      otherPortal: this.#accounts.otherPortal,
      phase: this.#phase,
      ...(this.#accepted ? { accepted: this.#accepted } : {}),
      ...(shown ? { problem: problemView(shown, this.#deps.fixes) } : {}),
    };
  }
}
