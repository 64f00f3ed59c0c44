import type { Browser, BrowserContext, Frame, Locator, Page } from 'playwright-core';
import type { Sandbox } from '../../../src/sandbox/sandbox';
import type { Editor } from '../../host/editor.mjs';
import { until } from './until';

export interface WorkbenchOptions {
  /** Signed in to the stage's sandbox as its administrator (default). */
  signedIn?: boolean;
  /** Signed in to this one instead. */
  sandbox?: Sandbox;
  /** Stays open from test to test. */
  shared?: boolean;
  /** `false`: in Restricted Mode. */
  trusted?: boolean;
  /** Files of the folder that is opened: name to text. */
  files?: Record<string, string>;
  /** A folder to open instead of a new one. */
  folder?: string;
  /** Settings of the new folder, e.g. workbench.colorTheme. */
  settings?: Record<string, unknown>;
  /** Settings of the user, for the first window that is signed in to this sandbox. */
  userSettings?: Record<string, unknown>;
  /** The language of the extension; VS Code's own words stay English. */
  locale?: 'ru';
  width?: number;
  height?: number;
  /** A browser profile to open the window in, e.g. that of another window. */
  context?: BrowserContext;
  /** What the browser kept of an earlier window; see {@link Workbench.profile}. */
  profile?: Profile;
}

export type Profile = Awaited<ReturnType<BrowserContext['storageState']>>;

/** One window of VS Code, driven as a person would. */
export class Workbench {
  readonly page: Page;
  readonly context: BrowserContext;

  private constructor(page: Page, context: BrowserContext) {
    this.page = page;
    this.context = context;
  }

  static async open(
    browser: Browser,
    editor: Editor,
    folder: string,
    options: WorkbenchOptions,
  ): Promise<Workbench> {
    const context =
      options.context ??
      (await browser.newContext({
        viewport: { width: options.width ?? 1200, height: options.height ?? 900 },
        permissions: ['clipboard-read', 'clipboard-write'],
        locale: 'en-US',
        ...(options.profile && { storageState: options.profile }),
      }));
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    // A whole window takes long where others start beside it.
    page.setDefaultNavigationTimeout(60_000);
    await page.goto(editor.url(folder));
    const workbench = new Workbench(page, context);
    // A page behind another one hardly draws, and waits a second or two at each click.
    context.on('page', () => void workbench.toFront());
    if (options.trusted === false) {
      await page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
    }
    await workbench.#ready();
    return workbench;
  }

  /**
   * Takes the focus from the window until {@link comeBack}, because pages of a headless browser never lose it by
   * themselves.
   */
  async goAway(): Promise<void> {
    await this.page.evaluate(async () => {
      document.hasFocus = () => false;
      window.dispatchEvent(new Event('blur'));
      // The workbench looks at it one turn later.
      await new Promise((resolve) => setTimeout(resolve));
    });
  }

  /** Gives the focus back to the window, as when its user has been in another program. */
  async comeBack(): Promise<void> {
    await this.toFront();
    await this.goAway();
    await this.page.evaluate(() => {
      Reflect.deleteProperty(document, 'hasFocus');
      window.dispatchEvent(new Event('focus'));
    });
  }

  /** Before the other pages of its browser. */
  async toFront(): Promise<void> {
    // It may be closing.
    await this.page.bringToFront().catch(() => undefined);
  }

  /** Reload Window. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.#ready();
  }

  async #ready(): Promise<void> {
    await this.page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
    // Commands and views of extensions come a moment after the window.
    await this.#activityBarItem.waitFor({ timeout: 60_000 });
  }

  /** What its browser keeps of it, such as secrets, for a window after a crash. */
  profile(): Promise<Profile> {
    return this.context.storageState({ indexedDB: true });
  }

  async close(): Promise<void> {
    await this.page.close({ runBeforeUnload: false });
    await this.context.close();
  }

  /** The quick input: palette, picks and input boxes. */
  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible');
  }

  get quickInputBox(): Locator {
    return this.quickInput.locator('.quick-input-filter input, .quick-input-box input').first();
  }

  /** Runs a command by its title through the Command Palette. */
  async command(title: string): Promise<void> {
    await this.toFront();
    const ask = async () => {
      await this.page.keyboard.press('F1');
      try {
        await this.quickInputBox.fill(`>${title}`, { timeout: 5_000 });
        await this.row(title).click({ timeout: 5_000 });
        return true;
      } catch {
        // The palette closes when a menu gives the focus back, and its list is as old as itself: a command may have
        // come since then.
        await this.page.keyboard.press('Escape');
        return false;
      }
    };
    await until(`the command “${title}”`, ask, 40_000);
  }

  /** Waits until the quick input's title or placeholder says this. */
  async step(text: string): Promise<void> {
    await this.quickInput
      .filter({ hasText: text })
      .or(this.quickInput.filter({ has: this.page.getByPlaceholder(text) }))
      .first()
      .waitFor();
  }

  /** The row of a quick pick with this text. */
  row(text: string | RegExp): Locator {
    return this.quickInput.locator('.monaco-list-row', { hasText: text }).first();
  }

  /** A notification toast with this text. */
  toast(text: string | RegExp): Locator {
    return this.page
      .locator('.notifications-toasts .notification-toast', { hasText: text })
      .first();
  }

  /** A button of a toast or modal dialog. */
  button(name: string, within: Locator = this.page.locator('body')): Locator {
    return within.locator('.monaco-button', { hasText: name }).first();
  }

  get dialog(): Locator {
    return this.page.locator('.monaco-dialog-box:visible');
  }

  async openFile(name: string): Promise<void> {
    await until(`the file “${name}” in the list`, async () => {
      try {
        // A webview that is just opening swallows keys, and the list knows a new file only after a moment.
        await this.page.keyboard.press('Control+P');
        await this.quickInputBox.fill(name, { timeout: 5_000 });
        await this.row(name).click({ timeout: 2_000 });
        return true;
      } catch {
        await this.page.keyboard.press('Escape');
        return false;
      }
    });
    await this.page.locator('.monaco-editor .view-line').first().waitFor();
  }

  /** Opens the sidebar form and gives its inner frame. */
  async form(): Promise<Frame> {
    if (!(await this.formFrame())) {
      // A click on the Activity Bar would close a view that is just opening.
      await this.command('Bitrix24: Focus on Compose View');
    }
    return until('the form', () => this.formFrame());
  }

  get #activityBarItem(): Locator {
    return this.page.locator('.activitybar .action-item [aria-label^="Bitrix24"]').first();
  }

  async formFrame(): Promise<Frame | undefined> {
    for (const frame of this.page.frames()) {
      if (frame.isDetached()) {
        continue;
      }
      const found = await frame
        .locator('main > .form')
        .count()
        .catch(() => 0);
      if (found > 0) {
        return frame;
      }
    }
    return undefined;
  }
}
