import * as v from 'valibot';
import type { Account, Accounts } from '../accounts/account';
import { Bitrix24Error } from '../bitrix24/errors';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';
import type { About } from '../problems/catalogue';
import type { FixId, Fixes, Problem, ProblemContext } from '../problems/problem';
import { checkDraft } from '../push/checkDraft';
import type { Draft } from '../push/draft';
import type { DraftStore } from '../push/draftStore';
import { leftOf } from '../push/followUp';
import type { FollowUps } from '../push/followUp';
import type { Outcome } from '../push/outcome';
import type { PushRoad, SendOptions } from '../push/pushRoad';
import type { OutcomeContext, TellOutcome } from '../push/tellOutcome';
import { FormDraft } from './formDraft';
import type { FormPeople } from './formPeople';
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
  people: FormPeople;
  problemOf: (what: Outcome | Error, about?: About) => Problem | undefined;
  fixes: Fixes;
  log: Log;
  /** Runs one of the commands that the form has buttons for. */
  run(command: FormCommand, account: Account | undefined): Promise<unknown>;
  /** Tells an outcome of a form that is not on screen any more. */
  tell: TellOutcome;
  /** The page as a seam. */
  page: { post(message: ToForm): void; onScreen(): boolean };
}

interface Told {
  problem: Problem;
  context: ProblemContext;
  /** Only for an unknown fate: whether somebody has decided it elsewhere. */
  settled?: () => boolean;
}
type To = 'recipients' | 'me';

const idle: PhaseView = { kind: 'idle' };

/** The form without its window: what the page may ask for, and the state that it draws. */
export class FormController implements Disposable {
  readonly #deps: FormControllerDeps;
  readonly #owned = new DisposableStore();
  readonly #draft: FormDraft;
  #ready = false;
  #list: readonly Account[] = [];
  #current: Account | undefined;
  #reading = 0;
  #phase: PhaseView = idle;
  #abort: AbortController | undefined;
  #accepted: AcceptedView | undefined;
  #told: Told | undefined;
  /** Why names cannot be found; its fixes may be run too. */
  #hint: Told | undefined;
  #otherPortal = false;
  readonly #fixing = new Set<FixId>();

