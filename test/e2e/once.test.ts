import assert from 'node:assert/strict';
import { accountsMenu, answerStep, sendNow, writeInPalette } from './support/journeys';
import { HistoryView } from './support/historyView';
import type { Portal } from './support/portal';
import { PushForm } from './support/pushForm';
import {
  TwoWindows,
  answer,
  asks,
  connection,
  one,
  only,
  thousands,
  written,
} from './support/twoWindows';
import { until } from './support/until';
import type { Workbench } from './support/workbench';

/** Requests of fifty: more of them than a bucket takes at once. */
const many = 4_000;

const count = (people: number): string => people.toLocaleString('en');

describe('a push is sent once, or its user is told', () => {
  let windows: TwoWindows | undefined;
  let portal: Portal;
  let first: Workbench;
  let second: Workbench;
  let hasFailed = false;

  beforeEach(async () => {
    if (hasFailed) {
      // Whatever the windows are in now.
      await close();
    }
    windows ??= await TwoWindows.open(many);
    ({ portal, first, second } = windows);
    await portal.reset();
  });
  afterEach(function () {
    hasFailed = this.currentTest?.state === 'failed';
  });
  after(() => close());

  /** For a test that leaves windows no other test could go on with; the next one opens new ones. */
  async function close(): Promise<void> {
    await windows?.close();
    windows = undefined;
  }

  const texts = async () => (await portal.pushes()).map(({ text }) => text);
  const times = async (text: string) => (await texts()).filter((sent) => sent === text).length;

  it('when it is clicked twice, and in two windows only after a yes', async () => {
    const text = 'Собрание в 11:00';
    const here = await written(first, one, text);
    await here.send.dblclick();
    await here.accepted.waitFor();
    const there = await written(second, one, text);
    await there.send.click();
    await asks(second, 'The same text went to the same people');
    await answer(second, 'Cancel');
    await there.send.filter({ hasText: 'Send to' }).waitFor();
    assert.equal(await there.text.inputValue(), text);
    assert.deepEqual(await texts(), [text]);

    await there.send.click();
    await asks(second, 'The same text went to the same people');
    await answer(second, 'Send Once More');
    await there.accepted.waitFor();
    assert.deepEqual(await texts(), [text, text]);
  });

  it('from the history: Send Again fills the form, and that is all', async () => {
    const text = 'Сборка 42 готова';
    const form = await written(first, one, text);
    await form.send.click();
    await until('it to be sent', async () => (await form.text.inputValue()) === '');
    await form.text.fill('Half a sentence');
    const history = await HistoryView.in(first);
    await history.do('Send Again', text);
    const again = await PushForm.in(first);
    await until('the old text', async () => (await again.text.inputValue()) === text);
    assert.equal(await times(text), 1);
    // What was being written is kept beside it.
    await again.frame.getByText('kept for later').waitFor();
    await again.send.click();
    await asks(first, 'The same text went to the same people');
    await answer(first, 'Cancel');
    assert.equal(await times(text), 1);
  });

  it('from a link: it fills the form after a yes, and that is all', async () => {
    const before = (await texts()).length;
    await first.command('Developer: Open URL');
    await answerStep(first, 'URL to open', `${link}?to=6&text=Из ссылки`);
    await answer(first, 'Open');
    await asks(first, 'A link wants to fill in a Bitrix24 push for you. Nothing will be sent.');
    await answer(first, 'Fill In the Form');
    const form = await PushForm.in(first);
    await until('the text', async () => (await form.text.inputValue()) === 'Из ссылки');
    assert.equal((await texts()).length, before);
  });

  it('with a secret in the selection only after a yes', async () => {
    await first.openFile('deploy.env');
    await first.page.keyboard.press('Control+A');
    await first.command('Send Selection as Bitrix24 Push');
    const form = await PushForm.in(first);
    const selected = async () => (await form.text.inputValue()).trim() === connection;
    await until('the selection', selected);
    await only(form, one);
    await form.send.click();
    await asks(first, 'contain a connection string with a password');
    assert.doesNotMatch(await first.dialog.innerText(), /Zq7kT0vLw9/);
    await answer(first, 'Cancel');
    await form.send.filter({ hasText: 'Send to' }).waitFor();
    assert.ok(await selected());
    const sent = async () => (await texts()).filter((text) => text.includes(connection)).length;
    assert.equal(await sent(), 0);

    await form.send.click();
    await asks(first, 'contain a connection string with a password');
    await answer(first, 'Send Anyway');
    await form.accepted.waitFor();
    assert.equal(await sent(), 1);
  });

  it('a small one goes at once while thousands wait, and those are let go by Cancel', async () => {
    await writeInPalette(second, { to: one, text: 'Мимо очереди' });
    const form = await written(first, thousands, '');
    await form.frame.locator('label[for="mode-personal"]').click();
    await form.text.fill('{full_name}: пропуск готов');
    await form.send.filter({ hasText: `Send to ${count(many)} people` }).click();
    await answer(first, `Send to ${count(many)} people`);
    await first.step('Type how many people will get it');
    await first.quickInputBox.fill(String(many));
    await first.page.keyboard.press('Enter');

    const under = form.frame.locator('.outcome.waiting');
    await under.getByText('Bitrix24 limits requests').waitFor();
    await sendNow(second);
    await until('the small one', async () => (await times('Мимо очереди')) > 0);
    await under.getByRole('button', { name: 'Cancel' }).click();
    await form.problem.waitFor();

    const mass = (await portal.pushes()).filter(({ text }) => text.endsWith(': пропуск готов'));
    const got = mass.flatMap(({ recipients }) => recipients);
    assert.equal(new Set(got).size, got.length, 'nobody twice');
    assert.ok(got.length > 0 && got.length < many, String(got.length));
    const told = await form.problem.innerText();
    assert.match(
      told,
      new RegExp(`accepted the push for ${count(got.length)} of ${count(many)} people`),
    );
    assert.match(told, new RegExp(`It was not sent to ${count(many - got.length)} people`));
    // One request tries whether this portal takes more than others do.
    const refused = (await portal.requests()).filter(({ status }) => status === 503);
    assert.ok(refused.length <= 1, `${refused.length} refused`);
    // Thousands are in the form now.
    await close();
  });

  it('a push waits where one can see it when the portal’s time for it is used up, until Cancel', async () => {
    const text = 'Сервер занят';
    // The answer to a push says when the portal's time for the next ones is counted anew.
    const before = await written(second, one, 'Перед этим');
    await before.send.click();
    await before.accepted.waitFor();
    await portal.patch({ operationLimitUntil: Date.now() + 600_000 });
    const form = await written(second, one, text);
    await form.send.click();
    const under = form.frame.locator('.outcome.waiting');
    await under.getByText('Bitrix24 limits requests').waitFor();
    await under.getByRole('button', { name: 'Cancel' }).click();
    await form.send.filter({ hasText: 'Send to' }).waitFor();
    assert.equal(await form.text.inputValue(), text);
    assert.equal(await times(text), 0);
    // The windows know for ten minutes that this portal takes no push.
    await close();
  });

  it('one window signs out, and so does the other', async () => {
    const form = await PushForm.in(first);
    const other = await written(second, one, 'Ещё не отправлено');
    await first.command('Bitrix24: Sign Out');
    await asks(first, 'Sign out of');
    await answer(first, 'Sign Out');
    for (const { frame } of [form, other]) {
      await frame.getByText('Sign in to your Bitrix24 portal').waitFor();
    }
    await other.frame.getByText('Your text is kept.').waitFor();
    assert.deepEqual([await accountsMenu(first), await accountsMenu(second)], [[], []]);
    assert.equal(await times('Ещё не отправлено'), 0);
    await close();
  });
});

const link = 'code-oss://bitrix24-push.bitrix24-push/compose';
