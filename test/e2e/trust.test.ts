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
