// Measures a newcomer's first minute: a fresh clone, `npm start`, the walkthrough, and a push on a phone.
//   CHROME_PATH=… node --import tsx test/host/firstMinute.mts
// It drives the window as fast as it answers, so a person's reading and typing come on top.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { startBrowser } from './browser.mjs';
import { root } from './install.mjs';

const text = 'My first push';
const clone = path.join(mkdtempSync(path.join(tmpdir(), 'bitrix24-push-first-')), 'clone');
const began = performance.now();
const said: string[] = [];
function note(what: string): void {
  said.push(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${what}`);
  console.log(said.at(-1));
}

execFileSync('git', ['clone', '--quiet', root, clone]);
note('cloned');
const start = spawn('npm', ['start', '--', '--no-open'], {
  cwd: clone,
  detached: true,
  stdio: 'pipe',
});
try {
  const addresses = await new Promise<Record<string, string>>((resolve, reject) => {
    const found: Record<string, string> = {};
    const heard = (line: string) => {
      const [, name, address] = /^ {2}(Editor|Phones) +(\S+)/.exec(line) ?? [];
      if (name !== undefined && address !== undefined) {
        found[name] = address;
      }
      if (/^[•✓]/.test(line)) {
        note(line);
      }
      if (found['Editor'] !== undefined && found['Phones'] !== undefined) {
        resolve(found);
      }
    };
    createInterface(start.stdout).on('line', heard);
    createInterface(start.stderr).on('line', heard);
    start.on('exit', (code) => reject(new Error(`npm start ended with ${code}`)));
  });
  note('npm start has printed the addresses');
  await firstPush(addresses['Editor'] ?? '', addresses['Phones'] ?? '');
} finally {
  if (start.pid !== undefined) {
    process.kill(-start.pid, 'SIGTERM');
  }
  await new Promise((resolve) => start.once('close', resolve));
  rmSync(path.dirname(clone), { recursive: true, force: true });
}
console.log(`${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB`);

async function firstPush(editor: string, phones: string): Promise<void> {
  const browser = await startBrowser();
  try {
    const context = await browser.newContext({
      locale: 'en-US',
      viewport: { width: 1400, height: 900 },
    });
    const page = await context.newPage();
    await page.goto(editor);
    await page
      .locator('.activitybar [aria-label^="Bitrix24"]')
      .first()
      .waitFor({ timeout: 120_000 });
    note('the window is there');
    const ask = async (typed: string, row: string) => {
      const box = page.locator('.quick-input-widget:visible input').first();
      await box.fill(typed);
      await page
        .locator('.quick-input-widget:visible .monaco-list-row', { hasText: row })
        .first()
        .click();
    };
    await page.keyboard.press('F1');
    await ask('>Welcome: Open Walkthrough', 'Open Walkthrough');
    await ask('Bitrix24', 'Send your first Bitrix24 push');
    const step = page.locator('.getting-started-step', { hasText: 'See your first push' });
    await step.first().waitFor();
    note('the walkthrough shows its first step');
    await step.getByRole('button', { name: 'Try in Sandbox' }).first().click();
    const phonesPage = await context.newPage();
    await phonesPage.goto(phones);
    await page.bringToFront();
    await page.keyboard.press('F1');
    await ask('>Send Bitrix24 Push', 'Send Bitrix24 Push');
    await ask('Иван', 'Иван Сидоров');
    for (const value of [undefined, text, undefined]) {
      if (value !== undefined) {
        await page.getByPlaceholder('What the phones will show').fill(value);
      }
      await page.keyboard.press('Enter');
    }
    await page.locator('.quick-input-widget:visible', { hasText: 'Send to 1 person' }).waitFor();
    await ask('', 'Send to 1 person');
    await phonesPage
      .getByRole('article', { name: 'Иван Сидоров', exact: true })
      .locator('.push .text', { hasText: text })
      .waitFor();
    note('the push is on the phone');
  } finally {
    await browser.close();
  }
}
