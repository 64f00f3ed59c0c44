import assert from 'node:assert/strict';
import { HistoryView } from './support/historyView';
import { stage } from './support/stage';
import { until } from './support/until';
import type { Workbench } from './support/workbench';

/** Settings of the user: everything is told that ends while nobody is at the window, however short it was. */
const userSettings = {
  'bitrix24Push.reachMe.longerThan': 0,
  'bitrix24Push.reachMe.awayAfter': 0,
};

const shell = (label: string, command: string) => ({
  ...{ label, type: 'shell', command, problemMatcher: [] },
  presentation: { reveal: 'silent' },
});

const tasks = {
  version: '2.0.0',
  tasks: [
    shell('seen', 'exit 0'),
    shell('fails', 'sleep 3; exit 3'),
    shell('part one', 'sleep 3'),
    shell('part two', 'sleep 3'),
    { label: 'compound', dependsOn: ['part one', 'part two'], problemMatcher: [] },
    shell('endless', 'sleep 600'),
    shell('short', 'sleep 5'),
    shell('last', 'sleep 3'),
  ],
};

const files = { '.vscode/tasks.json': JSON.stringify(tasks) };

/** Starts a task as its user would. */
async function start(workbench: Workbench, label: string): Promise<void> {
  await workbench.command('Tasks: Run Task');
  await workbench.quickInputBox.fill(label);
  await workbench.row(label).click();
  await workbench.quickInput.waitFor({ state: 'hidden' });
}

/** The texts that reached the phones. */
async function texts(): Promise<string[]> {
  return (await stage.portal.pushes()).map(({ text }) => text);
}

/** Waits until something was sent that says this, and returns its text. Things are gathered for 20 seconds. */
async function pushThatSays(words: string): Promise<string> {
  const said = async () => (await texts()).find((text) => text.includes(words));
  return await until(`a push that says “${words}”`, said, 60_000);
}

/** Gives the standing yes; the first push shows that the phone rings. */
async function turnOn(workbench: Workbench): Promise<void> {
  await workbench.command('Bitrix24: Reach Me on My Phone');
  await workbench.button('Turn On', workbench.dialog).click();
  await pushThatSays('This is how VS Code reaches you');
}

describe('reaching its user on the phone', function () {
  this.timeout(240_000);

  it('tells of tasks that end while nobody is at the window', async () => {
    const workbench = await stage.workbench({ files, userSettings });
    await turnOn(workbench);
    await start(workbench, 'seen');
    await start(workbench, 'fails');
    await workbench.goAway();
    const failed = await pushThatSays('fails');
    assert.match(failed, /^fails failed \(exit 3\) after \d sec · folder-\d+$/u);

    await workbench.comeBack();
    await start(workbench, 'compound');
    await workbench.goAway();
    assert.match(await pushThatSays('compound'), /^compound finished after \d sec · folder-\d+$/u);
    assert.equal((await texts()).length, 3);
  });

  it('holds what comes during a pause, and tells it in one push at the end', async () => {
    const workbench = await stage.workbench({ files, userSettings });
    await turnOn(workbench);
    await workbench.command('Bitrix24: Pause Reaching Me');
    await workbench.row('For an Hour').click();
    const status = workbench.page.locator('.statusbar-item', { hasText: 'paused' });
    await start(workbench, 'endless');
    const terminal = workbench.page.locator('.terminal-wrapper.active .xterm-screen');
    await workbench.command('Terminal: Focus Terminal');
    await terminal.waitFor();
    await start(workbench, 'fails');
    await workbench.goAway();
    await workbench.page.keyboard.press('Control+C');
    const history = await HistoryView.in(workbench);
    await history.line('endless').waitFor();
    await history.line('fails').waitFor();
    await status.waitFor();
    assert.equal((await texts()).length, 1);
    await workbench.command('Bitrix24: Resume Reaching Me');
    const summary = await pushThatSays('while you were away');
    assert.match(summary, /^2 things while you were away:$/mu);
    assert.match(summary, /endless finished/u);
    assert.match(summary, /fails failed \(exit 3\)/u);
    assert.equal((await texts()).length, 2);
  });

  it('tells once of what was asked for, while its user looks on', async () => {
    const workbench = await stage.workbench({ files, userSettings });
    await turnOn(workbench);
    await start(workbench, 'short');
    await workbench.command('Bitrix24: Send Push to Me When This Ends');
    await workbench.step('Choose what you want to hear of, once');
    await workbench.page.keyboard.press('Enter');
    assert.match(await pushThatSays('short'), /^short finished after \d sec/u);
    assert.equal((await texts()).length, 2);
  });

  it('tells in the next window what the last one held when it was killed, and sends it once', async () => {
    const sandbox = stage.sandbox;
    const workbench = await stage.workbench({ files, userSettings });
    await turnOn(workbench);
    await start(workbench, 'last');
    await workbench.goAway();
    const history = await HistoryView.in(workbench);
    await history.line('last').waitFor();
    await stage.crash(sandbox);
    const next = await stage.workbench({ files });
    const toast = next.toast('ended');
    await toast.waitFor();
    assert.equal((await texts()).length, 1);
    await next.button('Send to My Phone', toast).click();
    await pushThatSays('last');
    assert.equal((await texts()).length, 2);
  });

  it('takes a hundred calls of b24push at once: one push now, one for the rest, none missing', async () => {
    const workbench = await stage.workbench({ files, userSettings });
    await turnOn(workbench);
    await workbench.command('Terminal: Create New Terminal');
    await workbench.page.locator('.terminal-wrapper.active .xterm-screen').waitFor();
    await workbench.page.keyboard.type(
      'for i in $(seq 100); do b24push "call $i" || echo LOST; done; echo DONE',
    );
    await workbench.page.keyboard.press('Enter');
    await pushThatSays('things');
    const told = (await texts()).join('\n');
    assert.match(told, /call 1\b/u);
  });
});
