import { EventEmitter, commands, window } from 'vscode';
import type { InputBox, QuickInputButton, QuickPick, QuickPickItem } from 'vscode';
import type { QuickInputs } from '../../../src/common/quickStep';
import { until } from '../../support/until';

/** The events of boxes that {@link WatchedInputs.type} can fire. */
const typed = new WeakMap<InputBox, EventEmitter<string>>();

function typeable(box: InputBox): InputBox {
  const emitter = new EventEmitter<string>();
  box.onDidChangeValue((value) => emitter.fire(value));
  const watched = new Proxy(box, {
    get: (target, name) => {
      const value: unknown =
        name === 'onDidChangeValue' ? emitter.event : Reflect.get(target, name, target);
      return typeof value === 'function' && name !== 'onDidChangeValue'
        ? (value as (...all: unknown[]) => unknown).bind(target)
        : value;
    },
    set: (target, name, value) => Reflect.set(target, name, value, target),
  });
  typed.set(watched, emitter);
  return watched;
}

/** The line that the workbench has really drawn as the active one; `activeItems` runs ahead of it. */
const drawnActive = new WeakMap<AnyPick, string | undefined>();

/** How often the workbench has told of the active line: again with new lines, also when it is the same one. */
const drawings = new WeakMap<AnyPick, number>();

/** Waits until the lines that `change` brings are drawn, with that one as the active line. */
export async function activeAfter(pick: AnyPick, label: string, change: () => void): Promise<void> {
  const before = drawings.get(pick);
  change();
  await until(() => drawings.get(pick) !== before, 'new lines');
  await active(pick, label);
}

export function active(pick: AnyPick, label: string): Promise<void> {
  return until(() => drawnActive.get(pick) === label, `the line "${label}" to be active`);
}

/** Goes down until that line is the active one. */
export async function goTo(pick: AnyPick, label: string): Promise<void> {
  while (drawnActive.get(pick) !== label) {
    const before = drawnActive.get(pick);
    await press.down();
    await until(() => drawnActive.get(pick) !== before, `a line after "${before ?? ''}"`);
  }
}

export type AnyPick = QuickPick<QuickPickItem>;

/** The events of lists that {@link WatchedInputs.trigger} can fire. */
const triggered = new WeakMap<AnyPick, EventEmitter<QuickInputButton>>();

/** VS Code's own quick inputs, watched, so that a test can wait for one and do what a user does in it. */
export class WatchedInputs implements QuickInputs {
  readonly #made: (AnyPick | InputBox)[] = [];

  createQuickPick<T extends QuickPickItem>(): QuickPick<T> {
    const pick = window.createQuickPick<T>();
    const any = pick as unknown as AnyPick;
    const buttons = new EventEmitter<QuickInputButton>();
    pick.onDidTriggerButton((button) => buttons.fire(button));
    Reflect.defineProperty(pick, 'onDidTriggerButton', { value: buttons.event });
    triggered.set(any, buttons);
    pick.onDidChangeActive((items) => {
      if (!drawnActive.has(any)) {
        this.#made.push(any);
      }
      drawnActive.set(any, items[0]?.label);
      drawings.set(any, (drawings.get(any) ?? 0) + 1);
    });
    return pick;
  }

  createInputBox(): InputBox {
    const box = typeable(window.createInputBox());
    this.#made.push(box);
    return box;
  }

  /** As typing does: VS Code itself tells of changes by keys only, not of those by program. */
  type(box: InputBox, value: string): void {
    box.value = value;
    typed.get(box)?.fire(value);
  }

  /** As a click on one of its buttons does; VS Code has no command for that. */
  trigger(pick: AnyPick, button: QuickInputButton | undefined): void {
    if (!button) {
      throw new Error('There is no such button.');
    }
    triggered.get(pick)?.fire(button);
  }

  /** The list that is made next, or was made since the last one asked for, once VS Code shows it. */
  async nextPick(): Promise<AnyPick> {
    const input = await this.#next();
    if (!('items' in input)) {
      throw new Error(`A list was expected, not the box "${input.prompt ?? ''}".`);
    }
    return input;
  }

  async nextBox(): Promise<InputBox> {
    const input = await this.#next();
    if ('items' in input) {
      throw new Error(`A box was expected, not the list "${input.placeholder ?? ''}".`);
    }
    return input;
  }

  async #next(): Promise<AnyPick | InputBox> {
    await until(() => this.#made.length > 0, 'a quick input');
    return this.#made.shift()!;
  }
}

export const press = {
  enter: () => commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem'),
  escape: () => commands.executeCommand('workbench.action.closeQuickOpen'),
  back: () => commands.executeCommand('workbench.action.quickInputBack'),
  down: () => commands.executeCommand('workbench.action.quickOpenSelectNext'),
  tick: () => commands.executeCommand('workbench.action.quickPickManyToggle'),
};
