import { InputBoxValidationSeverity, QuickInputButtons } from 'vscode';
import type {
  InputBox,
  InputBoxValidationMessage,
  QuickInputButton,
  QuickPick,
  QuickPickItem,
  window,
} from 'vscode';
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

export interface StepButton extends QuickInputButton {
  press(): void;
}

interface StepRequest extends StepFrame {
  placeholder: string;
  /** The buttons beside Back. */
  buttons?: () => readonly StepButton[];
  /** Ends the step as cancelled. */
  signal?: AbortSignal | undefined;
}

export interface LineRequest extends StepRequest {
  value: string;
  password?: boolean;
  /** The line below the input. */
  prompt(value: string): string;
  /** A message about the value. An error keeps the step open. An empty value is judged when Enter is pressed. */
  validate(value: string): InputBoxValidationMessage | undefined;
  /** Shown in place of that message until the user types. */
  complaint?: string | undefined;
  /** Called with every change, so that nothing typed is lost. */
  onChange?(value: string): void;
  /** Called when the step begins. `redraw` draws prompt, message and buttons again; `life` ends with the step. */
  onShow?(redraw: () => void, life: DisposableStore): void;
}

/** Asks for one line of text. Prompt and message are drawn again after each change, the buttons after each press. */
export function askLine(
  inputs: Pick<QuickInputs, 'createInputBox'>,
  request: LineRequest,
): Promise<StepResult<string>> {
  const life = new DisposableStore();
  const box = life.add(inputs.createInputBox());
  box.value = request.value;
  box.password = request.password ?? false;
  let complaint = request.complaint;
  // The message and the prompt may quote what the user pasted, and the workbench would make links of it.
  const check = (): boolean => {
    const found = request.validate(box.value);
    box.validationMessage = found && { ...found, message: withoutLinks(found.message) };
    return found?.severity !== InputBoxValidationSeverity.Error;
  };
  const drawTexts = (): void => {
    box.prompt = withoutLinks(request.prompt(box.value));
    if (complaint !== undefined) {
      box.validationMessage = withoutLinks(complaint);
    } else if (box.value === '') {
      box.validationMessage = undefined;
    } else {
      check();
    }
  };
  life.add(
    box.onDidChangeValue((value) => {
      complaint = undefined;
      request.onChange?.(value);
      drawTexts();
    }),
  );
  const draw = (): void => {
    drawTexts();
    drawButtons(box, request);
  };
  draw();
  request.onShow?.(draw, life);
  return finish(box, request, life, draw, () => (check() ? box.value : undefined));
}

export interface ChoiceRequest<T extends QuickPickItem> extends StepRequest {
  items: readonly T[];
  active?: T | undefined;
}

/** Asks for one item of a list. */
export function askChoice<T extends QuickPickItem>(
  inputs: Pick<QuickInputs, 'createQuickPick'>,
  request: ChoiceRequest<T>,
): Promise<StepResult<T>> {
  const life = new DisposableStore();
  const pick = life.add(inputs.createQuickPick<T>());
  pick.matchOnDescription = true;
  pick.items = request.items;
  if (request.active) {
    pick.activeItems = [request.active];
  }
  const draw = () => drawButtons(pick, request);
  draw();
  return finish(pick, request, life, draw, () => pick.selectedItems[0]);
}

type StepInput = InputBox | QuickPick<QuickPickItem>;

function drawButtons(input: StepInput, { canGoBack, buttons }: StepRequest): void {
  input.buttons = [...(canGoBack ? [QuickInputButtons.Back] : []), ...(buttons?.() ?? [])];
}

/** Shows the input until `accept` returns a value on Enter, or the user goes back or away; then ends `life`. */
function finish<T>(
  input: StepInput,
  { title, step, totalSteps, placeholder, signal }: StepRequest,
  life: DisposableStore,
  draw: () => void,
  accept: () => T | undefined,
): Promise<StepResult<T>> {
  input.title = title;
  input.step = step;
  input.totalSteps = totalSteps;
  input.placeholder = placeholder;
  input.ignoreFocusOut = true;
  return new Promise<StepResult<T>>((resolve) => {
    const cancel = () => resolve({ how: 'cancel' });
    life.add(
      input.onDidAccept(() => {
        const value = accept();
        if (value !== undefined) {
          resolve({ how: 'next', value });
        }
      }),
    );
    life.add(
      input.onDidTriggerButton((button) => {
        if (button === QuickInputButtons.Back) {
          resolve({ how: 'back' });
        } else if (isStepButton(button)) {
          button.press();
          draw();
        }
      }),
    );
    life.add(input.onDidHide(cancel));
    signal?.addEventListener('abort', cancel, { once: true });
    life.add({ dispose: () => signal?.removeEventListener('abort', cancel) });
    if (signal?.aborted) {
      cancel();
    } else {
      input.show();
    }
  }).finally(() => life.dispose());
}

function isStepButton(button: QuickInputButton): button is StepButton {
  return 'press' in button;
}
