import type { Clock } from '../../common/clock';
import type { Disposable } from '../../common/dispose';
import type { DependentTask, ShownTask } from './dependsOn';
import { hasFailed } from './endedThing';
import type { EndedThing } from './endedThing';

export interface TaskGroupsDeps {
  /** All tasks that wait for others, as the files say now. */
  dependents: () => readonly DependentTask[];
  /** Called for each task that ended and belongs to no other, and for each that waited for others. */
  ended: (thing: EndedThing) => void;
  /** True for a task whose end is told by itself and at once, whatever it belongs to. */
  isAwaited: (execution: object) => boolean;
  clock: Clock;
}

/** Parts of one run start together, or right after another one has ended, and the end of the whole follows at once. */
const followsWithinMs = 5_000;
/** A failure does not wait longer for others that run, and nothing waits longer for one that watches: it may never end. */
const othersRunMs = 60_000;

/** A task that waits for others may have been started: parts of it run, or have just ended. */
interface Run {
  of: DependentTask;
  startedAt: number;
  changedAt: number;
  running: Map<object, ShownTask>;
  /** Ends that are not told yet: they are this run's if the end of its own task comes. */
  held: Map<object, EndedThing>;
  /** The task itself runs, so that all that waited for it was its own. */
  own: object | undefined;
  /** A failure of it was told already. */
  isTold: boolean;
  wait: AbortController | undefined;
}

/**
 * Tells a task that waits for others once, by its parts. VS Code tells neither that a compound task starts nor what
 * belongs to it, so the end of a part is held until it is clear whose it is.
 */
export class TaskGroups implements Disposable {
  readonly #deps: TaskGroupsDeps;
  readonly #runs = new Set<Run>();
  /** Executions that are over; VS Code tells some ends twice. */
  readonly #over = new WeakSet();
  readonly #started = new Map<object, number>();

  constructor(deps: TaskGroupsDeps) {
    this.#deps = deps;
  }

  /** Unix ms; undefined where nobody saw the start. */
  startOf(execution: object): number | undefined {
    return this.#started.get(execution);
  }

  /** The process of a task has started. */
  started(task: ShownTask): void {
    const now = this.#deps.clock.now();
    const { execution } = task;
    if (this.#started.has(execution)) {
      return;
    }
    this.#started.set(execution, now);
    const own = this.#runOf(task);
    if (own && !runsInForeground(own)) {
      own.own = execution;
      own.wait?.abort();
      this.#takeFromOthers(own);
    }
    for (const dependent of this.#deps.dependents()) {
      if (dependent.includes(task)) {
        this.#join(dependent, task, now, own);
      }
    }
  }

  /** A task has ended. `code`: of its process; a task without one was not started, or is compound. */
  ended(task: ShownTask, code: number | undefined): void {
    const { execution } = task;
    if (this.#over.has(execution)) {
      return;
    }
    this.#over.add(execution);
    const endedAt = this.#deps.clock.now();
    const startedAt = this.#started.get(execution);
    this.#started.delete(execution);
    const run =
      startedAt === undefined
        ? this.#runOf(task)
        : [...this.#runs].find(({ own }) => own === execution);
    const thing = { ...thingOf(task), startedAt: run?.startedAt ?? startedAt, endedAt, code };
    if (startedAt !== undefined) {
      this.#pass(task, thing, run);
    } else if (run) {
      this.#pass(task, { ...thing, code: verdictOf([...run.held.values()]) }, run);
    }
  }

  dispose(): void {
    for (const { wait } of this.#runs) {
      wait?.abort();
    }
    this.#runs.clear();
  }

  /** The run that this task may have waited for. */
  #runOf({ name, scope }: ShownTask): Run | undefined {
    return [...this.#runs].find(
      ({ of, own }) => own === undefined && of.label === name && of.scope === scope,
    );
  }

