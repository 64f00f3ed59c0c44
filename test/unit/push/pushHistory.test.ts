import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import { newDraft } from '../../../src/push/draft';
import { actionsOf, summaryOf } from '../../../src/push/push';
import { newPushId } from '../../../src/push/pushFileName';
import { historyKeep } from '../../../src/push/pushHistory';
import type { HistoryKeep, PushHistory } from '../../../src/push/pushHistory';
import { openPushHistory, openStore } from '../../support/pushStores';
import { temporaryFolder } from '../../support/temporaryFolder';

const draft = newDraft({
  accountId: 'acme:1',
  recipients: [3, 5].map((id) => ({ id, name: `Person ${id}` })),
});
const month = 31 * 24 * 60 * 60 * 1000;

describe('the history of pushes', () => {
  const root = temporaryFolder();
  let keep: HistoryKeep;
  let history: PushHistory;

  beforeEach(() => {
    keep = 'all';
    history = openPushHistory(root(), { keep: () => keep });
  });
  afterEach(() => history.dispose());

  const folder = () => path.join(root(), 'history');
  const texts = async () => (await history.list()).map((push) => push.draft.text);

  /** A push that 3 got, and that was refused for 5. */
  async function send(text: string, at?: number): Promise<string> {
    const { store } = openStore(root(), { history, clock: { now: () => at ?? Date.now() } });
    const record = await store.create({
      draft: { ...draft, text },
      ...{ host: 'acme.example', origin: 'form', people: draft.recipients, replaces: [] },
    });
    await record.sending([3, 5], 0);
    await record.answered({ refused: [{ id: 5, code: 'NO' }], unknown: [], notSent: [] }, 0);
    await record.end(new Bitrix24Error({ kind: 'server', phase: 'answered', code: 'NO' }));
    store.dispose();
    return record.id;
  }

  /** The content of all files, of the store as well. */
  async function everything(): Promise<string> {
    const all = await readdir(root(), { recursive: true, withFileTypes: true });
    const files = all.filter((entry) => entry.isFile());
    const texts = files.map((one) => readFile(path.join(one.parentPath, one.name), 'utf8'));
    return (await Promise.all(texts)).join();
  }

  it('takes anything but its known words for the default setting', () => {
    assert.deepEqual(['outcomes', 'none', 'all', 'some', undefined, 7].map(historyKeep), [
      'outcomes',
      'none',
      'all',
      'all',
      'all',
      'all',
    ]);
  });

  it('has what was sent, to whom, and what became of it', async () => {
    const id = await send('Hi');
    const push = await history.get(id);
    assert.equal(push?.draft.text, 'Hi');
    assert.deepEqual(push.people, [
      { id: 3, name: 'Person 3', status: 'accepted' },
      { id: 5, name: 'Person 5', status: 'refused', code: 'NO' },
    ]);
    assert.deepEqual(actionsOf(push), ['sendToRest']);
    assert.equal(await history.get(`${id}x`), undefined);
  });

  it('keeps outcomes without text and names when that is wanted', async () => {
    keep = 'outcomes';
    await send('Hi');
    const [push] = await history.list();
    const { accepted, refused, unknown, notSent } = push!.redactedTo!;
    assert.deepEqual([accepted, refused, unknown, notSent], [1, 1, 0, 0]);
    assert.deepEqual([summaryOf(push!).state, actionsOf(push!)], ['partly', []]);
    assert.equal(push?.error?.code, 'NO');
    assert.doesNotMatch(await everything(), /Hi|Person/);
  });

  it('keeps nothing when that is wanted, and the same message again is seen all the same', async () => {
    keep = 'none';
    await send('Hi');
    assert.deepEqual(await history.list(), []);
    assert.doesNotMatch(await everything(), /Hi|Person/);
    const same = { ...draft, text: 'Hi' };
    const { store } = openStore(root(), { history });
    assert.equal((await store.sameMessages(same, same.recipients, new Set())).length, 1);
  });

  it('becomes outcomes, or nothing, when that is wanted from now on', async () => {
    await send('Hi');
    await send('Ho');
    await writeFile(path.join(folder(), 'x.push'), 'Hi, damaged');
    keep = 'outcomes';
    await history.tidy();
    assert.doesNotMatch(await everything(), /H[io]|Person/);
    const again = openPushHistory(root());
    assert.deepEqual(
      (await again.list()).map(({ redactedTo }) => [redactedTo?.accepted, redactedTo?.refused]),
      [
        [1, 1],
        [1, 1],
      ],
    );
    keep = 'none';
    await history.tidy();
    assert.deepEqual(await readdir(folder()), []);
  });

  it('is cleared with what was damaged and what was cut off, not with what is being written', async () => {
    await send('Hi');
    const at = (name: string) => path.join(folder(), name);
    for (const name of ['a.push.1.damaged', 'old.tmp', 'new.tmp']) {
      await writeFile(at(name), 'Hi');
    }
    await utimes(at('old.tmp'), 1, 1);
    await history.tidy();
    assert.equal((await readdir(folder())).length, 3);
    await history.clear();
    assert.deepEqual(await readdir(folder()), ['new.tmp']);
  });

  it('has the newest first, can forget one and all, and has an end', async () => {
    let now = Date.now();
    for (const text of ['A', 'B', 'C']) {
      await send(text, (now += 1));
    }
    assert.deepEqual(await texts(), ['C', 'B', 'A']);
    await history.remove((await history.list())[1]!.id);
    assert.deepEqual(await texts(), ['C', 'A']);
    await history.clear();
    assert.deepEqual(await texts(), []);
  });

  it('keeps the last thousand', async () => {
    const ids = Array.from({ length: 1_002 }, (_, index) => newPushId(Date.now() + index));
    await mkdir(folder(), { recursive: true });
    await Promise.all(ids.map((id) => writeFile(path.join(folder(), `${id}.push`), '')));
    await history.tidy();
    const left = await readdir(folder());
    assert.deepEqual(
      left.sort(),
      ids.slice(2).map((id) => `${id}.push`),
    );
  });

  it('tells of each change', async () => {
    let changes = 0;
    history.onDidChange(() => (changes += 1));
    const id = await send('A');
    assert.equal(changes, 1);
    await history.remove(id);
    await history.clear();
    assert.equal(changes, 3);
  });

  it('forgets after a month', async () => {
    await send('A');
    const later = openPushHistory(root(), { clock: { now: () => Date.now() + month } });
    await writeFile(path.join(folder(), 'a.push.1.damaged'), 'Hi');
    await later.tidy();
    assert.deepEqual(await readdir(folder()), []);
  });

  for (const [what, change] of [
    ['no sense', () => 'x'],
    ['the id of another file', (text: string) => text.replace(/"id":"[^"]+"/u, '"id":"../../x"')],
  ] as const) {
    it(`sets a file with ${what} aside`, async () => {
      await send('A');
      const [name] = await readdir(folder());
      const file = path.join(folder(), name!);
      await writeFile(file, change(await readFile(file, 'utf8')));
      const said: string[] = [];
      const next = openPushHistory(root(), { onDamaged: (to) => said.push(to) });
      assert.deepEqual(await next.list(), []);
      assert.equal(said.length, 1);
      assert.deepEqual(await readdir(folder()), said);
    });
  }

  it('shows all others when the disk does not give one file', async () => {
    await send('A');
    await mkdir(path.join(folder(), `${'0'.repeat(19)}.push`));
    assert.deepEqual(await texts(), ['A']);
  });
});
