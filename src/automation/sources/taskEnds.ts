import { tasks, workspace } from 'vscode';
import type { Task, TaskExecution, Uri } from 'vscode';
import type { Clock } from '../../common/clock';
import { DisposableStore } from '../../common/dispose';
import type { Disposable } from '../../common/dispose';
import { anyScope, dependentTasks } from './dependsOn';
import type { DependentTask, ShownTask } from './dependsOn';
import type { EndedThing, RunningThing } from './endedThing';
import { pushTaskType } from './pushTaskType';
import { TaskGroups } from './taskGroups';

export interface TaskEndsDeps {
  ended: (thing: EndedThing) => void;
  isAwaited: (execution: object) => boolean;
  clock: Clock;
}

/** Processes of tasks to remember: a terminal tells of its command after the task has ended. */
const pidsAtMost = 500;

/** Tells the ends of this window's tasks. */
export class TaskEnds implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #groups: TaskGroups;
  readonly #pids = new Set<number>();

  constructor(deps: TaskEndsDeps) {
    this.#groups = this.#owned.add(new TaskGroups({ ...deps, dependents }));
  }

  listen(): void {
    const { onDidStartTaskProcess, onDidEndTaskProcess, onDidEndTask } = tasks;
    this.#owned.add(
      onDidStartTaskProcess(({ execution, processId }) => {
        this.#remember(processId);
        this.#with(execution, (task) => this.#groups.started(task));
      }),
    );
    this.#owned.add(
      onDidEndTaskProcess(({ execution, exitCode }) =>
        this.#with(execution, (task) => this.#groups.ended(task, exitCode)),
      ),
    );
    // It comes alone for a compound task, and for one that was not started because another had failed.
    this.#owned.add(
      onDidEndTask(({ execution }) =>
        this.#with(execution, (task) => this.#groups.ended(task, undefined)),
      ),
    );
  }

  /** True for the process of a task's terminal. */
  hasProcess(pid: number | undefined): boolean {
    return pid !== undefined && this.#pids.has(pid);
  }

  running(): RunningThing[] {
    return tasks.taskExecutions
      .filter(({ task }) => task.definition.type !== pushTaskType)
      .map((execution) => ({
        ...{ execution, origin: 'task' as const, name: execution.task.name },
        folder: folderOf(execution.task)?.name,
        startedAt: this.#groups.startOf(execution),
      }));
  }

  dispose(): void {
    this.#owned.dispose();
  }

  #with(execution: TaskExecution, then: (task: ShownTask) => void): void {
    // Tasks that push say themselves what became of it.
    if (execution.task.definition.type !== pushTaskType) {
      then(shown(execution));
    }
  }

  /** A task that is no process of its own has a number that is none. */
  #remember(pid: number | undefined): void {
    if (pid !== undefined && pid > 0) {
      this.#pids.add(pid);
      for (const oldest of this.#pids) {
        if (this.#pids.size <= pidsAtMost) {
          break;
        }
        this.#pids.delete(oldest);
      }
    }
  }
}

function shown(execution: TaskExecution): ShownTask {
  const { name, source, definition, isBackground } = execution.task;
  const folder = folderOf(execution.task);
  return {
    ...{ execution, name, source, definition, isBackground },
    scope: folder?.uri.toString() ?? anyScope,
    folder: folder?.name,
  };
}

function folderOf({ scope }: Task) {
  return typeof scope === 'object' ? scope : undefined;
}

/** What the tasks.json of each folder, of a workspace file and of the user say, without what other extensions provide. */
function dependents(): DependentTask[] {
  const lists = (workspace.workspaceFolders ?? []).map(({ uri }) => ({
    scope: uri.toString(),
    list: tasksOf(uri)?.workspaceFolderValue,
  }));
  const all = tasksOf(undefined);
  return [
    ...lists,
    // In a window of one folder, that folder's file is the workspace's too.
    { scope: anyScope, list: workspace.workspaceFile ? all?.workspaceValue : undefined },
    { scope: anyScope, list: all?.globalValue },
  ].flatMap(({ list, scope }) => dependentTasks(list, scope));
}

function tasksOf(folder: Uri | undefined) {
  return workspace.getConfiguration('tasks', folder ?? null).inspect<unknown>('tasks');
}
