import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { startSandbox } from '../../src/sandbox';
import type { Bench } from './benches';
import { makeProduction, vsix } from './production';
import { times } from './stage';

export const benches: Bench[] = [
  {
    name: 'form.keystroke5000.p95Ms',
    what: 'Form with 5,000 people chosen and a personal text of 3,400 bytes: ms from a key to its paint, 95th percentile',
    atMost: 33,
    run: keystroke,
  },
];

const people = 5_000;
const textBytes = 3_400;
const keysInRun = 20;

/** Types into the form of a real window; the 95th percentile of all keys. */
async function keystroke(): Promise<number> {
  makeProduction();
  // What follows is only loaded here: it is for those whose machine has a browser.
  const { startBrowser } = await import('../host/browser.mjs');
  const { installExtension, quietSettings, startEditor } = await import('../host/editor.mjs');
  const directory = await mkdtemp(path.join(os.tmpdir(), 'bitrix24-push-form-'));
  const sandbox = await startSandbox({ people, seed: 1 });
  const browser = await startBrowser();
  const extensions = path.join(directory, 'extensions');
  await installExtension(vsix, path.join(directory, 'installer'), extensions);
  const folder = path.join(directory, 'folder');
  const ids = Array.from({ length: people }, (_, at) => at + 1);
  const settings = { [new URL(sandbox.info.portal).host]: { Everybody: { people: ids } } };
  await mkdir(path.join(folder, '.vscode'), { recursive: true });
  await writeFile(
    path.join(folder, '.vscode', 'settings.json'),
    JSON.stringify({ 'bitrix24Push.groups': settings }),
  );
  const editor = await startEditor({
    directory: path.join(directory, 'data'),
    extensions,
    settings: quietSettings,
    env: { BITRIX24_PUSH_SANDBOX: JSON.stringify(sandbox.info) },
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    page.setDefaultTimeout(60_000);
    await page.goto(editor.url(folder));
    await page.locator('.activitybar .action-item [aria-label^="Bitrix24"]').first().click();
    const form = await formIn(() => page.frames());
    await form.locator('#to').fill('Everybody');
    await form.getByRole('option', { name: 'Everybody' }).click();
    await form.locator('#send', { hasText: '5,000' }).waitFor();
    const text = 'Hello {name}, {full_name}. We ask for your attention. ';
    const filler = text.slice(-27).repeat(Math.floor((textBytes - text.length) / 27));
    await form.locator('#text').fill(text + filler);
    await form.getByText('5,000 people, ').waitFor();
    await form.evaluate(watchScript);
    for (let key = 0; key < times * keysInRun; key += 1) {
      await page.keyboard.press('a');
      while ((await form.evaluate('globalThis.keys.length')) !== key + 1) {
        await page.waitForTimeout(5);
      }
      // The host's answer to one key is drawn before the next one, as when a person types.
      await page.waitForTimeout(60);
      if (key % keysInRun === keysInRun - 1) {
        await form.locator('#text').fill(text + filler);
      }
    }
    const keys = await form.evaluate<number[]>('globalThis.keys');
    const sorted = keys.toSorted((a, b) => a - b);
    const at = (part: number): number => sorted[Math.ceil(sorted.length * part) - 1] ?? NaN;
    process.stderr.write(`  ${at(0.5).toFixed(1)} ms in the middle\n`);
    return at(0.95);
  } finally {
    await browser.close();
    await editor.stop();
    await sandbox.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Notes for each key how long it took until the frame that shows it was drawn. */
const watchScript = `(() => {
  globalThis.keys = [];
  document.querySelector('#text').addEventListener('keydown', (event) => {
    requestAnimationFrame(() => {
      const drawn = new MessageChannel();
      drawn.port1.onmessage = () => globalThis.keys.push(performance.now() - event.timeStamp);
      drawn.port2.postMessage(undefined);
    });
  }, true);
})()`;

async function formIn(frames: () => readonly Frame[]): Promise<Frame> {
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    for (const frame of frames()) {
      const isForm = await frame.evaluate('document.querySelector("#to") !== null').catch(() => 0);
      if (isForm) {
        return frame;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('No form appeared within a minute');
}
