import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EventEmitter, TreeItemCollapsibleState } from 'vscode';
import { silentLog } from '../../../src/common/log';
import { openHistory } from '../../../src/history/historyRoom';
import type { HistoryRoom } from '../../../src/history/historyRoom';
import { emptyDraft } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import { Outbox } from '../../../src/push/outbox/outbox';
import { PushHistory } from '../../../src/push/outbox/pushHistory';
import { storageFolder } from '../../../src/common/storageFolder';

describe('the history view', () => {
  let root: string;
  let outbox: Outbox;
  let history: PushHistory;
  let room: HistoryRoom;
  let opened: Draft[];
  let copied: string[];
  let sent: string[];
  let asked: number;
  let tree: { message?: string; visible: boolean; selection: [] };

  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'history-'));
    const shared = { clock: { now: Date.now }, log: silentLog };
    const folder = (name: string) => storageFolder(path.join(root, name));
    history = new PushHistory({ ...shared, folder: folder('history'), keep: () => 'all' });
    outbox = new Outbox({ ...shared, folder: folder('outbox'), history });
    [opened, copied, sent, asked] = [[], [], [], 0];
    tree = { visible: true, selection: [] };
    const visibility = new EventEmitter<{ visible: boolean }>();
    room = openHistory({
      ...shared,
      outbox,
      history,
      tree: Object.assign(tree, {
        onDidChangeVisibility: visibility.event,
      }),
      changed: () => {},
      openDraft: (draft) => Promise.resolve(opened.push(draft)),
      sendWaiting: (id) => Promise.resolve(sent.push(id)),
      portalOf: () => Promise.resolve('https://acme.example'),
      findSecrets: (text) =>
        Promise.resolve(
          [...text.matchAll(/s3cret/g)].map(({ index }) => ({
            kind: 'x',
            start: index,
            end: index + 6,
          })),
        ),
      copy: (text) => Promise.resolve(void copied.push(text)),
      showInputBox: () => Promise.resolve('nothing like it'),
      messages: {
        ask: ({ answers }) => {
          asked += 1;
          return Promise.resolve(answers[0]);
        },
        inform: () => {},
      },
    });
    const none = { refused: [], unknown: [], notSent: [] };
    const draft = (text: string): Draft => ({
      ...emptyDraft,
      accountId: 'a:1',
      text,
      recipients: [{ id: 3, name: 'Ivan' }, { id: 5 }],
    });
    const done = await outbox.prepare({
      draft: draft('my s3cret [x](command:y)'),
      host: 'acme.example',
    });
    await done.sending([3, 5]);
    await done.answered(none);
    await done.end();
    const waits = await outbox.prepare({ draft: draft('later'), host: 'acme.example' });
    await waits.end(new Bitrix24Error({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' }));
  });

  afterEach(async () => {
    room.dispose();
    outbox.dispose();
    await rm(root, { recursive: true, force: true });
  });

  it('draws what waits and what was sent, with what may be done', async () => {
    const roots = await room.view.getChildren();
    assert.equal(roots.length, 2);
    const [later] = await room.view.getChildren(roots[0]);
    const [done] = await room.view.getChildren(roots[1]);
    const item = room.view.getTreeItem(done!);
    assert.equal(item.collapsibleState, TreeItemCollapsibleState.Collapsed);
    assert.match(String(item.contextValue), /\bpast\b/);
    assert.doesNotMatch(item.tooltip as string, /\]\(/);
    assert.match(String(room.view.getTreeItem(later!).contextValue), /\bunsent\b/);
    const people = await room.view.getChildren(done);
    assert.deepEqual(
      people.map((line) => room.view.getTreeItem(line).label),
      ['Ivan', 'id 5'],
    );
  });

  it('sends again as a draft, copies with secrets masked, deletes after a question only what waits', async () => {
    const roots = await room.view.getChildren();
    const [later] = await room.view.getChildren(roots[0]);
    const [done] = await room.view.getChildren(roots[1]);
    await room.actions.sendAgain(done);
    assert.equal(opened[0]?.text, 'my s3cret [x](command:y)');
    await room.actions.copyAs('curl', done);
    assert.doesNotMatch(copied[0]!, /s3cret/);
    assert.match(copied[0]!, /ACCESS_TOKEN/);
    await room.actions.sendAgain({ record: { id: 'forged', draft: { text: 'x' } } });
    assert.equal(opened.length, 1);
    await room.actions.send(later);
    assert.equal(sent.length, 1);
    await room.actions.delete(done);
    assert.equal(asked, 0);
    await room.actions.delete(later);
    assert.equal(asked, 1);
    assert.deepEqual(await room.view.getChildren(), []);
  });

  it('shows nothing that a filter does not find, and says so', async () => {
    await room.actions.find();
    assert.deepEqual(await room.view.getChildren(), []);
    assert.match(tree.message ?? '', /nothing like it/);
  });
});
