import assert from 'node:assert/strict';
import { HistoryView } from './support/historyView';
import { TwoWindows, answer, asks, one, two, written } from './support/twoWindows';
import { until } from './support/until';

const method = 'pull.application.push.add';

describe('a push on its way', () => {
  let windows: TwoWindows | undefined;
  afterEach(() => windows?.close());

  it('when the machine goes down: the next window tells what it knows, and sends nothing itself', async () => {
    windows = await TwoWindows.open(12);
    const { portal, first: before, second } = windows;
    const texts = async () => (await portal.pushes()).map(({ text }) => text);
    const times = async (text: string) => (await texts()).filter((sent) => sent === text).length;
    // Two windows are about to send the same; one is faster, and the other one asks, with its push on disk.
    const same = 'Обе сразу';
    const [here, there] = [await written(before, two, same), await written(second, two, same)];
    for (const [workbench, form] of [
      [before, here],
      [second, there],
    ] as const) {
      await form.send.click();
      await asks(workbench, 'Send a push to 2 people');
    }
    await answer(before, 'Send to 2 people');
    await here.accepted.waitFor();
    await answer(second, 'Send to 2 people');
    await asks(second, 'The same text went to the same people');
    const lost = 'Ответ не дошёл';
    await portal.fault({ method, action: 'hang', when: 'after' });
    await (await written(before, one, lost)).send.click();
    await until('the push', async () => (await times(lost)) > 0);
    await windows.crash();

    // It tells by itself: nothing of ours is in view.
    const first = await windows.openAnew();
    const unknown = first.toast('may have been accepted');
    await unknown.getByText('INTERRUPTED').waitFor();
    await first.button('Send Anyway', unknown).waitFor();
    const unsent = first.toast('ended too early');
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
});
