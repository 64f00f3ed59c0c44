import assert from 'node:assert/strict';
import { tickInPalette } from './support/journeys';
import { stage } from './support/stage';

describe('sending', () => {
  it('from the palette, step by step, ends at the phone', async () => {
    const workbench = await stage.common();
    await workbench.command('Send Bitrix24 Push');
    await workbench.step('(1/4)');
    await tickInPalette(workbench, 'Иван Сидоров');
    await workbench.page.keyboard.press('Enter');
    await workbench.step('(2/4)');
    await workbench.quickInputBox.fill('Release 4.2 is out 🚀');
    await workbench.page.keyboard.press('Enter');
    await workbench.step('(3/4)');
    await workbench.page.keyboard.press('Enter');
    await workbench.step('(4/4)');
    await workbench.row('Send to 1 person').click();
    const [push] = await stage.portal.pushesWhen(1);
    assert.deepEqual(
      [push?.text, push?.recipients, push?.delivered],
      ['Release 4.2 is out 🚀', [2], [2]],
    );
  });
});
