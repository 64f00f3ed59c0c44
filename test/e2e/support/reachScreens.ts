import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Locator } from 'playwright-core';
import { root } from '../../host/install.mjs';
import { callProgram } from '../../support/b24pushProgram';
import type { Sentences } from './sentences';
import { stage } from './stage';
import { until } from './until';
import type { Workbench, WorkbenchOptions } from './workbench';

/** Is called when a screen is there. `ours`: the part of the window that we fill. */
export type OnScreen = (name: string, ours: string) => Promise<void>;

const dialogBox = '.monaco-dialog-box';
const quickInput = '.quick-input-widget';
const historyLines = '.part.sidebar .pane-body .monaco-list';
const statusItem = '.statusbar-item[id*="reachMe"]';

/** Two paragraphs, a line that is longer than a dialog is wide, and what looks like a link. */
const askedText = `Release 4.2 is out 🚀 Please check the discounts in the cart before 18:00, because they are applied twice for members.

[Open the cart](https://acme.example/cart) — скидка применяется дважды`;

const said = 'The nightly import has read 12,480 of 12,500 orders; 20 have no customer.';

/** Goes through the screens around pushes to oneself, in a window where the standing yes is not given. */
export class ReachScreens {
  readonly #workbench: Workbench;
  readonly #say: Sentences;
  readonly #options: WorkbenchOptions;

  /** `options`: those that the window was opened with. */
  constructor(workbench: Workbench, say: Sentences, options: WorkbenchOptions = {}) {
    this.#workbench = workbench;
    this.#say = say;
    this.#options = options;
  }

  /** Leaves the window without the standing yes. */
  async show(shown: OnScreen): Promise<void> {
    const onScreen: OnScreen = async (name, ours) => {
      if (name !== 'reach-me-held') {
        // Over nothing that shows a hint.
        await this.#workbench.page.mouse.move(0, 0);
      }
      await shown(name, ours);
    };
    await this.#setUp(onScreen);
    await this.#hold(onScreen);
    await this.#tell(onScreen);
    await this.#ask(onScreen);
    await this.#connect(onScreen);
    await this.#menu('Turn Off');
  }

