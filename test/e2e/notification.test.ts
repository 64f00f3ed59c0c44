import assert from 'node:assert/strict';
import path from 'node:path';
import { HistoryView } from './support/historyView';
import { sendFromPalette } from './support/journeys';
import { PhonesPage } from './support/phonesPage';
import { PushForm } from './support/pushForm';
import { results, stage } from './support/stage';

const text = 'Deployed by no administrator';

describe('a notification', () => {
  it('takes the place of a push that is not allowed, and is deleted from the history', async () => {
    await stage.portal.patch({ users: [{ id: 1, admin: false }] });
    const workbench = await stage.workbench();
    await sendFromPalette(workbench, { text });
    const toast = workbench.toast('Only an administrator of');
    await toast.getByText('ACCESS_ERROR').waitFor();
    await workbench.page.screenshot({ path: path.join(results, 'notification-offer.png') });
    await workbench.button('Send as Notification', toast).click();

    const { dialog } = workbench;
    await dialog.getByText('Put a notification into the bell of 1 person').waitFor();
    await dialog.getByText('not a push. It rings only where').waitFor();
    await workbench.page.screenshot({ path: path.join(results, 'notification-question.png') });
    await workbench.button('Notify 1 person', dialog).click();
    await workbench.page.getByText('Notification in the bell of 1 person').first().waitFor();

    const phones = await PhonesPage.beside(workbench, stage.portal);
    const bell = phones.page.getByRole('button', { name: 'Notifications of Иван Сидоров: 1' });
    await bell.click();
    await phones.page
      .getByRole('region', { name: 'Notifications of Иван Сидоров: 1' })
      .getByText(text)
      .waitFor();
    await phones.page.screenshot({ path: path.join(results, 'notification-bell.png') });
    assert.deepEqual(await stage.portal.pushes(), []);

    await workbench.toFront();
    const history = await HistoryView.in(workbench);
    const line = history.line(text);
    await line.getByText('Notification').waitFor();
    await workbench.page.screenshot({ path: path.join(results, 'notification-history.png') });
    await line.click({ button: 'right' });
    // A menu that has just come up takes no click yet.
    await workbench.page.getByRole('menuitem', { name: 'Delete Notification…' }).hover();
    await workbench.page.keyboard.press('Enter');
    await dialog.getByText('Delete this notification from the bell of 1 person').waitFor();
    await workbench.button('Delete Notification', dialog).click();
    await workbench.toast('The notification is gone from the bell of 1 person').waitFor();
    await phones.page.getByRole('button', { name: 'Notifications of Иван Сидоров: 0' }).waitFor();
  });

  it('is offered in the form as well, which says where it went', async () => {
    await stage.portal.patch({ users: [{ id: 1, admin: false }] });
    const workbench = await stage.workbench();
    const form = await PushForm.in(workbench);
    await form.choose('сид', 'Иван Сидоров');
    await form.text.fill('From the form');
    await form.send.click();
    await form.problem.getByRole('button', { name: 'Send as Notification' }).click();
    await workbench.button('Notify 1 person', workbench.dialog).click();
    await form.accepted.filter({ hasText: 'In the bell of 1 person since' }).waitFor();
    await workbench.page.screenshot({ path: path.join(results, 'notification-form.png') });
  });
});
