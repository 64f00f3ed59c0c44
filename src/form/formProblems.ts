import type { Account } from '../accounts/account';
import { Bitrix24Error } from '../bitrix24/errors';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';
import type { About } from '../problems/catalogue';
import { canRun } from '../problems/canRun';
import type { FixId, Fixes, Problem, ProblemContext } from '../problems/problem';
import type { DraftIssue } from '../push/checkDraft';
import type { Draft } from '../push/draft';
import { actionsOf, summaryOf } from '../push/push';
import type { Push, ResultContext } from '../push/push';
import type { PushService, SendResult } from '../push/pushService';
import type { IssueView, ProblemView } from './protocol';

/** The sentences of the catalogue of problems, as a seam: they need VS Code. */
export interface ProblemSentences {
  ofError: (error: Error, about: About) => Problem | undefined;
  ofResult: (result: SendResult, about: About) => Problem | undefined;
  ofEarlier: (push: Push) => Problem;
  ofSignedIn: (account: Account) => Problem;
  /** `text`: the draft's text, which the fault may have a place in. */
  ofIssue: (issue: DraftIssue, text: string) => string;
}

export interface FormProblemsDeps {
  service: Pick<PushService, 'open' | 'onDidChange'>;
  sentences: ProblemSentences;
  fixes: Pick<Fixes, 'label'>;
  log: Log;
  /** Called when another problem may have to be shown. */
  changed: () => void;
}

/** A problem in the form, and what its fixes work on. */
export interface FormProblem {
  problem: Problem;
  context: ProblemContext;
  /** The undecided push that it is about: once that is decided anywhere, nothing is left to tell. */
  undecided?: string | undefined;
  /** False once something else is written than it is about. Then its buttons would send another push than Send does. */
  isCurrent?: (() => boolean) | undefined;
}

/** The problems that the form shows: one of pushes or accounts, and one hint about the search for people. */
export class FormProblems implements Disposable {
  readonly #deps: FormProblemsDeps;
  readonly #owned = new DisposableStore();
  #latest: FormProblem | undefined;
  #hint: FormProblem | undefined;
  /** Pushes of any window that wait for their user, as last read. */
  #waiting: readonly Push[] = [];
  #reads = 0;
  /** True if something was written since somebody signed in. */
  #isEdited = false;

  constructor(deps: FormProblemsDeps) {
    this.#deps = deps;
    this.#owned.add(deps.service.onDidChange(() => void this.read().then(deps.changed)));
  }

  /** Reads which pushes wait: other windows send and decide, too. Never rejects. */
  async read(): Promise<void> {
    const read = ++this.#reads;
    try {
      const pushes = await this.#deps.service.open();
      if (read === this.#reads) {
        // Without an end it is being sent, perhaps by another window.
        this.#waiting = pushes.filter(({ endedAt }) => endedAt !== undefined);
      }
    } catch (error) {
      this.#deps.log.warn(`Form: pushes that wait could not be read: ${String(error)}`);
    }
  }

