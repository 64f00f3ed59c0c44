import { InputBoxValidationSeverity, QuickInputButtons } from 'vscode';
import type { InputBoxValidationMessage, QuickInputButton, QuickPickItem, window } from 'vscode';
import { DisposableStore } from './dispose';
import { withoutLinks } from './plainText';

/** The part of VS Code's window that makes quick inputs. */
export type QuickInputs = Pick<typeof window, 'createQuickPick' | 'createInputBox'>;

/** The title of a step and its place among the others. */
export interface StepFrame {
  title: string;
  step: number;
  totalSteps: number;
  canGoBack: boolean;
}

/** What the user did with a step. */
export type StepResult<T> = { how: 'next'; value: T } | { how: 'back' } | { how: 'cancel' };

export interface LineRequest extends StepFrame {
  value: string;
  placeholder: string;
  /** The line below the input, drawn again after each change. */
  prompt(value: string): string;
  /** A message about the value. An error keeps the step open; a warning does not. */
  validate(value: string): InputBoxValidationMessage | undefined;
  /** A button in the title; it is drawn again, and the value validated, after each click. */
  action?(): { button: QuickInputButton; run(): void };
  /** Called with every change, so that nothing typed is lost. */
  onChange?(value: string): void;
}

/** Asks for one line of text. */
export function askLine(inputs: QuickInputs, request: LineRequest): Promise<StepResult<string>> {
  const life = new DisposableStore();
  const box = life.add(inputs.createInputBox());
  box.title = request.title;
  box.step = request.step;
  box.totalSteps = request.totalSteps;
  box.ignoreFocusOut = true;
  box.placeholder = request.placeholder;
  box.value = request.value;
  let action = request.action?.();
  const drawButtons = (): void => {
    box.buttons = [
      ...(request.canGoBack ? [QuickInputButtons.Back] : []),
      ...(action ? [action.button] : []),
    ];
  };
  const check = (): boolean => {
    const found = request.validate(box.value);
    // The message and the prompt may quote what the user pasted, and the workbench would make links of it.
    box.validationMessage = found && { ...found, message: withoutLinks(found.message) };
    box.prompt = withoutLinks(request.prompt(box.value));
    return found?.severity !== InputBoxValidationSeverity.Error;
  };
  drawButtons();
  box.prompt = withoutLinks(request.prompt(box.value));
  if (box.value !== '') {
    check();
  }
  return new Promise<StepResult<string>>((resolve) => {
    life.add(
      box.onDidChangeValue((value) => {
        request.onChange?.(value);
        check();
      }),
    );
    life.add(
      box.onDidAccept(() => {
        if (check()) {
          resolve({ how: 'next', value: box.value });
        }
      }),
    );
    life.add(
      box.onDidTriggerButton((button) => {
        if (button === action?.button) {
          action.run();
          action = request.action?.();
          drawButtons();
          check();
        } else {
          resolve({ how: 'back' });
        }
      }),
    );
    life.add(box.onDidHide(() => resolve({ how: 'cancel' })));
    box.show();
  }).finally(() => life.dispose());
}

export interface ChoiceRequest<T extends QuickPickItem> extends StepFrame {
  items: readonly T[];
  active?: T | undefined;
  placeholder: string;
}

/** Asks for one item of a list. */
export function askChoice<T extends QuickPickItem>(
  inputs: Pick<QuickInputs, 'createQuickPick'>,
  request: ChoiceRequest<T>,
): Promise<StepResult<T>> {
  const life = new DisposableStore();
  const pick = life.add(inputs.createQuickPick<T>());
  pick.title = request.title;
  pick.step = request.step;
  pick.totalSteps = request.totalSteps;
  pick.buttons = request.canGoBack ? [QuickInputButtons.Back] : [];
  pick.ignoreFocusOut = true;
  pick.placeholder = request.placeholder;
  pick.matchOnDescription = true;
  pick.items = request.items;
  if (request.active) {
    pick.activeItems = [request.active];
  }
  return new Promise<StepResult<T>>((resolve) => {
    life.add(
      pick.onDidAccept(() => {
        const [value] = pick.selectedItems;
        if (value) {
          resolve({ how: 'next', value });
        }
      }),
    );
    life.add(pick.onDidTriggerButton(() => resolve({ how: 'back' })));
    life.add(pick.onDidHide(() => resolve({ how: 'cancel' })));
    pick.show();
  }).finally(() => life.dispose());
}
