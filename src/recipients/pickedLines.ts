import { QuickPickItemKind } from 'vscode';
import type { QuickPick, QuickPickItem } from 'vscode';
import type { RecipientRow } from './recipientRows';

export interface RowItem extends QuickPickItem {
  row?: RecipientRow;
  /** The line that was drawn here before. */
  before?: RowItem | undefined;
}

/**
 * Draws lines so that no tick is lost or given to somebody else. VS Code tells by its number which line was ticked,
 * and a tick made in the moment in which other lines are on their way comes with the number of the old line. So new
 * lines never get the numbers of those before; in these places stand separators, which are not drawn, that remember
 * the old lines.
 */
export class PickedLines {
  readonly #pick: QuickPick<RowItem>;
  /** Numbers of the lines that are drawn: from, and up to but not including. */
  #from = 0;
  #to = 0;

  constructor(pick: QuickPick<RowItem>) {
    this.#pick = pick;
    // Not in VS Code's typings, but there: without it lines are sorted by how their labels match what is typed, and
    // the best one, found by position or on the other keyboard layout, would not be the first.
    Reflect.set(pick, 'sortByLabel', false);
  }

  /** `lines` begin with a separator. */
  draw(lines: readonly RowItem[], active: RowItem | undefined): void {
    const pick = this.#pick;
    const before = pick.items;
    const [start, end] = [this.#from, this.#to];
    this.#from = lines.length <= start ? 0 : end;
    this.#to = this.#from + lines.length;
    pick.items = Array.from({ length: Math.max(this.#to, end) }, (_, at): RowItem => {
      const old = at >= start && at < end ? before[at] : undefined;
      return (
        lines[at - this.#from] ?? { label: '', kind: QuickPickItemKind.Separator, before: old }
      );
    });
    pick.selectedItems = lines.filter(({ row }) => row?.isChosen);
    pick.activeItems = active ? [active] : [];
  }
}

/** The lines meant, those that have just been replaced included. */
export function rowsOf(items: readonly RowItem[]): RecipientRow[] {
  return items.flatMap(({ row, before }) => row ?? before?.row ?? []);
}

/** Was any of these lines replaced before VS Code told of them? */
export function areOld(items: readonly RowItem[]): boolean {
  return items.some(({ before }) => before !== undefined);
}
