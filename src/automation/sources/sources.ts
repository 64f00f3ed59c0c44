import { debug } from 'vscode';
import type { Clock } from '../../common/clock';
import { DisposableStore } from '../../common/dispose';
import type { Disposable } from '../../common/dispose';
import type { Log } from '../../common/log';
import type { NewNotice, Reach } from '../notice';
import { DebugEnds } from './debugEnds';
import { endNotice } from './endNotice';
import type { EndSettings, EndWords } from './endNotice';
import type { EndedThing, RunningThing } from './endedThing';
import { TaskEnds } from './taskEnds';
import { TerminalEnds } from './terminalEnds';

export interface SourcesDeps {
  /** Loads the rest with the first thing that may be due. */
  reach: () => Promise<Pick<Reach, 'take'>>;
  /** False if there is no standing yes, so that nothing needs to be heard. */
  isOn: () => boolean;
  settings: () => EndSettings;
  words: EndWords;
  clock: Clock;
  log: Log;
}

interface Listening extends Disposable {
  tasks: TaskEnds;
  terminals: TerminalEnds;
  debugging: DebugEnds;
}

/** Hears what ends in this window, and hands on what its user wants to be told. Without a standing yes it hears nothing. */
export class Sources implements Disposable {
  readonly #deps: SourcesDeps;
  #listening: Listening | undefined;
  /** Their user asked to hear of the ends of these. */
  readonly #awaited = new WeakSet();
  /** Ends that were told; the end of a part of a task may be handed on once more. */
  readonly #told = new WeakSet();

  constructor(deps: SourcesDeps) {
    this.#deps = deps;
  }

  /** Begins or ceases to listen, as the standing yes says. */
  refresh(): void {
    if (!this.#deps.isOn()) {
      this.dispose();
    } else {
      this.#listening ??= this.#listen();
    }
  }

  /** What runs now, as far as this window knows. */
  async running(): Promise<RunningThing[]> {
    const { tasks, terminals, debugging } = this.#listening ?? {};
    const commands = (await terminals?.running()) ?? [];
    return [...(tasks?.running() ?? []), ...commands, ...(debugging?.running() ?? [])];
  }

  isAwaited({ execution }: Pick<RunningThing, 'execution'>): boolean {
    return this.#awaited.has(execution);
  }

  /** Tells the end of this one, whatever the settings say. */
  awaitEnd({ execution }: Pick<RunningThing, 'execution'>): void {
    this.#awaited.add(execution);
  }

  /** Tells its end only if the settings say so. */
  forget({ execution }: Pick<RunningThing, 'execution'>): void {
    this.#awaited.delete(execution);
  }

  dispose(): void {
    this.#listening?.dispose();
    this.#listening = undefined;
  }

  #listen(): Listening {
    const { clock, log } = this.#deps;
    const owned = new DisposableStore();
    const ended = (thing: EndedThing) => this.#ended(thing);
    const isAwaited = (execution: object) => this.#awaited.has(execution);
    const tasks = owned.add(new TaskEnds({ ended, isAwaited, clock }));
    const isTask = (pid: number | undefined) => tasks.hasProcess(pid);
    const terminals = owned.add(new TerminalEnds({ ended, isTask, clock, log }));
    const debugging = owned.add(new DebugEnds({ debug, ended, clock }));
    tasks.listen();
    terminals.listen();
    debugging.listen();
    return { tasks, terminals, debugging, dispose: () => owned.dispose() };
  }

  #ended(thing: EndedThing): void {
    if (this.#told.has(thing.execution)) {
      return;
    }
    const isAwaited = this.#awaited.has(thing.execution);
    if (isAwaited) {
      this.#told.add(thing.execution);
    }
    const { settings, words, log } = this.#deps;
    const notice = endNotice(thing, settings(), words, isAwaited);
    if (notice) {
      this.#take(notice).catch((error: unknown) => log.error(`What ended: ${String(error)}`));
    }
  }

  async #take(notice: NewNotice): Promise<void> {
    const taken = await (await this.#deps.reach()).take(notice);
    if (taken.kind === 'off') {
      this.dispose();
    }
  }
}
