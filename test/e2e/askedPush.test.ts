import assert from 'node:assert/strict';
import { stage } from './support/stage';
import type { Workbench } from './support/workbench';

const text = 'Release 2.4.1 is out.\n[Ship it](command:bitrix24Push.send)';
const push = { to: ['Иван Сидоров'], text, by: 'The repository' };

/** What a repository may bring: a task whose input calls our command with a push. */
const tasks = {
  version: '2.0.0',
  tasks: [{ label: 'announce', type: 'shell', command: 'echo ${input:push}', problemMatcher: [] }],
  inputs: [{ id: 'push', type: 'command', command: 'bitrix24Push.send', args: push }],
};

describe('a push that a task of the repository wants sent', () => {
  let workbench: Workbench;

  before(async () => {
    // The settings of the repository cannot take the question away either.
    workbench = await stage.workbench({
      shared: true,
      files: { '.vscode/tasks.json': JSON.stringify(tasks) },
      settings: { 'bitrix24Push.confirm': 'never' },
    });
  });

  /** Runs the task, and waits for the question. */
  async function announce(): Promise<void> {
    await workbench.command('Tasks: Run Task');
    await workbench.row('announce').click();
    await workbench.dialog.waitFor();
  }

  it('is asked about with its caller, its people and its whole text, and not sent without a yes', async () => {
    await announce();
    const { dialog } = workbench;
    const message = dialog.locator('.dialog-message-container');
    const question = await message.innerText();
    assert.match(question, /“The repository” asks to send a push to 1 person on /);
    assert.match(question, /Иван Сидоров/);
    assert.match(question, /Release 2\.4\.1 is out\./);
    assert.equal(await message.locator('a').count(), 0, 'a link in the question');
    await workbench.button('Cancel', dialog).click();
    await dialog.waitFor({ state: 'hidden' });
    assert.deepEqual(await stage.portal.pushes(), []);
  });

  it('is asked about each time, and sent by a yes as it is', async () => {
    await announce();
    await workbench.button('Send to 1 person', workbench.dialog).click();
    const [first] = await stage.portal.pushesWhen(1);
    assert.deepEqual([first?.text, first?.recipients], [text, [2]]);
    await announce();
    await workbench.button('Cancel', workbench.dialog).click();
    await workbench.dialog.waitFor({ state: 'hidden' });
    assert.equal((await stage.portal.pushes()).length, 1);
  });
});
