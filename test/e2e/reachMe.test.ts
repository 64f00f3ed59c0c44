import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
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

/** Ends once the test has put the file there: it may take long until its user has left, or has chosen. */
const untilGone = 'until [ -f gone ]; do sleep 0.2; done';

const tasks = {
  version: '2.0.0',
  tasks: [
    { ...shell('seen', 'exit 0'), presentation: { reveal: 'always' } },
    shell('fails', `${untilGone}; exit 3`),
    shell('part one', untilGone),
    shell('part two', `${untilGone}; exit 0`),
    { label: 'compound', dependsOn: ['part one', 'part two'], problemMatcher: [] },
    { ...shell('endless', 'sleep 600'), presentation: { focus: true } },
    shell('short', untilGone),
    shell('last', untilGone),
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
  let folder: string;

  const open = () => stage.workbench({ folder, userSettings });
  /** Its user is away, and what runs ends. */
  const goAway = async (workbench: Workbench) => {
    await workbench.goAway();
    end();
  };
  const end = () => writeFileSync(path.join(folder, 'gone'), '');

  beforeEach(() => {
    folder = stage.folder(files);
  });

  it('tells of tasks that end while nobody is at the window', async () => {
    const workbench = await open();
    await turnOn(workbench);
    await start(workbench, 'seen');
    await workbench.page.locator('.single-terminal-tab .codicon-check').waitFor();
    await start(workbench, 'fails');
    await goAway(workbench);
    const failed = await pushThatSays('fails');
    assert.match(failed, /^fails failed \(exit 3\) after \d+ sec · folder-\d+$/u);

    await workbench.comeBack();
    rmSync(path.join(folder, 'gone'));
    await start(workbench, 'compound');
    await goAway(workbench);
    assert.match(await pushThatSays('compound'), /^compound finished after \d+ sec · folder-\d+$/u);
    assert.equal((await texts()).length, 3);
  });

  it('holds what comes during a pause, and tells it in one push at the end', async () => {
    const workbench = await open();
    await turnOn(workbench);
    await workbench.command('Bitrix24: Pause Reaching Me');
    await workbench.row('For an Hour').click();
    const status = workbench.page.locator('.statusbar-item[id*="reachMe"]', { hasText: '2' });
    await start(workbench, 'endless');
    await workbench.page.locator('.terminal-wrapper.active .xterm.focus').waitFor();
    await workbench.goAway();
    await workbench.page.keyboard.press('Control+C');
    await start(workbench, 'fails');
    end();
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
    const workbench = await open();
    await turnOn(workbench);
    await start(workbench, 'short');
    // VS Code shows that a task runs once its process has started.
    await workbench.page.locator('.statusbar-item .codicon-tools').waitFor();
    await workbench.command('Bitrix24: Send Push to Me When This Ends');
    await workbench.step('Choose what you want to hear of, once');
    await workbench.page.keyboard.press('Enter');
    await workbench.page.locator('.statusbar-item', { hasText: 'when this ends: short' }).waitFor();
    end();
    assert.match(await pushThatSays('short'), /^short finished after \d+ sec/u);
    assert.equal((await texts()).length, 2);
  });

  it('tells in the next window what the last one held when it was killed, and sends it once', async () => {
    const workbench = await open();
    await turnOn(workbench);
    await start(workbench, 'last');
    await goAway(workbench);
    const history = await HistoryView.in(workbench);
    await history.line('last').waitFor();
    const profile = await workbench.profile();
    await stage.crash(stage.sandbox);
    const next = await stage.workbench({ folder, userSettings, profile });
    const toast = next.toast('waiting to be sent to your phone');
    await toast.waitFor();
    assert.equal((await texts()).length, 1);
    await next.button('Send to My Phone', toast).click();
    await pushThatSays('last');
    assert.equal((await texts()).length, 2);
  });

  it('takes a hundred calls of b24push at once: few pushes, none missing', async () => {
    const workbench = await open();
    await turnOn(workbench);
    await workbench.command('Terminal: Create New Terminal');
    await workbench.page.locator('.terminal-wrapper.active .xterm-screen').waitFor();
    await workbench.page.keyboard.type(
      'for i in $(seq 100); do b24push "call $i" || echo LOST; done; echo DONE',
    );
    await workbench.page.keyboard.press('Enter');
    // Within 20 seconds of another push they gather, and none is missing.
    const calls = async () => (await texts()).join('\n').match(/call \d+/gu) ?? [];
    await until('all calls', async () => (await calls()).length >= 100, 60_000);
    const numbers = (await calls()).map((call) => Number(call.slice('call '.length)));
    assert.deepEqual(
      numbers.toSorted((a, b) => a - b),
      Array.from({ length: 100 }, (_, at) => at + 1),
    );
    assert.ok((await texts()).length <= 5);
  });
});
