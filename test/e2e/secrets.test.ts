import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { answerStep, opened, pickPerson, sendFromPalette } from './support/journeys';
import { PushForm } from './support/pushForm';
import { canary, freePort, stage } from './support/stage';
import { filesWith, holds, tracesOf } from './support/traces';

const method = 'pull.application.push.add';

const secrets = () => stage.secrets();

// What the tests of every file have left is searched in the same way when their stage is taken down.
describe('secrets', () => {
  it('the search for them finds what is planted', async () => {
    const workbench = await stage.common();
    const form = await PushForm.in(workbench);
    assert.equal(holds(secrets(), await tracesOf(workbench)), false);
    const secret = secrets().at(-1) ?? '';
    const { page } = workbench;
    await page.evaluate((value) => localStorage.setItem('planted', value), `{"a":"${secret}"}`);
    assert.ok(holds(secrets(), await tracesOf(workbench)), 'in what the browser stores');
    await page.evaluate(() => localStorage.removeItem('planted'));
    await form.frame.evaluate((value) => (document.body.title = value), secret.slice(0, 40));
    assert.ok(holds(secrets(), await tracesOf(workbench)), 'in a webview');
    await form.frame.evaluate(() => (document.body.title = ''));
    assert.equal(holds(secrets(), await tracesOf(workbench)), false);

    const folder = path.join(stage.directory, 'planted', 'deeper');
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'text.log'), `token=${canary.clientSecret}&`);
    writeFileSync(path.join(folder, 'wide.bin'), Buffer.from(`"${secret}"`, 'utf16le'));
    writeFileSync(path.join(folder, 'clean.txt'), `${'0'.repeat(70)} ${'A'.repeat(50)}`);
    assert.deepEqual(filesWith(secrets(), path.dirname(folder)).sort(), [
      'deeper/text.log',
      'deeper/wide.bin',
    ]);
    rmSync(path.dirname(folder), { recursive: true });
  });

  it('are nowhere, after pushes, refusals that repeat them, a renewal and a sign-in', async () => {
    const workbench = await stage.workbench();
    const form = await PushForm.in(workbench);
    await workbench.command('Developer: Set Log Level');
    await workbench.row('Trace').click();
    const { portal, sandbox } = stage;

    await sendFromPalette(workbench, { text: 'Accepted' });
    await portal.pushesWhen(1);

    // Servers that repeat what they were given.
    const [access = '', refresh = ''] = sandbox.issuedSecrets().slice(-2);
    await portal.fault({
      method,
      action: 'status',
      status: 400,
      error: `ODD_${access}`,
      description: `Never seen ${access} and ${refresh}`,
    });
    await sendFromPalette(workbench, { text: 'Refused, then renewed' });
    await workbench.toast('Never seen *** and ***').waitFor();
    await portal.pass(3_700);
    await portal.fault({
      method: 'oauth.token',
      action: 'status',
      status: 400,
      error: 'ODD',
      description: `Never seen ${canary.clientSecret} and ${refresh}`,
      times: 0,
    });
    await form.send.click();
    await form.problem.getByText('Never seen *** and ***').waitFor();

    await portal.clearFaults();
    await form.send.click();
    await form.accepted.waitFor();

    await form.text.fill('Lost');
    await portal.fault({ method, action: 'cut', when: 'after' });
    await form.send.click();
    const lost = form.problem.getByText('gave no answer: the push may have been accepted');
    await lost.waitFor();
    await form.problem.getByRole('button', { name: 'Discard' }).click();
    await lost.waitFor({ state: 'hidden' });

    await portal.patch({ handler: `http://localhost:${await freePort()}/bitrix24-push` });
    await workbench.command('Bitrix24: Sign In');
    await answerStep(workbench, 'acme.bitrix24.com', portal.origin);
    await workbench.step('with which application?');
    const browser = await opened(workbench, () => workbench.row('used by').click());
    const request = browser.waitForRequest(/[?&]code=/);
    await pickPerson(browser, 'John Carter');
    const address = (await request).url();
    await answerStep(
      workbench,
      'bitrix24-push?code=',
      address.replace(/state=[^&]*/, 'state=wrong'),
    );
    await answerStep(workbench, 'bitrix24-push?code=', address);
    await workbench.toast('Ready').waitFor();

    await workbench.command('Bitrix24: Show Log');
    const log = workbench.page.locator('.panel .view-lines');
    await log.getByText('Signed in at').last().waitFor();
    await stage.endWindows();

    assert.ok(sandbox.issuedSecrets().length >= 8);
    const logs = files('Bitrix24 Push.log').map((file) => readFileSync(file, 'utf8'));
    for (const line of [
      ': accepted, ',
      'Token renewed',
      'The sign-in listener ended',
      'Never seen ***',
    ]) {
      assert.ok(
        logs.some((text) => text.includes(line)),
        `the logs tell “${line}”`,
      );
    }
    assert.ok(files('window-').some((file) => readFileSync(file, 'utf8').includes('Never seen')));
    assert.deepEqual(filesWith(secrets(), stage.directory), []);
  });
});

/** Files of the stage whose names begin so. */
function files(name: string): string[] {
  return readdirSync(stage.directory, { recursive: true, encoding: 'utf8' })
    .filter((file) => path.basename(file).startsWith(name))
    .map((file) => path.join(stage.directory, file));
}