  async #setUp(onScreen: OnScreen): Promise<void> {
    await this.#command('command.reachMe');
    await this.#workbench.dialog.waitFor();
    await onScreen('reach-me', dialogBox);
    const before = (await stage.portal.pushes()).length;
    await this.#workbench.button(this.#say.of('Turn On'), this.#workbench.dialog).click();
    await stage.portal.pushesWhen(before + 1);
  }

  /** What comes during a pause: of an agent, of a program and of a command. */
  async #hold(onScreen: OnScreen): Promise<void> {
    const { page } = this.#workbench;
    await this.#command('command.pauseReachingMe');
    await this.#workbench.row(this.#say.of('For an Hour')).waitFor();
    await onScreen('reach-me-pause', quickInput);
    await this.#workbench.row(this.#say.of('For an Hour')).click();
    await this.#command('view.history', 'Focus on ');
    await this.#composeHeader.click();
    await this.#workbench.goAway();
    const home = stage.b24pushHome(this.#options);
    const shop = this.#folder('shop');
    writeFileSync(path.join(shop, 'deploy.sh'), '#!/bin/sh\nexit 1\n', { mode: 0o700 });
    await callProgram(['--wait', '--', './deploy.sh'], { home, cwd: shop });
    await callProgram([said], { home });
    await this.#tellOfAgent('Notification', { notification_type: 'permission_prompt' });
    await this.#tellOfAgent('Stop');
    // The line above them says so, too.
    await this.#rows(this.#say.startOf('Paused until {0}')).nth(4).waitFor();
    await this.#workbench.comeBack();
    await this.#workbench.command('Notifications: Clear All Notifications');
    await page.locator(statusItem).filter({ hasText: '4' }).hover();
    await page.locator('.workbench-hover', { hasText: '4' }).waitFor();
    await onScreen('reach-me-held', `${historyLines}, ${statusItem}`);
    await this.#command('command.reachMe');
    await this.#workbench.row(this.#say.of('Send Now')).waitFor();
    await onScreen('reach-me-menu', quickInput);
    await page.keyboard.press('Escape');
  }

  /** Tells of an agent until it is held: the window needs a moment to know that its user has left. */
  async #tellOfAgent(event: string, more: object = {}): Promise<void> {
    const home = stage.b24pushHome(this.#options);
    const lines = this.#rows('Claude Code');
    const before = await lines.count();
    let calls = 0;
    await until(`what Claude Code tells by ${event}`, async () => {
      const about = { session_id: `${event}-${++calls}`, cwd: this.#folder('shop') };
      const input = JSON.stringify({ ...about, hook_event_name: event, ...more });
      await callProgram(['--hook', 'claude'], { home, input });
      const line = lines.nth(before).waitFor({ timeout: 5_000 });
      return await line.then(
        () => true,
        () => false,
      );
    });
  }

  /** What was held, in one push. */
  async #tell(onScreen: OnScreen): Promise<void> {
    await this.#command('command.resumeReachingMe');
    const words = this.#say.language === 'en' ? '4 things while' : '4 события';
    // It shows where it comes from once it is accepted.
    const isAccepted = this.#workbench.page.locator('.codicon-megaphone');
    const told = this.#rows(words).filter({ has: isAccepted }).first();
    await told.click();
    await this.#workbench.page.keyboard.press('ArrowRight');
    await this.#rows(this.#say.of('Held while you had paused')).nth(3).waitFor();
    await onScreen('reach-me-history', historyLines);
    await this.#composeHeader.click();
  }

  /** What an agent wants sent to others. */
  async #ask(onScreen: OnScreen): Promise<void> {
    const client = new Client({ name: 'Claude Code', version: '1.0.0' });
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [path.join(root, 'dist', 'b24push.js'), 'mcp'],
        env: { HOME: stage.home, B24PUSH_HOME: stage.b24pushHome(this.#options) },
      }),
    );
    try {
      const to = ['Иван Сидоров', 'Maria Kowalska'];
      const answer = client.callTool({ name: 'send_push', arguments: { to, text: askedText } });
      await this.#workbench.dialog.waitFor();
      await onScreen('reach-me-asked', dialogBox);
      await this.#workbench.page.keyboard.press('Escape');
      await answer;
    } finally {
      await client.close();
    }
  }

  async #connect(onScreen: OnScreen): Promise<void> {
    const { page } = this.#workbench;
    const folder = path.join(stage.home, '.claude');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'settings.json'), '{\n  "model": "opus"\n}\n');
    await this.#command('command.connectAgents');
    await this.#workbench.row('Claude Code').waitFor();
    await onScreen('agents', quickInput);
    await this.#workbench.row('Claude Code').click();
    const title = this.#say.startOf('What Is Added for {0}');
    await page.locator('.tab', { hasText: title }).waitFor();
    await page.locator('.monaco-diff-editor .view-line', { hasText: 'hooks' }).first().waitFor();
    await onScreen('agents-preview', quickInput);
    await page.keyboard.press('Escape');
    await page.locator('.tab', { hasText: title }).waitFor({ state: 'hidden' });
  }

  async #menu(item: string): Promise<void> {
    await this.#command('command.reachMe');
    await this.#workbench.row(this.#say.of(item)).click();
    await this.#workbench.quickInput.waitFor({ state: 'hidden' });
  }

  async #command(key: string, before = ''): Promise<void> {
    await this.#workbench.command(before + this.#say.command(key));
  }

  /** Folds the form, so that there is room for the history, and unfolds it. */
  get #composeHeader(): Locator {
    return this.#workbench.page
      .locator('.part.sidebar .pane-header', { hasText: this.#say.command('view.form') })
      .locator('h3');
  }

  #rows(text: string): Locator {
    return this.#workbench.page.locator('.tree-explorer-viewlet-tree-view .monaco-list-row', {
      hasText: text,
    });
  }

  /** A folder of the user with this name. */
  #folder(name: string): string {
    const folder = path.join(stage.home, name);
    mkdirSync(folder, { recursive: true });
    return folder;
  }
}
