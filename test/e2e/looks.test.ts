import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { axeFindings, axeFindingsIn } from './support/axe';
import { answerStep, frameShowing, sendFromPalette } from './support/journeys';
import { PushForm } from './support/pushForm';
import { ReachScreens } from './support/reachScreens';
import { Sentences } from './support/sentences';
import { results, stage } from './support/stage';
import { until } from './support/until';
import type { Workbench } from './support/workbench';

const looks = path.join(results, 'looks');
const method = 'pull.application.push.add';

/** VS Code's own themes, one of each kind, and by which class a window that has it is known. */
const themes = {
  light: { theme: 'Light Modern', style: 'vs' },
  dark: { theme: 'Dark Modern', style: 'vs-dark' },
  'high-contrast': { theme: 'Default High Contrast', style: 'hc-black' },
  'high-contrast-light': { theme: 'Default High Contrast Light', style: 'hc-light' },
};
const text =
  'Release 4.2 is out 🚀\ncheckout.ts:41-43 needs your eyes before 18:00 — скидка применяется дважды.';

async function picture(workbench: Workbench, name: string): Promise<void> {
  await workbench.page.screenshot({
    path: path.join(looks, `${name}.png`),
    animations: 'disabled',
  });
}

/** The common window in this theme. */
async function windowIn(name: keyof typeof themes): Promise<Workbench> {
  const { theme, style } = themes[name];
  const workbench = await stage.common({ 'workbench.colorTheme': theme });
  await workbench.page.locator(`.monaco-workbench.${style}`).waitFor();
  return workbench;
}

/** Changes the theme around what is on screen now. */
async function changeTheme(
  { page }: Workbench,
  { theme, style }: (typeof themes)[keyof typeof themes],
): Promise<void> {
  await until(`the theme “${theme}”`, async () => {
    // VS Code may miss a change of the file.
    stage.put({ '.vscode/settings.json': JSON.stringify({ 'workbench.colorTheme': theme }) });
    const changed = page.locator(`.monaco-workbench.${style}`).waitFor({ timeout: 4_000 });
    return await changed.then(
      () => true,
      () => false,
    );
  });
}

async function boxOf(locator: Locator) {
  const box = await locator.boundingBox();
  assert.ok(box);
  return box;
}

/** Drags the edge of the side bar until it is so wide, give or take what VS Code allows. */
async function dragSideBar(page: Page, width: number): Promise<void> {
  const { mouse } = page;
  const sideBar = page.locator('.part.sidebar');
  const box = await boxOf(sideBar);
  await mouse.move(box.x + box.width, 500);
  await page.locator('.monaco-sash.vertical').first().waitFor({ state: 'attached' });
  await mouse.down();
  await mouse.move(box.x + width, 500, { steps: 10 });
  await mouse.up();
  const now = await boxOf(sideBar);
  assert.ok(Math.abs(now.width - width) < 40, `the side bar is ${now.width} px wide`);
}

