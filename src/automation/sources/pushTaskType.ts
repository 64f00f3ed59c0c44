import { CustomExecution, EventEmitter, Task, TaskScope, tasks } from 'vscode';
import type { Disposable, Pseudoterminal, TaskDefinition } from 'vscode';

/** The type of a task that pushes. The manifest declares its properties. */
export const pushTaskType = 'bitrix24-push';

export interface PushTaskRun {
  definition: TaskDefinition;
  /** The task's definition, as tasks.json has it. */
  name: string;
  /** Writes a line into the task's terminal. */
  say: (line: string) => void;
  /** Aborts when the task is terminated. */
  signal: AbortSignal;
}

/** Runs the task; resolves with its exit code. */
export type RunPushTask = (run: PushTaskRun) => Promise<number>;

/** Lets tasks.json have tasks of the type, also for `dependsOn` and `postDebugTask`. */
export function registerPushTasks(run: RunPushTask): Disposable {
  return tasks.registerTaskProvider(pushTaskType, {
    provideTasks: () => [],
    resolveTask: ({ definition, scope, name }) =>
      new Task(
        // VS Code accepts the very same object only.
        definition,
        scope ?? TaskScope.Workspace,
        name,
        'Bitrix24',
        // Here its variables are filled in.
        new CustomExecution((filledIn) => Promise.resolve(terminal(filledIn, name, run))),
      ),
  });
}

function terminal(definition: TaskDefinition, name: string, run: RunPushTask): Pseudoterminal {
  const [written, closed] = [new EventEmitter<string>(), new EventEmitter<number>()];
  const aborter = new AbortController();
  const say = (line: string) => written.fire(`${line}\r\n`);
  const end = (code: number) => {
    closed.fire(code);
    written.dispose();
    closed.dispose();
  };
  return {
    onDidWrite: written.event,
    onDidClose: closed.event,
    open: () => {
      run({ definition, name, say, signal: aborter.signal }).then(end, () => end(1));
    },
    close: () => aborter.abort(),
  };
}
