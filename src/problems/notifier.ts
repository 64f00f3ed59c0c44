import { CancellationError, l10n, window } from 'vscode';
import type { Account } from '../accounts/account';
import { Bitrix24Error } from '../bitrix24/errors';
import type { Clock } from '../common/clock';
import type { Log } from '../common/log';
import type { Messages, Question } from '../common/messages';
import { plainText, withoutLinks } from '../common/plainText';
import { actionOfFix, canRun } from './canRun';
import { problemOf } from './catalogue';
import { keptSentence } from './draftProblems';
import { portalOf } from '../push/draft';
import type { FixId, Fixes, Problem, ProblemContext } from './problem';

/** The window's side of messages, as a seam. */
export interface MessageSurface {
  show(
    severity: Problem['severity'],
    message: string,
    options: { modal: boolean; detail?: string },
    buttons: readonly string[],
  ): Thenable<string | undefined>;
}

export interface NotifierDeps {
  log: Log;
  clock: Pick<Clock, 'now'>;
  /** Read when a fix is needed, so that the notifier can be built first. */
  fixes: () => Fixes;
  /** False where the disk did not take the texts that wait. */
  isSaved: () => boolean;
  /** VS Code's own messages when absent. */
  surface?: MessageSurface;
}

/** The same thing again within this time is a burst of one cause. */
const burstMs = 2_000;
const maxButtons = 3;

/** The only place that shows messages. */
export class Notifier implements Messages {
  readonly #deps: NotifierDeps;
  readonly #surface: MessageSurface;
  /** When which failure was last shown, by code, message and draft. */
  readonly #shown = new Map<string, number>();

  constructor(deps: NotifierDeps) {
    this.#deps = deps;
    this.#surface = deps.surface ?? windowSurface;
  }

  /**
   * Shows the problem with its fixes and runs the one chosen. Resolves when the user has answered,
   * which may be never: do not await it on the way of a push.
   */
  async tell(problem: Problem, context: ProblemContext = {}): Promise<void> {
    this.#deps.log.info(`Told: ${problem.code} (${problem.severity})`);
    if (problem.severity !== 'info' && this.#isRepeated(problem, context)) {
      return;
    }
    const fixes = this.#deps.fixes();
    const offered = problem.fixes
      .filter((fix) => canRun(fix, context))
      .slice(0, maxButtons)
      // The first button looks like the one to press: never one by which somebody may get a push twice.
      .sort((a, b) => Number(a === 'sendAnyway') - Number(b === 'sendAnyway'));
    const chosen = await this.#show(
      problem.severity,
      problem.severity === 'info' ? problem.message : `${problem.message} (${problem.code})`,
      offered.map((fix) => fixes.label(fix, context)),
    );
    const fix = offered.find((id) => fixes.label(id, context) === chosen);
    if (!fix) {
      return;
    }
    let account: Account | undefined;
    try {
      account = await fixes.run(fix, context);
    } catch (error) {
      await this.tellError(error, context);
      return;
    }
    if (account && !context.act) {
      this.inform(l10n.t('You are signed in to {0} as {1}.', account.host, account.userName));
    }
    // Whoever looks at the history has all that can be done there.
    if (!actionOfFix[fix] && fix !== 'showInHistory' && context.act) {
      const kept = keptSentence(this.#deps.isSaved());
      await this.tell(secondStep(problem, fix, kept, context.account, account), {
        ...context,
        account: account ?? context.account,
      });
    }
  }

  /** Any error of a command: Bitrix24Error by the catalogue, others as a bug with Show Log. Cancelling is silent. */
  async tellError(error: unknown, context: ProblemContext = {}): Promise<void> {
    const known = error instanceof Error ? error : new Error(String(error));
    if (known instanceof CancellationError || known.name === 'AbortError') {
      return;
    }
    const problem = problemOf(known, {
      host: context.account?.host,
      draftKept: context.draft !== undefined,
      isUnsaved: !this.#deps.isSaved(),
    });
    if (!problem) {
      return;
    }
    this.#deps.log.error(detailsOf(known));
    await this.tell(problem, context);
  }

