import { Bitrix24Error } from '../bitrix24/errors';
import type { About } from '../problems/catalogue';
import type { FixId, Problem, ProblemContext } from '../problems/problem';
import type { PushRecord } from '../push/outbox/pushRecord';
import { unknownOfRecord } from '../push/outbox/recordOutcome';
import type { Outcome } from '../push/outcome';
import type { FormWaiting } from './formWaiting';

export interface FormTroublesDeps {
  waiting: Pick<FormWaiting, 'unknown' | 'unknownLike' | 'has'>;
  problemOf: (what: Outcome | Error, about?: About) => Problem | undefined;
  /** What the fixes of a push of unknown fate work on. */
  contextOf: (unknown: PushRecord) => ProblemContext;
}

/** A problem in the form, and what its fixes work on. */
export interface Trouble {
  problem: Problem;
  context: ProblemContext;
  /** Only for an unknown fate: whether somebody has decided it elsewhere. */
  settled?: () => boolean;
}

/** What went wrong, as far as the form shows it: one problem of pushes or accounts, one hint about the search. */
export class FormTroubles {
  readonly #deps: FormTroublesDeps;
  #latest: Trouble | undefined;
  #hint: Trouble | undefined;

  constructor(deps: FormTroublesDeps) {
    this.#deps = deps;
  }

  /** Takes the place of what was told before; outcomes that are no trouble clear it. */
  tell(what: Outcome | Error, context: ProblemContext): void {
    const { waiting, problemOf } = this.#deps;
    const problem = saidByFields(what)
      ? undefined
      : problemOf(what, { host: context.account?.host, draftKept: true });
    const { draft } = context;
    const unknown =
      'kind' in what && what.kind === 'unknown' ? draft && waiting.unknownLike(draft) : undefined;
    this.#latest = problem && {
      problem,
      context,
      ...(unknown && { settled: () => !waiting.has(unknown.id) }),
    };
  }

  /** Why nobody can be found by name; undefined: somebody can. */
  hint(error: Error | undefined, context: ProblemContext, about?: About): Trouble | undefined {
    const problem = error && this.#deps.problemOf(error, about);
    this.#hint = problem && { problem, context };
    return this.#hint;
  }

  /** The latest trouble, else a push whose fate nobody knows: that one stays until it is decided. */
  get shown(): Trouble | undefined {
    if (this.#latest?.settled?.()) {
      this.#latest = undefined;
    }
    if (this.#latest) {
      return this.#latest;
    }
    const { unknown } = this.#deps.waiting;
    if (!unknown) {
      return undefined;
    }
    const { host } = unknown;
    const error = new Bitrix24Error({
      kind: 'timeout',
      phase: 'noAnswer',
      code: 'STILL_UNKNOWN',
      host,
    });
    const people = unknownOfRecord(unknown)?.recipients ?? [];
    const about = { host, draftKept: true, earlier: { at: unknown.at, people } };
    const problem = this.#deps.problemOf({ kind: 'unknown', error }, about);
    return problem && { problem, context: this.#deps.contextOf(unknown) };
  }

  /** The fix of this name and what it belongs to, if it is offered now. */
  offered(name: string): { fix: FixId; trouble: Trouble } | undefined {
    for (const trouble of [this.shown, this.#hint]) {
      const fix = trouble?.problem.fixes.find((offered) => offered === name);
      if (trouble && fix) {
        return { fix, trouble };
      }
    }
    return undefined;
  }

  clear(trouble = this.#latest): void {
    if (trouble === this.#latest) {
      this.#latest = undefined;
    }
  }
}

/** The fields say themselves what is wrong with them. */
function saidByFields(what: Outcome | Error): boolean {
  return (
    'kind' in what &&
    what.kind === 'invalid' &&
    'issues' in what &&
    what.issues.every(({ field }) => field !== 'account')
  );
}
