import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startSandbox, type Sandbox } from '../../src/sandbox/index';
import { startBrowser } from '../host/browser.mjs';
import { until } from './support/until';

describe("the sandbox's page", () => {
  let browser: Browser;
  let sandbox: Sandbox;
  let context: BrowserContext;

  before(async () => {
    browser = await startBrowser();
  });
  after(() => browser.close());
  beforeEach(async () => {
    sandbox = await startSandbox();
    context = await browser.newContext({ locale: 'en-GB' });
  });
  afterEach(async () => {
    await context.close();
    await sandbox.close();
  });

  async function open(): Promise<Page> {
    const page = await context.newPage();
    await page.goto(sandbox.info.phones);
    await page.locator('.live.on').waitFor();
    return page;
  }

  async function webhook(method: string, params: Record<string, unknown>): Promise<void> {
    const answer = await fetch(`${sandbox.info.webhook}/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(params),
    });
    await answer.text();
  }

  it('shows notifications in the bell of their person, with their format, by keyboard', async () => {
    const page = await open();
    const bell = page.getByRole('button', { name: 'Notifications of Иван Сидоров: 0' });
    await bell.waitFor();
    await webhook('im.notify.personal.add', {
      USER_ID: 2,
      MESSAGE: '[b]Bold[/b]#BR#[url=https://example.com/]link[/url] <img src=x>',
    });
    const full = page.getByRole('button', { name: 'Notifications of Иван Сидоров: 1' });
    await full.focus();
    await page.keyboard.press('Enter');
    const list = page.getByRole('region', { name: 'Notifications of Иван Сидоров: 1' });
    assert.equal(await list.locator('.message-text b').textContent(), 'Bold');
    assert.equal(await list.getByRole('link').getAttribute('href'), 'https://example.com/');
    assert.equal(
      await list.locator('.message-text').textContent(),
      'Bold\nlink <img src=x>',
      'markup is text',
    );
    assert.equal(await full.getAttribute('aria-expanded'), 'true');
    await list.getByText('the phone rang').waitFor();

    await page.getByRole('button', { name: 'Change the phone of Иван Сидоров' }).click();
    await page.getByRole('switch', { name: 'Notifications ring' }).click();
    await until('the setting', () =>
      Promise.resolve(sandbox.users([2])[0]?.notificationsRing === false),
    );
  });

  it('marks what is no parameter, and shows what was asked and answered', async () => {
    const page = await open();
    await webhook('profile', { SOUND: 'x' });
    const row = page.getByRole('row', { name: /profile/ });
    assert.equal(await row.locator('mark').textContent(), 'SOUND');
    await row.getByText('Анна Петрова, webhook').waitFor();
    await row.getByText(/^[\d.]+ ms$/).waitFor();
    const fold = row.getByRole('button', { name: 'profile' });
    await fold.press('Enter');
    assert.equal(await fold.getAttribute('aria-expanded'), 'true');
    await page.getByText('"ID": "1"').waitFor();
    await page.getByText('"SOUND": "x"').waitFor();
  });

  it('copies a request as a command without secrets', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], {
      origin: sandbox.info.portal,
    });
    const page = await open();
    const text = 'x'.repeat(1500);
    await webhook('im.notify.personal.add', { USER_ID: 2, MESSAGE: text });
    await page.getByRole('button', { name: 'im.notify.personal.add' }).click();
    await page.getByRole('button', { name: 'Copy as cURL' }).click();
    await page.getByText('Copied; put in your own token or key.').waitFor();
    const command = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(
      command,
      `curl '${sandbox.info.portal}/rest/1/WEBHOOK_KEY/im.notify.personal.add' ` +
        `-H 'Content-Type: application/json' -d '{"USER_ID":2,"MESSAGE":"${text}"}'`,
    );
  });

  it('shows the command where the clipboard cannot be used', async () => {
    await context.addInitScript(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error('denied'));
    });
    const page = await open();
    await webhook('profile', {});
    await page.getByRole('button', { name: 'profile' }).click();
    await page.getByRole('button', { name: 'Copy as cURL' }).click();
    const command = page.getByRole('textbox', { name: 'cURL' });
    assert.match(await command.inputValue(), /^curl '.*WEBHOOK_KEY\/profile'/);
  });

  it('filters requests by method, caller and errors, also older ones', async () => {
    // So many calls at once would be refused by a full leaky bucket.
    sandbox.patchState({ bucket: { size: 0 } });
    const page = await open();
    await webhook('im.user.get', { ID: 99 });
    for (let count = 0; count < 61; count++) {
      await webhook('profile', {});
    }
    const rows = page.locator('#requests-body [data-request-id]');
    await until('all rows', async () => (await rows.count()) === 60);
    await page.getByRole('searchbox', { name: 'Method' }).fill('im.user');
    await until('one row', async () => (await rows.count()) === 1);
    assert.match((await rows.textContent()) ?? '', /im\.user\.get.*USER_NOT_EXISTS/);
    await page.getByText('1 request', { exact: true }).waitFor();
    await page.getByRole('searchbox', { name: 'Method' }).fill('');
    await page.getByRole('checkbox', { name: 'Errors only' }).check();
    await until('one error', async () => (await rows.count()) === 1);
    await page.getByRole('searchbox', { name: 'Who called (name or id)' }).fill('2');
    await page.getByText('No request matches.').waitFor();
  });

  it('is in Russian for who reads Russian', async () => {
    await context.close();
    context = await browser.newContext({ locale: 'ru-RU' });
    const page = await open();
    await webhook('im.notify.system.add', { USER_ID: 7, MESSAGE: 'x', TITLE: 'y' });
    await page.getByRole('button', { name: 'Уведомления, Дмитрий Ёлкин: 1' }).click();
    await page.getByText('системное · телефон промолчал').waitFor();
    await page.getByRole('button', { name: 'im.notify.system.add' }).click();
    await page.getByRole('button', { name: 'Скопировать как cURL' }).waitFor();
    await page.getByText('Таких параметров у метода нет').waitFor({ state: 'attached' });
    await page.getByRole('switch', { name: 'Портал недоступен' }).waitFor();
    await page.getByRole('checkbox', { name: 'Только ошибки' }).waitFor();
  });

  it('takes the portal down, so that connections are refused, and brings it back', async () => {
    const page = await open();
    await page.getByRole('switch', { name: 'The portal is down' }).click();
    await page.waitForURL(`${new URL(sandbox.info.control).origin}/sandbox/`);
    const refused = () =>
      fetch(`${sandbox.info.webhook}/profile`).then(
        () => false,
        (error: unknown) => error instanceof Error && /ECONNREFUSED/.test(String(error.cause)),
      );
    await until('refusal', refused);
    const isDown = page.getByRole('switch', { name: 'The portal is down', checked: true });
    await isDown.click();
    await until('an answer', async () => !(await refused()));
    await page.getByRole('switch', { name: 'The portal is down', checked: false }).waitFor();
  });

  it('opens the application with the parameters of a frame', async () => {
    let received = '';
    const application = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => (received += chunk.toString()));
      request.on('end', () => response.end('<title>Application</title>'));
    });
    application.listen(0, '127.0.0.1');
    await once(application, 'listening');
    try {
      const { port } = application.address() as AddressInfo;
      sandbox.patchState({ handler: `http://127.0.0.1:${String(port)}/app` });
      const page = await context.newPage();
      await page.goto(`${sandbox.info.portal}/devops/list/`);
      await page.getByLabel('as', { exact: true }).selectOption('Иван Сидоров');
      await page.getByRole('button', { name: 'Open application' }).click();
      await page.waitForURL(/\/app\?DOMAIN=/);
      assert.equal(await page.title(), 'Application');
      assert.match(received, /^AUTH_ID=[0-9a-f]{70}&AUTH_EXPIRES=3600&.*PLACEMENT=DEFAULT$/);
    } finally {
      application.close();
    }
  });
});
