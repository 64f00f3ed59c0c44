import assert from 'node:assert/strict';
import { PhonesPage } from './support/phonesPage';
import { PushForm } from './support/pushForm';
import { stage } from './support/stage';
import { until } from './support/until';
import type { Workbench } from './support/workbench';

const method = 'pull.application.push.add';

/** Every push at the portal: its text and its people. */
const pushes = async () =>
  (await stage.portal.pushes()).map(({ text, recipients }) => ({ text, recipients }));

/** The name of whatever in the form has the keyboard. */
async function focused({ frame }: PushForm): Promise<string> {
  return await frame.evaluate(() => {
    const element = document.activeElement;
    if (!element || element === document.body) {
      return '';
    }
    const label = element.id && document.querySelector(`label[for="${element.id}"]`)?.textContent;
    return label || element.getAttribute('aria-label') || element.textContent.trim();
  });
}

/** The view as the keyboard reaches it: by its command, then Tab. */
async function focusByCommand(workbench: Workbench): Promise<PushForm> {
  await workbench.command('Bitrix24: Focus on Compose View');
  return await PushForm.in(workbench);
}

describe('the form', () => {
  it('sends once to two people found by name, after a yes that names them', async () => {
    const workbench = await stage.common();
    const form = await PushForm.in(workbench);
    await form.choose('сид', 'Иван Сидоров');
    await form.choose('mari', 'Maria Kowalska');
    await form.text.fill('Release 4.2 is out 🚀\nПроверьте, пожалуйста');
    await form.send.filter({ hasText: 'Send to 2 people' }).click();

    await workbench.dialog.getByText('Send a push to 2 people').waitFor();
    await workbench.dialog.getByText('Иван Сидоров, Maria Kowalska').waitFor();
    assert.deepEqual(await pushes(), []);
    await workbench.button('Send to 2 people', workbench.dialog).click();

    await form.accepted.waitFor();
    assert.match(await form.accepted.innerText(), /Accepted by Bitrix24 at .* for 2 people/);
    assert.doesNotMatch(await form.frame.locator('body').innerText(), /delivered/i);
    const [push, ...others] = await stage.portal.pushes();
    assert.deepEqual(others, []);
    assert.deepEqual(
      [push?.text, push?.recipients, push?.delivered, push?.dropped],
      [
        'Release 4.2 is out 🚀\nПроверьте, пожалуйста',
        [2, 3],
        [2],
        [{ id: 3, reason: 'desktopOpen' }],
      ],
    );
    assert.equal(await form.text.inputValue(), '');

    const phones = await PhonesPage.beside(workbench, stage.portal);
    await phones.pushesOf('Иван Сидоров').filter({ hasText: 'Проверьте, пожалуйста' }).waitFor();
    await phones.phoneOf('Maria Kowalska').getByText('the desktop app is open').waitFor();
    assert.equal(await phones.pushesOf('Maria Kowalska').count(), 0);
  });

  it('sends nothing without the yes, and keeps the draft', async () => {
    const workbench = await stage.common();
    const form = await PushForm.in(workbench);
    await form.choose('сид', 'Иван Сидоров');
    await form.choose('mari', 'Maria Kowalska');
    await form.text.fill('Not yet');
    await form.send.click();
    await workbench.button('Cancel', workbench.dialog).click();
    await form.send.filter({ hasText: 'Send to 2 people' }).waitFor();
    assert.equal(await form.text.inputValue(), 'Not yet');
    assert.equal(await stage.portal.calls(method), 0);
  });

  it('keeps the draft while hidden, behind another view and over a reload', async () => {
    const workbench = await stage.common();
    const { page } = workbench;
    const written = { to: ['Иван Сидоров'], text: 'Черновик 🚀\nline two', avatar: '' };
    const drawn = async (form: PushForm) => ({
      to: await form.chips.allInnerTexts(),
      text: await form.text.inputValue(),
      avatar: await form.avatar.inputValue(),
    });
    const settles = async (what: string) => {
      const form = await PushForm.again(workbench);
      await until(`the draft ${what}`, async () => (await form.chips.count()) > 0);
      assert.deepEqual(await drawn(form), written, what);
      return form;
    };
    let form = await PushForm.in(workbench);
    await form.choose('сид', 'Иван Сидоров');
    await form.text.fill(written.text);
    // Typed and gone in the same moment.
    await page.keyboard.press('Control+Shift+E');
    await until('the form to be gone', async () => !(await workbench.formFrame()));
    await PushForm.in(workbench);
    form = await settles('after another view');

    written.avatar = 'https://acme.example/bot.png';
    await form.avatar.fill(written.avatar);
    await page.keyboard.press('Control+B');
    await until('the form to be gone', async () => !(await workbench.formFrame()));
    await page.keyboard.press('Control+B');
    form = await settles('after the side bar was hidden');

    await form.text.fill('0');
    await page.keyboard.press('Tab');
    const fault = form.frame.getByText('treats the text “0” as empty');
    await fault.waitFor();
    written.text += ' and three';
    await form.text.fill(written.text);
    // Gone as soon as the extension has read the new text, well before it saves while typing goes on.
    await fault.waitFor({ state: 'hidden' });
    await workbench.reload();
    form = await settles('after a reload');
    await form.text.focus();
    await page.keyboard.press('Control+Enter');
    await form.accepted.waitFor();
    assert.deepEqual(await pushes(), [{ text: written.text, recipients: [2] }]);
  });

  it('sends once whatever is clicked or held down meanwhile', async () => {
    const workbench = await stage.common();
    const { keyboard } = workbench.page;
    const form = await PushForm.in(workbench);
    const slowly = () => stage.portal.fault({ method, action: 'slow', delayMs: 700 });
    await form.choose('сид', 'Иван Сидоров');

    await slowly();
    await form.text.fill('Clicked');
    await form.send.dblclick();
    await form.accepted.waitFor();

    await slowly();
    await form.text.fill('Held');
    await keyboard.down('Control');
    for (let repeat = 0; repeat < 20; repeat += 1) {
      await keyboard.down('Enter');
    }
    await keyboard.up('Enter');
    await keyboard.up('Control');
    await stage.portal.pushesWhen(2);
    await form.accepted.waitFor();

    await slowly();
    await form.text.fill('Pressed');
    for (let press = 0; press < 5; press += 1) {
      await keyboard.press('Control+Enter');
    }
    await stage.portal.pushesWhen(3);
    await form.accepted.waitFor();

    await form.text.fill('To me');
    await form.sendToMe.click();
    await stage.portal.pushesWhen(4);
    assert.deepEqual(await pushes(), [
      { text: 'Clicked', recipients: [2] },
      { text: 'Held', recipients: [2] },
      { text: 'Pressed', recipients: [2] },
      { text: 'To me', recipients: [1] },
    ]);
    assert.equal(await stage.portal.calls(method), 4);
    await form.accepted.waitFor();
    assert.deepEqual(await form.chips.allInnerTexts(), ['Иван Сидоров'], 'those chosen stay');
  });

  it('is used by the keyboard alone', async () => {
    const workbench = await stage.common();
    const { keyboard } = workbench.page;
    const form = await focusByCommand(workbench);
    const tabTo = async (name: string) => {
      await keyboard.press('Tab');
      await until(`the keyboard on ${name}`, async () => (await focused(form)).includes(name));
    };
    await tabTo('Анна Петрова');
    await tabTo('To');
    await keyboard.type('о');
    await form.options.filter({ hasText: 'Олеся' }).waitFor();
    const names = await form.options.locator('.suggestion-name').allInnerTexts();
    const active = form.frame.locator('[role="option"][aria-selected="true"] .suggestion-name');
    assert.equal(await active.innerText(), names[0]);
    await keyboard.press('ArrowDown');
    assert.equal(await active.innerText(), names[1]);
    await keyboard.press('ArrowUp');
    await keyboard.press('ArrowUp');
    assert.equal(await active.innerText(), names.at(-1), 'round the ends');
    await keyboard.press('Escape');
    assert.equal(await form.options.count(), 0);
    assert.equal(await form.to.inputValue(), 'о', 'Escape closes the list only');
    await keyboard.press('Backspace');

    await keyboard.type('ива');
    await form.options.filter({ hasText: 'Иван Сидоров' }).waitFor();
    await keyboard.press('Enter');
    await form.chips.filter({ hasText: 'Иван Сидоров' }).waitFor();
    await keyboard.type('3, 5 4 ');
    await form.frame.getByText('Олег Лавров was dismissed').waitFor();
    await keyboard.press('Backspace');
    await keyboard.type('999 ');
    await form.chips.filter({ hasText: 'John Carter' }).waitFor();
    await form.frame.getByText('Nobody on the portal has the id 999').waitFor();
    assert.deepEqual(await form.chips.allInnerTexts(), [
      'Иван Сидоров',
      'Maria Kowalska',
      'John Carter',
      'id 999',
    ]);
    await keyboard.press('Backspace');
    await form.chips.filter({ hasText: 'id 999' }).waitFor({ state: 'detached' });
    await keyboard.press('ArrowLeft');
    await keyboard.press('ArrowLeft');
    assert.equal(await focused(form), 'Remove Maria Kowalska');
    await keyboard.press('Delete');
    await form.chips.filter({ hasText: 'Maria' }).waitFor({ state: 'detached' });
    await keyboard.press('End');
    await until('the keyboard in the field', async () => (await focused(form)) === 'To');

    await tabTo('personal');
    await tabTo('Text');
    await keyboard.type('By hand');
    await tabTo('Avatar');
    await tabTo('Whose phone');
    await tabTo('iPhone');
    await keyboard.press('ArrowRight');
    await form.frame.locator('.phone[data-platform="android"]').waitFor();
    await tabTo('Set the application’s name');
    await tabTo('Send to 2 people');
    await tabTo('Send later');
    await tabTo('Send to me');
    await keyboard.press('Shift+Tab');
    await keyboard.press('Shift+Tab');
    await keyboard.press('Enter');
    await workbench.dialog.waitFor();
    await keyboard.press('Enter');
    await form.accepted.waitFor();
    assert.deepEqual(await pushes(), [{ text: 'By hand', recipients: [2, 5] }]);
    await until('the keyboard back in the text', async () => (await focused(form)) === 'Text');
  });

  it('says what is missing where it is missing, and sends nothing', async () => {
    const workbench = await stage.common();
    const form = await PushForm.in(workbench);
    await form.send.click();
    await form.frame.getByText('Choose at least one person.').waitFor();
    await form.frame.getByText('Write some text.').waitFor();
    await until('the keyboard on the people', async () => (await focused(form)) === 'To');
    await form.choose('сид', 'Иван Сидоров');
    await form.text.fill('0');
    await form.avatar.fill('ftp://acme.example/a.png');
    await form.send.click();
    await form.frame.getByText('treats the text “0” as empty').waitFor();
    await form.frame.getByText('must be the address of a picture').waitFor();
    await until('the keyboard on the text', async () => (await focused(form)) === 'Text');
    await form.to.fill('nobody at all');
    await form.frame.getByText('Nobody found for “nobody at all”').first().waitFor();
    await form.text.fill('Fine');
    await form.avatar.fill('');
    await form.send.click();
    await form.frame.getByText('Choose “nobody at all” from the list, or remove it.').waitFor();
    assert.equal(await stage.portal.calls(method), 0);
    await form.to.fill('');
    await form.send.click();
    await form.accepted.waitFor();
    assert.deepEqual(await pushes(), [{ text: 'Fine', recipients: [2] }]);
  });

  it('measures in bytes, and draws where a long text is cut', async () => {
    const workbench = await stage.common();
    const form = await PushForm.in(workbench);
    const meter = form.frame.locator('.meter-row');
    const [ios, android] = [meter.nth(0), meter.nth(1)];
    await form.choose('сид', 'Иван Сидоров');
    for (const [text, iosBytes, androidBytes] of [
      ['Hi', 2, 2],
      ['Привет', 12, 12],
      ['🚀', 4, 4],
      [`<>&'"`, 30, 35],
      ['a\nb', 4, 5],
    ] as const) {
      await form.text.fill(text);
      await ios.getByText(new RegExp(`^${iosBytes} of 3,\\d{3} bytes`)).waitFor();
      await android.getByText(new RegExp(`^${androidBytes} of 3,\\d{3} bytes`)).waitFor();
    }
    const limits = await Promise.all(
      [ios, android].map(async (row) =>
        Number(/of (\S+) bytes/.exec(await row.innerText())?.[1]?.replace(',', '')),
      ),
    );
    const [iosLimit = 0, androidLimit = 0] = limits;
    assert.ok(androidLimit < iosLimit);

    await form.text.fill('x'.repeat(androidLimit));
    await form.frame.locator('.meter-row[data-level="near"]').nth(1).waitFor();
    assert.equal(await form.frame.getByText('Cut here').isVisible(), false);
    await form.text.fill('x'.repeat(androidLimit + 9) + 'END');
    await android.and(form.frame.locator('[data-level="over"]')).waitFor();
    assert.equal(await ios.getAttribute('data-level'), 'near', 'an iPhone still takes it');
    assert.equal(await form.frame.getByText('Cut here').isVisible(), false, 'on an iPhone');
    await form.frame.getByText('Android').last().click();
    await form.frame.getByText('Cut here: 12 characters do not arrive.').waitFor();
    assert.equal((await form.onPhone.innerText()).length, androidLimit);
    await form.send.click();
    await form.frame.getByText('The text is too long for a push. Shorten it.').waitFor();
    assert.equal(await stage.portal.calls(method), 0);

    await form.text.fill('Short again');
    await form.send.click();
    await form.accepted.waitFor();
    assert.deepEqual(await pushes(), [{ text: 'Short again', recipients: [2] }]);
  });

  it('shows the avatar, and says so when it cannot be loaded', async () => {
    const workbench = await stage.common();
    const form = await PushForm.in(workbench);
    const photo = stage.sandbox.snapshot().state.users[0]?.photo ?? '';
    await form.choose('сид', 'Иван Сидоров');
    await form.text.fill('With a face');
    await form.avatar.fill(`${stage.portal.origin}/no/such/picture.png`);
    await form.frame.getByText('The picture cannot be loaded here.').waitFor();
    await form.frame.locator('.push-picture svg').waitFor();
    await form.avatar.fill(photo);
    await form.frame.locator(`.push-picture img[src="${photo}"]`).waitFor();
    assert.equal(await form.frame.getByText('The picture cannot be loaded').isVisible(), false);
    await form.send.click();
    await form.accepted.waitFor();
    const [push] = await stage.portal.pushes();
    assert.deepEqual([push?.text, push?.avatar], ['With a face', photo]);

    const phones = await PhonesPage.beside(workbench, stage.portal);
    await phones.phoneOf('Иван Сидоров').locator(`.push img[src="${photo}"]`).waitFor();
  });
});
