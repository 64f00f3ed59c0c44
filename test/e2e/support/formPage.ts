import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { runInThisContext } from 'node:vm';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { Emitter } from '../../../src/common/emitter';
import { silentLog } from '../../support/silentLog';
import type { StorageFolder } from '../../../src/common/storageFolder';
import type { FormController } from '../../../src/form/formController';
import type { FormHostDeps } from '../../../src/form/formHost';
import type { ToForm } from '../../../src/form/protocol';
import { newDraft } from '../../../src/push/draft';
import type { DraftContent } from '../../../src/push/draft';
import { DraftStore } from '../../../src/push/draftStore';
import type { PushService } from '../../../src/push/pushService';
import { root } from '../../host/install.mjs';
import { formDeps } from '../../support/formDeps';
import { memoryFolder } from '../../support/memoryFolder';

export interface FormPageOptions {
  language?: 'en' | 'ru';
  draft?: Partial<DraftContent>;
  width?: number;
  disk?: StorageFolder;
  /** Declarations for the page's root: VS Code's colours. */
  theme?: string;
  service?: Partial<Pick<PushService, 'send' | 'act' | 'open'>>;
  deps?: Partial<FormHostDeps>;
}

type OpenForm = (deps: FormHostDeps) => FormController;

/** The form's page in a browser with its real host, without VS Code: what is typed and drawn in it, within a second. */
export class FormPage {
  readonly page: Page;
  readonly drafts: DraftStore;
  readonly #controller: FormController;
  readonly #options: FormPageOptions;
  #isThere = false;

  private constructor(
    page: Page,
    drafts: DraftStore,
    options: FormPageOptions,
    openForm: OpenForm,
  ) {
    this.page = page;
    this.drafts = drafts;
    this.#options = options;
    const service = {
      send: () => Promise.resolve({ kind: 'cancelled' as const }),
      act: () => Promise.resolve({ kind: 'decided' as const }),
      open: () => Promise.resolve([]),
      onDidChange: new Emitter<undefined>().event,
      ...options.service,
    };
    const deps = formDeps({ drafts, service });
    this.#controller = openForm({
      ...deps,
      messages: { inform: () => undefined },
      page: { post: (message) => void this.#post(message), onScreen: () => this.#isThere },
      ...options.deps,
    });
  }

  static async open(browser: Browser, options: FormPageOptions = {}): Promise<FormPage> {
    const { language = 'en', width = 320, disk = memoryFolder(new Map()) } = options;
    const page = await browser.newPage({
      viewport: { width, height: 900 },
      locale: language,
      timezoneId: 'UTC',
    });
    const drafts = new DraftStore({
      ...{ disk, key: 'draft', log: silentLog },
      clock: { now: () => 0 },
    });
    await drafts.ready;
    drafts.open(newDraft({ accountId: 'acme:1', ...options.draft }));
    await drafts.flush().catch(() => undefined);
    const form = new FormPage(page, drafts, options, await hostIn(language));
    await page.exposeFunction('toHost', (message: unknown) => form.#controller.receive(message));
    await form.show();
    return form;
  }

  /** Builds the page, as VS Code does whenever the view comes into sight. */
  async show(): Promise<void> {
    const { language = 'en', theme = '' } = this.#options;
    this.#isThere = true;
    await this.page.route('http://form.test/', (route) =>
      route.fulfill({
        contentType: 'text/html; charset=utf-8',
        body: `<!DOCTYPE html><html lang="${language}"><head><meta charset="utf-8"><title>Form</title>
<style>:root { --vscode-font-family: system-ui, sans-serif; ${theme} }
${readFileSync(path.join(root, 'media/form.css'), 'utf8')}</style></head><body><script>
window.acquireVsCodeApi = () => ({ postMessage: (message) => void window.toHost(message), getState: () => undefined, setState: () => undefined });
</script></body></html>`,
      }),
    );
    await this.page.goto('http://form.test/');
    await this.page.addScriptTag({ path: path.join(root, 'dist/webview.js') });
    await this.page.getByRole('main').waitFor();
  }

  /** Takes the page away, as VS Code does with a view that is hidden. */
  async hide(): Promise<void> {
    this.#isThere = false;
    this.#controller.pageGone();
    await this.page.goto('about:blank');
  }

  get text() {
    return this.page.locator('#text');
  }

  /** What can be filled in at an open brace. */
  get fillings() {
    return this.page.locator('#placeholders').getByRole('option');
  }

  get send() {
    return this.page.locator('#send');
  }

  /** What a screen reader was given last. */
  get spoken() {
    return this.page.getByRole('status');
  }

  async close(): Promise<void> {
    this.#controller.dispose();
    this.drafts.dispose();
    await this.page.close();
  }

  async #post(message: ToForm): Promise<void> {
    if (this.#isThere) {
      await this.page
        .evaluate((text) => {
          window.postMessage(JSON.parse(text), '*');
        }, JSON.stringify(message))
        .catch(() => undefined);
    }
  }
}

const hosts = new Map<string, Promise<OpenForm>>();

/** The form's host, with VS Code's translation in its place. */
async function hostIn(language: string): Promise<OpenForm> {
  let host = hosts.get(language);
  if (!host) {
    host = bundled(language);
    hosts.set(language, host);
  }
  return await host;
}

async function bundled(language: string): Promise<OpenForm> {
  const translated =
    language === 'en'
      ? '{}'
      : readFileSync(path.join(root, `l10n/bundle.l10n.${language}.json`), 'utf8');
  const vscode = `const translated = ${translated};
const t = (message, ...args) => {
  const { message: text, comment = [] } = typeof message === 'string' ? { message } : message;
  const key = comment.length > 0 ? text + '/' + [].concat(comment).join('') : text;
  return (translated[key] ?? text).replace(/\\{(\\d+)\\}/g, (whole, at) => args[Number(at)] ?? whole);
};
module.exports = { l10n: { t }, env: { language: ${JSON.stringify(language)} }, window: {}, commands: {} };`;
  const { outputFiles } = await build({
    ...{ bundle: true, write: false, platform: 'node', format: 'cjs', logLevel: 'error' },
    entryPoints: [path.join(root, 'src/form/formHost.ts')],
    plugins: [
      {
        name: 'vscode',
        setup: (bundle) => {
          bundle.onResolve({ filter: /^vscode$/ }, () => ({ path: 'vscode', namespace: 'stub' }));
          bundle.onLoad({ filter: /.*/, namespace: 'stub' }, () => ({
            contents: vscode,
            loader: 'js',
          }));
        },
      },
    ],
  });
  const module: { exports: { openForm?: OpenForm } } = { exports: {} };
  const code = outputFiles[0]?.text ?? '';
  const run = runInThisContext(`(module, exports, require) => {${code}\n}`) as (
    ...globals: [typeof module, typeof module.exports, NodeJS.Require]
  ) => void;
  run(module, module.exports, createRequire(__filename));
  const { openForm } = module.exports;
  if (!openForm) {
    throw new Error('The bundle of the form’s host has no openForm.');
  }
  return openForm;
}
