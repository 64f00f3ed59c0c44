import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { frameShowing, tickInPalette } from './support/journeys';
import { ReachScreens } from './support/reachScreens';
import { Sentences } from './support/sentences';
import type { Language } from './support/sentences';
import { results, stage } from './support/stage';
import { until } from './support/until';
import type { Workbench } from './support/workbench';

const pictures = path.join(results, 'languages');
const method = 'pull.application.push.add';

async function open(language: Language): Promise<{ workbench: Workbench; say: Sentences }> {
  const options = language === 'en' ? {} : ({ locale: language } as const);
  return {
    workbench: await stage.workbench({ ...options, shared: true }),
    say: new Sentences(language),
  };
}

async function picture(workbench: Workbench, name: string): Promise<void> {
  await workbench.page.screenshot({
    path: path.join(pictures, `${name}.png`),
    animations: 'disabled',
  });
}

/** In a window that has not used any of them, Send is the first thing that “push” finds (trial 8.7). */
async function findSend(workbench: Workbench, say: Sentences): Promise<void> {
  const rows = workbench.quickInput.locator('.monaco-list-row');
  await workbench.page.keyboard.press('F1');
  await workbench.quickInputBox.fill('>push');
  await rows.filter({ hasText: say.command('command.sendSelection') }).waitFor();
  await picture(workbench, `${say.language}-commands`);
  const first = workbench.quickInput
    .locator('.monaco-list-row[data-index="0"] .label-name')
    .first();
  assert.equal(await first.innerText(), `Bitrix24: ${say.command('command.send')}`);
  await workbench.page.keyboard.press('Escape');
}

/** Writes a push in the palette and sends it to one person. */
async function sendFromPalette(workbench: Workbench, say: Sentences, text: string): Promise<void> {
  const { keyboard } = workbench.page;
  await workbench.command(say.command('command.send'));
  await workbench.step(say.startOf('Name, department, group, e-mail or id on {0}'));
  await tickInPalette(workbench, 'Иван Сидоров');
  await picture(workbench, `${say.language}-palette-people`);
  await keyboard.press('Enter');
  await workbench.step(say.of('What the phones will show (Shift+Enter: go on in the form)'));
  await workbench.quickInputBox.fill(text);
  await picture(workbench, `${say.language}-palette-text`);
  await keyboard.press('Enter');
  await workbench.step(say.of('https://… address of a picture (optional)'));
  await keyboard.press('Enter');
  await workbench.step(say.of('Send, or change something'));
  await picture(workbench, `${say.language}-palette-review`);
  await keyboard.press('Enter');
}

async function showForm(workbench: Workbench, say: Sentences, text: string): Promise<void> {
  await workbench.page.locator('.activitybar [aria-label^="Bitrix24"]').first().click();
  const frame = await until('the form', () => workbench.formFrame());
  await frame.locator('[role="combobox"]').first().fill('Maria');
  await frame.locator('[role="option"]', { hasText: 'Maria Kowalska' }).first().click();
  await frame.locator('textarea').first().fill(text);
  await frame.locator('.push-text', { hasText: text }).first().waitFor();
  await frame.locator('#send').scrollIntoViewIfNeeded();
  await picture(workbench, `${say.language}-form`);
}

async function showHistory(workbench: Workbench, say: Sentences, text: string): Promise<void> {
  await workbench.command('Focus on ' + say.command('view.history'));
  await workbench.page
    .locator('.tree-explorer-viewlet-tree-view .monaco-list-row', { hasText: text })
    .first()
    .waitFor();
  await picture(workbench, `${say.language}-history`);
}

async function showWhyPage(workbench: Workbench, say: Sentences): Promise<void> {
  await workbench.command(say.command('command.whyNotDelivered'));
  await workbench.row('Иван Сидоров').click();
  const title = say.startOf('Why a push to {0} may not arrive');
  await workbench.page.locator('.tab', { hasText: title }).first().waitFor();
  await frameShowing(workbench, title);
  await picture(workbench, `${say.language}-why-page`);
  await workbench.command('View: Close All Editors');
}

/** Everything around pushes to oneself, and the question about what an agent wants sent; each in a narrow window, too. */
async function showReachMe(workbench: Workbench, say: Sentences): Promise<void> {
  const { page } = workbench;
  const size = page.viewportSize();
  assert.ok(size);
  await workbench.command('Notifications: Clear All Notifications');
  const options = say.language === 'en' ? {} : ({ locale: say.language } as const);
  const screens = new ReachScreens(workbench, say, options);
  await screens.show(async (name) => {
    await picture(workbench, `${say.language}-${name}`);
    await page.setViewportSize({ ...size, width: 500 });
    await picture(workbench, `${say.language}-${name}-narrow`);
    await page.setViewportSize(size);
  });
}

describe('two windows side by side, in English and in Russian', () => {
  before(() => mkdirSync(pictures, { recursive: true }));

  /** How the portal fails, by the sentence that is told. */
  const failures = [
    ['no-name', () => stage.portal.patch({ appName: '' })],
    ['no-administrator', () => stage.portal.patch({ users: [{ id: 1, admin: false }] })],
    ['unknown', () => stage.portal.fault({ method, action: 'cut', when: 'after' })],
    ['page-instead-of-answer', () => stage.portal.fault({ method, action: 'html' })],
    ['refused', () => stage.portal.fault({ method: '*', action: 'refuse', times: 0 })],
  ] as const;

  for (const language of ['en', 'ru'] as const) {
    it(`palette, form, history, the Why page, five notifications and what reaches oneself in ${language}`, async function () {
      this.timeout(240_000);
      const { workbench, say } = await open(language);
      const text = language === 'ru' ? 'Релиз 4.2 вышел 🚀' : 'Release 4.2 is out 🚀';
      await findSend(workbench, say);
      await sendFromPalette(workbench, say, text);
      await stage.portal.pushesWhen(1);
      await showForm(workbench, say, text);
      await showHistory(workbench, say, text);
      await showWhyPage(workbench, say);

      for (const [name, fail] of failures) {
        await workbench.command('Notifications: Clear All Notifications');
        await fail();
        await sendFromPalette(workbench, say, `${text} ${name}`);
        const told = workbench.toast(/./);
        await told.waitFor();
        await picture(workbench, `${language}-notification-${name}`);
        if (language === 'ru') {
          assert.match(await told.innerText(), /[а-яё]{4}/i);
        }
        await stage.portal.clearFaults();
        await stage.portal.reset();
      }
      await showReachMe(workbench, say);
    });
  }
});
