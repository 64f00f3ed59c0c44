import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EventEmitter, ThemeIcon, TreeItemCollapsibleState } from 'vscode';
import type { KeptNotice, Notice } from '../../../src/automation/notice';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import { silentLog } from '../../support/silentLog';
import { HistoryCommands } from '../../../src/history/historyCommands';
import { byWay, newDraft } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import type { PushAction } from '../../../src/push/push';
import type { PushHistory } from '../../../src/push/pushHistory';
import type { PushStore } from '../../../src/push/pushStore';
import type { KeptScheduled } from '../../../src/schedule/scheduleStore';
import { openStore } from '../../support/pushStores';

describe('the history view', () => {
  let root: string;
  let store: PushStore;
  let history: PushHistory;
  let opened: HistoryCommands;
  let drafts: Draft[];
  let written: Draft;
  let copied: string[];
  let mentioned: string[];
  let visibility: EventEmitter<{ visible: boolean }>;
  let refreshed: number;
  let watches: number;
  let told: () => void;
  let acted: [string, PushAction][];
  let isDecided: boolean;
  let asked: number;
  let kept: KeptNotice[];
  let scheduled: KeptScheduled[];
  let noticesChanged: EventEmitter<undefined>;
  /** What was done to notices. */
  let handled: string[];
  let tree: { message?: string; visible: boolean; selection: [] };

  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'history-'));
    ({ store, history } = openStore(root));
    [drafts, copied, acted, asked, isDecided] = [[], [], [], 0, true];
    mentioned = [];
    [kept, handled, scheduled] = [[], [], []];
    noticesChanged = new EventEmitter<undefined>();
    tree = { visible: true, selection: [] };
    visibility = new EventEmitter<{ visible: boolean }>();
    [refreshed, watches] = [0, 0];
    opened = new HistoryCommands({
      ...{ clock: { now: Date.now }, log: silentLog, history },
      service: store,
      tree: Object.assign(tree, { onDidChangeVisibility: visibility.event }),
      changed: () => (refreshed += 1),
      notices: {
        list: () => Promise.resolve(kept),
        onDidChange: noticesChanged.event,
        forget: (id) => Promise.resolve(void handled.push(`forget ${id ?? 'all'}`)),
      },
      scheduled: {
        list: () => Promise.resolve(scheduled),
        onDidChange: () => ({ dispose: () => undefined }),
      },
      schedule: {
        sends: {
          sendNow: (id) => Promise.resolve(void handled.push(`send ${id}`)),
          changeTime: (id) => Promise.resolve(void handled.push(`change ${id}`)),
          edit: ({ id }) => Promise.resolve(void handled.push(`edit ${id}`)),
          cancel: (id) => Promise.resolve(void handled.push(`cancel ${id}`)),
        },
      },
      lineOf: ({ name }) => name,
      sendHeld: (id) => Promise.resolve(handled.push(`send ${id}`)),
      discardHeld: (id) => Promise.resolve(handled.push(`discard ${id}`)),
      watch: (then) => {
        watches += 1;
        told = then;
        return { dispose: () => (watches -= 1) };
      },
      sender: {
        act: async ({ id, draft }, action) => {
          acted.push([draft.text, action]);
          if (action === 'discard' && isDecided) {
            await (await store.claim(id))?.decide('discarded');
          }
          return isDecided;
        },
      },
      deleteNotification: ({ draft }) => Promise.resolve(handled.push(`delete ${draft.text}`)),
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
      mention: (message) => void mentioned.push(message),
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
    noticesChanged.dispose();
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

  it('draws a notification by its bell, and deletes it out of the bells after a question', async () => {
    const recipients = [{ id: 3, name: 'Ivan' }];
    const draft = byWay(newDraft({ accountId: 'a:1', text: 'rang', recipients }), 'notification');
    const { host, origin } = { host: 'acme.example', origin: 'form' } as const;
    const record = await store.create({ draft, host, origin, people: recipients, replaces: [] });
    await record.sending([3], 0);
    await record.answered({ refused: [], unknown: [], notSent: [] }, 0);
    await record.end();
    const rang = async () => {
      const [, today] = await opened.view.getChildren();
      const [line] = await opened.view.getChildren(today);
      const item = opened.view.getTreeItem(line!);
      const [person] = await opened.view.getChildren(line);
      return { line, item, person: opened.view.getTreeItem(person!) };
    };
    const before = await rang();
    assert.match(String(before.item.description), / · Notification · Ivan$/);
    assert.match(before.item.tooltip as string, /\nIn the bell$/);
    assert.deepEqual(before.item.iconPath, new ThemeIcon('bell'));
    assert.match(String(before.item.contextValue), /\bbell\b/);
    await opened.deleteNotification(before.line);
    assert.deepEqual([handled, asked], [['delete rang'], 1]);

    await history.add(record.id, { t: 'deleted', at: 1, from: [3] });
    const after = await rang();
    assert.deepEqual(after.item.iconPath, new ThemeIcon('bell-slash'));
    assert.doesNotMatch(String(after.item.contextValue), /\bbell\b/);
    assert.equal(after.person.description, 'Deleted from the bell');
    await opened.deleteNotification(after.line);
    assert.deepEqual([handled.length, asked], [1, 1]);

    await opened.sendAgain(after.line);
    assert.deepEqual([drafts[0]?.text, drafts[0]?.via], ['rang', undefined]);
  });

  it('deletes no push out of bells', async () => {
    const { done } = await lines();
    await opened.deleteNotification(done);
    assert.deepEqual([handled, asked], [[], 0]);
  });

  describe('a scheduled push', () => {
    const at = new Date(2099, 10, 27, 9, 30).getTime();
    const scheduledPush = (state: KeptScheduled['state'], when = at): KeptScheduled => ({
      push: {
        ...{ id: 's1', host: 'acme.example', origin: 'form', at: when, zone: 'UTC' },
        ...{ scheduledAt: at - 1, agreed: { by: 'Anna', people: 2 } },
        draft: newDraft({ text: 'news [x](command:y)', recipients: [{ id: 3, name: 'Ivan' }] }),
      },
      state,
    });
    async function first() {
      const [root] = await opened.view.getChildren();
      const [line] = await opened.view.getChildren(root);
      return { root: opened.view.getTreeItem(root!), line, item: opened.view.getTreeItem(line!) };
    }

    it('stands first, with its time and people, and says the same to a screen reader', async () => {
      scheduled = [scheduledPush('waits')];
      const { root, item } = await first();
      assert.deepEqual([root.label, root.description], ['Scheduled', '1']);
      assert.match(String(item.description), /^Nov 27, 2099, 9:30\sAM · Ivan$/u);
      assert.deepEqual(
        [item.contextValue, (item.iconPath as ThemeIcon).id],
        ['scheduled', 'clock'],
      );
      assert.doesNotMatch(item.tooltip as string, /\]\(/u);
      assert.match(item.tooltip as string, /Scheduled by Anna/u);
      assert.match(
        item.accessibilityInformation?.label ?? '',
        /^Scheduled, news .*, Nov 27, 2099, 9:30\sAM, Ivan$/u,
      );
    });

    it('says that its time has passed, or that a window has it in hand', async () => {
      for (const one of [scheduledPush('stays'), scheduledPush('waits', 1_000)]) {
        scheduled = [one];
        const { item } = await first();
        assert.match(String(item.description), / · not sent at its time · Ivan$/u);
        assert.equal((item.iconPath as ThemeIcon).id, 'warning');
      }
      scheduled = [scheduledPush('taken')];
      assert.equal((await first()).item.contextValue, 'scheduledTaken');
    });

    it('can be sent now, changed, edited, and cancelled after a question', async () => {
      scheduled = [scheduledPush('waits')];
      const { line } = await first();
      await opened.sendScheduled(line);
      await opened.changeScheduledTime(line);
      await opened.editScheduled(line);
      assert.equal(asked, 0);
      await opened.cancelScheduled(line);
      assert.equal(asked, 1);
      await opened.sendScheduled({ id: 'scheduled/forged' });
      assert.deepEqual(handled, ['send s1', 'change s1', 'edit s1', 'cancel s1']);
    });
  });

  describe('what happened and was not sent', () => {
    const at = Date.now();
    const notice: Notice = {
      ...{ id: 'n', at, origin: 'agent', result: 'waits', name: 'Claude [x](command:y) waits' },
      askedBy: 'Claude Code',
    };
    /** The item of the first line below the first root, and the line itself. */
    async function first() {
      const [root] = await opened.view.getChildren();
      const [line] = await opened.view.getChildren(root);
      return { root: opened.view.getTreeItem(root!), line, item: opened.view.getTreeItem(line!) };
    }

    /** The line of a notice that is over, among the pushes of its day. */
    async function overLine() {
      const roots = await opened.view.getChildren();
      const lines = await Promise.all(roots.map((root) => opened.view.getChildren(root)));
      return lines.flat().find(({ kind }) => kind === 'notice');
    }

    it('stands above all else while it is held, with its reason and until when', async () => {
      const until = new Date(2026, 10, 27, 18, 30).getTime();
      kept = [{ notice, state: 'held', why: 'quietHours', until }];
      const { root, item } = await first();
      assert.equal(root.label, 'Held for you');
      assert.match(String(root.description), /^1 · Quiet hours until 6:30\sPM$/u);
      assert.equal(item.label, 'Claude [x] (command :y) waits');
      assert.match(String(item.description), / · Quiet hours until 6:30\sPM$/u);
      assert.equal(item.contextValue, 'held');
      assert.equal((item.iconPath as ThemeIcon).id, 'hubot');
      const tooltip = item.tooltip as string;
      assert.match(tooltip, /· Coding agent\nRequested by “Claude Code”\nQuiet hours until/u);
      assert.doesNotMatch(tooltip, /\]\(/u);
      assert.match(
        item.accessibilityInformation?.label ?? '',
        /^Coding agent, Claude .*Quiet hours/u,
      );
    });

    it('is counted above its lines, with no reason where there are several', async () => {
      kept = [
        { notice, state: 'held', why: 'paused' },
        { notice: { ...notice, id: 'm' }, state: 'held', why: 'desktopApp' },
      ];
      assert.equal((await first()).root.description, '2');
    });

    it('says why it is over, and has a word where the words are not kept', async () => {
      kept = [{ notice: { ...notice, name: '' }, state: 'over', why: 'cameBack', at }];
      const item = opened.view.getTreeItem((await overLine())!);
      assert.deepEqual([item.label, item.contextValue], ['Coding agent', 'over']);
      assert.match(String(item.description), / · You came back before it was sent$/u);
      assert.doesNotMatch(item.tooltip as string, /^\n/u);
    });

    it('can be sent now or discarded while it is held, and deleted once it is over', async () => {
      kept = [{ notice, state: 'held', why: 'paused' }];
      const { line } = await first();
      await opened.delete(line);
      await opened.sendHeld(line);
      await opened.discardHeld(line);
      assert.deepEqual(handled, ['send n', 'discard n']);
      kept = [{ notice: { ...notice, id: 'o' }, state: 'over', why: 'answered', at }];
      const over = await overLine();
      await opened.sendHeld(over);
      await opened.discardHeld(over);
      await opened.sendHeld({ id: 'notice/forged' });
      await opened.sendAgain(over);
      await opened.delete(over);
      assert.deepEqual(handled, ['send n', 'discard n', 'forget o']);
      assert.deepEqual([asked, drafts], [0, []]);
    });

    it('goes when the history is cleared', async () => {
      await opened.clear();
      assert.deepEqual([asked, handled, (await history.list()).length], [1, ['forget all'], 0]);
    });

    it('is drawn anew when it changes', () => {
      const before = refreshed;
      noticesChanged.fire(undefined);
      assert.equal(refreshed, before + 1);
    });
  });

  it('shows where a push comes from, who asked, and what it tells of', async () => {
    const recipients = [{ id: 1, name: 'Anna' }];
    const draft = newDraft({ accountId: 'a:1', text: '2 things', recipients });
    const things = [
      { at: Date.now(), origin: 'task', text: 'build failed', held: 'paused' },
      { at: Date.now(), origin: 'terminal', text: 'make ended', held: 'a later reason' },
    ] as const;
    const record = await store.create({
      ...{ draft, host: 'acme.example', origin: 'task', people: recipients, replaces: [] },
      ...{ things, askedBy: 'make' },
    });
    await record.sending([1], 0);
    await record.answered({ refused: [], unknown: [], notSent: [] }, 0);
    await record.end();
    const [, today] = await opened.view.getChildren();
    const [line] = await opened.view.getChildren(today);
    const item = opened.view.getTreeItem(line!);
    assert.equal((item.iconPath as ThemeIcon).id, 'tasklist');
    assert.match(String(item.description), / · Task · Anna$/u);
    assert.match(
      item.accessibilityInformation?.label ?? '',
      /^Accepted by Bitrix24, .* Task, Anna$/u,
    );
    assert.match(item.tooltip as string, /acme\.example · Task\nRequested by “make”\nAnna/u);
    const children = (await opened.view.getChildren(line)).map((one) =>
      opened.view.getTreeItem(one),
    );
    assert.deepEqual(
      children.map(({ label }) => label),
      ['build failed', 'make ended', 'Anna'],
    );
    assert.match(String(children[0]?.description), / · Held while you had paused$/u);
    assert.doesNotMatch(String(children[1]?.description), /·/u);
    assert.equal((children[1]?.iconPath as ThemeIcon).id, 'terminal');
  });

  it('shows trouble by its icon, wherever a push comes from', async () => {
    const recipients = [{ id: 1, name: 'Anna' }];
    const draft = newDraft({ accountId: 'a:1', text: 'x', recipients });
    const record = await store.create({
      ...{ draft, host: 'acme.example', origin: 'agent', people: recipients, replaces: [] },
    });
    await record.end(new Bitrix24Error({ kind: 'server', phase: 'answered', code: 'NO' }));
    const [, today] = await opened.view.getChildren();
    const [line] = await opened.view.getChildren(today);
    const item = opened.view.getTreeItem(line!);
    assert.equal((item.iconPath as ThemeIcon).id, 'circle-slash');
    assert.match(String(item.description), / · Coding agent · Anna$/u);
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

  it('follows what other windows do while it is in view, and watches nothing else (trial 9.8)', () => {
    assert.equal(watches, 1);
    const before = refreshed;
    told();
    assert.equal(refreshed, before + 1);
    tree.visible = false;
    visibility.fire({ visible: false });
    assert.equal(watches, 0);
    tree.visible = true;
    visibility.fire({ visible: true });
    assert.equal(watches, 1);
    opened.dispose();
    assert.equal(watches, 0);
  });

  it('copies with secrets masked', async () => {
    const { done } = await lines();
    await opened.copyAs('curl', done);
    assert.doesNotMatch(copied[0]!, /s3cret/);
    assert.match(copied[0]!, /ACCESS_TOKEN/);
  });

  it('says that something was copied (trial 8.15)', async () => {
    const { done } = await lines();
    await opened.copyText(done);
    await opened.copyAs('powershell', done);
    assert.deepEqual([mentioned, copied.length], [['Copied', 'Copied'], 2]);
    await opened.copyText({ push: { id: 'forged' } });
    assert.equal(mentioned.length, 2);
  });

  it('copies the texts that the people of a personal push got (trial 6.9)', async () => {
    const recipients = [{ id: 3, name: 'Ivan' }, { id: 5 }];
    const draft = newDraft({ accountId: 'a:1', text: 'Hi {name|all}', recipients });
    const { host, origin } = { host: 'acme.example', origin: 'form' } as const;
    const facts = [{ id: 3, firstName: 'Иван' }, { id: 5 }];
    const record = await store.create({
      draft,
      host,
      origin,
      people: recipients,
      replaces: [],
      facts,
    });
    await record.sending([3, 5], 0);
    await record.answered({ refused: [], unknown: [], notSent: [] }, 0);
    await record.end();
    const roots = await opened.view.getChildren();
    const [line] = await opened.view.getChildren(roots.at(-1));
    await opened.copyAs('php', line);
    const read = decodeURIComponent(copied[0]!.replaceAll('+', ' '));
    assert.ok(read.includes('/rest/batch') && read.includes('TEXT=Hi Иван'), read);
    assert.ok(read.includes('TEXT=Hi all') && !read.includes('{name'), read);
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
