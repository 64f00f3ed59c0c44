import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../host/install.mjs';
import { answerStep, frameShowing } from '../support/journeys';
import { PhonesPage } from '../support/phonesPage';
import { PushForm } from '../support/pushForm';
import { stage } from '../support/stage';
import { clipOf, smallPicture, themes, walkthrough } from './shots';

// Makes the pictures of the walkthrough's steps from the real thing: `npm run screenshots`.

const checkout = readFileSync(path.join(root, 'test/host/workspace/checkout.py'), 'utf8');
const text = 'Release 4.2 is out 🚀';

for (const [name, { theme, style }] of Object.entries(themes)) {
  describe(`the walkthrough's pictures, ${name}`, () => {
    const fileOf = (step: string) => path.join(walkthrough, `${step}-${name}.png`);
    const settings = {
      'workbench.colorTheme': theme,
      'editor.minimap.enabled': false,
      'editor.renderWhitespace': 'none',
    };
    const windowIn = async (signedIn: boolean) => {
      const workbench = await stage.workbench({
        ...{ signedIn, settings, width: 1000, height: 860 },
        files: { 'checkout.py': checkout },
      });
      await workbench.page.locator(`.monaco-workbench.${style}`).waitFor();
      return workbench;
    };

    it('the portal’s page of what to type', async () => {
      const workbench = await windowIn(false);
      await workbench.command('Bitrix24: Sign In');
      await answerStep(workbench, '(1/4)', stage.portal.origin);
      await workbench.step('(2/4)');
      const guide = await frameShowing(workbench, 'Your handler path');
      const { y } = await clipOf(guide.getByText('2. Fill it in'));
      const { x } = await clipOf(workbench.page.locator('.part.editor'));
      const clip = { x, y: y - 12, width: 440, height: 300 };
      await smallPicture(workbench.page, clip, fileOf('connect'));
    });

    it('selection, form, phone and the question before reaching its user', async () => {
      const workbench = await windowIn(true);
      const { page } = workbench;
      await stage.portal.patch({ appName: 'Deploy Bot' });
      await workbench.openFile('checkout.py');
      await page.keyboard.press('Control+G');
      await page.locator('.quick-input-widget:visible input').first().fill(':13:1');
      await page.keyboard.press('Enter');
      for (let line = 0; line < 3; line++) {
        await page.keyboard.press('Shift+ArrowDown');
      }
      await page.keyboard.press('Shift+End');
      const last = page.locator('.monaco-editor .view-line', { hasText: 'total = total' });
      await last.click({ button: 'right', position: { x: 40, y: 17 } });
      const item = page.locator('.monaco-menu .action-item:visible', {
        hasText: 'Send Selection as Bitrix24 Push',
      });
      await item.first().hover();
      const { x } = await clipOf(page.locator('.part.editor'));
      const { y } = await clipOf(last);
      const menu = { x, y: y - 130, width: 430, height: 330 };
      await smallPicture(page, menu, fileOf('selection'));
      await page.keyboard.press('Escape');

      await workbench.command('Bitrix24: Reach Me on My Phone');
      await workbench.button('Turn On', workbench.dialog).waitFor();
      await smallPicture(page, await clipOf(workbench.dialog), fileOf('reachMe'));
      await page.keyboard.press('Escape');

      const form = await PushForm.in(workbench);
      await form.choose('Иван', 'Иван Сидоров');
      await form.text.fill(text);
      await form.onPhone.filter({ hasText: text }).waitFor();
      const sideBar = await clipOf(page.locator('.part.sidebar'));
      const top = await clipOf(form.frame.getByText('To', { exact: true }));
      const shown = { ...sideBar, y: top.y - 10, height: 560 };
      await smallPicture(page, shown, fileOf('send'));

      if (name !== 'dark') {
        return;
      }
      // A phone has no theme of VS Code, so one push serves the pictures of all of them.
      await form.send.click();
      await form.accepted.waitFor();
      const phones = await PhonesPage.beside(workbench, stage.portal);
      await phones.pushesOf('Иван Сидоров').filter({ hasText: text }).waitFor();
      await phones.page.bringToFront();
      const phone = phones.phoneOf('Иван Сидоров');
      for (const colorScheme of ['dark', 'light'] as const) {
        await phones.page.emulateMedia({ colorScheme });
        await phone.scrollIntoViewIfNeeded();
        const file = path.join(walkthrough, `sandbox-${colorScheme}.png`);
        await smallPicture(phones.page, await clipOf(phone), file);
      }
    });
  });
}