  async ask(question: Question): Promise<string | undefined> {
    return this.#surface.show(
      'warning',
      withoutLinks(question.message),
      {
        modal: true,
        ...(question.detail === undefined ? {} : { detail: withoutLinks(question.detail) }),
      },
      question.answers,
    );
  }

  /** Offers what can be done, without standing in the way. Resolves to the answer, which may never come. */
  async offer(message: string, answers: readonly string[]): Promise<string | undefined> {
    return await this.#show('info', message, answers);
  }

  inform(message: string): void {
    void this.#show('info', message, []);
  }

  #show(severity: Problem['severity'], message: string, buttons: readonly string[]) {
    return this.#surface.show(severity, withoutLinks(message), { modal: false }, buttons);
  }

  /** One cause may reach us many times at once: from several calls, or from a key held down. */
  #isRepeated(problem: Problem, context: ProblemContext): boolean {
    const key = JSON.stringify([problem.code, problem.message, context.draft ?? null]);
    const now = this.#deps.clock.now();
    for (const [old, at] of this.#shown) {
      if (now - at >= burstMs) {
        this.#shown.delete(old);
      }
    }
    const repeated = this.#shown.has(key);
    if (!repeated) {
      this.#shown.set(key, now);
    }
    return repeated;
  }
}

/** What to do next once a fix was opened: the push still waits, one click away. */
function secondStep(
  { code }: Problem,
  fix: FixId,
  kept: string,
  before: Account | undefined,
  after: Account | undefined,
): Problem {
  if (before && after && portalOf(before.id) !== portalOf(after.id)) {
    return {
      code,
      // The same ids are other people there.
      message: `${l10n.t(
        'You are now on {0}, where other people have these ids. Choose the recipients again.',
        after.host,
      )} ${kept}`,
      severity: 'info',
      fixes: ['goToRecipients'],
    };
  }
  // Only one of the two ways to send can run: which one is up to what became of the push.
  const fixes: FixId[] = ['tryAgain', 'sendToRest', fix];
  return { code, message: `${sentenceAfter(fix, after)} ${kept}`, severity: 'info', fixes };
}

function sentenceAfter(fix: FixId, after: Account | undefined): string {
  if (after) {
    return l10n.t(
      'You are signed in to {0} as {1}. The push has not been sent yet.',
      after.host,
      after.userName,
    );
  }
  if (fix === 'setAppName') {
    return l10n.t('Give the application a name and save it, then send the push again.');
  }
  return fix === 'openPermissions'
    ? l10n.t('Add the permission, save, and sign in again; then send the push again.')
    : l10n.t('The push has not been sent yet.');
}

/** For the log: everything that is known but no secret and no text of a push. */
function detailsOf(error: Error): string {
  if (!(error instanceof Bitrix24Error)) {
    // A SyntaxError quotes what it read, which may be anything.
    const message = error instanceof SyntaxError ? '' : `: ${plainText(error.message)}`;
    const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
    return [`Unexpected ${error.name}${message}`, ...frames].join('\n');
  }
  const { code, kind, phase, httpStatus, host, description } = error;
  const status = httpStatus && `HTTP ${httpStatus}`;
  const known = [
    `kind ${kind}`,
    `phase ${phase}`,
    status,
    host,
    description && plainText(description),
  ];
  return `${plainText(code, 60)}: ${known.filter(Boolean).join(', ')}`;
}

const windowSurface: MessageSurface = {
  show(severity, message, options, buttons) {
    switch (severity) {
      case 'error':
        return window.showErrorMessage(message, options, ...buttons);
      case 'warning':
        return window.showWarningMessage(message, options, ...buttons);
      case 'info':
        return window.showInformationMessage(message, options, ...buttons);
    }
  },
};
