import assert from 'node:assert/strict';
import {
  isTicked,
  sendFromPalette,
  sendNow,
  tickInPalette,
  writeInPalette,
} from './support/journeys';
import { PushForm } from './support/pushForm';
import { stage } from './support/stage';
import { until } from './support/until';
import type { Workbench } from './support/workbench';

const pushes = async () =>
  (await stage.portal.pushes()).map(({ text, recipients }) => ({ text, recipients }));

async function back(workbench: Workbench): Promise<void> {
  await workbench.quickInput.getByRole('button', { name: /^Back/ }).click();
}

/** What the present step says to its input. */
const says = (workbench: Workbench, text: string) =>
  workbench.quickInput.locator('.quick-input-message', { hasText: text }).waitFor();

describe('the palette', () => {
  it('goes back step by step with everything as it was, and changes from the review', async () => {
    const workbench = await stage.workbench();
    const { keyboard } = workbench.page;
    await writeInPalette(workbench, { text: 'First words' });
    await back(workbench);
    await workbench.step('address of a picture');
    await workbench.quickInputBox.fill('https://acme.example/bot.png');
    await back(workbench);
    await workbench.step('(2/4)');
    assert.equal(await workbench.quickInputBox.inputValue(), 'First words');
    await back(workbench);
    await workbench.step('(1/4)');
    assert.equal(await workbench.quickInput.getByRole('button', { name: /^Back/ }).count(), 0);
    assert.equal(await isTicked(workbench.row('Иван Сидоров')), true);
    await tickInPalette(workbench, 'John Carter');
    await keyboard.press('Enter');
    await workbench.step('(2/4)');
    await keyboard.press('Enter');
    await workbench.step('(3/4)');
    assert.equal(await workbench.quickInputBox.inputValue(), 'https://acme.example/bot.png');
    await keyboard.press('Enter');

    await workbench.step('Send, or change something');
    await workbench.row('First words').click();
    await workbench.step('(2/4)');
    await workbench.quickInputBox.fill('Better words');
    await keyboard.press('Enter');
    await workbench.step('Send, or change something');
    await workbench.row('Better words').waitFor();
    await workbench.row('Send to 2 people').click();
    await workbench.dialog.getByText('Иван Сидоров, John Carter').waitFor();
    await workbench.button('Send to 2 people', workbench.dialog).click();
    const [push] = await stage.portal.pushesWhen(1);
    assert.deepEqual(
      [push?.text, push?.recipients, push?.avatar],
      ['Better words', [2, 5], 'https://acme.example/bot.png'],
    );
  });

  it('is the first thing that “push” finds in the Command Palette (trial 8.7)', async () => {
    // A window that has not used any of them.
    const workbench = await stage.workbench();
    const rows = workbench.quickInput.locator('.monaco-list-row');
    await workbench.page.keyboard.press('F1');
    await workbench.quickInputBox.fill('>push');
    await rows.filter({ hasText: 'Send Selection as Bitrix24 Push' }).waitFor();
    const found = await rows.locator('.label-name').allInnerTexts();
    assert.equal(found[0], 'Bitrix24: Send Bitrix24 Push', found.join('\n'));
    assert.ok(!found.some((name) => /Set App Name|Edit App|Clear History/.test(name)));
    await workbench.page.keyboard.press('Escape');
  });

  it('goes on in the form with the line breaks that it cannot show (trial 8.6)', async () => {
    const workbench = await stage.workbench();
    const { page, quickInput } = workbench;
    await workbench.command('Send Bitrix24 Push');
    await workbench.step('(1/4)');
    await tickInPalette(workbench, 'John Carter');
    await page.keyboard.press('Enter');
    await workbench.step('(2/4)');
    await page.evaluate(() => navigator.clipboard.writeText('First line\n\nsecond line'));
    await workbench.quickInputBox.click();
    await page.keyboard.press('Control+V');
    await quickInput.getByText('What you pasted has several lines').waitFor();
    await page.keyboard.press('Shift+Enter');
    // The palette brings it forward; to open it from here would take the palette's focus, and end it.
    const form = await PushForm.again(workbench);
    await until('all lines in the form', async () => {
      return (await form.text.inputValue()) === 'First line\n\nsecond line';
    });
    assert.deepEqual(await form.chips.allInnerTexts(), ['John Carter']);
  });

  it('remembers whom one wrote to', async () => {
    const workbench = await stage.workbench();
    const { keyboard } = workbench.page;
    await sendFromPalette(workbench, { text: 'Once' });
    await workbench.page.getByText('Accepted by Bitrix24 for 1 person').first().waitFor();
    const asked = await stage.portal.calls('user.search');

    await workbench.command('Send Bitrix24 Push');
    await workbench.step('(1/4)');
    await workbench.row('Иван Сидоров').waitFor();
    assert.equal(await isTicked(workbench.row('Иван Сидоров')), false, 'offered, not chosen');
    await keyboard.press('Enter');
    await workbench.step('(2/4)');
    await workbench.quickInputBox.fill('Twice');
    await keyboard.press('Enter');
    await workbench.step('(3/4)');
    await keyboard.press('Enter');
    await workbench.step('(4/4)');
    await sendNow(workbench);
    await stage.portal.pushesWhen(2);
    assert.deepEqual(await pushes(), [
      { text: 'Once', recipients: [2] },
      { text: 'Twice', recipients: [2] },
    ]);
    assert.equal(await stage.portal.calls('user.search'), asked, 'nobody was searched for');
  });

  it('ticks no “Departments…” by the box for all, and says when nobody is found (trial 8.10)', async () => {
    const workbench = await stage.workbench();
    const { quickInput, page } = workbench;
    const all = quickInput.getByRole('checkbox', { name: 'Toggle all checkboxes' });
    await workbench.command('Send Bitrix24 Push');
    await workbench.step('(1/4)');
    await workbench.row('Departments…').waitFor();
    const people = await quickInput
      .locator('.monaco-list-row')
      .filter({ hasNotText: 'Departments…' })
      .count();
    await all.click();
    await until('everybody offered to be chosen', async () => {
      return (await quickInput.locator('.monaco-list-row').count()) >= people;
    });
    await until('no tick at the departments', async () => {
      const isLead = await workbench.row('Departments…').isVisible();
      return isLead && !(await isTicked(workbench.row('Departments…')));
    });
    assert.equal(await workbench.row('Back to people').count(), 0);
    assert.equal(await isTicked(workbench.row('Me').or(workbench.row('#1')).first()), true);
    await workbench.quickInputBox.fill('zzyzxq');
    await workbench.row('was found for “zzyzxq”').waitFor();
    await page.keyboard.press('Escape');
  });

  it('says what is wrong while typing, and goes on only when it is right', async () => {
    const workbench = await stage.workbench();
    const { keyboard } = workbench.page;
    await workbench.command('Send Bitrix24 Push');
    await workbench.step('(1/4)');
    await workbench.quickInputBox.fill('2 5');
    await workbench.row('Send to ids 2, 5').click();
    await keyboard.press('Enter');

    await workbench.step('(2/4)');
    await keyboard.press('Enter');
    await says(workbench, 'Write some text.');
    await workbench.quickInputBox.fill('0');
    await says(workbench, 'treats the text “0” as empty');
    await keyboard.press('Enter');
    await workbench.step('(2/4)');
    await workbench.quickInputBox.fill('я'.repeat(2_000));
    await says(workbench, 'Characters that would not arrive: iPhone');
    await keyboard.press('Enter');
    await workbench.step('(2/4)');
    await workbench.quickInputBox.fill('00');
    await says(workbench, 'iPhone: ');
    await keyboard.press('Enter');

    await workbench.step('(3/4)');
    await workbench.quickInputBox.fill('acme.example/bot.png');
    await says(workbench, 'begin with https:// or http://');
    await keyboard.press('Enter');
    await workbench.step('(3/4)');
    await workbench.quickInputBox.fill('');
    await keyboard.press('Enter');
    await workbench.step('(4/4)');
    await workbench.row('Send to 2 people').click();
    await workbench.button('Send to 2 people', workbench.dialog).click();
    await stage.portal.pushesWhen(1);
    assert.deepEqual(await pushes(), [{ text: '00', recipients: [2, 5] }]);
  });

  it('left by Escape, goes on later with what was typed', async () => {
    const workbench = await stage.workbench();
    const { keyboard } = workbench.page;
    await workbench.command('Send Bitrix24 Push');
    await workbench.step('(1/4)');
    await tickInPalette(workbench, 'Екатерина Орлова', 'Орл');
    await keyboard.press('Enter');
    await workbench.step('(2/4)');
    await workbench.quickInputBox.fill('Half a sent');
    await keyboard.press('Escape');
    await workbench.quickInput.waitFor({ state: 'hidden' });

    await workbench.command('Send Bitrix24 Push');
    await workbench.step('(1/4)');
    await workbench.row('Екатерина Орлова').waitFor();
    await keyboard.press('Enter');
    await workbench.step('(2/4)');
    assert.equal(await workbench.quickInputBox.inputValue(), 'Half a sent');
    await keyboard.press('End');
    await keyboard.type('ence');
    await keyboard.press('Escape');
    await workbench.quickInput.waitFor({ state: 'hidden' });
    assert.deepEqual(await pushes(), []);

    await writeAgain(workbench);
    await stage.portal.pushesWhen(1);
    assert.deepEqual(await pushes(), [{ text: 'Half a sentence', recipients: [6] }]);
    await workbench.command('Send Bitrix24 Push');
    await workbench.step('(1/4)');
    await keyboard.press('Enter');
    await workbench.step('(2/4)');
    assert.equal(await workbench.quickInputBox.inputValue(), '', 'what was sent is not offered');
  });
});

/** Enter through all the steps, which have their answers already. */
async function writeAgain(workbench: Workbench): Promise<void> {
  await workbench.command('Send Bitrix24 Push');
  for (const step of ['(1/4)', '(2/4)', '(3/4)']) {
    await workbench.step(step);
    await workbench.page.keyboard.press('Enter');
  }
  await workbench.step('(4/4)');
  await sendNow(workbench);
}
