// Measures a newcomer's first minute: a fresh clone, `npm start`, the walkthrough, and a push on a phone.
//   CHROME_PATH=… node --import tsx test/e2e/firstMinute.mts [--here]
//   --here uses this checkout, with all that is installed, in place of a fresh clone
// It drives the window as fast as it answers, so a person's reading and typing come on top.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { startBrowser } from '../host/browser.mjs';
import type { Editor } from '../host/editor.mjs';
import { root } from '../host/install.mjs';
import { sendFromPalette } from './support/journeys';
import { Workbench } from './support/workbench';

const text = 'My first push';
const results = path.join(root, 'test-results', 'first-minute');
const temporary = mkdtempSync(path.join(tmpdir(), 'bitrix24-push-first-'));
const isHere = process.argv.includes('--here');
const clone = isHere ? root : path.join(temporary, 'clone');
const began = performance.now();
const said: string[] = [];
function note(what: string): void {
  said.push(`${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s  ${what}`);
  console.log(said.at(-1));
}

if (!isHere) {
  execFileSync('git', ['clone', '--quiet', root, clone]);
  note('cloned');
}
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
  if (start.exitCode === null && start.signalCode === null) {
    await once(start, 'exit');
  }
  rmSync(temporary, { recursive: true, force: true });
}
console.log(`${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB`);

async function firstPush(address: string, phones: string): Promise<void> {
  const browser = await startBrowser();
  try {
    const editor: Editor = {
      ...{ origin: new URL(address).origin, port: 0, url: () => address },
      stop: () => Promise.resolve(),
      kill: () => Promise.resolve(),
    };
    const workbench = await Workbench.open(browser, editor, '', { width: 1400, height: 900 });
    const { page } = workbench;
    note('the window is there');
    await workbench.command('Welcome: Open Walkthrough');
    await workbench.quickInputBox.fill('Bitrix24');
    await workbench.row('Send your first Bitrix24 push').click();
    const step = page.locator('.getting-started-step', { hasText: 'See your first push' }).first();
    await step.waitFor();
    note('the walkthrough shows its first step');
    mkdirSync(results, { recursive: true });
    await page.screenshot({ path: path.join(results, 'walkthrough.png') });
    await step.getByRole('button', { name: 'Try in Sandbox' }).first().click();
    await page.locator('.tab', { hasText: 'Simple Browser' }).waitFor();
    note('the sandbox shows its phones beside the editor');
    const phonesPage = await workbench.context.newPage();
    await phonesPage.goto(phones);
    await workbench.toFront();
    try {
      await sendFromPalette(workbench, { text });
      await phonesPage
        .getByRole('article', { name: 'Иван Сидоров', exact: true })
        .locator('.push .text', { hasText: text })
        .waitFor();
    } finally {
      await page.screenshot({ path: path.join(results, 'first-push.png') });
    }
    note('the push is on the phone');
  } finally {
    await browser.close();
  }
}
