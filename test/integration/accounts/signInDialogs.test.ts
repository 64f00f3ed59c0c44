import assert from 'node:assert/strict';
import { commands, window } from 'vscode';
import type { BrowserWait } from '../../../src/accounts/signInDialogs';
import { VscodeSignInDialogs } from '../../../src/accounts/signInDialogs';
import { renderHelpPage } from '../../../src/accounts/signInHelp';
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

describe('the page that says what to type', () => {
  const hostile = `http://x/"><img src=x onerror=alert(1)>'&`;
  const handler = 'http://localhost:24042/bitrix24-push';

  it('shows whatever it is given as text', () => {
    const html = renderHelpPage({ portal: undefined, handler: hostile }, 'N0NCE');
    assert.ok(!html.includes('<img'));
    assert.ok(html.includes('&#34;&#62;&#60;img src=x onerror=alert(1)&#62;&#39;&#38;'));
  });

  it('runs and styles only what carries its nonce, and loads nothing', () => {
    const html = renderHelpPage({ portal: 'https://acme.bitrix24.com', handler }, 'N0NCE');
    assert.match(
      html,
      /content="default-src 'none'; style-src 'nonce-N0NCE'; script-src 'nonce-N0NCE'; base-uri 'none'; form-action 'none'"/,
    );
    const opening = [...html.matchAll(/<(script|style)\b[^>]*>/g)].map(([tag]) => tag);
    assert.deepEqual(opening, ['<style nonce="N0NCE">', '<script nonce="N0NCE">']);
    assert.ok(!/\s(?:style|on\w+|src)=/.test(html));
  });

  it('links to the portal once it is known, and to nothing else', () => {
    const links = (portal?: string) =>
      [...renderHelpPage({ portal, handler }, 'N').matchAll(/ href="([^"]*)"/g)].map(
        ([, href]) => href,
      );
    assert.deepEqual(links(), []);
    assert.deepEqual(links('https://acme.bitrix24.com'), [
      'https://acme.bitrix24.com/devops/section/standard/',
      'https://acme.bitrix24.com/devops/list/',
    ]);
  });

  it('offers a copy only where there is something to copy', () => {
    const html = renderHelpPage({ portal: undefined, handler }, 'N');
    assert.equal(html.split('data-copy="').length - 1, 4);
  });
});
