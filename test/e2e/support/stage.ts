import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { startSandbox } from '../../../src/sandbox/index';
import type { Sandbox } from '../../../src/sandbox/sandbox';
import { startBrowser } from '../../host/browser.mjs';
import { type Editor, installExtension, quietSettings, startEditor } from '../../host/editor.mjs';
import { root } from '../../host/install.mjs';
import { Portal } from './portal';
import { signOut, tidy } from './tidy';
import { filesWith, tracesOf } from './traces';
import { Workbench, type WorkbenchOptions } from './workbench';

/** Where screenshots and other findings of the run are left. */
export const results = path.join(root, 'test-results', 'e2e');

/** Values that must never be found in anything that VS Code or the extension wrote. */
export const canary = {
  clientSecret: 'CANARYsecret0000000000000000000000000000000000CANARY'.slice(0, 50),
};

/**
 * What all end-to-end tests share: one sandbox portal, one browser, and one VS Code server for windows that are
 * signed in to it and one for those that are not. The packaged VSIX is installed in both.
 */
export class Stage {
  readonly directory = mkdtempSync(path.join(tmpdir(), 'bitrix24-push-e2e-'));
  /** The home folder of the user, where coding agents keep their files. */
  readonly home = path.join(this.directory, 'home');
  readonly #open: Workbench[] = [];
  /** Windows that all tests of a file share. */
  readonly #shared: Workbench[] = [];
  /** Those that test after test takes over, with their folders: one that is signed in and one that is not. */
  readonly #common = new Map<'signedIn' | 'signedOut', { workbench: Workbench; folder: string }>();
  #browser: Browser | undefined;
  #sandbox: Sandbox | undefined;
  /** Portals besides the stage's own. */
  readonly #others: Sandbox[] = [];
  #portal: Portal | undefined;
  readonly #editors = new Map<string, Promise<Editor>>();
  /** Ports of editors that were killed: their windows come back at the same address. */
  readonly #ports = new Map<string, number>();
  #folders = 0;
  #closed = 0;
  #signInPort = 0;

  get portal(): Portal {
    return this.#portal!;
  }

  get sandbox(): Sandbox {
    return this.#sandbox!;
  }

  get browser(): Browser {
    return this.#browser!;
  }

  async start(): Promise<void> {
    mkdirSync(results, { recursive: true });
    mkdirSync(this.home);
    this.#signInPort = await freePort();
    this.#sandbox = await startSandbox(this.#application());
    this.#portal = new Portal(this.#sandbox.info);
    const extensions = path.join(this.directory, 'extensions');
    await installExtension(
      path.join(root, 'bitrix24-push.vsix'),
      path.join(this.directory, 'installer'),
      extensions,
    );
    this.#browser = await startBrowser();
  }

