import { QuickInputButtons } from 'vscode';
import type { InputBoxValidationMessage, QuickInputButton, QuickPickItem } from 'vscode';
import { InputBoxValidationSeverity } from 'vscode';
import { DisposableStore } from '../common/dispose';
import { withoutLinks } from '../common/plainText';
import type { QuickInputs } from '../people/recipientPicker';

/** Where a step stands among the others. */
export interface StepFrame {
  title: string;
  step: number;
  totalSteps: number;
  canGoBack: boolean;
}

/** How a step was left. */
export type Left<T> = { how: 'next'; value: T } | { how: 'back' } | { how: 'cancel' };

export interface LineRequest extends StepFrame {
  value: string;
  placeholder: string;
  /** Shown below while nothing is wrong. */
  prompt(value: string): string;
  /** Errors keep the step; warnings do not. */
  validate(value: string): InputBoxValidationMessage | undefined;
  /** A button at the title; it is drawn anew, and the line checked, after each click. */
  action?(): { button: QuickInputButton; run(): void };
  /** Hears every change, so that nothing typed is lost. */
  onChange(value: string): void;
}

/** One line of text. */
export function askLine(inputs: QuickInputs, request: LineRequest): Promise<Left<string>> {
  const own = new DisposableStore();
  const box = own.add(inputs.createInputBox());
  box.title = request.title;
  box.step = request.step;
  box.totalSteps = request.totalSteps;
  let action = request.action?.();
  const drawButtons = (): void => {
    box.buttons = [
      ...(request.canGoBack ? [QuickInputButtons.Back] : []),
      ...(action ? [action.button] : []),
    ];
  };
  drawButtons();
  box.ignoreFocusOut = true;
  box.placeholder = request.placeholder;
  box.value = request.value;
  const check = (): boolean => {
    const found = request.validate(box.value);
    // Both quote what the user pasted, and the workbench makes links of them.
    box.validationMessage = found && { ...found, message: withoutLinks(found.message) };
    box.prompt = withoutLinks(request.prompt(box.value));
    return found?.severity !== InputBoxValidationSeverity.Error;
  };
  box.prompt = withoutLinks(request.prompt(box.value));
  if (box.value !== '') {
    check();
  }
  return new Promise<Left<string>>((resolve) => {
    own.add(
      box.onDidChangeValue((value) => {
        request.onChange(value);
        check();
      }),
    );
    own.add(
      box.onDidAccept(() => {
        if (check()) {
          resolve({ how: 'next', value: box.value });
        }
      }),
    );
    own.add(
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
    own.add(box.onDidHide(() => resolve({ how: 'cancel' })));
    box.show();
  }).finally(() => own.dispose());
}

export interface OneRequest<T extends QuickPickItem> extends StepFrame {
  items: readonly T[];
  active?: T | undefined;
  placeholder: string;
}

/** One of several lines. */
export function askOne<T extends QuickPickItem>(
  inputs: QuickInputs,
  request: OneRequest<T>,
): Promise<Left<T>> {
  const own = new DisposableStore();
  const pick = own.add(inputs.createQuickPick<T>());
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
  return new Promise<Left<T>>((resolve) => {
    own.add(
      pick.onDidAccept(() => {
        const [value] = pick.selectedItems;
        if (value) {
          resolve({ how: 'next', value });
        }
      }),
    );
    own.add(pick.onDidTriggerButton(() => resolve({ how: 'back' })));
    own.add(pick.onDidHide(() => resolve({ how: 'cancel' })));
    pick.show();
  }).finally(() => own.dispose());
}