describe('how it looks', () => {
  before(() => mkdirSync(looks, { recursive: true }));

  for (const name of ['light', 'dark', 'high-contrast', 'high-contrast-light'] as const) {
    it(`the form in ${name}: empty, filled, with errors, after a problem and after success, without a finding of axe`, async () => {
      const workbench = await windowIn(name);
      const form = await PushForm.in(workbench);
      await form.frame.locator(`body[data-vscode-theme-kind="vscode-${name}"]`).waitFor();
      assert.deepEqual(await axeFindings(form.frame), []);
      await form.send.click();
      await form.frame.getByText('Choose at least one person.').first().waitFor();
      assert.deepEqual(await axeFindings(form.frame), []);
      await picture(workbench, `form-errors-${name}`);

      await form.choose('Иван', 'Иван Сидоров');
      await form.to.fill('Maria');
      await form.options.first().waitFor();
      assert.deepEqual(await axeFindings(form.frame), []);
      await picture(workbench, `form-search-${name}`);
      await form.choose('Maria', 'Maria Kowalska');
      await form.text.fill('Hello {');
      await form.fillings.first().waitFor();
      await form.text.press('ArrowDown');
      assert.deepEqual(await axeFindings(form.frame), []);
      await picture(workbench, `form-placeholders-${name}`);
      await form.text.press('Enter');
      await form.frame.getByText('literal', { exact: true }).click();
      await form.frame.getByText('“{name}” is sent as it is written.').waitFor();
      assert.deepEqual(await axeFindings(form.frame), []);
      await form.frame.getByText('personal', { exact: true }).click();
      // Not the same as in another theme, which would be asked about.
      await form.text.fill(`${text} (${name})`);
      await form.onPhone.filter({ hasText: 'Release 4.2' }).waitFor();
      assert.deepEqual(await axeFindings(form.frame), []);
      await picture(workbench, `form-${name}`);

      await stage.portal.patch({ appName: '' });
      await form.send.click();
      await workbench.button('Send to 2 people', workbench.dialog).click();
      await form.problem.getByText('EMPTY_APP_NAME').waitFor();
      assert.deepEqual(await axeFindings(form.frame), []);
      await picture(workbench, `form-problem-${name}`);

      await stage.portal.patch({ appName: 'Deploy Bot' });
      await form.sendToMe.click();
      await form.accepted.waitFor();
      assert.deepEqual(await axeFindings(form.frame), []);
      await picture(workbench, `form-accepted-${name}`);

      await form.to.fill('4, 999 ');
      await form.frame.getByText('Олег Лавров was dismissed').waitFor();
      await form.avatar.fill(`${stage.portal.origin}/no/such/picture.png`);
      await form.frame.getByText('The picture cannot be loaded here.').waitFor();
      await form.text.fill('Too long. '.repeat(400));
      await form.frame.getByText('Cut here').waitFor();
      await form.send.click();
      await form.frame.getByText('The text is too long for a push. Shorten it.').waitFor();
      assert.deepEqual(await axeFindings(form.frame), []);
      await picture(workbench, `form-crowded-${name}`);
    });
  }

  for (const name of ['light', 'dark', 'high-contrast', 'high-contrast-light'] as const) {
    it(`the form with many people in ${name}: one chip, its list, all selected, all removed, without a finding of axe (trial 8.1)`, async () => {
      const workbench = await windowIn(name);
      const { keyboard } = workbench.page;
      const form = await PushForm.in(workbench);
      await form.to.fill(`${Array.from({ length: 60 }, (_, at) => at + 1).join(', ')} `);
      await form.frame.getByRole('button', { name: '60 people', exact: true }).click();
      const list = form.frame.getByRole('group', { name: 'Chosen people' });
      // People whom the portal does not know come first, because they would get nothing.
      await list.getByRole('listitem').filter({ hasText: 'id 13' }).waitFor();
      assert.deepEqual(await axeFindings(form.frame), []);
      await picture(workbench, `form-many-${name}`);
      await keyboard.press('Escape');
      await form.to.focus();
      await keyboard.press('Control+A');
      assert.deepEqual(await axeFindings(form.frame), []);
      await picture(workbench, `form-selected-${name}`);
      await keyboard.press('Delete');
      await form.frame.getByRole('button', { name: 'Undo' }).waitFor();
      assert.deepEqual(await axeFindings(form.frame), []);
      await picture(workbench, `form-removed-${name}`);
    });
  }

  it('the form in a narrow and a very wide side bar, without scrolling sideways', async () => {
    const workbench = await windowIn('dark');
    const { page } = workbench;
    const size = page.viewportSize();
    assert.ok(size);
    await page.setViewportSize({ width: 1400, height: 1000 });
    const form = await PushForm.in(workbench);
    await form.choose('Иван', 'Иван Сидоров');
    await form.choose('Maria', 'Maria Kowalska');
    await form.text.fill(text);
    await form.onPhone.filter({ hasText: 'Release 4.2' }).waitFor();

    const usual = await boxOf(page.locator('.part.sidebar'));
    for (const [name, width] of Object.entries({ narrow: 200, wide: 800 })) {
      await dragSideBar(page, width);
      await form.send.scrollIntoViewIfNeeded();
      const overflow = await form.frame.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      assert.equal(overflow, 0);
      await picture(workbench, `form-${name}`);
    }
    await dragSideBar(page, usual.width);
    await page.setViewportSize(size);
  });

  it('what is held for the phone, and what agents ask and are given, in every theme, without a finding of axe', async function () {
    this.timeout(240_000);
    const workbench = await windowIn('dark');
    const findings: string[] = [];
    await new ReachScreens(workbench, new Sentences('en')).show(async (screen, ours) => {
      for (const [name, look] of Object.entries(themes)) {
        await changeTheme(workbench, look);
        await picture(workbench, `${screen}-${name}`);
        const found = await axeFindingsIn(workbench.page, ours);
        findings.push(...found.map((finding) => `${screen} in ${name}: ${finding}`));
      }
    });
    assert.deepEqual(findings, []);
  });

  for (const name of ['dark', 'high-contrast-light'] as const) {
    it(`the page of what to type into Bitrix24 in ${name}`, async () => {
      const { theme, style } = themes[name];
      const workbench = await stage.workbench({
        signedIn: false,
        settings: { 'workbench.colorTheme': theme },
      });
      await workbench.page.locator(`.monaco-workbench.${style}`).waitFor();
      await workbench.command('Bitrix24: Sign In');
      await answerStep(workbench, '(1/4)', stage.portal.origin);
      const page = await frameShowing(workbench, 'Your handler path');
      assert.deepEqual(await axeFindings(page), []);
      await picture(workbench, `sign-in-page-${name}`);
    });
  }

  for (const name of ['light', 'dark', 'high-contrast'] as const) {
    it(`three notifications in ${name}`, async () => {
      const workbench = await windowIn(name);
      await stage.portal.patch({ appName: '' });
      await sendFromPalette(workbench, { text: `Release 4.2 is out (${name})` });
      const noName = workbench.toast('EMPTY_APP_NAME');
      await noName.waitFor();
      await picture(workbench, `notification-no-name-${name}`);

      await stage.portal.patch({ appName: 'Deploy Bot' });
      await stage.portal.fault({ method, action: 'cut', when: 'after' });
      await workbench.button('Try Again', noName).click();
      const unknown = workbench.toast('may have been accepted');
      await unknown.waitFor();
      await picture(workbench, `notification-unknown-${name}`);

      await stage.portal.fault({ method: '*', action: 'refuse', times: 0 });
      await workbench.button('Send Anyway', unknown).click();
      const refused = workbench.toast('refuses the connection');
      await refused.waitFor();
      await picture(workbench, `notification-refused-${name}`);

      // Else it would be offered in the next theme, and VS Code draws no more than three within a moment.
      await stage.portal.clearFaults();
      await workbench.button('Try Again', refused).click();
      await stage.portal.pushesWhen(2);
    });
  }
});
