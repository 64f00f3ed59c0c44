import type { DebugAdapterTracker, DebugSession, debug } from 'vscode';
import * as v from 'valibot';
import type { Clock } from '../../common/clock';
import { DisposableStore } from '../../common/dispose';
import type { Disposable } from '../../common/dispose';
import type { EndedThing, RunningThing } from './endedThing';

export interface DebugEndsDeps {
  /** VS Code's own. */
  debug: Pick<
    typeof debug,
    'onDidStartDebugSession' | 'onDidTerminateDebugSession' | 'registerDebugAdapterTrackerFactory'
  >;
  ended: (thing: EndedThing) => void;
  clock: Pick<Clock, 'now'>;
}

const exited = v.object({
  type: v.literal('event'),
  event: v.literal('exited'),
  body: v.object({ exitCode: v.pipe(v.number(), v.integer()) }),
});

/**
 * Tells the ends of debug sessions; one that belongs to another session is a part of it. Which ones run already when
 * this begins is not known: VS Code may name one as active that has ended.
 */
export class DebugEnds implements Disposable {
  readonly #deps: DebugEndsDeps;
  readonly #owned = new DisposableStore();
  readonly #running = new Map<DebugSession, number>();
  readonly #codes = new Map<DebugSession, number>();

  constructor(deps: DebugEndsDeps) {
    this.#deps = deps;
  }

  listen(): void {
    const { debug } = this.#deps;
    this.#owned.add(
      debug.onDidStartDebugSession((session) => {
        if (!session.parentSession) {
          this.#running.set(session, this.#deps.clock.now());
        }
      }),
    );
    this.#owned.add(
      // Not every adapter tells the exit code, but only the adapter knows it.
      debug.registerDebugAdapterTrackerFactory('*', {
        createDebugAdapterTracker: (session) => this.#tracker(rootOf(session)),
      }),
    );
    this.#owned.add(debug.onDidTerminateDebugSession((session) => this.#ended(session)));
  }

  running(): RunningThing[] {
    return [...this.#running].map(([session, startedAt]) => ({ ...thingOf(session), startedAt }));
  }

  dispose(): void {
    this.#running.clear();
    this.#codes.clear();
    this.#owned.dispose();
  }

  #tracker(root: DebugSession): DebugAdapterTracker {
    return {
      onDidSendMessage: (message: unknown) => {
        const parsed = v.safeParse(exited, message, { abortEarly: true });
        if (parsed.success) {
          this.#codes.set(root, parsed.output.body.exitCode);
        }
      },
    };
  }

  #ended(session: DebugSession): void {
    if (session.parentSession) {
      return;
    }
    const startedAt = this.#running.get(session);
    const code = this.#codes.get(session);
    this.#running.delete(session);
    this.#codes.delete(session);
    this.#deps.ended({ ...thingOf(session), startedAt, endedAt: this.#deps.clock.now(), code });
  }
}

function rootOf(session: DebugSession): DebugSession {
  return session.parentSession ? rootOf(session.parentSession) : session;
}

function thingOf(session: DebugSession) {
  const { name, workspaceFolder } = session;
  return { execution: session, origin: 'debug' as const, name, folder: workspaceFolder?.name };
}
