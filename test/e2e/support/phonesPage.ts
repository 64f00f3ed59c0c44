import type { Locator, Page } from 'playwright-core';
import type { Portal } from './portal';
import type { Workbench } from './workbench';

/** The sandbox's page with everybody's phone, in a tab beside the window. */
export class PhonesPage {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async beside(workbench: Workbench, portal: Portal): Promise<PhonesPage> {
    const page = await workbench.context.newPage();
    await page.goto(`${portal.origin}/sandbox/`);
    await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
    return new PhonesPage(page);
  }

  phoneOf(name: string): Locator {
    return this.page.getByRole('article', { name, exact: true });
  }

  /** The texts of the notifications on somebody's phone, the newest first. */
  pushesOf(name: string): Locator {
    return this.phoneOf(name).locator('.push .text');
  }
}
