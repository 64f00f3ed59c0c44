import { QuickPickItemKind } from 'vscode';
import type { QuickPick, QuickPickItem } from 'vscode';
import type { RecipientRow } from './pickerRows';

export interface RowItem extends QuickPickItem {
  row?: RecipientRow;
  /** The line that was drawn here before. */
  before?: RowItem | undefined;
}

/** Lines in the places where they are drawn, or were before. */
interface Drawn {
  from: number;
  lines: readonly RowItem[];
}

/** What VS Code tells of may be so many drawings old. */
const remembered = 3;

/**
 * Draws lines so that no tick is lost or given to somebody else. VS Code tells by its number which line was ticked,
 * and a tick made in the moment in which other lines are on their way comes with the number of the old line. So new
 * lines never get the numbers of those before; in these places stand separators, which are not drawn, that remember
 * the old lines.
 */
export class TickSafeLines {
  readonly #pick: QuickPick<RowItem>;
  /** The latest first; none in the place of another. */
  #drawn: readonly Drawn[] = [];

  constructor(pick: QuickPick<RowItem>) {
    this.#pick = pick;
    // Not in VS Code's typings, but there: without it lines are sorted by how their labels match what is typed, and
    // the best one, found by position or on the other keyboard layout, would not be the first.
    Reflect.set(pick, 'sortByLabel', false);
  }

  /** `lines` begin with a separator. */
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

/** The first place where so many lines stand in nobody's place. */
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

/** The lines meant, those that have just been replaced included. */
export function rowsOf(items: readonly RowItem[]): RecipientRow[] {
  return items.flatMap(({ row, before }) => row ?? before?.row ?? []);
}

/** Was one of these lines replaced before VS Code told of them? */
export function areOld(items: readonly RowItem[]): boolean {
  return items.some(({ before }) => before !== undefined);
}
