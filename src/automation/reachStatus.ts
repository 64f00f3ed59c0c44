import { StatusBarAlignment, l10n, window } from 'vscode';
import type { StatusBarItem } from 'vscode';
import { commands } from '../common/commands';
import { counted } from '../common/counted';
import { DisposableStore } from '../common/dispose';
import type { Disposable } from '../common/dispose';
import { holdReasonText } from './holdReasonText';
import type { HoldReason } from './notice';
import type { HeldNow } from './dueRules';
import type { PhoneReach } from './reach';

export interface ReachStatusDeps {
  reach: Pick<PhoneReach, 'held' | 'onDidChange'>;
  /** For tests; window.createStatusBarItem if absent. */
  createItem?: () => StatusBarItem;
}

/** What goes on for seconds is no matter for the status bar. */
const shownReasons: readonly HoldReason[] = [
  ...(['paused', 'quietHours', 'cap', 'desktopApp', 'trouble'] as const),
];

/** The status bar item that is there while something for the user's phone is held, or a pause is on. */
export class ReachStatus implements Disposable {
  readonly #deps: ReachStatusDeps;
  readonly #owned = new DisposableStore();
  #item: StatusBarItem | undefined;

  constructor(deps: ReachStatusDeps) {
    this.#deps = deps;
    this.#owned.add(deps.reach.onDidChange(() => this.#draw()));
  }

  dispose(): void {
    this.#owned.dispose();
    this.#hide();
  }

  #draw(): void {
    const { held } = this.#deps.reach;
    const shown = held.notices.filter(({ why }) => shownReasons.includes(why));
    if (shown.length === 0 && held.pausedUntil === undefined) {
      this.#hide();
      return;
    }
    this.#item ??= this.#create();
    const isPaused = held.pausedUntil !== undefined;
    const count = shown.length > 0 ? ` ${shown.length}` : '';
    this.#item.text = `$(${isPaused ? 'bell-slash' : 'bell-dot'})${count}`;
    const lines = statusLines({ ...held, notices: shown });
    this.#item.tooltip = lines.join('\n');
    this.#item.accessibilityInformation = { label: lines.join('. ') };
    this.#item.show();
  }

  #create(): StatusBarItem {
    const item =
      this.#deps.createItem?.() ??
      window.createStatusBarItem('bitrix24Push.reachMe', StatusBarAlignment.Right);
    item.name = l10n.t('Bitrix24: Held for My Phone');
    item.command = commands.reachMe;
    return item;
  }

  #hide(): void {
    this.#item?.dispose();
    this.#item = undefined;
  }
}

/** How many things are held, and each reason once. */
function statusLines({ pausedUntil, notices }: HeldNow): string[] {
  const reasons = new Set(notices.map(({ why, until }) => holdReasonText(why, until)));
  if (pausedUntil !== undefined) {
    reasons.add(holdReasonText('paused', pausedUntil));
  }
  return [heldSentence(notices.length), ...reasons];
}

/** For example "3 things are held for your phone". */
export function heldSentence(count: number): string {
  return count === 0
    ? l10n.t('Nothing is held for your phone')
    : counted(l10n.t('{0} thing is held for your phone|{0} things are held for your phone'), count);
}
