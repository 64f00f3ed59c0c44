import assert from 'node:assert/strict';
import type { Sandbox } from '../../src/sandbox/sandbox';
import { accountsMenu, answerStep, sendNow, writeInPalette } from './support/journeys';
import { HistoryView } from './support/historyView';
import { Portal } from './support/portal';
import { PushForm } from './support/pushForm';
import { stage } from './support/stage';
import { until } from './support/until';
import type { Workbench } from './support/workbench';

const method = 'pull.application.push.add';
/** Requests of fifty: more of them than a bucket takes at once. */
const many = 4_000;

/** Saved groups: whom the pushes go to. */
const [one, two, thousands] = ['Дежурный', 'Двойка', 'Тысячи'] as const;

describe('a push is sent once, or its user is told', () => {
  let sandbox: Sandbox;
  let portal: Portal;
  let first: Workbench;
  let second: Workbench;

  const open = (beside?: Workbench): Promise<Workbench> => {
    const ids = Array.from({ length: many }, (_, at) => at + 1);
    const groups = {
      [one]: { people: [2] },
      [two]: { people: [2, 6] },
      [thousands]: { people: ids },
    };
    return stage.workbench({
      sandbox,
      shared: true,
      // One browser, as people have it: what it keeps is the same for both windows.
      ...(beside && { context: beside.context }),
      files: { 'deploy.env': `${connection}\n` },
      settings: { 'bitrix24Push.groups': { [new URL(portal.origin).host]: groups } },
    });
  };

  before(async () => {
    sandbox = await stage.portalOf(many, 7);
    portal = new Portal(sandbox.info);
    first = await open();
    second = await open(first);
  });
  after(async () => {
    await stage.close(first);
    await stage.close(second);
  });

  const texts = async () => (await portal.pushes()).map(({ text }) => text);
  const times = async (text: string) => (await texts()).filter((sent) => sent === text).length;

  const asks = async (workbench: Workbench, question: string) => {
    await workbench.toFront();
    await workbench.dialog.getByText(question).waitFor();
  };
  const answer = (workbench: Workbench, button: string) =>
    workbench.button(button, workbench.dialog).click();

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
    await again.frame.getByText('1 text kept for later').waitFor();
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

  it('when the machine goes down: the next window tells what it knows, and sends nothing itself', async () => {
    // Two windows are about to send the same; one is faster, and the other one asks, with its push on disk.
    const same = 'Обе сразу';
    const [here, there] = [await written(first, two, same), await written(second, two, same)];
    for (const [workbench, form] of [
      [first, here],
      [second, there],
    ] as const) {
      await form.send.click();
      await asks(workbench, 'Send a push to 2 people');
    }
    await answer(first, 'Send to 2 people');
    await here.accepted.waitFor();
    await answer(second, 'Send to 2 people');
    await asks(second, 'The same text went to the same people');
    const lost = 'Ответ не дошёл';
    await portal.fault({ method, action: 'hang', when: 'after' });
    await (await written(first, one, lost)).send.click();
    await until('the push', async () => (await times(lost)) > 0);
    await stage.crash(sandbox);

    // It tells by itself: nothing of ours is in view.
    first = await open();
    const unknown = first.toast('may have been accepted');
    await unknown.getByText('INTERRUPTED').waitFor();
    await first.button('Send Anyway', unknown).waitFor();
    const unsent = first.toast('It was not sent');
    await unsent.waitFor();
    assert.deepEqual([await times(lost), await times(same)], [1, 1]);

    await first.button('Mark as Sent', unknown).click();
    await unknown.waitFor({ state: 'hidden' });
    await first.button('Send', unsent).click();
    // It is known here, too, that the other window was faster.
    await asks(first, 'The same text went to the same people');
    assert.equal(await times(same), 1);
    await answer(first, 'Send Once More');
    await asks(first, 'Send a push to 2 people');
    await answer(first, 'Send to 2 people');
    await until('the second one', async () => (await times(same)) > 1);
    assert.deepEqual([await times(lost), await times(same)], [1, 2]);
    const history = await HistoryView.in(first);
    await history.line(lost).waitFor();
    assert.equal(await history.line('Waiting').count(), 0);
  });

  describe('in two windows after that', () => {
    before(async () => (second = await open(first)));

    it('a small one goes at once while thousands wait, and those are let go by Cancel', async () => {
      await writeInPalette(second, { to: one, text: 'Мимо очереди' });
      const form = await written(first, thousands, '');
      await form.frame.locator('label[for="mode-personal"]').click();
      await form.text.fill('{full_name}: пропуск готов');
      await form.send.filter({ hasText: `Send to ${many.toLocaleString('en')} people` }).click();
      await answer(first, `Send to ${many.toLocaleString('en')} people`);
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
      assert.match(told, new RegExp(`accepted the push for ${got.length} of ${many} people`));
      assert.match(told, new RegExp(`It was not sent to ${many - got.length} people`));
      // One request tries whether this portal takes more than others do.
      const refused = (await portal.requests()).filter(({ status }) => status === 503);
      assert.ok(refused.length <= 1, `${refused.length} refused`);
    });

    it('a push waits where one can see it when the portal’s time for it is used up, until Cancel', async () => {
      const text = 'Сервер занят';
      await portal.patch({ operationLimitUntil: Date.now() + 600_000 });
      const form = await written(second, one, text);
      await form.send.click();
      const under = form.frame.locator('.outcome.waiting');
      await under.getByText('Bitrix24 limits requests').waitFor();
      await under.getByRole('button', { name: 'Cancel' }).click();
      await form.send.filter({ hasText: 'Send to' }).waitFor();
      assert.equal(await form.text.inputValue(), text);
      assert.equal(await times(text), 0);
    });

    it('one window signs out, and so does the other', async () => {
      const form = await PushForm.in(first);
      const other = await written(second, one, 'Ещё не отправлено');
      await first.command('Bitrix24 Push: Sign Out');
      await asks(first, 'Sign out of');
      await answer(first, 'Sign Out');
      for (const { frame } of [form, other]) {
        await frame.getByText('Sign in to your Bitrix24 portal').waitFor();
      }
      await other.frame.getByText('Your text is kept.').waitFor();
      assert.deepEqual([await accountsMenu(first), await accountsMenu(second)], [[], []]);
      assert.equal(await times('Ещё не отправлено'), 0);
    });
  });
});

/** Looks like a connection string; nothing listens there. */
const connection = 'postgres://deploy:Zq7kT0vLw9@db.acme.example:5432/prod';

const link = 'code-oss://bitrix24-push.bitrix24-push/compose';

/** The form with this text, to nobody but this group. */
async function written(workbench: Workbench, group: string, text: string): Promise<PushForm> {
  await workbench.toFront();
  const form = await PushForm.in(workbench);
  await only(form, group);
  await form.text.fill(text);
  return form;
}

async function only(form: PushForm, group: string): Promise<void> {
  await form.clear();
  await form.to.fill(group);
  await form.options.filter({ hasText: group }).click();
  await form.chips.first().waitFor();
}
