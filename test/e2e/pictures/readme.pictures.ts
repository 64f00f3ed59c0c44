import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../host/install.mjs';
import { HistoryView } from '../support/historyView';
import { answerStep, sendFromPalette } from '../support/journeys';
import { PushForm } from '../support/pushForm';
import { stage } from '../support/stage';
import type { Workbench } from '../support/workbench';

// Makes the README's pictures from the real thing: `npm run screenshots`.

const media = path.join(root, 'media', 'screenshots');
const checkout = readFileSync(path.join(root, 'test/host/workspace/checkout.py'), 'utf8');

async function editorOf(
  size: { width: number; height: number },
  files: Record<string, string> = {},
): Promise<Workbench> {
  const workbench = await stage.workbench({
    files: { 'checkout.py': checkout, ...files },
    userSettings: { 'bitrix24Push.reachMe.longerThan': 0, 'bitrix24Push.reachMe.awayAfter': 0 },
    settings: {
      'workbench.colorTheme': 'Dark Modern',
      'editor.minimap.enabled': false,
      'editor.renderWhitespace': 'none',
    },
    ...size,
  });
  await workbench.openFile('checkout.py');
  return workbench;
}

/** Marks lines 13 to 16 of the open file. */
async function selectLines({ page }: Workbench): Promise<void> {
  await page.keyboard.press('Control+G');
  await page.locator('.quick-input-widget:visible input').first().fill(':13:1');
  await page.keyboard.press('Enter');
  for (let line = 0; line < 3; line++) {
    await page.keyboard.press('Shift+ArrowDown');
  }
  await page.keyboard.press('Shift+End');
}

const lastLine = (workbench: Workbench) =>
  workbench.page.locator('.monaco-editor .view-line', { hasText: 'total = total' });

describe("the README's pictures", () => {
  before(() => mkdirSync(media, { recursive: true }));

  it('the form beside an editor', async () => {
    const workbench = await editorOf({ width: 1200, height: 880 });
    await stage.portal.patch({ appName: 'Deploy Bot' });
    await selectLines(workbench);
    await lastLine(workbench).click({ button: 'right', position: { x: 260, y: 17 } });
    const item = workbench.page.locator('.monaco-menu .action-item:visible', {
      hasText: 'Send Selection as Bitrix24 Push',
    });
    await item.first().hover();
    await workbench.page.screenshot({
      path: path.join(media, 'selection.png'),
      clip: { x: 350, y: 28, width: 720, height: 580 },
    });
    await workbench.page.keyboard.press('Escape');

    await PushForm.in(workbench);
    const header = workbench.page.locator('.pane-header', { hasText: 'Compose' });
    await header.hover();
    await header.getByRole('button', { name: /More Actions/ }).click();
    await workbench.page
      .locator('.monaco-menu .action-item:visible', { hasText: 'Set Sender Name' })
      .first()
      .hover();
    await workbench.page.keyboard.press('Enter');
    await answerStep(workbench, 'Sender Name in the Preview', 'Deploy Bot');
    const form = await PushForm.in(workbench);
    await form.choose('Иван', 'Иван Сидоров');
    await form.choose('Maria', 'Maria Kowalska');
    await form.text.fill(
      'Release 4.2 is out 🚀\ncheckout.py:13-16 needs your eyes before 18:00 — the discount is applied twice.',
    );
    await form.onPhone.filter({ hasText: 'Release 4.2' }).waitFor();
    await workbench.page.screenshot({ path: path.join(media, 'form-dark.png') });
  });

  it('what is held while its user is away', async () => {
    const task = (label: string, command: string) => ({
      ...{ label, type: 'shell', command, problemMatcher: [] },
      presentation: { reveal: 'silent' },
    });
    const tasks = [task('build', 'sleep 3'), task('test', 'sleep 3; exit 1')];
    const workbench = await editorOf(
      { width: 860, height: 640 },
      { '.vscode/tasks.json': JSON.stringify({ version: '2.0.0', tasks }) },
    );
    await workbench.command('Bitrix24: Reach Me on My Phone');
    await workbench.button('Turn On', workbench.dialog).click();
    await stage.portal.pushesWhen(1);
    await workbench.command('Bitrix24: Pause Reaching Me');
    await workbench.row('For an Hour').click();
    for (const { label } of tasks) {
      await workbench.command('Tasks: Run Task');
      await workbench.quickInputBox.fill(label);
      await workbench.row(label).click();
      await workbench.quickInput.waitFor({ state: 'hidden' });
    }
    await workbench.goAway();
    const history = await HistoryView.in(workbench);
    await history.line('test failed').waitFor();
    await history.line('build finished').waitFor();
    await workbench.command('Notifications: Clear All Notifications');
    await workbench.page.screenshot({
      path: path.join(media, 'reach-me.png'),
      clip: { x: 0, y: 28, width: 860, height: 612 },
    });
  });

  it('an error and its fix', async () => {
    const workbench = await editorOf({ width: 860, height: 500 });
    await workbench.page.keyboard.press('Control+B');
    await stage.portal.patch({ appName: '' });
    await sendFromPalette(workbench, { text: 'Release 4.2 is out 🚀' });
    const toast = workbench.toast('EMPTY_APP_NAME');
    await toast.waitFor();
    await workbench.page.screenshot({
      path: path.join(media, 'problem.png'),
      clip: { x: 0, y: 28, width: 860, height: 472 },
    });
  });

  it("the sandbox's phones", async () => {
    await stage.portal.patch({ appName: 'Deploy Bot' });
    const workbench = await stage.workbench();
    const form = await PushForm.in(workbench);
    await form.to.fill('1, 2, 3');
    await workbench.page.keyboard.press('Enter');
    await form.chips.nth(2).waitFor();
    await form.text.fill('Release 4.2 is out 🚀\ncheckout.py:13-16 needs your eyes before 18:00');
    await form.send.click();
    await workbench.button('Send to 3 people', workbench.dialog).click();
    await stage.portal.pushesWhen(1);
    const phones = await workbench.context.newPage();
    await phones.setViewportSize({ width: 1180, height: 628 });
    await phones.goto(`${stage.portal.origin}/sandbox/`);
    await phones.locator('[data-user-id="2"] .push .text').waitFor();
    await phones.screenshot({ path: path.join(media, 'phones.png') });
  });
});
