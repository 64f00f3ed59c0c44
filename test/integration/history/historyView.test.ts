import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EventEmitter, TreeItemCollapsibleState } from 'vscode';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import { silentLog } from '../../../src/common/log';
import { HistoryCommands } from '../../../src/history/historyCommands';
import { newDraft } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import type { PushAction } from '../../../src/push/push';
import type { PushHistory } from '../../../src/push/pushHistory';
import type { PushStore } from '../../../src/push/pushStore';
import { openStore } from '../../support/pushStores';

describe('the history view', () => {
  let root: string;
  let store: PushStore;
  let history: PushHistory;
  let opened: HistoryCommands;
  let drafts: Draft[];
  let written: Draft;
  let copied: string[];
  let acted: [string, PushAction][];
  let isDecided: boolean;
  let asked: number;
  let tree: { message?: string; visible: boolean; selection: [] };

  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'history-'));
    ({ store, history } = openStore(root));
    [drafts, copied, acted, asked, isDecided] = [[], [], [], 0, true];
    tree = { visible: true, selection: [] };
    const visibility = new EventEmitter<{ visible: boolean }>();
    opened = new HistoryCommands({
      ...{ clock: { now: Date.now }, log: silentLog, history },
      service: store,
      tree: Object.assign(tree, { onDidChangeVisibility: visibility.event }),
      changed: () => {},
      sender: {
        act: async ({ id, draft }, action) => {
          acted.push([draft.text, action]);
          if (action === 'discard' && isDecided) {
            await (await store.claim(id))?.decide('discarded');
          }
          return isDecided;
        },
      },
      openDraft: (draft) => Promise.resolve(drafts.push(draft)),
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
      },
    });
    const create = (text: string) => {
      const recipients = [{ id: 3, name: 'Ivan' }, { id: 5 }];
      const draft = newDraft({ accountId: 'a:1', text, recipients });
      const { host, origin } = { host: 'acme.example', origin: 'form' } as const;
      written = draft;
      return store.create({ draft, host, origin, people: recipients, replaces: [] });
    };
    const waits = await create('later');
    await waits.end(new Bitrix24Error({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' }));
    const none = { refused: [], unknown: [], notSent: [] };
    const partly = await create('some');
    await partly.sending([3, 5], 0);
    await partly.answered({ ...none, refused: [{ id: 5, code: 'NO' }] }, 0);
    await partly.end(new Bitrix24Error({ kind: 'server', phase: 'answered', code: 'NO' }));
    const done = await create('my s3cret [x](command:y)');
    await done.sending([3, 5], 0);
    await done.answered(none, 0);
    await done.end();
  });

  afterEach(async () => {
    opened.dispose();
    store.dispose();
    await rm(root, { recursive: true, force: true });
  });

  /** The lines of the pushes: the one that waits, the whole and the partly accepted one. */
  async function lines() {
    const [waiting, today] = await opened.view.getChildren();
    const [later] = await opened.view.getChildren(waiting);
    const [done, some] = await opened.view.getChildren(today);
    return { later, done, some };
  }

  it('draws what waits and what was sent, with what may be done', async () => {
    assert.equal((await opened.view.getChildren()).length, 2);
    const { later, done, some } = await lines();
    const item = opened.view.getTreeItem(done!);
    assert.equal(item.collapsibleState, TreeItemCollapsibleState.Collapsed);
    assert.match(String(item.contextValue), /\bpast\b/);
    assert.doesNotMatch(item.tooltip as string, /\]\(/);
    assert.match(String(opened.view.getTreeItem(some!).contextValue), /\brest\b/);
    assert.match(String(opened.view.getTreeItem(later!).contextValue), /\bunsent\b/);
    const people = await opened.view.getChildren(done);
    assert.deepEqual(
      people.map((line) => opened.view.getTreeItem(line).label),
      ['Ivan', 'id 5'],
    );
  });

  it('opens copies of drafts, and none for a line that is not on screen', async () => {
    const { done, some } = await lines();
    await opened.sendAgain(done);
    await opened.sendToRest(some);
    await opened.sendToRest(done);
    await opened.sendAgain({ push: { id: 'forged', draft: { text: 'x' } } });
    assert.deepEqual(
      drafts.map(({ text, recipients }) => [text, recipients.map(({ id }) => id)]),
      [
        ['my s3cret [x](command:y)', [3, 5]],
        ['some', [5]],
      ],
    );
    assert.notEqual(drafts[0]?.id, written.id);
  });

  it('copies with secrets masked', async () => {
    const { done } = await lines();
    await opened.copyAs('curl', done);
    assert.doesNotMatch(copied[0]!, /s3cret/);
    assert.match(copied[0]!, /ACCESS_TOKEN/);
  });

  it('sends and decides a push that waits', async () => {
    const { later } = await lines();
    await opened.send(later);
    await opened.markAsSent(later);
    assert.deepEqual(acted, [
      ['later', 'retry'],
      ['later', 'markAsSent'],
    ]);
  });

  it('deletes after a question only what waits', async () => {
    const { later, done, some } = await lines();
    await opened.delete(done);
    await opened.delete(some);
    assert.deepEqual([asked, acted], [0, []]);
    await opened.delete(later);
    assert.deepEqual([asked, acted], [1, [['later', 'discard']]]);
    assert.deepEqual(await opened.view.getChildren(), []);
  });

  it('removes nothing that another window has taken care of', async () => {
    isDecided = false;
    const { later } = await lines();
    await opened.delete(later);
    assert.equal((await opened.view.getChildren()).length, 2);
  });

  it('shows nothing that a filter does not find, and says so', async () => {
    await opened.find();
    assert.deepEqual(await opened.view.getChildren(), []);
    assert.match(tree.message ?? '', /nothing like it/);
  });
});
