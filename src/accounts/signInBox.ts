import { InputBoxValidationSeverity, QuickInputButtons, window } from 'vscode';
import type { InputBox, InputBoxValidationMessage, QuickInputButton } from 'vscode';
import { DisposableStore } from '../common/dispose';
import { withoutLinks } from '../common/plainText';
import type { Step, StepPlace } from './signInDialogs';
import { flowTitle } from './signInWords';

export interface BoxButton extends QuickInputButton {
  press(box: InputBox): void;
}

/** One step of the sign-in as an input box. */
export interface Box {
  place: StepPlace;
  prompt: string;
  placeholder: string;
  value?: string;
  password?: boolean;
  /** Shown until the user types. */
  complaint?: string | undefined;
  /** What is wrong with the value, or what it was understood as. Nothing is said about an empty one. */
  judge: (value: string) => { ok: boolean; message?: string | undefined };
  buttons?: BoxButton[];
  signal?: AbortSignal | undefined;
  /** More life for the box, ended with it. */
  onShow?(box: InputBox, life: DisposableStore): void;
}

/** Shows the box until it is accepted, left or aborted; an accepted value is one that `judge` takes. */
export async function showBox(options: Box): Promise<Step<string>> {
  const life = new DisposableStore();
  const box = life.add(window.createInputBox());
  const { place, signal, judge } = options;
  box.title = flowTitle();
  box.step = place.step;
  box.totalSteps = place.total;
  const prompt = withoutLinks(options.prompt);
  box.prompt = prompt;
  box.placeholder = options.placeholder;
  box.value = options.value ?? '';
  box.password = options.password ?? false;
  box.ignoreFocusOut = true;
  box.buttons = [...(place.canGoBack ? [QuickInputButtons.Back] : []), ...(options.buttons ?? [])];
  box.validationMessage =
    options.complaint === undefined
      ? messageFor(judge, box.value)
      : withoutLinks(options.complaint);
  try {
    return await new Promise<Step<string>>((resolve) => {
      life.add(
        box.onDidChangeValue((value) => {
          box.validationMessage = messageFor(judge, value);
        }),
      );
      life.add(
        box.onDidAccept(() => {
          if (judge(box.value).ok) {
            resolve({ kind: 'next', value: box.value });
          } else {
            box.validationMessage = messageFor(judge, box.value) ?? prompt;
          }
        }),
      );
      life.add(
        box.onDidTriggerButton((button) => {
          if (button === QuickInputButtons.Back) {
            resolve({ kind: 'back' });
          } else {
            (button as Partial<BoxButton>).press?.(box);
          }
        }),
      );
      life.add(box.onDidHide(() => resolve({ kind: 'cancelled' })));
      const abort = () => resolve({ kind: 'cancelled' });
      signal?.addEventListener('abort', abort, { once: true });
      life.add({ dispose: () => signal?.removeEventListener('abort', abort) });
      if (signal?.aborted) {
        abort();
        return;
      }
      options.onShow?.(box, life);
      box.show();
    });
  } finally {
    life.dispose();
  }
}

function messageFor(judge: Box['judge'], value: string): InputBoxValidationMessage | undefined {
  if (value.trim() === '') {
    return undefined;
  }
  const { ok, message } = judge(value);
  return message === undefined
    ? undefined
    : {
        message: withoutLinks(message),
        severity: ok ? InputBoxValidationSeverity.Info : InputBoxValidationSeverity.Error,
      };
}
