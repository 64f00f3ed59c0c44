import assert from 'node:assert/strict';
import { PushForm } from './support/pushForm';
import { stage } from './support/stage';

describe('the groups of a workspace', () => {
  for (const trusted of [true, false]) {
    it(`are offered ${trusted ? 'where it is trusted' : 'nowhere in Restricted Mode'}`, async () => {
      const { host } = new URL(stage.portal.origin);
      const workbench = await stage.workbench({
        trusted,
        settings: { 'bitrix24Push.groups': { [host]: { 'Release team': { people: [3] } } } },
      });
      const form = await PushForm.in(workbench);
      await form.to.fill('Release');
      const nobody = form.frame.locator('.suggestions-note', { hasText: 'Nobody found' });
      await form.options.or(nobody).first().waitFor();
      assert.equal(await form.options.filter({ hasText: 'Release team' }).count(), trusted ? 1 : 0);
      assert.equal(await nobody.isVisible(), !trusted);

      await workbench.command('Send Bitrix24 Push');
      await workbench.step('(1/4)');
      // Groups stand above it.
      await workbench.row('Departments…').waitFor();
      assert.equal(await workbench.row('Release team').count(), trusted ? 1 : 0);
    });
  }
});

describe('the settings of a workspace', () => {
  it('cannot switch off the question before a push, nor for a group of their own (trial 7)', async () => {
    const { host } = new URL(stage.portal.origin);
    const workbench = await stage.workbench({
      trusted: true,
      settings: {
        'bitrix24Push.confirm': 'never',
        'bitrix24Push.confirmCount': 1_000_000_000,
        'bitrix24Push.groups': { [host]: { Alone: { people: [3] } } },
      },
    });
    const form = await PushForm.in(workbench);
    const ask = async (question: string) => {
      await form.send.click();
      await workbench.dialog.getByText(question).waitFor();
      const said = await workbench.dialog.innerText();
      await workbench.button('Cancel', workbench.dialog).click();
      return said;
    };
    await form.to.fill('3, 5');
    await form.to.press('Enter');
    await form.text.fill('Deploy at six');
    await ask('Send a push to 2 people');
    await form.clear();
    await form.to.fill('Alone');
    await form.options.filter({ hasText: 'Alone' }).click();
    await form.chips.first().waitFor();
    await form.text.fill('Deploy at six');
    assert.match(
      await ask('Send a push to 1 person'),
      /From the settings of this workspace: Alone/,
    );
    assert.equal((await stage.portal.pushes()).length, 0);
  });
});
