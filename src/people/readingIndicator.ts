import { QuickInputButtons, ThemeIcon, l10n } from 'vscode';
import type { QuickInputButton, QuickPick, QuickPickItem } from 'vscode';
import type { Account } from '../accounts/account';
import { formatNumber } from '../common/counted';
import type { Log } from '../common/log';
import { scopeName } from '../common/scopeName';
import type { Directories } from './directory/directories';
import type { ReadProgress } from './directory/directoryReader';

interface ReadingIndicatorDeps {
  directories: Pick<Directories, 'reading' | 'read' | 'stop'>;
  pick: QuickPick<QuickPickItem>;
  request: { account: Account; title: string; canGoBack: boolean };
  describeError: (error: unknown, account: Account) => string;
  log: Log;
  /** Shows the user why the people could not be read. */
  tell: (hint: string) => void;
}

/**
 * Shows in the picker's title how far the portal's people are read, and a button that reads them again or stops that.
 * A reading continues after the picker is closed.
 */
export class ReadingIndicator {
  readonly #deps: ReadingIndicatorDeps;
  readonly #again: QuickInputButton = {
    iconPath: new ThemeIcon('refresh'),
    tooltip: l10n.t('Refresh the list of people'),
  };
  readonly #stop: QuickInputButton = {
    iconPath: new ThemeIcon('debug-stop'),
    tooltip: l10n.t('Stop loading the list of people'),
  };
  #shown: QuickInputButton | undefined;

  constructor(deps: ReadingIndicatorDeps) {
    this.#deps = deps;
  }

  get #progress(): ReadProgress | undefined {
    return this.#deps.directories.reading(this.#deps.request.account.id);
  }

  /** Shows the current progress. `isBusy` is true if the picker waits for something else. */
  show(isBusy: boolean): void {
    const { pick, request } = this.#deps;
    const progress = this.#progress;
    const button = progress ? this.#stop : this.#again;
    pick.busy = isBusy || progress !== undefined;
    pick.title = progress ? withProgress(request.title, progress) : request.title;
    if (button !== this.#shown) {
      this.#shown = button;
      pick.buttons = [...(request.canGoBack ? [QuickInputButtons.Back] : []), button];
    }
  }

  /** Returns true if the button starts or stops reading, and does so. */
  pressed(button: QuickInputButton): boolean {
    const { directories, request } = this.#deps;
    if (button !== this.#again && button !== this.#stop) {
      return false;
    }
    if (this.#progress) {
      directories.stop(request.account.id);
    } else {
      void this.#read();
    }
    return true;
  }

  async #read(): Promise<void> {
    const { directories, request, describeError, log, tell } = this.#deps;
    const { account } = request;
    try {
      const outcome = await directories.read(account.id);
      if (outcome.kind === 'missingScope') {
        tell(notFoundByName(outcome.missingScope));
      } else if (outcome.kind === 'elsewhere') {
        tell(l10n.t('Another window is already loading the list of people.'));
      }
    } catch (error) {
      log.warn(`The people of ${account.host} could not be read: ${String(error)}`);
      tell(describeError(error, account));
    }
  }
}

export function notFoundByName(missingScope: string): string {
  return l10n.t(
    'People cannot be found by name: the application lacks the permission {0}. Type ids instead.',
    scopeName(missingScope),
  );
}

function withProgress(title: string, { read, total }: ReadProgress): string {
  return total === undefined
    ? l10n.t('{0} – loading people: {1}', title, formatNumber(read))
    : l10n.t('{0} – loading people: {1} of {2}', title, formatNumber(read), formatNumber(total));
}
