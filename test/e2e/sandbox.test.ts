import assert from 'node:assert/strict';
import type { Frame } from 'playwright-core';
import { accountsMenu, sendFromPalette } from './support/journeys';
import { stage } from './support/stage';
import { until } from './support/until';
import type { Workbench } from './support/workbench';

describe('the sandbox in the editor', () => {
  it('starts by one command, signs in, and shows its phones beside the editor', async () => {
    const workbench = await stage.workbench({ signedIn: false });
    const form = await workbench.form();
    await form.getByRole('button', { name: 'Try in Sandbox' }).click();

    const phones = await phonesIn(workbench);
    const portal = new URL(phones.url());
    assert.equal(portal.hostname, '127.0.0.1');
    assert.notEqual(portal.origin, stage.portal.origin, 'it is a sandbox of its own');
    await until('the account', async () => {
      const accounts = await accountsMenu(workbench);
      return accounts.join() === `Анна Петрова (SANDBOX ${portal.host}) (Bitrix24)`;
    });

    await sendFromPalette(workbench, { text: 'Nobody but me sees this' });
    const phone = phones.getByRole('article', { name: 'Иван Сидоров', exact: true });
    await phone.locator('.push .text').filter({ hasText: 'Nobody but me sees this' }).waitFor();
    assert.deepEqual(await stage.portal.pushes(), []);

    // Asking again brings the same sandbox back, with what is on its phones.
    await workbench.command('Bitrix24: Try in Sandbox');
    assert.equal(new URL((await phonesIn(workbench)).url()).origin, portal.origin);
    assert.equal((await accountsMenu(workbench)).length, 1);

    // It ends with its window, and so does the account on it.
    await workbench.reload();
    const again = await workbench.form();
    await again.getByRole('button', { name: 'Try in Sandbox' }).waitFor();
    assert.deepEqual(await accountsMenu(workbench), []);
  });
});

/** The page of the phones in VS Code’s own browser, once it is live. Asking for it again loads it anew. */
function phonesIn(workbench: Workbench): Promise<Frame> {
  const look = async () => {
    const frame = workbench.page.frames().find((one) => one.url().includes('/sandbox/'));
    const live = frame?.getByRole('status').filter({ hasText: 'live' });
    return (await live?.count().catch(() => 0)) ? frame : undefined;
  };
  return until('the phones', look, 40_000);
}
