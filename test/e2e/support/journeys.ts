import type { Frame, Locator, Page } from 'playwright-core';
import type { Portal } from './portal';
import { until } from './until';
import type { Workbench } from './workbench';

export interface PalettePush {
  text: string;
  /** Typed and clicked in the list: a name. */
  to?: string;
  /** The user to send as, where the palette asks. */
  from?: string;
}

/** Of a line in a list where several can be chosen. */
export function isTicked(row: Locator): Promise<boolean> {
  return row.locator('input, .monaco-custom-toggle').first().isChecked();
}

/** Finds somebody and sees to it that the line is ticked, in the palette's list of people. */
export async function tickInPalette(
  workbench: Workbench,
  name: string,
  typed = name,
): Promise<void> {
  const { quickInput } = workbench;
  await workbench.quickInputBox.fill(typed);
  // "Me" is among the lines that were there before; the portal's answer may replace them once more.
  await quickInput
    .locator('.monaco-list-row .codicon-account')
    .first()
    .waitFor({ state: 'hidden' });
  await quickInput.locator('.quick-input-progress.active').waitFor({ state: 'hidden' });
  // Whoever was chosen for a push that did not get through still is.
  if (!(await isTicked(workbench.row(name)))) {
    await workbench.row(name).click();
  }
}

/** Writes a push in the palette; stops at the review. */
export async function writeInPalette(
  workbench: Workbench,
  { text, to = 'Иван Сидоров', from }: PalettePush,
): Promise<void> {
  const { keyboard } = workbench.page;
  await workbench.command('Send Bitrix24 Push');
  if (from) {
    await workbench.step('Send from which portal?');
    await workbench.row(from).click();
  }
  await workbench.step('e-mail or id on');
  await tickInPalette(workbench, to);
  await keyboard.press('Enter');
  await workbench.step('What the phones will show');
  await workbench.quickInputBox.fill(text);
  await keyboard.press('Enter');
  await workbench.step('address of a picture');
  await keyboard.press('Enter');
  await workbench.step('Send, or change something');
}

/** The last step of the palette. */
export async function sendNow(workbench: Workbench): Promise<void> {
  // A pointer that rests on a row brings up its description, which then lies over it.
  await workbench.page.mouse.move(0, 0);
  await workbench.row('Send to 1 person').click();
}

export async function sendFromPalette(workbench: Workbench, push: PalettePush): Promise<void> {
  await writeInPalette(workbench, push);
  await sendNow(workbench);
}

export interface Keys {
  clientId: string;
  clientSecret: string;
}

/** Does something that opens the browser, and gives the page that opened. */
export async function opened(workbench: Workbench, act: () => Promise<void>): Promise<Page> {
  const [page] = await Promise.all([workbench.context.waitForEvent('page'), act()]);
  return page;
}

/** Types into the current step and goes on. */
export async function answerStep(workbench: Workbench, step: string, value: string): Promise<void> {
  await workbench.step(step);
  await workbench.quickInputBox.fill(value);
  await workbench.page.keyboard.press('Enter');
}

/** "Sign In" for a portal without known applications, up to the browser. The portal's sign-in page. */
export async function signInUpToBrowser(
  workbench: Workbench,
  portal: Portal,
  { clientId, clientSecret }: Keys,
): Promise<Page> {
  await workbench.command('Bitrix24: Sign In');
  await answerStep(workbench, '(1/4)', portal.origin);
  await answerStep(workbench, '(2/4)', clientId);
  return opened(workbench, () => answerStep(workbench, '(3/4)', clientSecret));
}

/** Picks a person on the portal's sign-in page. */
export async function pickPerson(page: Page, name: string): Promise<void> {
  await page.getByText(name, { exact: true }).click();
}

/** Who is signed in, as VS Code's own Accounts menu has it. */
export async function accountsMenu(workbench: Workbench): Promise<string[]> {
  const { page } = workbench;
  await page.locator('.activitybar').getByRole('button', { name: 'Accounts' }).first().click();
  const menu = page.locator('.monaco-menu').first();
  await menu.locator('.action-label').first().waitFor();
  const labels = await menu.locator('.action-label').allInnerTexts();
  await page.keyboard.press('Escape');
  await menu.waitFor({ state: 'hidden' });
  return labels.map((label) => label.trim()).filter((label) => label.includes('Bitrix24'));
}

/** The frame of a webview (or of a page inside it) that shows this text. */
export function frameShowing(workbench: Workbench, text: string): Promise<Frame> {
  return until(`a frame that shows “${text}”`, async () => {
    for (const frame of workbench.page.frames()) {
      const found = await frame
        .getByText(text)
        .count()
        .catch(() => 0);
      if (found > 0 && frame !== workbench.page.mainFrame()) {
        return frame;
      }
    }
    return undefined;
  });
}