  constructor(deps: FormControllerDeps) {
    this.#deps = deps;
    this.#draft = this.#owned.add(new FormDraft(deps.drafts, deps.people));
    this.#owned.add(
      this.#draft.onDidChange(() => {
        this.#post();
      }),
    );
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
        await this.#deps.drafts.ready;
        this.#ready = true;
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
      const problem = this.#deps.problemOf(failure, { host: this.#account?.host, draftKept: true });
      if (!problem) {
        // Cancelled: nothing to say.
        page.post({ type: 'reply', id, result: { ok: true, value: { kind: 'done' } } });
        return;
      }
      log.warn(`Form: ${message.type} failed: ${problem.code}`);
      const told: Told = {
        problem,
        context: this.#contextOf(this.#draft.current, 'recipients', toSend(this.#draft.current)),
      };
      if (message.type === 'search') {
        this.#hint = told;
      } else {
        this.#told = told;
        this.#post();
      }
      page.post({ type: 'reply', id, result: { ok: false, problem: this.#view(told) } });
    }
  }

  async #answer(message: Extract<FromForm, { id: number }>): Promise<ReplyValue> {
    switch (message.type) {
      case 'send':
        return { kind: 'sent', outcome: await this.#send(message) };
      case 'search':
        return await this.#search(message.query);
      case 'fix':
        await this.#fix(message.fix);
        return { kind: 'done' };
      case 'command':
        await this.#command(message.command);
        return { kind: 'done' };
      case 'kept':
        this.#draft[message.action](message.key);
        this.#post();
        return { kind: 'done' };
    }
  }

  #write(message: Extract<FromForm, { type: 'edit' | 'send' }>): boolean {
    const { generation, edit, written } = message;
    const account = this.#account;
    if (this.#phase.kind !== 'idle' || !this.#draft.write(account, { generation, edit }, written)) {
      this.#post();
      return false;
    }
    this.#otherPortal &&= written.recipients.length === 0;
    if (message.type === 'edit') {
      this.#deps.page.post({ type: 'checked', generation, edit, issues: this.#issues() });
    }
    if (account) {
      void this.#nameIds(account, written.recipients);
    }
    return true;
  }

  async #nameIds(account: Account, ids: readonly number[]): Promise<void> {
    if (await this.#deps.people.resolve(account, ids)) {
      if (this.#phase.kind === 'idle' && this.#account?.id === account.id) {
        this.#draft.name(account);
      }
      this.#post();
    }
  }

  async #send(message: Extract<FromForm, { type: 'send' }>): Promise<string> {
    if (this.#phase.kind !== 'idle') {
      return 'busy';
    }
    if (!this.#write(message)) {
      return 'replaced';
    }
    return (await this.#travel(this.#addressed(message.to), message.to)).kind;
  }

  /** The present draft, to the people in it or to oneself alone. */
  #addressed(to: To): Draft {
    const account = this.#account;
    const draft = this.#draft.current;
    return to === 'me' && account
      ? { ...draft, recipients: [{ id: account.userId, name: account.userName }] }
      : draft;
  }

  async #travel(
    draft: Draft,
    to: To,
    options: Pick<SendOptions, 'again' | 'sendAnyway'> = {},
  ): Promise<Outcome> {
    if (this.#phase.kind !== 'idle') {
      return { kind: 'cancelled' };
    }
    const { page, road, tell } = this.#deps;
    const abort = new AbortController();
    this.#abort = abort;
    this.#accepted = undefined;
    this.#told = undefined;
    this.#setPhase({ kind: 'sending' });
    let outcome: Outcome;
    try {
      outcome = await road.send(draft, {
        ...options,
        origin: 'form',
        signal: abort.signal,
        onWait: (wait) => {
          this.#setPhase(wait ? { kind: 'waiting', until: wait.until } : { kind: 'sending' });
        },
      });
    } finally {
      this.#abort = undefined;
      this.#phase = idle;
    }
    if (outcome.kind === 'accepted' && to === 'recipients') {
      this.#draft.chooseAgain(draft);
    }
    const context = this.#contextOf(draft, to, leftOf(draft, outcome), outcome.kind === 'partly');
    this.#tellHere(outcome, context);
    this.#post();
    if (!page.onScreen() && outcome.kind !== 'cancelled') {
      await tell(outcome, context);
    }
    return outcome;
  }

  #tellHere(outcome: Outcome, context: ProblemContext): void {
    this.#accepted = undefined;
    this.#told = undefined;
    if (outcome.kind === 'accepted') {
      const { at, count, host } = outcome;
      this.#accepted = { at, count, host };
      return;
    }
    if (outcome.kind === 'invalid' && outcome.issues.every(({ field }) => field !== 'account')) {
      // The fields say it themselves.
      return;
    }
    const problem = this.#deps.problemOf(outcome, { host: context.account?.host, draftKept: true });
    const { draft } = context;
    this.#told = problem && {
      problem,
      context,
      ...(outcome.kind === 'unknown' && draft
        ? { settled: () => !this.#deps.drafts.unknownLike(draft) }
        : {}),
    };
  }

  /** What the fixes of a push's trouble work on. A push of unknown fate is repeated as it was, any other as it is now. */
  #contextOf(
    draft: Draft,
    to: To,
    left: FollowUps,
    partly = false,
  ): OutcomeContext & ProblemContext {
    const { drafts } = this.#deps;
    const { rest } = left;
    const unknown = rest ? undefined : left.unknown;
    const account = this.#list.find(({ id }) => id === draft.accountId) ?? this.#account;
    return {
      account,
      draft,
      retry: async (now?: Account) => {
        if (now && now.id !== account?.id && !unknown) {
          await this.#goOnAs(now.id);
        }
        await this.#travel(unknown ?? this.#addressed(to), to, {
          again: true,
          sendAnyway: unknown !== undefined,
        });
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
      discard: async () => {
        const pending = drafts.unknownLike(left.unknown ?? draft);
        if (pending) {
          drafts.settle(pending.id);
          await drafts.flush();
        }
      },
    };
  }

  async #fix(id: string): Promise<void> {
    const told = [this.#shown(), this.#hint].find((one) =>
      one?.problem.fixes.some((fix) => fix === id),
    );
    const fix = told?.problem.fixes.find((offered) => offered === id);
    if (!told || !fix || this.#phase.kind !== 'idle' || this.#fixing.has(fix)) {
      return;
    }
    this.#fixing.add(fix);
    try {
      const account = await this.#deps.fixes.run(fix, told.context);
      if ((account || fix === 'discard') && told === this.#told) {
        this.#told = undefined;
      }
      if (account) {
        await this.#goOnAs(account.id);
      }
    } finally {
      this.#fixing.delete(fix);
      this.#post();
    }
  }

  async #command(command: FormCommand): Promise<void> {
    const result = await this.#deps.run(command, this.#account);
    const chosen = v.safeParse(v.object({ id: v.string() }), result);
    if (chosen.success) {
      await this.#goOnAs(chosen.output.id);
    }
  }

  /** A restored draft can belong to another account than the current one: choosing one moves it. */
  async #goOnAs(accountId: string): Promise<void> {
    await this.#readAccounts();
    const account = this.#list.find(({ id }) => id === accountId);
    if (account) {
      this.#moveTo(account);
      this.#post();
    }
  }

  async #search(query: string): Promise<ReplyValue> {
    const account = this.#account;
    if (!account) {
      return { kind: 'people', people: [] };
    }
    const found = await this.#deps.people.find(account, query);
    this.#hint = undefined;
    if (found.missingScope) {
      const error = new Bitrix24Error({
        kind: 'server',
        phase: 'answered',
        code: 'insufficient_scope',
        host: account.host,
      });
      const about = { host: account.host, scope: found.missingScope };
      const problem = this.#deps.problemOf(error, about);
      this.#hint = problem && { problem, context: { account } };
    }
    const hint = this.#hint && { hint: this.#view(this.#hint) };
    return { kind: 'people', people: found.people, ...hint };
  }

  async #readAccounts(): Promise<void> {
    const number = ++this.#reading;
    const { accounts, problemOf, log } = this.#deps;
    try {
      const [list, current] = [await accounts.list(), await accounts.current()];
      if (number !== this.#reading) {
        return;
      }
      const before = this.#current;
      this.#list = list;
      this.#current = current;
      const { accountId } = this.#draft.current;
      const chosenAnew = before !== undefined && current?.id !== before.id;
      const gone = accountId !== undefined && !list.some(({ id }) => id === accountId);
      if (current && (chosenAnew || gone)) {
        this.#moveTo(current);
      }
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      log.error(`Form: accounts could not be read: ${failure.message}`);
      const problem = problemOf(failure, { draftKept: true });
      this.#told = problem && { problem, context: {} };
    }
    const account = this.#account;
    if (account) {
      this.#deps.people.learn(account.id, this.#draft.current.recipients);
    }
    this.#post();
  }

  #moveTo(account: Account): void {
    this.#otherPortal = this.#draft.moveTo(account);
  }

  /** The account that the draft goes out from. */
  get #account(): Account | undefined {
    const { accountId } = this.#draft.current;
    return this.#list.find(({ id }) => id === accountId) ?? this.#current;
  }

  /** The latest trouble, else a push whose fate nobody knows: that one stays until it is decided. */
  #shown(): Told | undefined {
    if (this.#told?.settled?.()) {
      this.#told = undefined;
    }
    if (this.#told) {
      return this.#told;
    }
    const pending = this.#deps.drafts.pendings.findLast(({ state }) => state === 'unknown');
    if (!pending) {
      return undefined;
    }
    const { host, draft } = pending;
    const error = new Bitrix24Error({
      kind: 'timeout',
      phase: 'noAnswer',
      code: 'STILL_UNKNOWN',
      host,
    });
    const problem = this.#deps.problemOf({ kind: 'unknown', error }, { host, draftKept: true });
    const left = { rest: undefined, unknown: draft };
    return problem && { problem, context: this.#contextOf(draft, 'recipients', left) };
  }

  #setPhase(phase: PhaseView): void {
    this.#phase = phase;
    this.#post();
  }

  #issues(): FormState['issues'] {
    return checkDraft(this.#draft.current, this.#account)
      .filter(({ field }) => field !== 'account')
      .map(({ field, code }) => ({ field, code }));
  }

  #post(): void {
    if (this.#ready) {
      this.#deps.page.post({ type: 'state', state: this.#state() });
    }
  }

  #state(): FormState {
    const account = this.#account;
    const { recipients, text, avatar, location } = this.#draft.current;
    const shown = this.#shown();
    return {
      ...(account ? { account: viewOf(account) } : {}),
      accounts: this.#list.length,
      draft: {
        ...this.#draft.stamp,
        recipients: recipients.map(({ id, name, position, photo }) => ({
          id,
          ...(name ? { name } : {}),
          ...(position ? { position } : {}),
          ...(photo ? { photo } : {}),
          ...(account ? this.#deps.people.person(account.id, id) : {}),
        })),
        text,
        avatar,
        ...(location ? { location: { ...location } } : {}),
      },
      issues: this.#issues(),
      kept: this.#draft.kept,
      otherPortal: this.#otherPortal,
      phase: this.#phase,
      ...(this.#accepted ? { accepted: this.#accepted } : {}),
      ...(shown ? { problem: this.#view(shown) } : {}),
    };
  }

  #view({ problem, context }: Told): ProblemView {
    const { code, message, severity, fixes } = problem;
    return {
      code,
      message,
      severity,
      fixes: fixes.map((id) => ({ id, label: this.#deps.fixes.label(id, context) })),
    };
  }
}

/** Nothing of it has left yet. */
function toSend(draft: Draft): FollowUps {
  return { rest: draft, unknown: undefined };
}

/** What the page may know of an account. */
function viewOf(account: Account): NonNullable<FormState['account']> {
  const { id, host, userId, userName, administrator, senderName, clientId } = account;
  return {
    id,
    host,
    userId,
    userName,
    clientId,
    ...(administrator === undefined ? {} : { administrator }),
    ...(senderName === undefined ? {} : { senderName }),
  };
}
