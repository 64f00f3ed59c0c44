import { Bitrix24Error } from '../bitrix24/errors';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import type { Log } from '../common/log';
import type { About } from '../problems/catalogue';
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
  /** `text`: the draft's text, which the fault may have a place in. */
  ofIssue: (issue: DraftIssue, text: string) => string;
}

export interface FormProblemsDeps {
  service: Pick<PushService, 'open' | 'onDidChange'>;
  sentences: ProblemSentences;
  fixes: Pick<Fixes, 'label'>;
  log: Log;
  /** Returns what the fixes of an earlier push work on. */
  contextOf: (push: Push) => ProblemContext;
  /** Called when another problem may have to be shown. */
  changed: () => void;
}

/** A problem in the form, and what its fixes work on. */
export interface FormProblem {
  problem: Problem;
  context: ProblemContext;
  /** The undecided push that it is about: once that is decided anywhere, nothing is left to tell. */
  undecided?: string;
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

  /** Shows what came of a push in place of the problem before; a result that is no problem clears that one. */
  showResult(result: SendResult, context: ResultContext): void {
    const problem = isSaidByFields(result)
      ? undefined
      : this.#deps.sentences.ofResult(result, aboutOf(context));
    const { push } = context;
    const isUndecided =
      push !== undefined &&
      actionsOf(push).includes('sendAnyway') &&
      this.#waiting.some(({ id }) => id === push.id);
    this.#latest = problem && { problem, context, ...(isUndecided && { undecided: push.id }) };
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
    const { shown } = this;
    return shown && this.#viewOf(shown);
  }

  /** The latest problem, else that of the newest push that may have been accepted: it stays until it is decided. */
  get shown(): FormProblem | undefined {
    const undecided = this.#latest?.undecided;
    if (undecided !== undefined && !this.#waiting.some(({ id }) => id === undecided)) {
      this.#latest = undefined;
    }
    if (this.#latest) {
      return this.#latest;
    }
    const { sentences, contextOf } = this.#deps;
    const earlier = this.#waiting.findLast((push) => summaryOf(push).counts.unknown > 0);
    return earlier && { problem: sentences.ofEarlier(earlier), context: contextOf(earlier) };
  }

  /** The fix of this name and the problem that offers it now. */
  offered(name: string): { fix: FixId; shown: FormProblem } | undefined {
    for (const shown of [this.shown, this.#hint]) {
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
    const labelled = fixes.map((id) => ({ id, label: this.#deps.fixes.label(id, context) }));
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