  /** `within`: the task's own run, where it waited for others itself. */
  #join(of: DependentTask, task: ShownTask, now: number, within: Run | undefined): void {
    let run = [...this.#runs].find(
      (one) =>
        one.of.label === of.label &&
        one.of.scope === of.scope &&
        one.own === undefined &&
        (now - one.changedAt <= followsWithinMs ||
          [...one.running.values()].some(({ isBackground }) => isBackground)),
    );
    if (!run) {
      run = {
        ...{ of, startedAt: within?.startedAt ?? now, changedAt: now },
        ...{ running: new Map(), held: new Map(), own: undefined, isTold: false, wait: undefined },
      };
      this.#runs.add(run);
    }
    run.changedAt = now;
    run.running.set(task.execution, task);
    if (![...run.held.values()].some(hasFailed)) {
      run.wait?.abort();
    }
  }

  /** Hands an end on: to the runs that it may be a part of, else to the user. `over`: the run that ends with it. */
  #pass(task: ShownTask, thing: EndedThing, over: Run | undefined): void {
    const { execution } = task;
    const isAwaited = this.#deps.isAwaited(execution);
    const isTold = over?.isTold === true;
    const runs = [...this.#runs].filter(
      (run) =>
        !isTold &&
        run !== over &&
        (run.running.has(execution) || (over && run.of.includes(task) && sharesParts(run, over))),
    );
    for (const run of runs) {
      run.running.delete(execution);
      run.held.set(execution, thing);
      run.changedAt = thing.endedAt;
    }
    if (over) {
      this.#takeFromOthers(over);
      this.#close(over);
    }
    runs.forEach((run) => this.#watch(run));
    if (isAwaited || (runs.length === 0 && !isTold)) {
      this.#deps.ended(thing);
    }
  }

  /** Nothing that belongs to this run may be told by another one. */
  #takeFromOthers(run: Run): void {
    for (const other of this.#runs) {
      if (other !== run) {
        run.held.forEach((_, execution) => other.held.delete(execution));
        this.#closeIfEmpty(other);
      }
    }
  }

  /** Lets go of what is held when the run turns out to be none. */
  #watch(run: Run): void {
    run.wait?.abort();
    const failuresOnly = runsInForeground(run);
    const hasFailure = [...run.held.values()].some(hasFailed);
    if (run.own !== undefined || (failuresOnly && !hasFailure)) {
      return;
    }
    const wait = new AbortController();
    run.wait = wait;
    const ms = run.running.size > 0 ? othersRunMs : followsWithinMs;
    this.#deps.clock.sleep(ms, wait.signal).then(
      () => this.#letGo(run, failuresOnly),
      () => undefined,
    );
  }

  #letGo(run: Run, failuresOnly: boolean): void {
    if (this.#tellWhole(run)) {
      return;
    }
    for (const [execution, thing] of run.held) {
      if (!failuresOnly || hasFailed(thing)) {
        run.held.delete(execution);
        run.isTold ||= hasFailed(thing);
        const others = [...this.#runs].filter((other) => other.held.has(execution));
        if (failuresOnly) {
          others.forEach((other) => {
            other.held.delete(execution);
            other.isTold = true;
            this.#closeIfEmpty(other);
          });
        }
        if (failuresOnly || others.length === 0) {
          this.#deps.ended(thing);
        }
      }
    }
    if (!failuresOnly) {
      this.#closeIfEmpty(run);
    }
  }

  /**
   * VS Code does not tell the end of every compound task, e.g. of one that was started from its menu. Once all parts
   * have ended, that is the end of the whole.
   */
  #tellWhole(run: Run): boolean {
    const { of, held, startedAt } = run;
    const parts = [...held.values()];
    const last = parts.at(-1);
    const isOfLarger = [...this.#runs].some(
      (other) =>
        sharesParts(other, run) &&
        (other.running.size > 0 || (isWhole(other) && other.held.size > held.size)),
    );
    if (!last || !isWhole(run) || isOfLarger) {
      return false;
    }
    this.#takeFromOthers(run);
    this.#close(run);
    const { folder, source, endedAt } = last;
    const whole = { execution: run, origin: 'task' as const, name: of.label, folder, source };
    this.#deps.ended({ ...whole, startedAt, endedAt, code: verdictOf(parts) });
    return true;
  }

  #closeIfEmpty(run: Run): void {
    if (run.held.size + run.running.size === 0 && run.own === undefined) {
      this.#close(run);
    }
  }

  #close(run: Run): void {
    run.wait?.abort();
    this.#runs.delete(run);
  }
}

function runsInForeground({ running }: Run): boolean {
  return [...running.values()].some(({ isBackground }) => !isBackground);
}

/** All parts of a compound task have ended, and no failure among them was told by itself. */
function isWhole({ of, held, running, isTold }: Run): boolean {
  return !isTold && running.size === 0 && held.size === of.parts;
}

function sharesParts(one: Run, other: Run): boolean {
  return [...other.held.keys()].some((execution) => one.held.has(execution));
}

/** The code of a part that failed, else of one that was stopped, else 0. */
function verdictOf(parts: readonly EndedThing[]): number | undefined {
  const unclear = parts.find(({ code }) => code !== 0);
  return (parts.find(hasFailed) ?? unclear ?? { code: 0 }).code;
}

function thingOf({ execution, name, folder, source }: ShownTask) {
  return { execution, origin: 'task' as const, name, folder, source };
}
