import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { PhonesPage } from './support/phonesPage';
import { PushForm } from './support/pushForm';
import { stage } from './support/stage';
import { until } from './support/until';
import type { Workbench } from './support/workbench';

const code = [
  'const greeting = `Привет, ${name} 🚀`;',
  'if (a < b && c > "d") {',
  "  log('it''s <b>&amp;</b>');",
  '}',
  '',
].join('\n');

/** The common window with these files (name to text). */
async function windowWith(
  files: Record<string, string>,
  settings: Record<string, unknown> = {},
): Promise<Workbench> {
  const workbench = await stage.common(settings);
  stage.put(files);
  return workbench;
}

const menuItem = (workbench: Workbench, name: string): Locator =>
  workbench.page.locator('.monaco-menu .action-item:visible', { hasText: name }).first();

/** Opens the editor's context menu on the first line and chooses what sends the selection. */
async function sendSelection(workbench: Workbench): Promise<void> {
  await workbench.page
    .locator('.monaco-editor .view-line')
    .first()
    .click({ button: 'right', position: { x: 30, y: 8 } });
  // VS Code's menus ignore a click that comes too soon after they opened.
  await menuItem(workbench, 'Send Selection as Bitrix24 Push').hover();
  await workbench.page.keyboard.press('Enter');
}

describe('sending a selection', () => {
  it('by right-click, byte for byte, with or without file and lines', async () => {
    const workbench = await windowWith({ 'greet.ts': code });
    await workbench.openFile('greet.ts');
    await workbench.page.keyboard.press('Control+Home');
    await workbench.page.keyboard.press('Control+Shift+End');
    await sendSelection(workbench);
    const form = await PushForm.in(workbench);
    await until('the selection in the form', async () => (await form.text.inputValue()) === code);
    await form.onPhone.filter({ hasText: 'greet.ts:1-4' }).waitFor();
    await form.choose('Иван', 'Иван Сидоров');
    await form.send.click();
    await form.accepted.waitFor();
    const [withPlace] = await stage.portal.pushesWhen(1);
    assert.deepEqual([withPlace?.text, withPlace?.recipients], [`greet.ts:1-4\n${code}`, [2]]);

    await sendSelection(workbench);
    const place = form.frame.getByRole('checkbox');
    await place.waitFor();
    await place.uncheck();
    assert.deepEqual(await form.chips.allInnerTexts(), ['Иван Сидоров']);
    await form.send.click();
    const pushes = await stage.portal.pushesWhen(2);
    assert.deepEqual([pushes[1]?.text, pushes[1]?.recipients], [code, [2]]);
  });

  it('joins several selections, and keeps what was being written', async () => {
    const workbench = await windowWith({ 'list.txt': 'один\nдва\nодин\nтри\n' });
    const before = await PushForm.in(workbench);
    await before.text.fill('Not sent yet');
    await workbench.openFile('list.txt');
    await workbench.page.keyboard.press('Control+Home');
    await workbench.page.keyboard.press('Control+Shift+ArrowRight');
    // Adds the second "один" to the selection.
    await workbench.page.keyboard.press('Control+D');
    await sendSelection(workbench);
    const form = await PushForm.in(workbench);
    await until('both selections', async () => (await form.text.inputValue()) === 'один\nодин');
    await form.onPhone.filter({ hasText: 'list.txt:1' }).waitFor();
    await form.choose('Иван', 'Иван Сидоров');

    await form.frame.getByText('1 text kept for later').click();
    await form.frame.getByRole('button', { name: 'Continue with “Not sent yet”' }).click();
    await until('the old text', async () => (await form.text.inputValue()) === 'Not sent yet');
    await form.frame.getByRole('button', { name: 'Continue with “один один”' }).click();
    await until('the selections', async () => (await form.text.inputValue()) === 'один\nодин');
    assert.deepEqual(await stage.portal.pushes(), []);
    await form.send.click();
    await form.accepted.waitFor();
    const [push] = await stage.portal.pushesWhen(1);
    assert.deepEqual([push?.text, push?.recipients], ['list.txt:1, 3\nодин\nодин', [2]]);
    await form.frame.getByRole('button', { name: 'Continue with “Not sent yet”' }).waitFor();

    const phones = await PhonesPage.beside(workbench, stage.portal);
    await phones.pushesOf('Иван Сидоров').getByText('list.txt:1, 3').waitFor();
  });

  it('shows a selection that is too long as such, and where it would be cut', async () => {
    const long = `${'Длинная строка 🚀\n'.repeat(200)}END`;
    const settings = { 'bitrix24Push.selection.includeLocation': false };
    const workbench = await windowWith({ 'long.txt': long }, settings);
    await workbench.openFile('long.txt');
    await workbench.page.keyboard.press('Control+End');
    await workbench.page.keyboard.press('Control+Shift+Home');
    await sendSelection(workbench);
    const form = await PushForm.in(workbench);
    await until('all of it', async () => (await form.text.inputValue()) === long);
    assert.equal(await form.frame.getByRole('checkbox', { name: 'Begin with' }).isChecked(), false);
    await form.frame.locator('.meter-row[data-level="over"]').nth(1).waitFor();
    await form.frame.getByText(/Cut here: [\d,]+ characters do not arrive/).waitFor();
    const shown = await form.onPhone.innerText();
    assert.ok(!shown.includes('END') && !shown.includes('\ufffd'), 'cut between characters');
  });

  it('is offered only where something is selected', async () => {
    // A file of its own: VS Code remembers what was selected in one.
    const workbench = await windowWith({ 'unread.ts': code });
    await workbench.openFile('unread.ts');
    await workbench.page.locator('.monaco-editor .view-line').nth(1).click({ button: 'right' });
    await menuItem(workbench, 'Copy').waitFor();
    assert.equal(await menuItem(workbench, 'Send Selection as Bitrix24 Push').count(), 0);
    await workbench.page.keyboard.press('Escape');
    await workbench.command('Send Selection as Bitrix24 Push');
    await workbench.toast('Select the text to send in an editor first.').waitFor();
  });
});
