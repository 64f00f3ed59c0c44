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

export type QuickInputs = Pick<typeof window, 'createInputBox' | 'createQuickPick'>;

/** How the user left a step. */
export type StepAnswer<T> = { kind: 'next'; value: T } | { kind: 'back' } | { kind: 'cancelled' };

export interface StepButton extends QuickInputButton {
  press(): void;
}

/** The title of a step and its place among the others; Back is offered where there is a step before. */
export interface StepPlace {
  title: string;
  step: number;
  totalSteps: number;
  canGoBack: boolean;
}

interface QuickStep extends StepPlace {
  /** The buttons beside Back. */
  buttons?: () => readonly StepButton[];
  /** Ends the step as cancelled. */
  signal?: AbortSignal | undefined;
  placeholder: string;
}

export interface LineStep extends QuickStep {
  value: string;
  password?: boolean;
  /** The sentence below the line. */
  prompt: (value: string) => string;
  /** Shown until the user types. */
  complaint?: string | undefined;
  /** Returns what is to be said about the value; a string is an error, which keeps the step. An empty line is judged on Enter only. */
  validate(value: string): string | InputBoxValidationMessage | undefined;
  /** Called with every change, so that nothing typed is lost. */
  onChange?(value: string): void;
  /** Called when the line is shown. `redraw` draws prompt, buttons and message anew; `life` ends with the step. */
  onShow?(redraw: () => void, life: DisposableStore): void;
}

/** Asks for one line of text. What it says is plain text: the workbench would make links of what a user pasted. */
export function askLine(inputs: QuickInputs, step: LineStep): Promise<StepAnswer<string>> {
  const life = new DisposableStore();
  const box = life.add(inputs.createInputBox());
  box.placeholder = step.placeholder;
  box.password = step.password ?? false;
  box.value = step.value;
  const judge = (): boolean => {
    const said = step.validate(box.value);
    const found =
      typeof said === 'string'
        ? { message: said, severity: InputBoxValidationSeverity.Error }
        : said;
    box.validationMessage = found && { ...found, message: withoutLinks(found.message) };
    return found?.severity !== InputBoxValidationSeverity.Error;
  };
  let { complaint } = step;
  const update = (): void => {
    box.prompt = withoutLinks(step.prompt(box.value));
    if (complaint !== undefined) {
      box.validationMessage = withoutLinks(complaint);
    } else if (box.value === '') {
      box.validationMessage = undefined;
    } else {
      judge();
    }
  };
  life.add(
    box.onDidChangeValue((value) => {
      complaint = undefined;
      step.onChange?.(value);
      update();
    }),
  );
  const redraw = (): void => {
    drawButtons(box, step);
    update();
  };
  redraw();
  step.onShow?.(redraw, life);
  return leave(box, step, life, () => (judge() ? box.value : undefined));
}

export interface ChoiceStep<T extends QuickPickItem> extends QuickStep {
  items: readonly T[];
  active?: T | undefined;
  /** Returns the items that stand above the others for what was typed. */
  typed?(text: string): readonly T[];
}

/** Asks for one of several items. */
export function askChoice<T extends QuickPickItem>(
  inputs: QuickInputs,
  step: ChoiceStep<T>,
): Promise<StepAnswer<T>> {
  const life = new DisposableStore();
  const pick = life.add(inputs.createQuickPick<T>());
  pick.placeholder = step.placeholder;
  pick.matchOnDescription = true;
  pick.items = step.items;
  if (step.active) {
    pick.activeItems = [step.active];
  }
  life.add(
    pick.onDidChangeValue((text) => {
      if (step.typed) {
        pick.items = [...step.typed(text), ...step.items];
      }
    }),
  );
  drawButtons(pick, step);
  return leave(pick, step, life, () => pick.selectedItems[0]);
}

type StepInput = InputBox | QuickPick<QuickPickItem>;

function drawButtons(input: StepInput, { canGoBack, buttons }: QuickStep): void {
  input.buttons = [...(canGoBack ? [QuickInputButtons.Back] : []), ...(buttons?.() ?? [])];
}

/** Shows the input until `accepted` gives a value on Enter, or the user goes back or away; then ends `life`. */
function leave<T>(
  input: StepInput,
  { title, step, totalSteps, signal }: QuickStep,
  life: DisposableStore,
  accepted: () => T | undefined,
): Promise<StepAnswer<T>> {
  input.title = title;
  // "(1/1)" behind a title would say nothing.
  const isAlone = totalSteps === 1;
  input.step = isAlone ? undefined : step;
  input.totalSteps = isAlone ? undefined : totalSteps;
  input.ignoreFocusOut = true;
  return new Promise<StepAnswer<T>>((resolve) => {
    const cancel = () => resolve({ kind: 'cancelled' });
    life.add(
      input.onDidAccept(() => {
        const value = accepted();
        if (value !== undefined) {
          resolve({ kind: 'next', value });
        }
      }),
    );
    life.add(
      input.onDidTriggerButton((pressed) => {
        if (pressed === QuickInputButtons.Back) {
          resolve({ kind: 'back' });
        } else {
          input.buttons
            .find((button): button is StepButton => button === pressed && 'press' in button)
            ?.press();
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
