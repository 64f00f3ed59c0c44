import * as v from 'valibot';
import type { Account, Accounts } from '../accounts/account';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import type { PeopleSearch } from '../people/peopleSearch';
import type { Recipient } from '../people/recipient';
import type { FixId, Fixes } from '../problems/problem';
import { checkDraft } from '../push/checkDraft';
import type { DraftStore } from '../push/draftStore';
import type { PersonFacts } from '../push/personFacts';
import type { PushService } from '../push/pushService';
import type { TellResult } from '../push/sendWithProgress';
import { FormAccounts } from './formAccounts';
import { FormDelivery } from './formDelivery';
import type { FormDeliveryDeps } from './formDelivery';
import { FormDepartments } from './formDepartments';
import type { FormDepartmentsDeps } from './formDepartments';
import { markWorkspaceGroups } from '../people/groups';
import { FormDraft } from './formDraft';
import type { FormDraftAudience } from './formDraft';
import { FormPeople } from './formPeople';
import { FormPersonFacts } from './formPersonFacts';
import { FormProblems, type ProblemSentences } from './formProblems';
import { FormSearch } from './formSearch';
import type { FormSearchDeps } from './formSearch';
import { FormSending, outcomeOf } from './formSending';
import { accountView, draftView, withPersonFacts } from './formViews';
import { parseFromForm } from './protocol';
import type {
  Checked,
  FormCommand,
  FormState,
  FromForm,
  ProblemView,
  ReplyValue,
  ToForm,
} from './protocol';

export interface FormControllerDeps extends FormDepartmentsDeps, FormDeliveryDeps, FormSearchDeps {
  people: Pick<PeopleSearch, 'prepare' | 'search' | 'matchOf' | 'resolveIds'>;
  accounts: Pick<Accounts, 'onDidChange' | 'list' | 'current'>;
  drafts: DraftStore;
  service: Pick<PushService, 'send' | 'act' | 'open' | 'onDidChange'>;
  /** Reads what texts may say about people. */
  personFacts: PersonFacts;
  /** The words of the page, see `init` in protocol.ts. */
  language: { locale: string; strings: Record<string, string> };
  sentences: ProblemSentences;
  fixes: Fixes;
  /** Runs one of the commands that the form has buttons for; `person`: the one that it is about. */
  run(command: FormCommand, account: Account | undefined, person?: Recipient): Promise<unknown>;
  /** Tells a result when the form is not on screen any more. */
  tell: TellResult;
  /** Says that another window has decided what became of a push. */
  tellTakenCareOf: () => void;
  page: FormPage;
}

/** The page as a seam. */
export interface FormPage {
  post(message: ToForm): void;
  onScreen(): boolean;
}

type Request = Extract<FromForm, { id: number }>;

/** The form without its window: answers what the page asks for, and posts the state that the page draws. */
export class FormController implements Disposable {
  readonly #deps: FormControllerDeps;
  readonly #owned = new DisposableStore();
  readonly #people: FormPeople;
  readonly #departments: FormDepartments;
  readonly #draft: FormDraft;
  readonly #delivery: FormDelivery;
  readonly #accounts: FormAccounts;
  readonly #personFacts: FormPersonFacts;
  readonly #problems: FormProblems;
  readonly #sending: FormSending;
  readonly #search: FormSearch;
  readonly #fixing = new Set<FixId>();
  #ready = false;

