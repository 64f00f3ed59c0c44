import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { silentLog } from '../../../src/common/log';
import { emptyDraft } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import { parseDraftFile, workspaceKey } from '../../../src/push/draftFile';
import { DraftStore } from '../../../src/push/draftStore';
import type { DraftStoreDeps } from '../../../src/push/draftStore';
import { storageFolder } from '../../../src/common/storageFolder';

const push = (text: string, ...ids: number[]): Draft => ({
  ...emptyDraft,
  accountId: 'acme:1',
  recipients: ids.map((id) => ({ id, name: `Person ${id}` })),
  text,
});

describe('the draft store', () => {
  let folder: string;
  let now: number;
  let living: Set<number>;
  const open: DraftStore[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'drafts-'));
    now = 1_000;
    living = new Set();
  });

  afterEach(async () => {
    for (const store of open.splice(0)) {
      await store.flush().catch(() => undefined);
      store.dispose();
    }
    await rm(folder, { recursive: true, force: true });
  });

  /** A window of its own: another process, as far as the store can tell. */
  async function openStore(pid = 1, more: Partial<DraftStoreDeps> = {}): Promise<DraftStore> {
    const store = new DraftStore({
      disk: storageFolder(folder),
      key: 'w',
      clock: { now: () => (now += 1) },
      log: silentLog,
      pid,
      isAlive: (other) => living.has(other),
      ...more,
    });
    open.push(store);
    living.add(pid);
    await store.ready;
    return store;
  }

  /** The window ends without a word, as in a crash. */
  function end(pid: number): void {
    living.delete(pid);
  }

  it('gives a new window the draft that the last one wrote', async () => {
    const draft: Draft = {
      ...push('Привет 🚀\nend', 3, 5),
      avatar: 'https://a/b.png',
      location: { label: 'a.ts:1', included: false },
    };
    const first = await openStore(1);
    first.update(draft);
    first.setPalette(push('from the palette', 7));
    await first.flush();
    end(1);
    const second = await openStore(2);
    assert.deepEqual(second.current, draft);
    assert.deepEqual(second.palette, push('from the palette', 7));
    assert.deepEqual(second.kept, []);
  });

  it('removes what writes that were cut off left, once nobody can be writing it any more', async () => {
    const day = 24 * 60 * 60 * 1000;
    const write = async (name: string, at: number) => {
      await writeFile(path.join(folder, name), 'half of a fi');
      await utimes(path.join(folder, name), at / 1000, at / 1000);
    };
    now = 10 * day;
    await write('w.json.1.tmp', now - 2 * day);
    await write('other.json.1.tmp', now - 2 * day);
    await write('w.json.2.tmp', now - day / 2);
    await write('w.json.1.damaged', now - 2 * day);
    await openStore();
    assert.deepEqual((await readdir(folder)).sort(), ['w.json.1.damaged', 'w.json.2.tmp']);
  });

  it('keeps departments, and reads files that know none', async () => {
    const draft: Draft = { ...push('hi', 3), departments: [{ id: 7, name: 'IT', reach: 'tree' }] };
    const first = await openStore(1);
    first.update(draft);
    await first.flush();
    end(1);
    const second = await openStore(2);
    assert.deepEqual(second.current, draft);
    second.clear();
    await second.flush();
    end(2);
    const third = await openStore(3);
    assert.deepEqual(third.current, { ...emptyDraft, accountId: 'acme:1' });
  });

  it('writes typing by itself, once it paused', async () => {
    const store = await openStore(1, { delayMs: 1 });
    const disk = storageFolder(folder);
    store.update({ text: 'a' });
    store.update({ text: 'ab' });
    let content: string | undefined;
    while (!(content = await disk.read('w.json'))) {
      await new Promise(setImmediate);
    }
    assert.equal(parseDraftFile(content)?.current.text, 'ab');
  });

  it('has the last words on disk as soon as it is disposed, and keeps them there', async () => {
    const store = await openStore();
    store.update({ text: 'half a sen' });
    const writing = store.flush();
    store.update({ text: 'half a sentence' });
    store.dispose();
    const written = () =>
      parseDraftFile(storageFolder(folder).readSync('w.json') ?? '')?.current.text;
    assert.equal(written(), 'half a sentence');
    await writing;
    await store.flush();
    assert.equal(written(), 'half a sentence');
    assert.deepEqual(await readdir(folder), ['w.json']);
  });

  it('leaves no file where nothing was written, and nothing half-written', async () => {
    const store = await openStore();
    await store.flush();
    assert.deepEqual(await readdir(folder), []);
    store.update({ text: 'x' });
    await store.flush();
    assert.deepEqual(await readdir(folder), ['w.json']);
    if (process.platform !== 'win32') {
      assert.equal((await stat(path.join(folder, 'w.json'))).mode & 0o777, 0o600);
    }
  });

  it('tells changes with their source', async () => {
    const store = await openStore();
    const heard: unknown[] = [];
    store.onDidChange(({ source }) => heard.push(source));
    store.update({ text: 'x' }, 'form');
    store.clear('form');
    assert.deepEqual(heard, ['form', 'form']);
  });

  for (const [what, damage] of [
    ['cut', '{"version":1,"pid":1,"at":1,"curr'],
    ['empty', ''],
    [
      'of another shape',
      '{"version":1,"pid":1,"at":1,"current":{"text":7},"kept":[],"pending":[]}',
    ],
    ['of a later version', '{"version":2}'],
  ] as const) {
    it(`sets a file that is ${what} aside and says so`, async () => {
      await writeFile(path.join(folder, 'w.json'), damage);
      const said: string[] = [];
      const store = await openStore(1, { onDamaged: (name) => said.push(name) });
      store.update({ text: 'new' });
      await store.flush();
      assert.equal(said.length, 1);
      assert.match(said[0]!, /^w\.json\.\d+\.damaged$/u);
      assert.equal(await readFile(path.join(folder, said[0]!), 'utf8'), damage);
      end(1);
      assert.equal((await openStore(2)).current.text, 'new');
    });
  }

  it('does not lose what the disk had when typing began before it was read', async () => {
    const first = await openStore(1);
    first.update(push('old', 1));
    await first.flush();
    end(1);
    const second = new DraftStore({
      disk: storageFolder(folder),
      key: 'w',
      clock: { now: () => now },
      log: silentLog,
    });
    open.push(second);
    second.update({ text: 'new' });
    await second.ready;
    assert.equal(second.current.text, 'new');
    assert.deepEqual(
      second.kept.map(({ text }) => text),
      ['old'],
    );
  });

  it('keeps a draft that failed elsewhere: as the current one when there is none, else beside it', async () => {
    const store = await openStore();
    store.keep(push('a', 1));
    assert.equal(store.current.text, 'a');
    store.keep(push('a', 1));
    assert.deepEqual(store.kept, []);
    store.keep(push('b', 2));
    store.keep(push('b', 2));
    assert.equal(store.current.text, 'a');
    assert.deepEqual(store.kept, [push('b', 2)]);
    store.restore(0);
    assert.deepEqual(store.current, push('b', 2));
    assert.deepEqual(store.kept, [push('a', 1)]);
    store.forget(0);
    assert.deepEqual(store.kept, []);
  });

  it('makes room for another text without losing the one that is there', async () => {
    const store = await openStore();
    store.update({ ...push('a', 1), location: { label: 'a.ts:1', included: true } });
    store.makeRoom();
    assert.deepEqual(store.current.recipients, push('', 1).recipients);
    assert.equal(store.current.text, '');
    assert.equal(store.current.location, undefined);
    assert.equal(store.kept[0]?.text, 'a');
    store.makeRoom();
    assert.equal(store.kept.length, 1);
  });

  it('opens another draft with nothing of the one that is there, which it keeps, people without a text too', async () => {
    const store = await openStore();
    const chosen: Draft = { ...push('', 1), departments: [{ id: 7, reach: 'tree' }] };
    store.update({ ...chosen, location: { label: 'a.ts:1', included: true } });
    store.open(push('b', 2));
    assert.deepEqual(store.current, push('b', 2));
    assert.deepEqual(store.kept[0]?.departments, chosen.departments);
    store.open(push('b', 2));
    assert.equal(store.kept.length, 1);
  });

  it('forgets an accepted push wherever it was being written; account and avatar stay', async () => {
    const store = await openStore();
    const sent = { ...push('a', 1), avatar: 'https://a/b.png' };
    store.update({ ...sent, accountId: undefined });
    store.setPalette(sent);
    store.keep(push('other', 2));
    store.accepted(sent);
    assert.deepEqual(
      { ...store.current },
      { ...emptyDraft, avatar: 'https://a/b.png', location: undefined, departments: undefined },
    );
    assert.equal(store.palette, undefined);
    assert.deepEqual(store.kept, [push('other', 2)]);
  });

  it('goes on from another account wherever that draft is being written', async () => {
    const store = await openStore();
    store.update({ ...push('a', 1), accountId: undefined });
    store.setPalette(push('a', 1));
    const moved = { ...push('a', 1), accountId: 'acme:2' };
    store.replace(push('a', 1), moved, 'acme:1');
    assert.deepEqual([store.current, store.palette], [moved, moved]);
  });

  it('leaves a draft alone that was edited while an earlier state of it was being sent', async () => {
    const store = await openStore();
    store.update(push('edited', 1));
    store.accepted(push('sent', 1));
    assert.equal(store.current.text, 'edited');
  });

  it('leaves of a push that went to some only what is open, wherever it was being written', async () => {
    const whole = push('hi', 1, 2, 3);
    const store = await openStore();
    store.update(whole);
    store.setPalette(whole);
    store.partly(whole, { rest: push('hi', 3), unknown: push('hi', 2) });
    assert.deepEqual(
      [store.current, store.palette, store.kept],
      [push('hi', 3), push('hi', 3), []],
    );
    store.update(push('another', 9));
    store.setPalette(undefined);
    // Written nowhere any more: kept all the same, and once.
    store.partly(whole, { rest: undefined, unknown: push('hi', 2) });
    store.keep(push('hi', 2));
    assert.deepEqual([store.current, store.kept], [push('another', 9), [push('hi', 2)]]);
  });

  it('knows a push to departments by what was written and by whom it went to', async () => {
    const asked: Draft = { ...push('hi', 1), departments: [{ id: 7, reach: 'tree' }] };
    const resolved = push('hi', 1, 2, 3);
    const store = await openStore();
    store.update(asked);
    store.partly(resolved, { rest: push('hi', 3), unknown: undefined }, asked);
    assert.deepEqual(store.current, push('hi', 3));
    store.update(asked);
    store.setPalette(resolved);
    store.accepted(resolved, asked);
    assert.deepEqual([store.current.text, store.palette], ['', undefined]);
  });

  describe('that a version without an outbox wrote', () => {
    const old = {
      ...{ id: 'p', draft: push('hi', 1, 2), state: 'sending' as const },
      ...{ at: 1, host: 'acme.example' },
    };
    const write = (pid: number) => {
      const state = { version: 1, pid, at: 1, current: emptyDraft, kept: [], pending: [old] };
      return storageFolder(folder).write('w.json', JSON.stringify(state));
    };

    it('hands each push that was on its way over once', async () => {
      await write(1);
      const store = await openStore(2);
      store.update({ text: 'x' });
      await store.flush();
      const taken: unknown[] = [];
      const fails = () => Promise.reject(new Error('disk full'));
      await assert.rejects(store.handOver(fails));
      await store.handOver((one) => Promise.resolve(void taken.push(one)));
      await store.handOver((one) => Promise.resolve(void taken.push(one)));
      assert.deepEqual([...taken], [old]);
      end(2);
      const next = await openStore(3);
      await next.handOver((one) => Promise.resolve(void taken.push(one)));
      assert.equal(taken.length, 1);
    });

    it('leaves one alone that a living window is sending', async () => {
      await write(1);
      living.add(1);
      const store = await openStore(2);
      await store.handOver(() => Promise.reject(new Error('it is not ours')));
    });
  });

  describe('with several windows on one workspace', () => {
    it('lets none of them overwrite another', async () => {
      const first = await openStore(1);
      first.update(push('one', 1));
      await first.flush();
      const second = await openStore(2);
      second.update(push('two', 2));
      await second.flush();
      first.update({ text: 'one more' });
      await first.flush();
      second.update({ text: 'two more' });
      await second.flush();
      end(1);
      end(2);
      const third = await openStore(3);
      assert.deepEqual([third.current, ...third.kept].map(({ text }) => text).sort(), [
        'one more',
        'two more',
      ]);
      await third.flush();
      assert.deepEqual(await readdir(folder), ['w.json']);
    });

    it('takes the last words of the window that it replaced', async () => {
      const before = await openStore(1);
      before.update(push('half a sen', 1));
      await before.flush();
      const after = await openStore(2);
      before.update({ text: 'half a sentence' });
      await before.flush();
      end(1);
      after.setPalette(undefined);
      await after.flush();
      assert.equal(after.current.text, 'half a sentence');
      assert.deepEqual(await readdir(folder), ['w.json']);
    });
  });

  it('names files of a workspace without telling its path', () => {
    assert.equal(workspaceKey(undefined), 'no-folder');
    assert.match(workspaceKey('file:///home/anna/secret-project'), /^[0-9a-f]{32}$/u);
    assert.notEqual(workspaceKey('file:///a'), workspaceKey('file:///b'));
  });

  it('reads files of a version that knew literal texts only', async () => {
    const old = (text: string, location?: Draft['location']) => ({
      recipients: [{ id: 3 }],
      text,
      avatar: '',
      ...(location && { location }),
    });
    const current = old('typed');
    const content = {
      ...{ version: 1, pid: 1, at: 1, current },
      kept: [old('code {}', { label: 'a.ts:1', included: true })],
      pending: [{ id: 'p', draft: old('sent {}'), state: 'unknown', at: 1, host: 'acme.example' }],
    };
    await storageFolder(folder).write('w.json', JSON.stringify(content));
    const store = await openStore(2);
    const sent: Draft[] = [];
    await store.handOver((one) => Promise.resolve(void sent.push(one.draft)));
    assert.deepEqual(
      [store.current, ...store.kept, ...sent].map(({ mode }) => mode),
      ['personal', 'literal', 'literal'],
    );
  });

  it('gives room to a text that is read as usual', async () => {
    const store = await openStore();
    store.update({ text: 'code {}', mode: 'literal' });
    store.makeRoom();
    assert.deepEqual([store.current.mode, store.kept[0]?.mode], ['personal', 'literal']);
  });
});
