import type { Locator } from 'playwright-core';
import type { Workbench } from './workbench';

/** What was sent and what waits, in the side bar. */
export class HistoryView {
  readonly #workbench: Workbench;

  private constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  static async in(workbench: Workbench): Promise<HistoryView> {
    await workbench.command('Bitrix24: Focus on History View');
    return new HistoryView(workbench);
  }

  /** The newest push with this text, or what stands below one. */
  line(text: string): Locator {
    return this.#workbench.page
      .locator('.tree-explorer-viewlet-tree-view .monaco-list-row', { hasText: text })
      .first();
  }

  /** Clicks the icon that a push shows under the mouse. */
  async do(action: string, text: string): Promise<void> {
    const line = this.line(text);
    await line.hover();
    await line.locator(`.action-label[aria-label^="${action}"]`).click();
  }
}
