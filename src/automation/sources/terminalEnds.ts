import { l10n, window, workspace } from 'vscode';
import type { Terminal, TerminalShellExecution, TerminalShellExecutionEndEvent } from 'vscode';
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
  readonly #running = new Map<TerminalShellExecution, RunningThing & { terminal: Terminal }>();

  constructor(deps: TerminalEndsDeps) {
    this.#deps = deps;
  }

  listen(): void {
    this.#owned.add(
      window.onDidStartTerminalShellExecution(({ execution, terminal }) => {
        this.#running.set(execution, {
          ...thingOf(execution, terminal),
          ...{ startedAt: this.#deps.clock.now(), terminal },
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
      [...this.#running.entries()].map(async ([execution, { terminal, ...thing }]) =>
        isTold(execution, terminal) && !this.#deps.isTask(await terminal.processId) ? [thing] : [],
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
    if (!isTold(execution, terminal) || this.#deps.isTask(await terminal.processId)) {
      return;
    }
    this.#deps.ended({
      ...{ ...thingOf(execution, terminal), startedAt, endedAt },
      ...{ code: exitCode, commandLine: execution.commandLine.value },
    });
  }
}

/**
 * True for a terminal that was made to run one command, as those of tasks are. Their processes are known only to a window
 * that has listened from the start, and a terminal that is used again has the number of its first one.
 */
function runsOneCommand({ creationOptions }: Terminal): boolean {
  const shellArgs = ('shellArgs' in creationOptions && creationOptions.shellArgs) || [];
  return [shellArgs].flat().some((argument) => /^(-[a-z]*c|\/c|-command)$/i.test(argument));
}

/** An empty line is no command, and what b24push does tells itself. */
function isTold({ commandLine: { value } }: TerminalShellExecution, terminal: Terminal): boolean {
  return value.trim() !== '' && !runsB24push(value) && !runsOneCommand(terminal);
}

function thingOf(execution: TerminalShellExecution, { shellIntegration }: Terminal) {
  const cwd = execution.cwd ?? shellIntegration?.cwd;
  const folder = cwd && workspace.getWorkspaceFolder(cwd);
  return {
    ...{ execution, origin: 'terminal' as const, folder: folder?.name },
    name: commandName(execution.commandLine.value) ?? l10n.t('A command'),
  };
}
