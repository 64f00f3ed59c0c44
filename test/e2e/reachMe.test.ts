import assert from 'node:assert/strict';
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
    shell('fails', 'exit 3'),
    shell('part one', 'exit 0'),
    shell('part two', 'exit 0'),
    { label: 'compound', dependsOn: ['part one', 'part two'], problemMatcher: [] },
    shell('endless', 'sleep 600'),
    shell('short', 'sleep 4'),
    ...['first', 'second', 'third'].map((label) => shell(label, 'exit 0')),
  ],
};

const files = { '.vscode/tasks.json': JSON.stringify(tasks) };

/** Starts a task as its user would. */
async function start(workbench: Workbench, label: string): Promise<void> {
  await workbench.command('Tasks: Run Task');
  await workbench.quickInputBox.fill(label);
  await workbench.row(label).click();
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

async function turnOn(workbench: Workbench): Promise<void> {
  await workbench.command('Bitrix24: Reach Me on My Phone');
  await workbench.button('Turn On', workbench.dialog).click();
  await pushThatSays('This is how VS Code reaches you');
}

describe('reaching its user on the phone', function () {
  this.timeout(240_000);
  let workbench: Workbench;

  beforeEach(async () => {
    workbench = await stage.workbench({ files, userSettings });
    await turnOn(workbench);
  });

  it('tells of a task that failed, once of a compound one, and of none while they are there', async () => {
    await start(workbench, 'first');
    await workbench.page.locator('.terminal-tab, .tabs-list .monaco-list-row').first().waitFor();
    await start(workbench, 'fails');
    await start(workbench, 'compound');
    await workbench.goAway();
    assert.deepEqual((await texts()).length, 1);
  });
});