  /** A portal besides the stage's own: one of many people, for a file that says so. It ends with the stage. */
  async portalOf(people: number, seed: number): Promise<Sandbox> {
    const sandbox = await startSandbox({ ...this.#application(), people, seed });
    this.#others.push(sandbox);
    return sandbox;
  }

  #application() {
    return {
      clientSecret: canary.clientSecret,
      handler: `http://localhost:${this.#signInPort}/bitrix24-push`,
    };
  }

  /** Rejects when anything that this run wrote or showed holds a secret. */
  async stop(): Promise<void> {
    await this.endWindows();
    await this.#browser?.close();
    const leaks = this.#sandbox ? filesWith(this.secrets(), this.directory) : [];
    await this.#sandbox?.close();
    await Promise.all(this.#others.map((sandbox) => sandbox.close()));
    rmSync(this.directory, { recursive: true, force: true });
    assert.deepEqual(leaks, [], 'files with secrets');
  }

  /** Everything that may be in no file, log, message or page of VS Code. */
  secrets(): string[] {
    const portals = [this.sandbox, ...this.#others];
    return [canary.clientSecret, ...portals.flatMap((portal) => portal.issuedSecrets())];
  }

  /** Ends all windows and VS Code's servers, so that nothing changes its files any more. The next window starts anew. */
  async endWindows(): Promise<void> {
    await this.#closeShared();
    const editors = [...this.#editors.values()];
    this.#editors.clear();
    await Promise.all(editors.map(async (editor) => (await editor).stop()));
  }

  /** Kills VS Code for all windows that are signed in to this portal, as if the machine went down. */
  async crash(sandbox: Sandbox): Promise<void> {
    const name = this.#editorName({ sandbox });
    const editor = await this.#editors.get(name);
    this.#editors.delete(name);
    if (editor) {
      this.#ports.set(name, editor.port);
      await editor.kill();
    }
    await this.#closeShared();
  }

  /** A new window of VS Code in a browser profile of its own, on a folder of its own. */
  async workbench(options: WorkbenchOptions = {}): Promise<Workbench> {
    const editor = await this.#editor(options);
    const folder = options.folder ?? this.folder(options.files, options.settings);
    const workbench = await Workbench.open(this.browser, editor, folder, options);
    (options.shared ? this.#shared : this.#open).push(workbench);
    return workbench;
  }

  /**
   * A signed-in window that earlier tests may have used, as tidy as a new one but for the account, whom one wrote to,
   * what was sent, and what was begun in the palette. For tests that leave it signed in as its administrator;
   * opening a window is most of what a test takes.
   */
  async common(settings: Record<string, unknown> = {}): Promise<Workbench> {
    const used = this.#common.get('signedIn');
    if (!used) {
      return this.#openCommon('signedIn', settings);
    }
    this.#write(used.folder, '.vscode/settings.json', JSON.stringify(settings));
    await tidy(used.workbench);
    return used.workbench;
  }

  /** A window without any account that earlier tests may have used, as tidy as a new one. */
  async signedOut(): Promise<Workbench> {
    const used = this.#common.get('signedOut');
    if (!used) {
      return this.#openCommon('signedOut', {});
    }
    await signOut(used.workbench);
    return used.workbench;
  }

  async #openCommon(
    which: 'signedIn' | 'signedOut',
    settings: Record<string, unknown>,
  ): Promise<Workbench> {
    const folder = this.folder({}, settings);
    const signedIn = which === 'signedIn';
    const workbench = await this.workbench({ folder, shared: true, signedIn });
    this.#common.set(which, { workbench, folder });
    return workbench;
  }

  /** Puts files (name to text) into the folder of the window that {@link common} gives. */
  put(files: Record<string, string>): void {
    for (const [name, text] of Object.entries(files)) {
      this.#write(this.#common.get('signedIn')!.folder, name, text);
    }
  }

  /** The file with settings of the user for windows that are signed in to its portal. */
  get userSettings(): string {
    return path.join(this.#directoryOf({}), 'data', 'User', 'settings.json');
  }

  /** Where b24push finds the windows that were opened with such options. */
  b24pushHome(options: WorkbenchOptions = {}): string {
    return path.join(this.#directoryOf(options), 'b24push');
  }

  /** After the last test that shares it. */
  async close(shared: Workbench): Promise<void> {
    this.#unshare([shared]);
    await this.closeWindows();
  }

  async #closeShared(): Promise<void> {
    this.#common.clear();
    this.#unshare([...this.#shared]);
    await this.closeWindows();
  }

  /** They end with this test. */
  #unshare(windows: readonly Workbench[]): void {
    for (const workbench of windows) {
      this.#shared.splice(this.#shared.indexOf(workbench), 1);
      this.#open.push(workbench);
    }
  }

  /** A new folder with these files (name to text) and settings. */
  folder(files: Record<string, string> = {}, settings: Record<string, unknown> = {}): string {
    const folder = path.join(this.directory, `folder-${++this.#folders}`);
    mkdirSync(folder);
    const all = { ...files, '.vscode/settings.json': JSON.stringify(settings) };
    for (const [name, text] of Object.entries(all)) {
      this.#write(folder, name, text);
    }
    return folder;
  }

  #write(folder: string, name: string, text: string): void {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** What the windows showed and kept is left in files of the stage, where the search for secrets finds it. */
  async closeWindows(failedTest?: string): Promise<void> {
    const closing = this.#open.splice(0);
    for (const [index, workbench] of [...closing, ...this.#shared].entries()) {
      if (failedTest) {
        const name = `failed-${failedTest.replace(/[^\p{L}\p{N}]+/gu, '-')}-${index}`;
        const screenshot = (file: string) =>
          workbench.page.screenshot({ path: path.join(results, file) });
        await screenshot(`${name}.png`).catch(() => undefined);
        // Toasts go away by themselves; what they said stays in the notification centre.
        await workbench
          .command('Notifications: Show Notifications')
          .then(() => screenshot(`${name}-told.png`))
          .catch(() => undefined);
      }
      if (!closing.includes(workbench)) {
        continue;
      }
      writeFileSync(
        path.join(this.directory, `window-${++this.#closed}.txt`),
        await tracesOf(workbench).catch(() => ''),
      );
    }
    if (failedTest) {
      // Whatever they are in now: the next test gets new ones.
      this.#unshare([...this.#common.values()].map(({ workbench }) => workbench));
      this.#common.clear();
      await this.closeWindows();
    }
    // Last of all: windows of one browser close together.
    await Promise.all(closing.map((workbench) => workbench.close()));
  }

  #editorName(options: WorkbenchOptions): string {
    const { signedIn = true, sandbox = this.sandbox, trusted = true, locale } = options;
    const others = this.#others.indexOf(sandbox);
    return (
      (!signedIn ? 'signed-out' : others < 0 ? 'signed-in' : `signed-in-${others}`) +
      (trusted ? '' : '-restricted') +
      (locale === undefined ? '' : `-${locale}`)
    );
  }

  #directoryOf(options: WorkbenchOptions): string {
    return path.join(this.directory, this.#editorName(options));
  }

  #editor(options: WorkbenchOptions): Promise<Editor> {
    const { signedIn = true, sandbox = this.sandbox, trusted = true } = options;
    const name = this.#editorName(options);
    let editor = this.#editors.get(name);
    if (!editor) {
      editor = startEditor({
        directory: this.#directoryOf(options),
        port: this.#ports.get(name) ?? 0,
        extensions: path.join(this.directory, 'extensions'),
        settings: {
          'bitrix24Push.signIn.port': this.#signInPort,
          ...quietSettings,
          'workbench.reduceMotion': 'on',
          // Whoever leaves a window is away at once, so that no test waits for that.
          'bitrix24Push.reachMe.awayAfter': 0,
          'window.commandCenter': false,
          ...options.userSettings,
        },
        trustWorkspaces: trusted,
        mayBeKilled: true,
        ...(options.locale !== undefined && { locale: options.locale }),
        env: {
          HOME: this.home,
          ...(signedIn && { BITRIX24_PUSH_SANDBOX: JSON.stringify(sandbox.info) }),
        },
      });
      this.#editors.set(name, editor);
    }
    return editor;
  }
}

/** A port that nobody listens on now; sign-in needs its number before it listens. */
export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** The stage of this run; started before the first test and taken down after the last. */
export const stage = new Stage();

function reverse(suite: Mocha.Suite | undefined): void {
  suite?.tests.reverse();
  suite?.suites.reverse().forEach(reverse);
}

export const mochaHooks = {
  async beforeAll(this: Mocha.Context) {
    this.timeout(120_000);
    // Each test stands alone: E2E_ORDER=reversed shows it.
    if (process.env['E2E_ORDER'] === 'reversed') {
      reverse(this.test?.parent);
    }
    await stage.start();
  },
  async beforeEach() {
    await stage.portal.reset();
  },
  async afterEach(this: Mocha.Context) {
    await stage.closeWindows(
      this.currentTest?.state === 'failed' ? this.currentTest.fullTitle() : undefined,
    );
  },
  async afterAll() {
    await stage.stop();
  },
};
