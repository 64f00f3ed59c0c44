import { PushForm } from './pushForm';
import { until } from './until';
import type { Workbench } from './workbench';

/** Nothing open, nothing told, and nothing written: as in a new window. */
export async function tidy(workbench: Workbench): Promise<void> {
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
  const form = await PushForm.in(workbench);
  await form.clear();
  await form.to.fill('');
  await form.text.fill('…');
  await form.accepted.waitFor({ state: 'hidden' });
  await form.text.fill('');
  await form.avatar.fill('');
  await form.frame.locator('label[for="platform-ios"]').click();
  // What it told goes with it.
  await page.keyboard.press('Control+Shift+E');
  await until('the form to be gone', async () => !(await workbench.formFrame()));
}
