import type { Page } from 'playwright-core';
import type { Portal } from './portal';
import type { Workbench } from './workbench';

/** Writes a push in the palette, from the command to Send. Typing an id instead of a name works, too. */
export async function sendFromPalette(
  workbench: Workbench,
  text: string,
  to = 'Иван Сидоров',
): Promise<void> {
  await workbench.command('Send Bitrix24 Push');
  await workbench.step('(1/4)');
  await workbench.quickInputBox.fill(to);
  await workbench.row(to).click();
  await workbench.page.keyboard.press('Enter');
  await workbench.step('(2/4)');
  await workbench.quickInputBox.fill(text);
  await workbench.page.keyboard.press('Enter');
  await workbench.step('(3/4)');
  await workbench.page.keyboard.press('Enter');
  await workbench.step('(4/4)');
  await workbench.row('Send to 1 person').click();
}

export interface Keys {
  clientId: string;
  clientSecret: string;
}

/** The steps of "Sign In" up to the browser. The portal's sign-in page, as it opened. */
export async function signInUpToBrowser(
  workbench: Workbench,
  portal: Portal,
  { clientId, clientSecret }: Keys,
): Promise<Page> {
  await workbench.command('Bitrix24 Push: Sign In');
  await workbench.step('(1/4)');
  await workbench.quickInputBox.fill(portal.origin);
  await workbench.page.keyboard.press('Enter');
  await workbench.step('(2/4)');
  await workbench.quickInputBox.fill(clientId);
  await workbench.page.keyboard.press('Enter');
  await workbench.step('(3/4)');
  await workbench.quickInputBox.fill(clientSecret);
  const opened = workbench.context.waitForEvent('page');
  await workbench.page.keyboard.press('Enter');
  return opened;
}
