import assert from 'node:assert/strict';
import { commands, window } from 'vscode';
import type { BrowserWait } from '../../../src/accounts/signInDialogs';
import { VscodeSignInDialogs } from '../../../src/accounts/vscodeSignInDialogs';
import type { StepAnswer } from '../../../src/common/quickStep';
import { until } from '../../support/until';

describe('sign-in dialogs', () => {
  const place = { step: 2, totalSteps: 4, canGoBack: true };
  const about = {
    portal: 'https://acme.bitrix24.com',
    handler: 'http://localhost:24042/bitrix24-push',
    initial: 'local.0123456789abcd.01234567',
  };
  let dialogs: VscodeSignInDialogs;

  beforeEach(() => {
    dialogs = new VscodeSignInDialogs({
      openExternal: () => Promise.resolve(true),
      clipboard: { readText: () => Promise.resolve(''), writeText: () => Promise.resolve() },
      signInPort: () => 24042,
    });
  });
  afterEach(async () => {
    dialogs.close();
    await commands.executeCommand('workbench.action.closeQuickOpen');
  });

  /** Presses a key of the box until it has taken it: the box opens in its own time. */
  async function press<T>(command: string, step: Promise<StepAnswer<T>>): Promise<StepAnswer<T>> {
    const state = { done: false };
    void step.finally(() => (state.done = true));
    while (!state.done) {
      await commands.executeCommand(command);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return step;
  }
  const accept = 'workbench.action.acceptSelectedQuickOpenItem';
  const back = 'workbench.action.quickInputBack';
  const close = 'workbench.action.closeQuickOpen';

  it('take a portal', async () => {
    assert.deepEqual(await press(accept, dialogs.askPortal(place, 'acme.bitrix24.com')), {
      kind: 'next',
      value: 'acme.bitrix24.com',
    });
  });

  it('go back and can be cancelled at each step', async () => {
    const steps: (() => Promise<StepAnswer<unknown>>)[] = [
      () => dialogs.askPortal(place, ''),
      () =>
        dialogs.askWhichApp(place, {
          host: 'acme',
          apps: [{ clientId: 'local.1', userName: 'A' }],
        }),
      () => dialogs.askClientId(place, about),
      () => dialogs.askClientSecret(place, about),
    ];
    for (const step of steps) {
      assert.deepEqual(await press(close, step()), { kind: 'cancelled' });
    }
    for (const step of steps) {
      assert.deepEqual(await press(back, step()), { kind: 'back' });
    }
  });

  it('offer the first application', async () => {
    const apps = [{ clientId: 'local.1', userName: 'Anna' }];
    assert.deepEqual(await press(accept, dialogs.askWhichApp(place, { host: 'acme', apps })), {
      kind: 'next',
      value: 'local.1',
    });
  });

  it('open the page that says what to type, once, and close it at the end', async () => {
    const open = () =>
      window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .filter(({ label }) => label === 'Bitrix24: Add an Application').length;
    const step = dialogs.askClientId(place, about);
    await until(() => open() === 1);
    assert.equal((await press(accept, step)).kind, 'next');
    await press(close, dialogs.askClientId(place, about));
    assert.equal(open(), 1);
    dialogs.close();
    await until(() => open() === 0);
  });

  it('wait for the browser until told to stop', async () => {
    const stop = new AbortController();
    const wait: BrowserWait = {
      host: 'acme.bitrix24.com',
      authorizeUrl: 'https://acme.bitrix24.com/oauth/authorize/?client_id=x&state=y',
      handler: about.handler,
      onTrouble: () => ({ dispose() {} }),
      openBrowser: () => Promise.resolve(),
      judge: () => 'noCode',
    };
    const waiting = dialogs.askForAnswer(place, wait, stop.signal);
    stop.abort();
    assert.deepEqual(await waiting, { kind: 'cancelled' });
    assert.deepEqual(
      await press(back, dialogs.askForAnswer(place, wait, new AbortController().signal)),
      {
        kind: 'back',
      },
    );
  });
});
