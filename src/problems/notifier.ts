import type { Clock } from '../common/clock';
import type { Log } from '../common/log';
import type { Messages, Question } from '../common/messages';
import type { Fixes, Problem, ProblemContext } from './problem';

/** The window's side of messages, as a seam. */
export interface MessageSurface {
  show(
    severity: Problem['severity'],
    message: string,
    options: { modal: boolean; detail?: string | undefined },
    buttons: readonly string[],
  ): Thenable<string | undefined>;
}

export interface NotifierDeps {
  log: Log;
  clock: Clock;
  /** Read when a fix is needed, so that the notifier can be built first. */
  fixes: () => Fixes;
  /** VS Code's own messages when absent. */
  surface?: MessageSurface;
}

/** The only place that shows messages. */
export class Notifier implements Messages {
  constructor(_deps: NotifierDeps) {
    throw new Error('not built yet');
  }

  /**
   * Shows the problem with its fixes and runs the one chosen. Resolves when the user has answered,
   * which may be never: do not await it on the way of a push.
   * `unasked`: nobody waits for an answer; the same code is shown once a minute.
   */
  tell(_problem: Problem, _context?: ProblemContext, _options?: { unasked?: boolean }): Promise<void> {
    throw new Error('not built yet');
  }

  /** Any error of a command: Bitrix24Error by the catalogue, others as a bug with Show Log. Cancellation is silent. */
  tellError(_error: unknown, _context?: ProblemContext): Promise<void> {
    throw new Error('not built yet');
  }

  ask(_question: Question): Promise<string | undefined> {
    throw new Error('not built yet');
  }

  inform(_message: string): void {
    throw new Error('not built yet');
  }
}
