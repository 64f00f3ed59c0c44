import assert from 'node:assert/strict';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import { results, stage } from './support/stage';
import { until } from './support/until';
import type { Workbench } from './support/workbench';

const release = `# What everybody gets at a release
@version = 2.4.1

### To QA
to: me, Иван Сидоров

Hi {name|colleague}, {{version}} is ready to test.

### To one of them
to: #2
mode: literal

Look at {this}.

### To nobody who is known
to: Nobody At All

x
`;

describe('a push file', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await stage.workbench({ shared: true, files: { 'release.b24push': release } });
    await workbench.openFile('release.b24push');
  });

  const lens = (title: string): Locator =>
    workbench.page.locator('.codelens-decoration a', { hasText: title }).first();
  const lenses = async () => await workbench.page.locator('.codelens-decoration a').allInnerTexts();

  it('says over each push to how many it goes, and from where', async () => {
    // People are read in the background before they can be counted without a request.
    await until('the count of recipients', async () =>
      (await lenses()).some((title) => title.includes('Send to 2 · SANDBOX')),
    );
    await lens('Check Recipients · SANDBOX').waitFor();
    await workbench.page.screenshot({ path: path.join(results, 'push-file.png') });
  });

  it('asks before others get it, in the name of the file, and says afterwards what became of it', async () => {
    await lens('Send to 2 · SANDBOX').click();
    const { dialog } = workbench;
    await dialog.waitFor();
    const question = await dialog.innerText();
    assert.match(question, /“release\.b24push” asks to send a push to 2 people/);
    assert.match(question, /2\.4\.1 is ready to test\./);
    await workbench.button('Send to 2 people', dialog).click();
    const pushes = await stage.portal.pushesWhen(2);
    assert.deepEqual(pushes.map(({ text, recipients }) => [text, recipients]).sort(), [
      ['Hi Анна, 2.4.1 is ready to test.', [1]],
      ['Hi Иван, 2.4.1 is ready to test.', [2]],
    ]);
    await lens('accepted for 2').waitFor();
  });

  it('sends to its user without a question', async () => {
    await workbench.page
      .locator('.codelens-decoration a', { hasText: 'Send to Me' })
      .nth(1)
      .click();
    await until('the push to oneself', async () =>
      (await stage.portal.pushes()).some(
        ({ text, recipients }) => text === 'Look at {this}.' && recipients.join() === '1',
      ),
    );
  });

  it('sends nothing where somebody is in doubt, and marks the place', async () => {
    const before = (await stage.portal.pushes()).length;
    await lens('Check Recipients').click();
    await workbench.page
      .getByText('It is not certain whom “Nobody At All” means')
      .first()
      .waitFor();
    assert.equal((await stage.portal.pushes()).length, before);
  });

  it('is shown on a phone beside it, as it is typed', async () => {
    await workbench.page.locator('.codelens-decoration a', { hasText: 'Preview' }).first().click();
    const phone = await until('the preview', async () => {
      for (const frame of workbench.page.frames()) {
        if ((await frame.locator('.phone-only .push-text').count()) > 0) {
          return frame.locator('.phone-only .push-text');
        }
      }
      return undefined;
    });
    await until('the text on the phone', async () =>
      (await phone.innerText()).includes('Hi Анна, 2.4.1 is ready to test.'),
    );
    await workbench.page.screenshot({ path: path.join(results, 'push-file-preview.png') });
    await workbench.page.locator('.view-line', { hasText: '@version' }).first().click();
    await workbench.page.keyboard.press('End');
    await workbench.page.keyboard.type('0');
    await until('what was typed, on the phone', async () =>
      (await phone.innerText()).includes('2.4.10 is ready'),
    );
  });
});
