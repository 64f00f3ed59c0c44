import { QuickPickItemKind } from 'vscode';
import type { QuickPick, QuickPickItem } from 'vscode';
import type { RecipientRow } from './pickerRows';

export interface RowItem extends QuickPickItem {
  row?: RecipientRow;
  /** The line that was drawn at this index before. */
  before?: RowItem | undefined;
}

/** Lines, and the index of the first of them in the quick pick. */
interface Drawn {
  from: number;
  lines: readonly RowItem[];
}

/** An event of VS Code may refer to lines that were replaced up to so many times. */
const remembered = 3;

/**
 * Draws lines so that no tick is lost or given to somebody else. VS Code reports a ticked line by its index, and a
 * tick made just before new lines arrive comes with the index of the old line. So new lines never get the indexes of
 * the previous ones: there stand separators, which VS Code does not draw and which remember the old lines.
 */
export class TickSafeLines {
  readonly #pick: QuickPick<RowItem>;
  /** The latest drawing first. Their indexes do not overlap. */
  #drawn: readonly Drawn[] = [];

  constructor(pick: QuickPick<RowItem>) {
    this.#pick = pick;
    // `sortByLabel` is not in VS Code's typings, but exists. Otherwise VS Code sorts lines by how their labels match
    // the query, and the best one, found by position or on the other keyboard layout, would not be the first.
    Reflect.set(pick, 'sortByLabel', false);
  }

  /** Draws `lines`, which begin with a separator. */
  draw(lines: readonly RowItem[], active: RowItem | undefined): void {
    const pick = this.#pick;
    const before = this.#drawn.slice(0, remembered);
    const from = freePlace(before, lines.length);
    this.#drawn = [{ from, lines }, ...before];
    const end = Math.max(...this.#drawn.map((one) => one.from + one.lines.length));
    pick.items = Array.from(
      { length: end },
      (_, at) =>
        lines[at - from] ?? {
          label: '',
          kind: QuickPickItemKind.Separator,
          before: before.map((old) => old.lines[at - old.from]).find(Boolean),
        },
    );
    pick.selectedItems = lines.filter(({ row }) => row?.isChosen);
    pick.activeItems = active ? [active] : [];
  }
}

/** The first index from which `count` lines overlap with none of the drawings. */
function freePlace(drawn: readonly Drawn[], count: number): number {
  let place = 0;
  for (const { from, lines } of drawn.toSorted((a, b) => a.from - b.from)) {
    if (place + count <= from) {
      break;
    }
    place = from + lines.length;
  }
  return place;
}

/** The rows of these items, including those that have just been replaced. */
export function rowsOf(items: readonly RowItem[]): RecipientRow[] {
  return items.flatMap(({ row, before }) => row ?? before?.row ?? []);
}

/** Was one of these items replaced before VS Code reported the event? */
export function areOld(items: readonly RowItem[]): boolean {
  return items.some(({ before }) => before !== undefined);
}