  /**
   * Shows what came of a push in place of the problem before; a result that is no problem clears that one.
   * `isWritten`: returns true as long as the push's draft is in the form as it was sent.
   */
  showResult(result: SendResult, context: ResultContext, isWritten: () => boolean): void {
    const problem = isSaidByFields(result)
      ? undefined
      : this.#deps.sentences.ofResult(result, aboutOf(context));
    const { push } = context;
    const actions = push ? actionsOf(push) : [];
    const isUndecided =
      actions.includes('sendAnyway') && this.#waiting.some(({ id }) => id === push?.id);
    const isCurrent = actions.some((action) => action === 'sendAnyway' || action === 'sendToRest')
      ? isWritten
      : undefined;
    this.#latest = problem && {
      ...{ problem, context },
      undecided: isUndecided ? push?.id : undefined,
      isCurrent,
    };
  }

  /** Says that somebody has signed in, until something is written or sent. */
  showSignedIn(account: Account): void {
    const problem = this.#deps.sentences.ofSignedIn(account);
    this.#latest = { problem, context: { account }, isCurrent: () => !this.#isEdited };
    this.#isEdited = false;
  }

  /** Takes away what is not true of the draft any more. Returns true if something went. */
  edited(): boolean {
    const before = this.#latest;
    this.#isEdited = true;
    return this.shown !== before;
  }

  showError(error: Error, context: ProblemContext): void {
    const problem = this.#deps.sentences.ofError(error, aboutOf(context));
    this.#latest = problem && { problem, context };
  }

  /** Remembers why people cannot be found, so that its fixes can run; undefined: they can be found. */
  hint(error: Error | undefined, context: ProblemContext): ProblemView | undefined {
    const host = context.account?.host;
    const problem = error && this.#deps.sentences.ofError(error, { host });
    this.#hint = problem && { problem, context };
    return this.#hint && this.#viewOf(this.#hint);
  }

  /** Why people cannot be found by name: the application lacks this permission. */
  scopeHint(scope: string | undefined, context: ProblemContext): ProblemView | undefined {
    const code = 'insufficient_scope';
    const fields = { kind: 'server', phase: 'answered', code, scope } as const;
    return this.hint(scope === undefined ? undefined : new Bitrix24Error(fields), context);
  }

  /** The faults of the draft's fields; a missing account is no field. */
  ofFields({ text }: Draft, issues: readonly DraftIssue[]): IssueView[] {
    return issues.flatMap((issue) => {
      const { field, offset, length } = issue;
      const message = this.#deps.sentences.ofIssue(issue, text);
      return field === 'account' ? [] : [{ field, message, offset, length }];
    });
  }

  get view(): ProblemView | undefined {
    return this.shown && this.#viewOf(this.shown);
  }

  /** One line about the newest other push that may have been accepted: it stays until that is decided. */
  get earlierView(): ProblemView | undefined {
    return this.#earlier && this.#viewOf(this.#earlier);
  }

  /** The latest problem. */
  get shown(): FormProblem | undefined {
    const { undecided, isCurrent } = this.#latest ?? {};
    const isDecided = undecided !== undefined && !this.#waiting.some(({ id }) => id === undecided);
    if (isDecided || isCurrent?.() === false) {
      this.#latest = undefined;
    }
    return this.#latest;
  }

  get #earlier(): FormProblem | undefined {
    const told = this.shown?.undecided;
    const push = this.#waiting.findLast(
      (one) => one.id !== told && summaryOf(one).counts.unknown > 0,
    );
    return push && { problem: this.#deps.sentences.ofEarlier(push), context: { push } };
  }

  /** The fix of this name and the problem that offers it now. */
  offered(name: string): { fix: FixId; shown: FormProblem } | undefined {
    for (const shown of [this.shown, this.#earlier, this.#hint]) {
      const fix = shown?.problem.fixes.find((offered) => offered === name);
      if (shown && fix) {
        return { fix, shown };
      }
    }
    return undefined;
  }

  /** Forgets the latest problem, or only if it is this one. */
  clear(problem = this.#latest): void {
    if (problem === this.#latest) {
      this.#latest = undefined;
    }
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #viewOf({ problem, context }: FormProblem): ProblemView {
    const { code, message, severity, fixes } = problem;
    const labelled = fixes
      .filter((id) => id !== 'sendAsNotification' || canRun(id, context))
      .map((id) => ({ id, label: this.#deps.fixes.label(id, context) }));
    return { code, message, severity, fixes: labelled };
  }
}

function aboutOf({ account }: ProblemContext): About {
  return { host: account?.host, draftKept: true };
}

/** The fields say themselves what is wrong with them. */
function isSaidByFields(result: SendResult): boolean {
  return result.kind === 'invalid' && result.issues.every(({ field }) => field !== 'account');
}
