import { accountsMenu } from './journeys';
import { PushForm } from './pushForm';
import { until } from './until';
import type { Workbench } from './workbench';

/** Nothing open, nothing told, and nothing written: as in a new window, but for what was begun in the palette. */
export async function tidy(workbench: Workbench): Promise<void> {
  await clear(workbench);
  const form = await PushForm.in(workbench);
  await form.clear();
  await form.to.fill('');
  await form.avatar.fill('');
  await form.frame.locator('label[for="platform-ios"]').click();
  // The extension has read all that when it has judged what was written last.
  const fault = form.frame.getByText('treats the text “0” as empty');
  await form.text.fill('0');
  await form.text.press('Tab');
  await fault.waitFor();
  await form.accepted.waitFor({ state: 'hidden' });
  await form.text.fill('');
  await fault.waitFor({ state: 'hidden' });
  // What it told goes with it.
  await backToExplorer(workbench);
}

/** Nothing open, nothing told, and nobody signed in: as in a new window. */
export async function signOut(workbench: Workbench): Promise<void> {
  await clear(workbench);
  for (;;) {
    const accounts = await accountsMenu(workbench);
    if (accounts.length === 0) {
      break;
    }
    await workbench.command('Bitrix24: Sign Out');
    const ask = workbench.button('Sign Out', workbench.dialog);
    if (accounts.length > 1) {
      await workbench.step('Sign out of which account?');
      await workbench.page.keyboard.press('Enter');
    }
    await ask.click();
    await until('one account less', async () => {
      return (await accountsMenu(workbench)).length < accounts.length;
    });
  }
  await workbench.command('Notifications: Clear All Notifications');
  await backToExplorer(workbench);
}

async function clear(workbench: Workbench): Promise<void> {
  const { page, context } = workbench;
  const others = context.pages().filter((other) => other !== page);
  await Promise.all(others.map((other) => other.close()));
  await until('no question to be open', async () => {
    if ((await workbench.dialog.or(workbench.quickInput).count()) === 0) {
      return true;
    }
    await page.keyboard.press('Escape');
    return false;
  });
  await workbench.command('Notifications: Clear All Notifications');
  if ((await page.locator('.editor-group-container .tab').count()) > 0) {
    await workbench.command('View: Close All Editors');
  }
}

async function backToExplorer(workbench: Workbench): Promise<void> {
  await workbench.page.keyboard.press('Control+Shift+E');
  await until('the form to be gone', async () => !(await workbench.formFrame()));
}
