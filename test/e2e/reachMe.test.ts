import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { HistoryView } from './support/historyView';
import { stage } from './support/stage';
import { until } from './support/until';
import type { Workbench } from './support/workbench';

/** Settings of the user: everything is told that ends while nobody is at the window, however short it was. */
const userSettings = {
  'bitrix24Push.reachMe.longerThan': 0,
  // The file of settings opens like any other.
  'workbench.editor.useModal': 'off',
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
    shell('works', untilGone),
    shell('part one', untilGone),
    shell('part two', `${untilGone}; exit 0`),
    { label: 'compound', dependsOn: ['part one', 'part two'], problemMatcher: [] },
    { ...shell('endless', 'sleep 600'), presentation: { focus: true } },
    shell('asked for', untilGone),
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
  return await until(`a push that says “${words}”`, said, 40_000);
}

/** Gives the standing yes; the first push shows that the phone rings. */
async function turnOn(workbench: Workbench): Promise<void> {
  await workbench.command('Bitrix24: Reach Me on My Phone');
  await workbench.button('Turn On', workbench.dialog).click();
  await pushThatSays('This is how VS Code reaches you');
}

/** Waits until this is held, as the history and the status bar tell. */
async function isHeld(workbench: Workbench, names: readonly string[], why: string): Promise<void> {
  const history = await HistoryView.in(workbench);
  for (const name of names) {
    await history.line(name).filter({ hasText: why }).waitFor();
  }
  const status = workbench.page.locator('.statusbar-item[id*="reachMe"]');
  await status.filter({ hasText: String(names.length) }).waitFor();
}

/** Changes settings of the user in their file, as its editor does. VS Code saves it by itself. */
async function changeUserSettings(
  workbench: Workbench,
  changes: Record<string, unknown>,
): Promise<void> {
  const { page } = workbench;
  const read = () => readFile(stage.userSettings, 'utf8');
  const before: unknown = JSON.parse(await read());
  const after = JSON.stringify(Object.assign({}, before, changes));
  await workbench.command('Preferences: Open User Settings (JSON)');
  const tab = page.locator('.tab.active', { hasText: 'settings.json' });
  await tab.waitFor();
  await page.locator('.editor-instance .monaco-editor.focused').waitFor();
  await page.evaluate((text) => navigator.clipboard.writeText(text), after);
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Control+V');
  await until('the changed settings', async () => (await read()) === after);
  await workbench.command('View: Close Editor');
  await tab.waitFor({ state: 'hidden' });
}

/** A time of day so many minutes from now, such as 22:00. */
function timeOfDay(minutes: number): string {
  return new Date(Date.now() + minutes * 60_000).toTimeString().slice(0, 'hh:mm'.length);
}

describe('reaching its user on the phone', function () {
  this.timeout(240_000);
  let folder: string;
  let workbench: Workbench;

  /** Lets the tasks end that wait for this file. */
  const end = () => writeFileSync(path.join(folder, 'gone'), '');
  const goAway = async () => {
    await workbench.goAway();
    end();
  };

  before(async () => {
    folder = stage.folder(files);
    workbench = await stage.workbench({ folder, userSettings, shared: true });
    await turnOn(workbench);
  });
  beforeEach(() => rmSync(path.join(folder, 'gone'), { force: true }));
  afterEach(() => workbench.comeBack());
  after(() => stage.close(workbench));

  it('tells once of each task that ends while nobody is at the window, and of none while they are', async () => {
    await start(workbench, 'seen');
    await workbench.page.locator('.single-terminal-tab .codicon-check').waitFor();
    await start(workbench, 'fails');
    await start(workbench, 'compound');
    await goAway();
    const [head, ...things] = (await pushThatSays('fails')).split('\n');
    assert.equal(head, '2 things:');
    const [compound = '', fails = ''] = things.toSorted();
    assert.match(compound, /^• compound finished after \d+ sec · folder-\d+$/u);
    assert.match(fails, /^• fails failed \(exit 3\) after \d+ sec · folder-\d+$/u);
    assert.equal(things.length, 2);
    assert.equal((await texts()).length, 1);
  });

  it('holds what comes during a pause, and tells it in one push at the end', async () => {
    await workbench.command('Bitrix24: Pause Reaching Me');
    await workbench.row('For an Hour').click();
    await start(workbench, 'endless');
    await workbench.page.locator('.terminal-wrapper.active .xterm.focus').waitFor();
    await workbench.goAway();
    await workbench.page.keyboard.press('Control+C');
    await start(workbench, 'fails');
    end();
    await isHeld(workbench, ['endless', 'fails'], 'Paused until');
    assert.deepEqual(await texts(), []);
    await workbench.command('Bitrix24: Resume Reaching Me');
    const summary = await pushThatSays('while you were away');
    assert.match(summary, /^2 things while you were away:$/mu);
    assert.match(summary, /endless finished/u);
    assert.match(summary, /fails failed \(exit 3\)/u);
    assert.equal((await texts()).length, 1);
  });

  it('holds what comes during quiet hours, and tells it in one push at their end', async () => {
    const quietHours = (from: number, to: number) =>
      changeUserSettings(workbench, {
        'bitrix24Push.reachMe.quietHours': `${timeOfDay(from)}-${timeOfDay(to)}`,
      });
    await quietHours(-120, 120);
    await start(workbench, 'works');
    await start(workbench, 'fails');
    await goAway();
    await isHeld(workbench, ['works', 'fails'], 'Quiet hours until');
    assert.deepEqual(await texts(), []);
    // They end with the minute that has just begun.
    await quietHours(-120, 0);
    const summary = await pushThatSays('while you were away');
    assert.match(summary, /^2 things while you were away:$/mu);
    assert.match(summary, /works finished/u);
    assert.match(summary, /fails failed \(exit 3\)/u);
    assert.equal((await texts()).length, 1);
  });

  it('tells once of what was asked for, while its user looks on', async () => {
    await start(workbench, 'asked for');
    // VS Code shows that a task runs once its process has started.
    await workbench.page.locator('.statusbar-item .codicon-tools').waitFor();
    await workbench.command('Bitrix24: Send Push to Me When This Ends');
    await workbench.step('Choose what you want to hear of, once');
    await workbench.page.keyboard.press('Enter');
    const shown = 'when this ends: asked for';
    await workbench.page.locator('.statusbar-item', { hasText: shown }).waitFor();
    end();
    assert.match(
      await pushThatSays('asked for'),
      /^asked for finished after \d+ sec · folder-\d+$/u,
    );
    assert.equal((await texts()).length, 1);
  });

  it('takes a hundred calls of b24push at once: few pushes, none missing, and all in the history', async () => {
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
    const sent = await texts();
    assert.ok(sent.length <= 5, `${sent.length} pushes`);
    const history = await HistoryView.in(workbench);
    for (const text of sent) {
      // Its line shows the beginning, in one line.
      await history.line(text.replaceAll('\n', ' ').slice(0, 40)).waitFor();
    }
  });
});

describe('a window that is killed while something is held for the phone', () => {
  it('leaves it to the next one, which tells of it and sends it once', async () => {
    const folder = stage.folder(files);
    const workbench = await stage.workbench({ folder, userSettings });
    await turnOn(workbench);
    await start(workbench, 'last');
    await workbench.goAway();
    writeFileSync(path.join(folder, 'gone'), '');
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
});
