import assert from 'node:assert/strict';
import { InputBoxValidationSeverity, QuickInputButtons } from 'vscode';
import type { InputBox, QuickInputButton, QuickPick, QuickPickItem } from 'vscode';
import { Emitter } from '../../../src/common/emitter';
import { askChoice, askLine } from '../../../src/common/quickStep';
import type { LineStep, QuickInputs } from '../../../src/common/quickStep';

/** What a user does with an input that nobody draws. */
class PlayedInput {
  readonly typed = new Emitter<string>();
  readonly entered = new Emitter<void>();
  readonly pressed = new Emitter<QuickInputButton>();
  readonly left = new Emitter<void>();
  readonly onDidChangeValue = this.typed.event;
  readonly onDidAccept = this.entered.event;
  readonly onDidTriggerButton = this.pressed.event;
  readonly onDidHide = this.left.event;
  selectedItems: readonly QuickPickItem[] = [];
  shown = 0;
  disposed = 0;

  show(): void {
    this.shown += 1;
  }

  dispose(): void {
    this.disposed += 1;
  }
}

describe('a quick input step', () => {
  let input: PlayedInput;
  let box: InputBox;
  let inputs: QuickInputs;
  const frame = { title: 'Title', step: 2, totalSteps: 4, canGoBack: true, placeholder: 'here' };
  const line: LineStep = {
    ...frame,
    value: '',
    prompt: () => 'Type it',
    validate: (value) =>
      value === 'right'
        ? undefined
        : { message: `not ${value}`, severity: InputBoxValidationSeverity.Error },
  };

  beforeEach(() => {
    input = new PlayedInput();
    box = input as unknown as InputBox;
    inputs = {
      createInputBox: () => box,
      createQuickPick: <T extends QuickPickItem>() => input as unknown as QuickPick<T>,
    };
  });
  afterEach(() => assert.equal(input.disposed, 1, 'nothing of it stays'));

  const type = (value: string) => {
    box.value = value;
    input.typed.fire(value);
  };
  const said = () =>
    typeof box.validationMessage === 'object'
      ? box.validationMessage.message
      : box.validationMessage;

  it('gives the line that is right on Enter, and stays at one that is wrong', async () => {
    const answer = askLine(inputs, line);
    assert.deepEqual(
      [box.title, box.step, box.totalSteps, box.placeholder, box.prompt, box.ignoreFocusOut],
      ['Title', 2, 4, 'here', 'Type it', true],
    );
    assert.equal(said(), undefined, 'nothing is wrong with a line that is empty still');
    input.entered.fire();
    assert.equal(said(), 'not ');
    type('wrong');
    assert.equal(said(), 'not wrong');
    input.entered.fire();
    type('');
    assert.equal(said(), undefined);
    type('right');
    input.entered.fire();
    assert.deepEqual(await answer, { kind: 'next', value: 'right' });
  });

  it('counts no steps where there is one', async () => {
    const answer = askLine(inputs, { ...line, step: 1, totalSteps: 1 });
    assert.deepEqual([box.title, box.step, box.totalSteps], ['Title', undefined, undefined]);
    input.left.fire();
    assert.deepEqual(await answer, { kind: 'cancelled' });
  });

  it('takes a line with a remark that is no error', async () => {
    const severity = InputBoxValidationSeverity.Info;
    const validate = () => ({ message: 'fine', severity });
    const answer = askLine(inputs, { ...line, value: 'x', validate });
    assert.equal(said(), 'fine');
    input.entered.fire();
    assert.deepEqual(await answer, { kind: 'next', value: 'x' });
  });

  it('shows a complaint until the user types', async () => {
    const answer = askLine(inputs, { ...line, value: 'old', complaint: 'refused' });
    assert.equal(said(), 'refused');
    type('new');
    assert.equal(said(), 'not new');
    input.left.fire();
    await answer;
  });

  it('goes back, is left, or is ended from outside', async () => {
    const back = askLine(inputs, line);
    input.pressed.fire(QuickInputButtons.Back);
    assert.deepEqual(await back, { kind: 'back' });
    input.disposed = 0;
    const left = askLine(inputs, line);
    input.left.fire();
    assert.deepEqual(await left, { kind: 'cancelled' });
    input.disposed = 0;
    const stop = new AbortController();
    const ended = askLine(inputs, { ...line, signal: stop.signal });
    stop.abort();
    assert.deepEqual(await ended, { kind: 'cancelled' });
    [input.disposed, input.shown] = [0, 0];
    assert.deepEqual(await askLine(inputs, { ...line, signal: AbortSignal.abort() }), {
      kind: 'cancelled',
    });
    assert.equal(input.shown, 0);
  });

  it('draws prompt and buttons anew when told to, and presses them', async () => {
    let [prompt, pressed, ended] = ['first', 0, 0];
    const button = { iconPath: QuickInputButtons.Back.iconPath, press: () => (pressed += 1) };
    let isOffered = false;
    let redraw: () => void = () => undefined;
    const answer = askLine(inputs, {
      ...line,
      canGoBack: false,
      prompt: () => prompt,
      buttons: () => (isOffered ? [button] : []),
      onShow: (draw, life) => {
        redraw = draw;
        life.add({ dispose: () => (ended += 1) });
      },
    });
    assert.deepEqual([box.prompt, box.buttons], ['first', []]);
    [prompt, isOffered] = ['second', true];
    redraw();
    assert.deepEqual([box.prompt, box.buttons], ['second', [button]]);
    input.pressed.fire(button);
    assert.deepEqual([pressed, ended], [1, 0]);
    input.left.fire();
    await answer;
    assert.equal(ended, 1);
  });

  it('hears every change, and follows it with the prompt', async () => {
    const heard: string[] = [];
    const answer = askLine(inputs, {
      ...line,
      prompt: (value) => `${value.length} letters`,
      onChange: (value) => heard.push(value),
    });
    assert.equal(box.prompt, '0 letters');
    type('ab');
    type('abc');
    assert.deepEqual([heard, box.prompt], [['ab', 'abc'], '3 letters']);
    input.left.fire();
    await answer;
  });

  it('makes no link of what it says', async () => {
    const text = '[x](command:bad)';
    const answer = askLine(inputs, {
      ...line,
      prompt: () => text,
      complaint: text,
      validate: () => ({ message: text, severity: InputBoxValidationSeverity.Error }),
    });
    const safe = '[x] (command :bad)';
    assert.deepEqual([box.prompt, said()], [safe, safe]);
    type('x');
    assert.equal(said(), safe);
    input.left.fire();
    await answer;
  });

  it('gives the chosen item', async () => {
    const items = [{ label: 'a' }, { label: 'b' }];
    const answer = askChoice(inputs, { ...frame, items });
    input.entered.fire();
    input.selectedItems = items.slice(1);
    input.entered.fire();
    assert.deepEqual(await answer, { kind: 'next', value: items[1] });
  });

  it('puts what was typed above the items (trial 6.5)', async () => {
    const items = [{ label: 'one' }];
    const typed = (text: string) => (text === '' ? [] : [{ label: text, alwaysShow: true }]);
    const answer = askChoice(inputs, { ...frame, items, typed });
    const shown = () =>
      (box as unknown as QuickPick<QuickPickItem>).items.map(({ label }) => label);
    type('new');
    assert.deepEqual(shown(), ['new', 'one']);
    type('');
    assert.deepEqual(shown(), ['one']);
    input.left.fire();
    assert.deepEqual(await answer, { kind: 'cancelled' });
  });
});
