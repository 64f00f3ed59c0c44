import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Editor } from '../host/editor.mjs';
import { startSandbox } from '../../src/sandbox';
import type { Bench } from './benches';
import { makeProduction, vsix } from './production';
import { middle, times } from './stage';

/** A VSIX to compare with, e.g. of an earlier commit: its windows alternate with ours in the same run. */
const against = process.env['BENCH_AGAINST'];

export const benches: Bench[] = [
  {
    name: 'firstUse.paletteMs',
    what: 'The first use in a window: ms from the command to the first list of the palette, over an extension whose one command shows a list',
    atMost: 40,
    run: () => overTiny('palette'),
  },
  {
    name: 'firstUse.formMs',
    what: 'The first use in a window: ms from the click on the view to a form that can be typed in, over an extension whose one view is a text field',
    atMost: 122,
    run: () => overTiny('form'),
  },
];

type Use = 'palette' | 'form';
/** Milliseconds of one window. */
interface Pair {
  ours: number;
  tiny: number;
}

/** Opens a new window for each run, with the two extensions in turns the first; the median of the differences. */
async function overTiny(use: Use): Promise<number> {
  makeProduction();
  // What follows is only loaded here: it is for those whose machine has a browser.
  const { startBrowser } = await import('../host/browser.mjs');
  const directory = await mkdtemp(path.join(os.tmpdir(), 'bitrix24-push-first-use-'));
  const sandbox = await startSandbox();
  const browser = await startBrowser();
  const versions: Version[] = [];
  try {
    const tiny = await tinyVsix(directory);
    for (const [at, file] of [vsix, ...(against ? [path.resolve(against)] : [])].entries()) {
      const env = { BITRIX24_PUSH_SANDBOX: JSON.stringify(sandbox.info) };
      const home = path.join(directory, String(at));
      versions.push(await Version.start(browser, home, [file, tiny], env));
    }
    for (let time = 0; time < times; time += 1) {
      for (const version of time % 2 === 0 ? versions : versions.toReversed()) {
        await version.measure(use, time % 2 === 0);
      }
    }
    const [ours, other] = versions.map(({ pairs }) => ({
      over: middle(pairs.map(({ ours, tiny }) => ours - tiny)),
      alone: middle(pairs.map(({ ours }) => ours)),
    }));
    const told = (figures: typeof ours) =>
      `${figures?.over.toFixed(1)} ms over the tiny one, ${figures?.alone.toFixed(1)} ms in all`;
    process.stderr.write(`  ${told(ours)}\n`);
    if (against) {
      process.stderr.write(`  ${against}: ${told(other)}\n`);
    }
    return ours?.over ?? NaN;
  } finally {
    await browser.close();
    await Promise.all(versions.map(({ editor }) => editor.stop()));
    await sandbox.close();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** One version of the extension, installed in a VS Code of its own and signed in. */
class Version {
  readonly editor: Editor;
  readonly pairs: Pair[] = [];
  readonly #context: BrowserContext;
  readonly #folder: string;

  private constructor(editor: Editor, context: BrowserContext, folder: string) {
    this.editor = editor;
    this.#context = context;
    this.#folder = folder;
  }

  static async start(
    browser: Browser,
    directory: string,
    files: readonly string[],
    env: Record<string, string>,
  ): Promise<Version> {
    const { installExtension, quietSettings, startEditor } = await import('../host/editor.mjs');
    const extensions = path.join(directory, 'extensions');
    for (const file of files) {
      await installExtension(file, path.join(directory, 'installer'), extensions);
    }
    const folder = path.join(directory, 'folder');
    await mkdir(folder);
    const editor = await startEditor({
      directory: path.join(directory, 'data'),
      extensions,
      settings: { ...quietSettings, 'workbench.reduceMotion': 'on' },
      env,
    });
    // What a browser profile keeps is what makes the next window a signed-in one.
    const context = await browser.newContext({ viewport: { width: 1200, height: 900 } });
    await context.addInitScript(watchScript);
    const version = new Version(editor, context, folder);
    // The first window signs in and finds nothing in caches: it does not count.
    for (const use of ['palette', 'form'] as const) {
      await version.measure(use, true);
    }
    version.pairs.length = 0;
    return version;
  }

  async measure(use: Use, oursFirst: boolean): Promise<void> {
    const page = await this.#context.newPage();
    try {
      page.setDefaultTimeout(60_000);
      await page.goto(this.editor.url(this.#folder));
      await tab(page, 'Bitrix24').waitFor();
      await tab(page, 'Tiny').waitFor();
      if (use === 'form') {
        // The first webview of a window loads what all of them share.
        await open(page, 'Warm-up');
      }
      await calm(page);
      const pair: Pair = { ours: 0, tiny: 0 };
      for (const which of oursFirst ? (['ours', 'tiny'] as const) : (['tiny', 'ours'] as const)) {
        if (use === 'palette') {
          pair[which] = await run(page, which === 'ours' ? 'Send Bitrix24 Push' : 'Tiny: Pick');
        } else {
          pair[which] = await open(page, which === 'ours' ? 'Bitrix24' : 'Tiny');
        }
        await calm(page);
      }
      this.pairs.push(pair);
    } finally {
      await page.close();
    }
  }
}

const tab = (page: Page, name: string) =>
  page.locator(`.activitybar .action-item [aria-label^="${name}"]`).first();

/** Runs a command by the Command Palette; ms until its own list is there. */
async function run(page: Page, title: string): Promise<number> {
  const input = page.locator('.quick-input-widget:visible .quick-input-filter input').first();
  await page.keyboard.press('F1');
  await input.fill(`>${title}`);
  await page.locator('.quick-input-widget .monaco-list-row', { hasText: title }).first().waitFor();
  await page.evaluate('bench.watch()');
  await page.keyboard.press('Enter');
  const ms = await seen(page);
  await page.keyboard.press('Escape');
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  return ms;
}

/** Clicks on a view in the Activity Bar; ms until the text field in it is there. */
async function open(page: Page, name: string): Promise<number> {
  await page.evaluate('bench.watch()');
  await tab(page, name).click();
  const ms = await seen(page);
  // Closes the side bar, and the webview with it.
  await tab(page, name).click();
  return ms;
}

async function seen(page: Page): Promise<number> {
  const end = Date.now() + 60_000;
  while (Date.now() < end) {
    const start = Number(await page.evaluate('bench.start'));
    for (const frame of page.frames()) {
      const at = Number(await frame.evaluate('globalThis.bench?.seen ?? 0').catch(() => 0));
      if (start > 0 && at > start) {
        return at - start;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('Nothing appeared within a minute');
}

/** A window has work of its own: half a second in which nothing kept its page busy. */
async function calm(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    const until = performance.now() + 10_000;
    for (let calm = 0; calm < 25 && performance.now() < until; ) {
      const start = performance.now();
      await new Promise((resolve) => setTimeout(resolve, 20));
      calm = performance.now() - start < 30 ? calm + 1 : 0;
    }
  })()`);
}

/**
 * Runs in every frame of a window, webviews among them. Notes when the key or the click came, and when a list with the
 * title of a first step, or a text field of a webview, was first there. All frames have the clock of the machine.
 */
const watchScript = `(() => {
  const now = () => performance.timeOrigin + performance.now();
  const bench = { start: 0, seen: 0, watch() { bench.start = 0; bench.seen = 0; watching = true; } };
  let watching = false;
  globalThis.bench = bench;
  const begin = () => {
    if (watching) {
      watching = false;
      bench.start = now();
    }
  };
  addEventListener('keydown', (event) => event.key === 'Enter' && begin(), true);
  addEventListener('pointerdown', begin, true);
  const isThere = () => {
    if (window === top) {
      const widget = document.querySelector('.quick-input-widget');
      return (
        widget?.querySelector('.quick-input-title')?.textContent.includes('(1/4)') &&
        widget.querySelector('.monaco-list-row')
      );
    }
    const field = document.querySelector('textarea');
    return field && !field.disabled && field.getClientRects().length > 0;
  };
  setInterval(() => {
    if (bench.seen === 0 && (window !== top || bench.start > 0) && isThere()) {
      bench.seen = now();
    }
  }, 1);
})()`;

async function tinyVsix(directory: string): Promise<string> {
  const folder = path.join(directory, 'tiny');
  await mkdir(folder);
  const views = { tiny: 'Tiny', warm: 'Warm-up' };
  const icon = 'icon.svg';
  const manifest = {
    ...{ name: 'tiny', publisher: 'bench', version: '1.0.0', main: './extension.js' },
    ...{ engines: { vscode: '^1.106.0' }, extensionKind: ['ui', 'workspace'] },
    activationEvents: ['onStartupFinished'],
    contributes: {
      commands: [{ command: 'tiny.pick', title: 'Tiny: Pick' }],
      viewsContainers: {
        activitybar: Object.entries(views).map(([id, title]) => ({ id: `${id}-bar`, title, icon })),
      },
      views: Object.fromEntries(
        Object.entries(views).map(([id, name]) => [`${id}-bar`, [{ type: 'webview', id, name }]]),
      ),
    },
  };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  await writeFile(
    path.join(folder, icon),
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><circle cx="12" cy="12" r="9"/></svg>',
  );
  await writeFile(
    path.join(folder, 'extension.js'),
    `const { commands, window } = require('vscode');
exports.activate = ({ subscriptions }) => {
  const pick = () => {
    const list = window.createQuickPick();
    list.title = 'Tiny (1/4)';
    list.items = [{ label: 'One' }, { label: 'Two' }];
    list.onDidHide(() => list.dispose());
    list.show();
  };
  const resolveWebviewView = ({ webview }) => {
    webview.options = { enableScripts: true };
    webview.html = '<!doctype html><textarea></textarea>';
  };
  subscriptions.push(
    commands.registerCommand('tiny.pick', pick),
    window.registerWebviewViewProvider('tiny', { resolveWebviewView }),
    window.registerWebviewViewProvider('warm', { resolveWebviewView }),
  );
};
`,
  );
  const packagePath = path.join(directory, 'tiny.vsix');
  // As a process of its own: it prints what it packs.
  const vsce = path.join(path.dirname(require.resolve('@vscode/vsce/package.json')), 'vsce');
  const asItIs = ['--no-dependencies', '--allow-missing-repository', '--skip-license'];
  execFileSync(process.execPath, [vsce, 'package', ...asItIs, '--out', packagePath], {
    cwd: folder,
    stdio: 'pipe',
  });
  return packagePath;
}
