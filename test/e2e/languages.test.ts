import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { root } from '../host/install.mjs';
import { frameShowing, tickInPalette } from './support/journeys';
import { results, stage } from './support/stage';
import { until } from './support/until';
import type { Workbench } from './support/workbench';

const pictures = path.join(results, 'languages');
const method = 'pull.application.push.add';

type Language = 'en' | 'ru';

/** The extension's own sentences in one language, by their English form or their key in the manifest. */
class Sentences {
  readonly language: Language;
  readonly #bundle: Record<string, string>;
  readonly #manifest: Record<string, string>;

  constructor(language: Language) {
    this.language = language;
    const read = (name: string) =>
      v.parse(
        v.record(v.string(), v.string()),
        JSON.parse(readFileSync(path.join(root, name), 'utf8')),
      );
    this.#bundle = language === 'en' ? {} : read(`l10n/bundle.l10n.${language}.json`);
    this.#manifest = read(language === 'en' ? 'package.nls.json' : `package.nls.${language}.json`);
  }

  /** What is shown for this sentence; it must be translated. */
  of(english: string): string {
    const text = this.language === 'en' ? english : this.#bundle[english];
    assert.ok(text !== undefined, `“${english}” is not translated`);
    return text;
  }

  /** The part of a sentence before its first placeholder. */
  startOf(english: string): string {
    return this.of(english).split('{')[0]!.trim();
  }

  command(key: string): string {
    const title = this.#manifest[key];
    assert.ok(title !== undefined, `${key} has no title`);
    return title;
  }
}

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

/** The standing yes, the pause, and the agents that can be connected. */
async function showReachMe(workbench: Workbench, say: Sentences): Promise<void> {
  await workbench.command('Notifications: Clear All Notifications');
  await workbench.command(say.command('command.reachMe'));
  await workbench.dialog.waitFor();
  await picture(workbench, `${say.language}-reach-me`);
  await workbench.button(say.of('Turn On'), workbench.dialog).click();
  await stage.portal.pushesWhen(1);
  await workbench.command(say.command('command.pauseReachingMe'));
  await workbench.row(say.of('For an Hour')).waitFor();
  await picture(workbench, `${say.language}-reach-me-pause`);
  await workbench.page.keyboard.press('Escape');
  await workbench.command(say.command('command.connectAgents'));
  await workbench.row('Claude Code').waitFor();
  await picture(workbench, `${say.language}-agents`);
  await workbench.page.keyboard.press('Escape');
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
    it(`palette, form, history, the Why page, five notifications and the standing yes in ${language}`, async function () {
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
