import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import type { StatePatch } from '../../src/sandbox/controlApi';
import { opened, pickPerson, sendFromPalette, sendNow, writeInPalette } from './support/journeys';
import { PushForm } from './support/pushForm';
import { stage } from './support/stage';
import { until } from './support/until';
import type { Workbench } from './support/workbench';

const method = 'pull.application.push.add';

/** The common window, which has just tried to send `text` to one person. */
async function sent(text: string): Promise<Workbench> {
  const workbench = await stage.common();
  await sendFromPalette(workbench, { text });
  return workbench;
}

/** Clicks a button of the notification with this text. */
async function fix(workbench: Workbench, toast: string, button: string): Promise<void> {
  await workbench.button(button, workbench.toast(toast)).click();
}

/** Decides about a push without an answer, so that the form of the next test does not ask about it. */
async function letGo(workbench: Workbench, toast: Locator): Promise<void> {
  await workbench.button('Discard', toast).click();
  await toast.waitFor({ state: 'hidden' });
}

/** What follows a fix that had to be done elsewhere: the push waits, one click away. */
const waits = 'Your text is kept';

const texts = async () => (await stage.portal.pushes()).map(({ text }) => text);

describe('what goes wrong', () => {
  it('an application without a name gets one on the portal, and Try Again arrives', async () => {
    await stage.portal.patch({ appName: '' });
    const workbench = await sent('Named at last');
    const toast = workbench.toast('The application has no name');
    await toast.getByText('EMPTY_APP_NAME').waitFor();
    assert.deepEqual(await texts(), []);

    const form = await opened(workbench, () => fix(workbench, 'EMPTY_APP_NAME', 'Set App Name'));
    await form.waitForURL('**/devops/edit/application/**');
    await form
      .getByRole('textbox', { name: 'Name' })
      .or(form.locator('input[name="TITLE"]'))
      .first()
      .fill('Deploy Bot');
    await form.getByRole('button', { name: 'Save', exact: true }).click();
    await form.getByText(/saved/i).first().waitFor();
    await form.close();

    await fix(workbench, waits, 'Try Again');
    const [push] = await stage.portal.pushesWhen(1);
    assert.deepEqual(
      [push?.text, push?.appName, push?.delivered],
      ['Named at last', 'Deploy Bot', [2]],
    );
  });

  it('somebody who is no administrator is offered to sign in as one', async () => {
    await stage.portal.patch({ users: [{ id: 1, admin: false }] });
    const workbench = await stage.workbench();
    await sendFromPalette(workbench, { text: 'From no administrator' });
    const toast = workbench.toast('Only an administrator of');
    await toast.getByText('ACCESS_ERROR').waitFor();
    await workbench.button('Switch Account', toast).waitFor();
    const browser = await opened(workbench, () =>
      fix(workbench, 'ACCESS_ERROR', 'Sign In as Administrator'),
    );
    await pickPerson(browser, 'John Carter');
    await browser.getByText('Bitrix24 has answered').waitFor();
    await fix(workbench, waits, 'Try Again');
    const [push] = await stage.portal.pushesWhen(1);
    assert.deepEqual([push?.text, push?.senderId], ['From no administrator', 5]);
  });

  it('a webhook is explained', async () => {
    await stage.portal.fault({
      method,
      action: 'status',
      status: 403,
      error: 'WRONG_AUTH_TYPE',
      description: 'Send push notifications available only for application authorization.',
    });
    const workbench = await sent('By a webhook');
    const toast = workbench.toast('sends pushes only for an application');
    await toast.getByText('WRONG_AUTH_TYPE').waitFor();
    await workbench.button('Sign In', toast).waitFor();
    assert.deepEqual(await texts(), []);
  });

  it('a missing permission is named, and its page opens', async () => {
    await stage.portal.patch({ scopes: ['user'], forgetTokens: true });
    const workbench = await sent('Without pull');
    const toast = workbench.toast('Pull&Push');
    await toast.getByText('insufficient_scope').waitFor();
    const form = await opened(workbench, () =>
      fix(workbench, 'insufficient_scope', 'Open App Permissions'),
    );
    await form.getByLabel('Pull&Push').check();
    await form.getByRole('button', { name: 'Save', exact: true }).click();
    await form.getByText(/saved/i).first().waitFor();
    await form.close();
    // The portal knows the old permissions of the token for an hour; a new sign-in would end that too.
    await stage.portal.patch({ forgetTokens: true });
    await fix(workbench, 'Add the permission, save', 'Try Again');
    await stage.portal.pushesWhen(1);
    assert.deepEqual(await texts(), ['Without pull']);
  });

  it('an expired token is renewed without a word, and the push is sent once', async () => {
    const workbench = await stage.common();
    await writeInPalette(workbench, { text: 'With a new token' });
    const before = await stage.portal.calls('oauth.token');
    await stage.portal.pass(3_700);
    await sendNow(workbench);
    await stage.portal.pushesWhen(1);
    await workbench.page.getByText('Accepted by Bitrix24 for 1 person').first().waitFor();
    assert.deepEqual(await texts(), ['With a new token']);
    const asked = (await stage.portal.requests()).filter((request) => request.method === method);
    assert.deepEqual(
      asked.map(({ status, error }) => [status, error]),
      [
        [401, 'expired_token'],
        [200, null],
      ],
    );
    assert.equal((await stage.portal.calls('oauth.token')) - before, 1);
    assert.equal(await workbench.page.locator('.notification-toast').count(), 0);
  });

  it('a refused renewal leads to signing in again, and the draft is still there', async () => {
    const workbench = await stage.common();
    await writeInPalette(workbench, { text: 'After half a year' });
    await stage.portal.pass(181 * 24 * 3_600);
    await sendNow(workbench);
    const toast = workbench.toast('is no longer valid');
    await toast.waitFor();
    assert.deepEqual(await texts(), []);
    const form = await workbench.form();
    const text = form.getByRole('textbox', { name: 'Text' });
    await until(
      'the draft in the form',
      async () => (await text.inputValue()) === 'After half a year',
    );
    const browser = await opened(workbench, () =>
      fix(workbench, 'is no longer valid', 'Sign In Again'),
    );
    await pickPerson(browser, 'Анна Петрова');
    await browser.getByText('Bitrix24 has answered').waitFor();
    await fix(workbench, waits, 'Try Again');
    await stage.portal.pushesWhen(1);
    assert.deepEqual(await texts(), ['After half a year']);
  });

  it('the draft of a refused renewal outlives the window, and the form says what to press after signing in (trial 8.11)', async () => {
    const workbench = await stage.common();
    await writeInPalette(workbench, { text: 'The next morning' });
    await stage.portal.pass(181 * 24 * 3_600);
    await sendNow(workbench);
    await workbench.toast('is no longer valid').waitFor();
    await workbench.reload();

    const form = await PushForm.in(workbench);
    await until('the draft', async () => (await form.text.inputValue()) === 'The next morning');
    await form.send.click();
    await form.problem.getByText('is no longer valid').waitFor();
    const browser = await opened(workbench, () =>
      form.problem.getByRole('button', { name: 'Sign In Again' }).click(),
    );
    await pickPerson(browser, 'Анна Петрова');
    await browser.getByText('Bitrix24 has answered').waitFor();
    await form.problem
      .getByText(/^Signed in to .* as .*\. Press Send to send the push\.$/u)
      .waitFor();
    assert.deepEqual(await texts(), []);
    await form.send.click();
    await form.accepted.waitFor();
    assert.equal(await form.problem.isVisible(), false);
    assert.deepEqual(await texts(), ['The next morning']);
    assert.equal(await form.text.inputValue(), '');
  });

  it('an authorization server that hangs does not make the push one that may have been accepted', async () => {
    const workbench = await stage.common();
    await writeInPalette(workbench, { text: 'While the server hangs' });
    await stage.portal.pass(3_700);
    await stage.portal.fault({ method: 'oauth.token', action: 'hang', when: 'before' });
    await sendNow(workbench);
    const toast = workbench.toast('did not answer in time');
    await toast.waitFor();
    assert.deepEqual(await texts(), []);
    await fix(workbench, 'did not answer in time', 'Try Again');
    await stage.portal.pushesWhen(1);
    assert.deepEqual(await texts(), ['While the server hangs']);
  });

  it('a portal that is down is named, and Try Again works when it is back', async () => {
    const workbench = await stage.common();
    await writeInPalette(workbench, { text: 'Is anybody there?' });
    await stage.portal.fault({ method: '*', action: 'refuse', times: 0 });
    await sendNow(workbench);
    const toast = workbench.toast(`${new URL(stage.portal.origin).host} refuses the connection`);
    await workbench.button('Open Proxy Settings', toast).waitFor();
    assert.deepEqual(await texts(), []);
    await stage.portal.clearFaults();
    await workbench.button('Try Again', toast).click();
    await stage.portal.pushesWhen(1);
    assert.deepEqual(await texts(), ['Is anybody there?']);
  });

  it('a push that the network kept is offered when it is back, and not sent before somebody says so', async () => {
    const workbench = await stage.common();
    await writeInPalette(workbench, { text: 'On the train' });
    await stage.portal.fault({ method: '*', action: 'refuse', times: 0 });
    await sendNow(workbench);
    const host = new URL(stage.portal.origin).host;
    const toast = workbench.toast(`${host} refuses the connection`);
    await toast.waitFor();
    await workbench.command('Notifications: Clear All Notifications');
    await toast.waitFor({ state: 'hidden' });
    await stage.portal.clearFaults();
    await workbench.comeBack();
    const offer = workbench.toast(
      `1 push to ${host} could not be sent without the network. Send it now?`,
    );
    // At once, or a minute after it has looked while the portal was away.
    await offer.waitFor({ timeout: 80_000 });
    assert.deepEqual(await texts(), []);
    await workbench.button('Send', offer).click();
    await stage.portal.pushesWhen(1);
    assert.deepEqual(await texts(), ['On the train']);
  });

  it('a lost answer may have been accepted: one line that opens it, and one push until the user says otherwise (trial 8.3)', async () => {
    await stage.portal.fault({ method, action: 'cut', when: 'after' });
    const workbench = await sent('Once or told');
    const toast = workbench.toast('may have been accepted');
    await toast.waitFor();
    assert.deepEqual(await texts(), ['Once or told']);
    // Also a new window on the same folder says it, where the draft is, and sends nothing by itself.
    await workbench.reload();
    const form = await PushForm.in(workbench);
    await form.earlier.getByText(/^May have arrived: “Once or told” for .*, .* [AP]M\./u).waitFor();
    assert.equal(await form.problem.isVisible(), false);
    await form.earlier.getByRole('button', { name: 'Show in History' }).click();
    await workbench.page
      .locator('.pane', { hasText: 'History' })
      .locator('.monaco-list-row.selected', { hasText: 'Once or told' })
      .waitFor();
    // Its text is in the form: whoever sends it again is told first.
    await form.send.click();
    await form.problem.getByText('may have been accepted').waitFor();
    assert.equal(await form.earlier.isVisible(), false);
    assert.deepEqual(await texts(), ['Once or told']);
    await form.problem.getByRole('button', { name: 'Send Anyway' }).click();
    await stage.portal.pushesWhen(2);
    assert.deepEqual(await texts(), ['Once or told', 'Once or told']);
  });

  it('a window that closes before the answer tells it when it is back', async () => {
    await stage.portal.fault({ method, action: 'hang', when: 'after' });
    const workbench = await sent('Closed too early');
    await stage.portal.pushesWhen(1);
    await workbench.reload();
    await workbench.form();
    const toast = workbench.toast('ended before the answer came');
    await toast.getByText('INTERRUPTED').waitFor();
    assert.deepEqual(await texts(), ['Closed too early']);
    await workbench.button('Send Anyway', toast).click();
    await stage.portal.pushesWhen(2);
    assert.deepEqual(await texts(), ['Closed too early', 'Closed too early']);
  });

  it('a lost answer can be let go: Discard sends nothing', async () => {
    await stage.portal.fault({ method, action: 'cut', when: 'after' });
    const workbench = await sent('Let it go');
    await fix(workbench, 'may have been accepted', 'Discard');
    const { problem } = await PushForm.in(workbench);
    await problem.waitFor({ state: 'hidden' });
    await workbench.reload();
    const form = await PushForm.in(workbench);
    await form.send.waitFor();
    assert.equal(await form.problem.isVisible(), false);
    assert.deepEqual(await texts(), ['Let it go']);
  });

  it('too many requests: it waits where one can see it, then sends once', async () => {
    await stage.portal.fault({
      method,
      action: 'status',
      status: 503,
      error: 'QUERY_LIMIT_EXCEEDED',
      description: 'Too many requests',
    });
    const workbench = await sent('After a pause');
    await stage.portal.pushesWhen(1);
    await workbench.page.getByText('Accepted by Bitrix24 for 1 person').first().waitFor();
    assert.deepEqual(await texts(), ['After a pause']);
    assert.equal(await stage.portal.calls(method), 2);
  });

  it('a wait can be cancelled, and the draft stays', async () => {
    await stage.portal.fault({
      method,
      action: 'status',
      status: 503,
      error: 'QUERY_LIMIT_EXCEEDED',
      times: 0,
    });
    const workbench = await sent('Not today');
    const toast = workbench.toast('Trying again at');
    await toast.waitFor();
    await workbench.button('Cancel', toast).click();
    await toast.waitFor({ state: 'hidden' });
    await stage.portal.clearFaults();
    const form = await workbench.form();
    await form.getByRole('button', { name: /^Send/ }).first().waitFor();
    assert.deepEqual(await texts(), []);
    // What was begun in the palette is offered there again.
    await workbench.command('Send Bitrix24 Push');
    await workbench.quickInput.waitFor();
  });

  it('a page instead of JSON may come after the push was taken (trial 8.2)', async () => {
    await stage.portal.fault({ method, action: 'html', status: 200 });
    const workbench = await sent('HTML for an answer');
    const toast = workbench.toast('may have been accepted');
    await toast.waitFor();
    assert.deepEqual(await texts(), ['HTML for an answer']);
    await workbench.button('Open Proxy Settings', toast).waitFor();
    await workbench.button('Mark as Sent', toast).click();
    await toast.waitFor({ state: 'hidden' });
  });

  it('a portal that hangs ends in a clear word', async () => {
    await stage.portal.fault({ method, action: 'hang', when: 'after' });
    const workbench = await sent('Hung');
    const toast = workbench.toast('may have been accepted');
    await toast.waitFor();
    assert.deepEqual(await texts(), ['Hung']);
    await letGo(workbench, toast);
  });

  it("a server's words form no link and no command", async () => {
    await stage.portal.fault({
      method,
      action: 'status',
      status: 400,
      error: 'ODD',
      description:
        'Click [here](command:workbench.action.closeWindow) or [there](https://evil.example)',
    });
    const workbench = await sent('Whatever');
    const toast = workbench.toast('ODD');
    await toast.getByText('Click').waitFor();
    const message = toast.locator('.notification-list-item-message');
    assert.match(await message.innerText(), /Click \[here\]/);
    assert.equal(await message.locator('a').count(), 0);
  });

  it('names and texts form no link and no command', async () => {
    const trap = '[Click](command:workbench.action.closeWindow)';
    await stage.portal.patch({
      users: [
        { id: 1, firstName: trap },
        { id: 2, firstName: trap },
      ],
    });
    // A window of its own, whose account was given that name when it signed in.
    const workbench = await stage.workbench({ settings: { 'bitrix24Push.confirm': 'always' } });
    await sendFromPalette(workbench, { text: trap, to: 'Сидоров' });
    const sees = async (question: string) => {
      await workbench.dialog.getByText(question).waitFor();
      assert.match(await workbench.dialog.innerText(), /\[Click\]/);
      assert.equal(
        await workbench.dialog.locator('a:not(.monaco-button):not(.action-label)').count(),
        0,
      );
    };
    await sees('Send a push to 1 person');
    await workbench.button('Send to 1 person', workbench.dialog).click();
    await stage.portal.pushesWhen(1);
    assert.deepEqual(await texts(), [trap]);
    await workbench.command('Bitrix24: Sign Out');
    await sees('Sign out of');
    await workbench.button('Cancel', workbench.dialog).click();
  });

  it('what the portal refuses is said in the form, with what helps', async () => {
    const workbench = await stage.common();
    const form = await PushForm.in(workbench);
    await form.choose('Сидоров', 'Иван Сидоров');
    await form.text.fill('Again and again');
    const refusals: [state: StatePatch, code: string, fix: string][] = [
      [{ paid: false }, 'PAYMENT_REQUIRED', 'Open Portal'],
      [{ refusals: { plan: true } }, 'ACCESS_DENIED', 'Open Portal'],
      [{ overloaded: true }, 'OVERLOAD_LIMIT', 'Open Portal'],
      [{ deleted: true }, 'PORTAL_DELETED', 'Switch Account'],
      [{ refusals: { confirmation: 'waiting' } }, 'METHOD_CONFIRM_WAITING', 'Try Again'],
      [{ app: { installed: false }, forgetTokens: true }, 'ERROR_OAUTH', 'Edit App Credentials'],
      [{ app: { registered: false } }, 'invalid_token', 'Sign In Again'],
      [{ users: [{ id: 1, active: false }] }, 'authorization_error', 'Switch Account'],
      [
        { users: [{ id: 1, admin: false, appAccess: false }] },
        'user_access_error',
        'Sign In Again',
      ],
    ];
    for (const [state, code, help] of refusals) {
      await stage.portal.patch(state);
      await form.send.click();
      await form.problem.getByText(code, { exact: true }).waitFor();
      await form.problem.getByRole('button', { name: help }).waitFor();
      await stage.portal.reset();
    }
    assert.deepEqual(await texts(), []);
    await form.send.click();
    await form.accepted.waitFor();
    assert.deepEqual(await texts(), ['Again and again']);
  });
});
