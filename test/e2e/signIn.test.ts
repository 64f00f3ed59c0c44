import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import path from 'node:path';
import {
  accountsMenu,
  answerStep,
  frameShowing,
  opened,
  pickPerson,
  sendFromPalette,
  signInUpToBrowser,
} from './support/journeys';
import { canary, freePort, results, stage } from './support/stage';
import { until } from './support/until';
import type { Workbench } from './support/workbench';

/** The keys of the sandbox's application, as somebody copies them from its page. */
const keys = () => ({
  clientId: stage.sandbox.info.clientId,
  clientSecret: canary.clientSecret,
});

const host = () => new URL(stage.portal.origin).host;

describe('signing in', () => {
  it('through the browser and back by itself', async () => {
    const workbench = await stage.signedOut();
    const { page } = workbench;

    await workbench.command('Bitrix24: Sign In');
    await answerStep(workbench, '(1/4)', `${stage.portal.origin}/stream/`);
    await workbench.step('(2/4)');
    // The page that says what to type, in the words of Bitrix24's own form, with what to copy.
    const help = await frameShowing(workbench, 'Your handler path*');
    for (const label of ['Application ID (client_id)', 'Application key (client_secret)']) {
      await help.getByText(label).waitFor();
    }
    await help.getByRole('button', { name: 'Copy: Your handler path*' }).click();
    await help.getByText('Copied.').waitFor();
    await until('the handler on the clipboard', async () => {
      const copied = await page.evaluate(() => navigator.clipboard.readText());
      return copied === stage.sandbox.info.handler;
    });
    const create = await opened(workbench, () =>
      help.getByRole('link', { name: `Add an application on ${host()}` }).click(),
    );
    await create.getByRole('heading', { name: 'Integrations' }).waitFor();
    await create.close();

    await workbench.quickInputBox.click();
    await answerStep(workbench, '(2/4)', keys().clientId);
    await workbench.step('(3/4)');
    assert.equal(await workbench.quickInputBox.getAttribute('type'), 'password');
    const browser = await opened(workbench, () =>
      answerStep(workbench, '(3/4)', keys().clientSecret),
    );
    await pickPerson(browser, 'Анна Петрова');
    await browser.getByText('Bitrix24 has answered').waitFor();

    await workbench.toast(`Ready: ${host()} accepts pushes from you.`).waitFor();
    assert.deepEqual(await accountsMenu(workbench), [
      `Анна Петрова (SANDBOX ${host()}) (Bitrix24)`,
    ]);
    assert.equal(await page.getByRole('tab', { name: 'Bitrix24: Add an Application' }).count(), 0);
    assert.deepEqual(await stage.portal.pushes(), []);

    await sendFromPalette(workbench, { text: 'Signed in' });
    const [push] = await stage.portal.pushesWhen(1);
    assert.deepEqual([push?.text, push?.senderId, push?.delivered], ['Signed in', 1, [2]]);
  });

  it('by the address that the browser could not open, from the clipboard', async () => {
    await stage.portal.patch({ handler: `http://localhost:${await freePort()}/bitrix24-push` });
    const workbench = await stage.signedOut();
    const { page, quickInput } = workbench;
    const address = await addressAfter(workbench, 'Анна Петрова');
    const copy = (text: string) => page.evaluate((it) => navigator.clipboard.writeText(it), text);
    const take = quickInput.getByRole('button', { name: 'Use the Address on the Clipboard' });
    await copy(address);
    await workbench.comeBack();
    await take.waitFor();
    // Looked at, not taken: neither shown nor used before somebody says so.
    assert.equal(await workbench.quickInputBox.inputValue(), '');
    assert.equal(await stage.portal.calls('oauth.token'), 0);
    await take.click();
    await workbench.toast('Ready').waitFor();
    // The code in it is not left lying about. A page is only told so while it has the focus.
    await page.locator('.part.statusbar').click();
    await until('an empty clipboard', async () => {
      return (await page.evaluate(() => navigator.clipboard.readText())) === '';
    });
    assert.deepEqual(await accountsMenu(workbench), [
      `Анна Петрова (SANDBOX ${host()}) (Bitrix24)`,
    ]);

    await sendFromPalette(workbench, { text: 'Pasted' });
    assert.equal((await stage.portal.pushesWhen(1))[0]?.text, 'Pasted');
  });

  it('by pasting the bare code', async () => {
    await stage.portal.patch({ handler: `http://localhost:${await freePort()}/bitrix24-push` });
    const workbench = await stage.signedOut();
    const address = await addressAfter(workbench, 'John Carter');
    await workbench.quickInputBox.fill(` ${new URL(address).searchParams.get('code')}\n`);
    await workbench.page.keyboard.press('Enter');
    await workbench.toast('Ready').waitFor();
    assert.deepEqual(await accountsMenu(workbench), [`John Carter (SANDBOX ${host()}) (Bitrix24)`]);
  });

  it('refuses what belongs to another sign-in or portal, and a code that was used', async () => {
    await stage.portal.patch({
      handler: `http://localhost:${await freePort()}/bitrix24-push`,
      policy: 'strict',
    });
    const workbench = await stage.signedOut();
    const { page } = workbench;
    const address = await addressAfter(workbench, 'Анна Петрова');
    const changed = (name: string, value: string) => {
      const url = new URL(address);
      url.searchParams.set(name, value);
      return url.href;
    };
    const pastes = async (text: string, complaint: string) => {
      await workbench.quickInputBox.fill(text);
      await workbench.quickInput.getByText(complaint).waitFor();
      await page.keyboard.press('Enter');
      await workbench.quickInput.getByText(complaint).waitFor();
    };
    await pastes(changed('state', 'x'.repeat(32)), 'This address belongs to another sign-in.');
    await pastes(changed('domain', 'evil.bitrix24.com'), 'This address comes from another portal');
    await pastes('https://acme.bitrix24.com/stream/', 'There is no code in this.');

    // The browser of somebody else who knows the handler gets nowhere either.
    const stranger = await workbench.context.newPage();
    await stranger.goto(`${stage.sandbox.info.handler}?code=${'0'.repeat(70)}&state=guessed`);
    await stranger.getByText('This answer belongs to another sign-in').waitFor();
    await stranger.close();
    assert.equal(await stage.portal.calls('oauth.token'), 0, 'nothing was traded');

    // Somebody was faster: under this policy a code works once.
    await redeem(new URL(address).searchParams.get('code') ?? '');
    await workbench.quickInputBox.fill(address);
    await page.keyboard.press('Enter');
    await workbench.quickInput.getByText('Bitrix24 did not accept the code').waitFor();

    const again = await opened(workbench, () =>
      workbench.quickInput.getByRole('button', { name: 'Open the Browser Again' }).click(),
    );
    const request = again.waitForRequest(/[?&]code=/);
    await pickPerson(again, 'Анна Петрова');
    await workbench.quickInputBox.fill((await request).url());
    await page.keyboard.press('Enter');
    await workbench.toast('Ready').waitFor();
  });

  it('asks again for a key that is not the right one', async () => {
    const workbench = await stage.signedOut();
    const browser = await signInUpToBrowser(workbench, stage.portal, {
      ...keys(),
      clientSecret: 'not-the-right-key-at-all',
    });
    await pickPerson(browser, 'Анна Петрова');
    await workbench.step('(3/4)');
    await workbench.quickInput.getByText('The key does not belong to this application').waitFor();
    const again = await opened(workbench, () =>
      answerStep(workbench, '(3/4)', keys().clientSecret),
    );
    await pickPerson(again, 'Анна Петрова');
    await workbench.toast('Ready').waitFor();
  });

  it('keeps two people of one portal apart, and forgets who signs out', async () => {
    const workbench = await stage.signedOut();
    await pickPerson(await signInUpToBrowser(workbench, stage.portal, keys()), 'Анна Петрова');
    await workbench.toast('Ready').waitFor();

    // The application is known by now, so its keys are not asked for again.
    await workbench.command('Bitrix24: Sign In');
    await answerStep(workbench, 'acme.bitrix24.com', stage.portal.origin);
    await workbench.step('with which application?');
    const browser = await opened(workbench, () => workbench.row('used by Анна Петрова').click());
    await pickPerson(browser, 'John Carter');
    const both = [
      `John Carter (SANDBOX ${host()}) (Bitrix24)`,
      `Анна Петрова (SANDBOX ${host()}) (Bitrix24)`,
    ];
    await until('both in the Accounts menu', async () => {
      const menu = await accountsMenu(workbench);
      return menu.sort().join() === both.join();
    });

    await sendFromPalette(workbench, { text: 'From John', from: 'John Carter' });
    assert.equal((await stage.portal.pushesWhen(1))[0]?.senderId, 5);

    await workbench.command('Bitrix24: Switch Account');
    await workbench.step('Send new pushes as');
    await workbench.row('Анна Петрова').click();
    const form = await workbench.form();
    await form.getByText('Анна Петрова').first().waitFor();
    await sendFromPalette(workbench, { text: 'From Anna', from: 'Анна Петрова' });
    assert.equal((await stage.portal.pushesWhen(2))[1]?.senderId, 1);

    // Both survive a reload, with the one chosen last.
    await workbench.reload();
    const reloaded = await workbench.form();
    await reloaded.getByText('Анна Петрова').first().waitFor();
    await until('both after the reload', async () => (await accountsMenu(workbench)).length === 2);

    await workbench.command('Bitrix24: Sign Out');
    await workbench.step('Sign out of which account?');
    await workbench.row('John Carter').click();
    await workbench.dialog.getByText(`Sign out of ${host()} as John Carter?`).waitFor();
    await workbench.button('Sign Out', workbench.dialog).click();
    await workbench.toast('Signed out of').waitFor();
    assert.deepEqual(await accountsMenu(workbench), [both[1]]);

    await workbench.command('Bitrix24: Sign Out');
    await workbench.button('Sign Out', workbench.dialog).click();
    await until('nobody left', async () => (await accountsMenu(workbench)).length === 0);
    await workbench.reload();
    const emptied = await workbench.form();
    await emptied.getByRole('button', { name: 'Sign In' }).waitFor();
  }).timeout(180_000);

  it('offers zones for a name, and says why Bitrix24 refused (trials 6.2 and 6.4)', async () => {
    const workbench = await stage.signedOut();
    const { page, quickInput } = workbench;
    await workbench.command('Bitrix24: Sign In');
    await answerStep(workbench, '(1/4)', 'acme');
    await workbench.step('Which of these is your portal?');
    const rows = await quickInput.locator('.monaco-list-row .label-name').allInnerTexts();
    assert.deepEqual(rows.slice(0, 3), [
      'acme.bitrix24.com',
      'acme.bitrix24.eu',
      'acme.bitrix24.ru',
    ]);
    await page.screenshot({ path: path.join(results, 'zones.png') });
    await workbench.quickInputBox.fill('Another');
    await page.keyboard.press('Enter');
    await answerStep(workbench, 'acme.bitrix24.com', stage.portal.origin);
    await answerStep(workbench, '(2/4)', keys().clientId);
    const browser = await opened(workbench, () =>
      answerStep(workbench, '(3/4)', keys().clientSecret),
    );
    const state = new URL(browser.url()).searchParams.get('state') ?? '';
    await browser.goto(`${stage.sandbox.info.handler}/?error=access_denied&state=${state}`);
    await browser.getByText('Bitrix24 did not allow the sign-in').waitFor();
    await quickInput.getByText('did not allow this sign-in (access_denied)').waitFor();
    await page.keyboard.press('Escape');
    await quickInput.waitFor({ state: 'hidden' });

    // A new id can be pasted where the known ones are offered (trial 6.5).
    await workbench.command('Bitrix24: Sign In');
    await answerStep(workbench, 'acme.bitrix24.com', stage.portal.origin);
    await workbench.step('with which application?');
    await workbench.row('typed before').waitFor();
    await workbench.quickInputBox.fill('local.0123456789abcd.76543210');
    await workbench.row('Another application: local.0123456789abcd.76543210').waitFor();
    await page.keyboard.press('Enter');
    await workbench.step('(3/4)');
    await page.keyboard.press('Escape');
  });

  it('cancelled at any step leaves nothing behind', async () => {
    // A window of its own: what was typed is offered once more as long as a window lives.
    const workbench = await stage.workbench({ signedIn: false });
    const { page } = workbench;
    const answers = [stage.portal.origin, keys().clientId, keys().clientSecret];
    for (const cancelled of [1, 2, 3, 4]) {
      await workbench.command('Bitrix24: Sign In');
      for (const [index, answer] of answers.slice(0, cancelled - 1).entries()) {
        if (index < 2) {
          await answerStep(workbench, `(${index + 1}/4)`, answer);
        } else {
          await opened(workbench, () => answerStep(workbench, '(3/4)', answer));
        }
      }
      await workbench.step(`(${cancelled}/4)`);
      if (cancelled === 4) {
        assert.equal(await isFree(handlerPort()), false, 'it listens while it waits');
      }
      await page.keyboard.press('Escape');
      await workbench.quickInput.waitFor({ state: 'hidden' });
      await page
        .getByRole('tab', { name: 'Bitrix24: Add an Application' })
        .waitFor({ state: 'hidden' });
    }
    await until('the port to be free again', () => isFree(handlerPort()));
    assert.equal(await stage.portal.calls('oauth.token'), 0);
    assert.deepEqual(await accountsMenu(workbench), []);
    assert.equal(await page.locator('.notification-toast').count(), 0);
    const form = await workbench.form();
    await form.getByRole('button', { name: 'Sign In' }).waitFor();
  });
});

/** Goes to the browser as this person; the address that it ended at, where nobody listens. */
async function addressAfter(workbench: Workbench, name: string): Promise<string> {
  const browser = await signInUpToBrowser(workbench, stage.portal, keys());
  const request = browser.waitForRequest(/[?&]code=/);
  await pickPerson(browser, name);
  const address = (await request).url();
  // A page that could not be opened takes the focus, and with it the clipboard, when it pleases.
  await browser.close();
  await workbench.step('(4/4)');
  return address;
}

/** Trades a code for tokens behind everybody's back. */
async function redeem(code: string): Promise<void> {
  const { authServer } = stage.sandbox.info;
  const { clientId, clientSecret } = keys();
  const answer = await fetch(`${authServer}/oauth/token/`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: clientId,
      client_secret: clientSecret,
      code,
    }),
  });
  assert.equal(answer.status, 200);
}

function handlerPort(): number {
  return Number(new URL(stage.sandbox.info.handler).port);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
