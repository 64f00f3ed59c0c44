import { l10n, window, workspace } from 'vscode';
import type { TerminalShellExecution, TerminalShellExecutionEndEvent } from 'vscode';
import type { Clock } from '../../common/clock';
import { DisposableStore } from '../../common/dispose';
import type { Disposable } from '../../common/dispose';
import type { Log } from '../../common/log';
import { commandName, runsB24push } from './commandName';
import type { EndedThing, RunningThing } from './endedThing';

export interface TerminalEndsDeps {
  ended: (thing: EndedThing) => void;
  /** True for the process of a task's terminal: tasks are told as tasks. */
  isTask: (pid: number | undefined) => boolean;
  clock: Pick<Clock, 'now'>;
  log: Log;
}

/** Tells the ends of commands in terminals whose shell is integrated. */
export class TerminalEnds implements Disposable {
  readonly #deps: TerminalEndsDeps;
  readonly #owned = new DisposableStore();
  readonly #running = new Map<
    TerminalShellExecution,
    RunningThing & { pid: Thenable<number | undefined> }
  >();

  constructor(deps: TerminalEndsDeps) {
    this.#deps = deps;
  }

  listen(): void {
    this.#owned.add(
      window.onDidStartTerminalShellExecution(({ execution, terminal }) => {
        this.#running.set(execution, {
          ...thingOf(execution),
          ...{ startedAt: this.#deps.clock.now(), pid: terminal.processId },
        });
      }),
    );
    this.#owned.add(
      window.onDidEndTerminalShellExecution((event) => {
        this.#ended(event).catch((error: unknown) =>
          this.#deps.log.error(`The end of a terminal's command: ${String(error)}`),
        );
      }),
    );
  }

  async running(): Promise<RunningThing[]> {
    const all = await Promise.all(
      [...this.#running.entries()].map(async ([execution, { pid, ...thing }]) =>
        isTold(execution) && !this.#deps.isTask(await pid) ? [thing] : [],
      ),
    );
    // One that ended meanwhile is not running.
    return all
      .flat()
      .filter(({ execution }) => this.#running.has(execution as TerminalShellExecution));
  }

  dispose(): void {
    this.#running.clear();
    this.#owned.dispose();
  }

  async #ended({ execution, terminal, exitCode }: TerminalShellExecutionEndEvent): Promise<void> {
    const endedAt = this.#deps.clock.now();
    const startedAt = this.#running.get(execution)?.startedAt;
    this.#running.delete(execution);
    if (!isTold(execution) || this.#deps.isTask(await terminal.processId)) {
      return;
    }
    this.#deps.ended({
      ...{ ...thingOf(execution), startedAt, endedAt },
      ...{ code: exitCode, commandLine: execution.commandLine.value },
    });
  }
}

/** An empty line is no command, and what b24push does tells itself. */
function isTold({ commandLine: { value } }: TerminalShellExecution): boolean {
  return value.trim() !== '' && !runsB24push(value);
}

function thingOf(execution: TerminalShellExecution) {
  const folder = execution.cwd && workspace.getWorkspaceFolder(execution.cwd);
  return {
    ...{ execution, origin: 'terminal' as const, folder: folder?.name },
    name: commandName(execution.commandLine.value) ?? l10n.t('A command'),
  };
}