  constructor(deps: FormControllerDeps) {
    this.#deps = deps;
    const { drafts, page } = deps;
    this.#people = new FormPeople(deps);
    this.#departments = new FormDepartments(deps);
    const audience: FormDraftAudience = {
      nameOf: (accountId, id) => this.#departments.view(accountId, { id, reach: 'tree' }).name,
      marked: ({ host }, chosen) => markWorkspaceGroups(chosen, deps.groups.list(host)),
    };
    this.#draft = this.#owned.add(new FormDraft(drafts, this.#people, audience));
    this.#delivery = this.#owned.add(
      new FormDelivery(deps, (found) => this.#post({ type: 'hints', ...found })),
    );
    this.#accounts = new FormAccounts(deps.accounts, this.#draft);
    this.#personFacts = this.#owned.add(new FormPersonFacts(deps.personFacts, deps.log));
    this.#problems = this.#owned.add(
      new FormProblems({
        ...deps,
        changed: () => this.#post(),
      }),
    );
    this.#sending = new FormSending({
      ...{ ...deps, draft: this.#draft, accounts: this.#accounts },
      ...{ problems: this.#problems, delivery: this.#delivery },
      goOnAs: (accountId) => this.#goOnAs(accountId),
      draw: (what) => {
        if (what === 'state') {
          this.#post();
          this.#askAboutPeople();
        } else {
          this.#post({ type: 'phase', phase: this.#sending.phase });
        }
      },
      isOnScreen: () => page.onScreen(),
    });
    const [people, departments, problems] = [this.#people, this.#departments, this.#problems];
    this.#search = this.#owned.add(
      new FormSearch(deps, { people, departments, problems }, () =>
        this.#post({ type: 'peopleRead' }),
      ),
    );
    this.#listen();
  }

  dispose(): void {
    this.#sending.cancel();
    this.#owned.dispose();
  }

  /** Handles a message from the page, whatever it is. */
  async receive(data: unknown): Promise<void> {
    const message = parseFromForm(data);
    if (!message) {
      this.#deps.log.warn('Form: a message of unknown shape or size was dropped.');
      return;
    }
    if ('id' in message) {
      await this.#reply(message);
      return;
    }
    switch (message.type) {
      case 'ready':
        this.#deps.page.post({ type: 'init', ...this.#deps.language });
        await Promise.all([this.#deps.drafts.ready, this.#problems.read()]);
        this.#ready = true;
        this.#delivery.reset();
        await this.#readAccounts();
        this.#post({ type: 'pastTexts', texts: [...this.#draft.pastTexts] });
        break;
      case 'edit':
        this.#write(message);
        break;
      case 'cancel':
        this.#sending.cancel();
        break;
      case 'fault':
        this.#deps.log.error(`Form: the page failed at ${message.where}.`);
        break;
    }
  }

  /** The page was taken away; nothing is posted until it says `ready` again. */
  pageGone(): void {
    this.#ready = false;
  }

  #listen(): void {
    const { accounts, directories } = this.#deps;
    this.#owned.add(
      this.#draft.onDidChange(() => {
        this.#post();
        this.#askAboutPeople();
        this.#nameChosen();
      }),
    );
    this.#owned.add(
      directories.onDidChange((accountId) => {
        if (this.#ready && accountId === this.#accounts.shown?.id) {
          if (this.#draft.current.departments.length > 0) {
            this.#post();
          }
          this.#post({ type: 'peopleRead' });
        }
      }),
    );
    this.#owned.add(
      accounts.onDidChange(() => {
        if (this.#ready) {
          void this.#readAccounts();
        }
      }),
    );
  }

  async #reply(message: Request): Promise<void> {
    const { id, type } = message;
    const { page, log } = this.#deps;
    try {
      const value = await this.#answer(message);
      page.post({ type: 'reply', id, result: { ok: true, value } });
    } catch (error) {
      const problem = this.#showFailure(type, error);
      log.warn(`Form: ${type} failed: ${problem?.code ?? 'cancelled'}`);
      page.post({
        ...{ type: 'reply', id },
        result: problem ? { ok: false, problem } : { ok: true, value: { kind: 'done' } },
      });
    }
  }

  #showFailure(type: Request['type'], error: unknown): ProblemView | undefined {
    const failure = error instanceof Error ? error : new Error(String(error));
    const context = this.#sending.contextOfDraft();
    if (type === 'search' || type === 'match') {
      return this.#problems.hint(failure, context);
    }
    this.#problems.showError(failure, context);
    this.#post();
    return this.#problems.view;
  }

  async #answer(message: Request): Promise<ReplyValue> {
    const account = this.#accounts.shown;
    switch (message.type) {
      case 'send':
        return { kind: 'sent', outcome: await this.#send(message) };
      case 'search':
        return await this.#search.search(account, message.query);
      case 'match':
        return await this.#search.match(account, message.text);
      case 'fix':
        await this.#fix(message.fix);
        return { kind: 'done' };
      case 'command':
        await this.#command(message.command, message.person);
        return { kind: 'done' };
      case 'kept':
        this.#draft[message.action](message.draftId);
        if (message.action === 'restore') {
          this.#accounts.peopleAreRight();
        }
        this.#post();
        return { kind: 'done' };
    }
  }

  async #send(message: Extract<FromForm, { type: 'send' }>): Promise<string> {
    if (!this.#sending.isIdle) {
      return 'busy';
    }
    if (!this.#write(message)) {
      return 'replaced';
    }
    return outcomeOf(await this.#sending.send(message.to));
  }

  #write(message: Extract<FromForm, { type: 'edit' | 'send' }>): boolean {
    const { generation, edit } = message;
    const account = this.#accounts.shown;
    const { text, recipients, departments, location } = this.#draft.current;
    const written = {
      ...message.written,
      recipients: message.written.recipients ?? recipients.map(({ id }) => id),
      departments: message.written.departments ?? departments,
    };
    if (!this.#sending.isIdle || !this.#draft.write(account, { generation, edit }, written)) {
      this.#post();
      return false;
    }
    if (written.recipients.length + written.departments.length > 0) {
      this.#accounts.peopleAreRight();
    }
    // Beside the next text it would seem to be about that one.
    const isOver = written.text !== text && this.#sending.forgetAccepted();
    const isElsewhere = (this.#draft.current.location === undefined) !== (location === undefined);
    if (this.#problems.edited() || isOver || isElsewhere) {
      this.#post();
    }
    if (message.type === 'edit') {
      this.#deps.page.post({ type: 'checked', generation, edit, ...this.#checked() });
    }
    if (account) {
      if (this.#draft.current.recipients !== recipients) {
        const before = new Set(recipients.map(({ id }) => id));
        const isNew = written.recipients.some((id) => !before.has(id));
        void this.#nameIds(account, written.recipients, isNew);
      }
      this.#askAboutPeople();
    }
    return true;
  }

  /** Names people who came as ids, by a link or from an earlier window: users must see whom they were given. */
  #nameChosen(): void {
    const account = this.#accounts.shown;
    if (account && this.#ready) {
      const ids = this.#draft.current.recipients.map(({ id }) => id);
      void this.#nameIds(account, ids, false);
    }
  }

  /** `isNew`: the page may not know somebody whom we know since before it was opened. */
  async #nameIds(account: Account, ids: readonly number[], isNew: boolean): Promise<void> {
    const learnt = await this.#people.resolve(account, ids);
    if (learnt && this.#sending.isIdle && this.#accounts.shown?.id === account.id) {
      this.#draft.name(account);
    }
    if (learnt || isNew) {
      this.#post();
    }
  }

  /** Asks, for the preview, what the text says about its people and what speaks against a push to them. */
  #askAboutPeople(): void {
    const account = this.#accounts.shown;
    if (account && this.#ready) {
      const { current } = this.#draft;
      const ids = current.recipients.map(({ id }) => id);
      this.#delivery.ask(account.id, ids);
      void this.#personFacts.ask(account, current).then((learnt) => {
        if (learnt) {
          this.#post();
        }
      });
    }
  }

  async #fix(name: string): Promise<void> {
    const offered = this.#problems.offered(name);
    if (!offered || !this.#sending.isIdle || this.#fixing.has(offered.fix)) {
      return;
    }
    const { fix, shown } = offered;
    this.#fixing.add(fix);
    try {
      const account = await this.#deps.fixes.run(fix, shown.context);
      if (account || fix === 'discard' || fix === 'markAsSent') {
        this.#problems.clear(shown);
      }
      if (account) {
        await this.#goOnAs(account.id);
        if (fix !== 'switchAccount') {
          this.#problems.showSignedIn(account);
        }
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

  async #readAccounts(): Promise<void> {
    try {
      await this.#accounts.read();
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      this.#deps.log.error(`Form: accounts could not be read: ${failure.message}`);
      this.#problems.showError(failure, {});
    }
    const account = this.#accounts.shown;
    if (account) {
      this.#people.learn(account, this.#draft.current.recipients);
      this.#nameChosen();
      this.#deps.people.prepare(account.id);
      void this.#departments.prepare(account.id).then((learnt) => {
        if (learnt && this.#draft.current.departments.length > 0) {
          this.#post();
        }
      });
    }
    this.#post();
    this.#askAboutPeople();
  }

  /** Posts a message, else the whole state, if a page is there. */
  #post(message?: ToForm): void {
    if (this.#ready) {
      this.#deps.page.post(message ?? { type: 'state', state: this.#state() });
    }
  }

  #checked(): Checked {
    const draft = this.#draft.current;
    const account = this.#accounts.shown;
    const plan = account && this.#personFacts.planOf(account, draft);
    const approximatePeople = account && this.#departments.approximatePeople(account.id, draft);
    return {
      issues: this.#problems.ofFields(
        draft,
        checkDraft(draft, account, account && this.#personFacts.extremesOf(account, draft)),
      ),
      ...(plan && { plan }),
      ...(approximatePeople !== undefined && { approximatePeople }),
    };
  }

  #state(): FormState {
    const account = this.#accounts.shown;
    const { accepted, phase } = this.#sending;
    const { view: problem, earlierView: earlier } = this.#problems;
    const person = (id: number) =>
      account
        ? withPersonFacts(this.#people.person(account.id, id), this.#personFacts.of(account.id, id))
        : { id };
    return {
      ...(account && { account: accountView(account) }),
      accounts: this.#accounts.count,
      draft: draftView(this.#draft.current, this.#draft.stamp, account?.host, person, (one) =>
        this.#departments.view(account?.id ?? '', one),
      ),
      ...this.#checked(),
      kept: this.#draft.kept,
      ...(!this.#deps.drafts.isSaved && { isUnsaved: true }),
      otherPortal: this.#accounts.otherPortal,
      phase,
      ...(accepted && { accepted }),
      ...(problem && { problem }),
      ...(earlier && { earlier }),
    };
  }
}
