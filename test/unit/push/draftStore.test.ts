import assert from 'node:assert/strict';
import { readFile, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { silentLog } from '../../support/silentLog';
import { edited, newDraft } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import { parseDraftFile, workspaceKey } from '../../../src/push/draftFile';
import { DraftStore } from '../../../src/push/draftStore';
import type { DraftStoreDeps } from '../../../src/push/draftStore';
import { storageFolder } from '../../../src/common/storageFolder';
import { contentOf } from '../../support/builders';
import { temporaryFolder } from '../../support/temporaryFolder';

const push = (text: string, ...ids: number[]): Draft =>
  newDraft({
    accountId: 'acme:1',
    recipients: ids.map((id) => ({ id, name: `Person ${id}` })),
    text,
  });
describe('the draft store', () => {
  const folder = temporaryFolder();
  let now: number;
  let living: Set<number>;
  const open: DraftStore[] = [];

  beforeEach(() => {
    now = 1_000;
    living = new Set();
  });

  afterEach(async () => {
    for (const store of open.splice(0)) {
      await store.flush().catch(() => undefined);
      store.dispose();
    }
  });

  /** A window of its own: another process, as far as the store can tell. */
  async function openStore(pid = 1, more: Partial<DraftStoreDeps> = {}): Promise<DraftStore> {
    const store = new DraftStore({
      disk: storageFolder(folder()),
      key: 'w',
      clock: { now: () => (now += 1) },
      log: silentLog,
      process: String(pid),
      fateOf: (other) => (living.has(Number(other)) ? 'lives' : 'ended'),
      ...more,
    });
    open.push(store);
    living.add(pid);
    await store.ready;
    return store;
  }

  /** The only file of drafts there is. */
  async function written(): Promise<string | undefined> {
    const [name] = (await readdir(folder())).filter((one) => one.endsWith('.json'));
    return name === undefined ? undefined : await storageFolder(folder()).read(name);
  }

  /** The window ends without a word, as in a crash. */
  function end(pid: number): void {
    living.delete(pid);
  }

  it('keeps an edit that was made before the disk was read as one draft', async () => {
    const store = new DraftStore({
      ...{ disk: storageFolder(folder()), key: 'w', clock: { now: () => now }, log: silentLog },
    });
    open.push(store);
    store.update({ text: 'early' });
    await store.ready;
    assert.deepEqual([store.current.text, store.kept], ['early', []]);
  });

  it('gives a new window the draft that the last one wrote', async () => {
    const draft: Draft = {
      ...push('Привет 🚀\nend', 3, 5),
      avatar: 'https://a/b.png',
      location: { label: 'a.ts:1', included: false },
    };
    const inPalette = push('from the palette', 7);
    const first = await openStore(1);
    first.open(draft);
    first.setPalette(inPalette);
    await first.flush();
    end(1);
    const second = await openStore(2);
    assert.deepEqual(second.current, draft);
    assert.deepEqual(second.palette, inPalette);
    assert.deepEqual(second.kept, []);
  });

  it('removes what writes that were cut off left, once nobody can be writing it any more', async () => {
    const day = 24 * 60 * 60 * 1000;
    const write = async (name: string, at: number) => {
      await writeFile(path.join(folder(), name), 'half of a fi');
      await utimes(path.join(folder(), name), at / 1000, at / 1000);
    };
    now = 10 * day;
    await write('w.json.1.tmp', now - 2 * day);
    await write('other.json.1.tmp', now - 2 * day);
    await write('w.json.2.tmp', now - day / 2);
    await write('w.json.1.damaged', now - 2 * day);
    await openStore();
    assert.deepEqual((await readdir(folder())).sort(), ['w.json.1.damaged', 'w.json.2.tmp']);
  });

  it('keeps departments, and a draft without any', async () => {
    // How they were chosen is kept: a group of the workspace always asks.
    const workspaceGroup = 'Ops';
    const draft: Draft = {
      ...push('hi', 3),
      recipients: [{ id: 3, workspaceGroup }],
      departments: [{ id: 7, name: 'IT', reach: 'tree', workspaceGroup }],
    };
    const first = await openStore(1);
    first.open(draft);
    await first.flush();
    end(1);
    const second = await openStore(2);
    assert.deepEqual(second.current, draft);
    second.replace(draft, undefined);
    await second.flush();
    end(2);
    const third = await openStore(3);
    assert.deepEqual(contentOf(third.current), contentOf(newDraft({ accountId: 'acme:1' })));
  });

  it('writes typing by itself, once it paused', async () => {
    const store = await openStore(1, { delayMs: 1 });
    store.update({ text: 'a' });
    store.update({ text: 'ab' });
    let content: string | undefined;
    while (!(content = await written())) {
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
    const text = async () => parseDraftFile((await written()) ?? '')?.current.text;
    assert.equal(await text(), 'half a sentence');
    await writing;
    await store.flush();
    assert.equal(await text(), 'half a sentence');
    assert.equal((await readdir(folder())).length, 1);
  });

  it('does not trust a write that is under way when it is disposed: the process may end before that', async () => {
    const disk = storageFolder(folder());
    const never = new Promise<void>(() => undefined);
    const store = await openStore(1, { disk: { ...disk, write: () => never } });
    store.update({ text: 'half a sentence' });
    void store.flush();
    // The write is under way once the promises before it have settled.
    await new Promise(setImmediate);
    store.dispose();
    open.splice(0);
    assert.equal(parseDraftFile((await written()) ?? '')?.current.text, 'half a sentence');
  });

  it('lets no write that began before put an older state over what it wrote when it was disposed', async () => {
    const disk = storageFolder(folder());
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    const writes: Promise<void>[] = [];
    const write: typeof disk.write = (...all) => {
      // The process ends before a second write begins.
      const first = held.then(() => disk.write(...all));
      writes.push(writes.length === 0 ? first : new Promise(() => undefined));
      return writes.at(-1)!;
    };
    const store = await openStore(1, { disk: { ...disk, write } });
    store.update({ text: 'half a sen' });
    void store.flush();
    await new Promise(setImmediate);
    store.update({ text: 'half a sentence' });
    store.dispose();
    open.splice(0);
    goOn();
    await assert.rejects(writes[0]!, { name: 'AbortError' });
    assert.equal(parseDraftFile((await written()) ?? '')?.current.text, 'half a sentence');
  });

  it('leaves no file where nothing was written, and nothing half-written', async () => {
    const store = await openStore();
    await store.flush();
    assert.deepEqual(await readdir(folder()), []);
    store.update({ text: 'x' });
    await store.flush();
    const [name, ...more] = await readdir(folder());
    assert.match(name!, /^w\.1-[0-9a-f]+\.json$/u);
    assert.deepEqual(more, []);
    if (process.platform !== 'win32') {
      assert.equal((await stat(path.join(folder(), name!))).mode & 0o777, 0o600);
    }
  });

  it('tells changes with their source', async () => {
    const store = await openStore();
    const heard: unknown[] = [];
    store.onDidChange(({ source }) => heard.push(source));
    store.update({ text: 'x' }, 'form');
    store.replace(store.current, undefined, 'form');
    assert.deepEqual(heard, ['form', 'form']);
  });

  it('leaves drafts of another machine alone until they were silent for minutes (trial 5.5)', async () => {
    const theirs = await openStore(7);
    theirs.update({ text: 'written elsewhere' });
    await theirs.flush();
    const [name = ''] = await readdir(folder());
    const clock = { now: () => Date.now() };
    const elsewhere = { fateOf: () => 'elsewhere' as const, clock };
    assert.equal((await openStore(8, elsewhere)).current.text, '');
    const longAgo = Date.now() / 1000 - 180;
    await utimes(path.join(folder(), name), longAgo, longAgo);
    assert.equal((await openStore(9, elsewhere)).current.text, 'written elsewhere');
  });

  for (const [what, damage] of [
    ['cut', '{"version":1,"at":1,"curr'],
    ['empty', ''],
    ['of another shape', '{"version":1,"at":1,"current":{"text":7},"kept":[],"pending":[]}'],
    ['of a later version', '{"version":2}'],
  ] as const) {
    it(`sets a file that is ${what} aside and says so`, async () => {
      await writeFile(path.join(folder(), 'w.7-ab.json'), damage);
      const said: string[] = [];
      const store = await openStore(1, { onDamaged: (name) => said.push(name) });
      store.update({ text: 'new' });
      await store.flush();
      assert.equal(said.length, 1);
      assert.match(said[0]!, /^w\.\d+\.damaged$/u);
      assert.equal(await readFile(path.join(folder(), said[0]!), 'utf8'), damage);
      end(1);
      assert.equal((await openStore(2)).current.text, 'new');
    });
  }

  it('does not lose what the disk had when typing began before it was read', async () => {
    const first = await openStore(1);
    first.open(push('old', 1));
    await first.flush();
    end(1);
    const second = new DraftStore({
      disk: storageFolder(folder()),
      key: 'w',
      clock: { now: () => now },
      log: silentLog,
      fateOf: () => 'ended',
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
    const [a, b] = [push('a', 1), push('b', 2)];
    store.keep(a);
    assert.equal(store.current.text, 'a');
    store.keep(a);
    assert.deepEqual(store.kept, []);
    store.keep(b);
    store.keep(b);
    assert.equal(store.current.text, 'a');
    assert.deepEqual(store.kept, [b]);
    store.restore(b.id);
    assert.deepEqual(store.current, b);
    assert.deepEqual(store.kept, [a]);
    store.forget(a.id);
    assert.deepEqual(store.kept, []);
    store.restore(a.id);
    assert.deepEqual(store.current, b, 'it is gone');
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
    const other = push('b', 2);
    store.open(other);
    assert.deepEqual(store.current, other);
    assert.deepEqual(store.kept[0]?.departments, chosen.departments);
    store.open(other);
    assert.equal(store.kept.length, 1);
  });

  it('forgets an accepted draft wherever this version is being written; account and avatar stay', async () => {
    const store = await openStore();
    const sent = { ...push('a', 1), avatar: 'https://a/b.png' };
    const other = push('other', 2);
    store.open(sent);
    store.setPalette(sent);
    store.keep(other);
    assert.equal(store.replace(sent, undefined), true);
    const left = newDraft({ accountId: 'acme:1', avatar: 'https://a/b.png' });
    assert.deepEqual(contentOf(store.current), contentOf(left));
    assert.notEqual(store.current.id, sent.id, 'what is written next is another draft');
    assert.equal(store.palette, undefined);
    assert.deepEqual(store.kept, [other]);
    assert.equal(store.replace(sent, undefined), false);
  });

  it('forgets a kept draft that was sent from elsewhere', async () => {
    const store = await openStore();
    const [current, sent] = [push('a', 1), push('b', 2)];
    store.open(current);
    store.keep(sent);
    assert.equal(store.replace(sent, undefined), true);
    assert.deepEqual([store.current, store.kept], [current, []]);
  });

  it('goes on from another account wherever that draft is being written', async () => {
    const store = await openStore();
    const draft = push('a', 1);
    store.open(draft);
    store.setPalette(draft);
    const moved = edited(draft, { accountId: 'acme:2' });
    assert.equal(store.replace(draft, moved), true);
    assert.deepEqual([store.current, store.palette], [moved, moved]);
  });

  it('leaves a draft alone that was edited while an earlier version of it was being sent', async () => {
    const store = await openStore();
    const sent = push('sent', 1);
    store.open(sent);
    store.setPalette(edited(sent, { avatar: 'https://a/b.png' }));
    store.update({ text: 'edited' });
    assert.equal(store.replace(sent, undefined), false);
    assert.deepEqual([store.current.text, store.current.id], ['edited', sent.id]);
    assert.equal(store.palette?.text, 'sent');
    // Edited back to what it was: it was touched all the same.
    store.update({ text: 'sent' });
    assert.equal(store.replace(sent, undefined), false);
  });

  it('stays the same version when its people get their names', async () => {
    const store = await openStore();
    const sent = push('a', 1);
    store.open(sent);
    store.setNames([{ id: 1, name: 'Anna' }]);
    assert.equal(store.current.recipients[0]?.name, 'Anna');
    assert.equal(store.replace(sent, undefined), true);
    assert.equal(store.current.text, '');
  });

  it('keeps at most fifty drafts: the oldest goes', async () => {
    const store = await openStore();
    store.open(push('current', 1));
    for (let index = 0; index < 52; index += 1) {
      store.keep(push(`kept ${index}`, 1));
    }
    assert.deepEqual([store.kept.length, store.kept[0]?.text], [50, 'kept 2']);
  });

  for (const [what, id] of [
    ['a path', '../../x'],
    ['no UUID', 'draft'],
  ] as const) {
    it(`takes a file whose draft has ${what} for its id for damaged`, async () => {
      const current = { ...push('hi', 1), id };
      const content = { version: 1, at: 1, current, kept: [] };
      await storageFolder(folder()).write('w.7-ab.json', JSON.stringify(content));
      const said: string[] = [];
      const store = await openStore(2, { onDamaged: (name) => said.push(name) });
      assert.deepEqual([store.current.text, said.length], ['', 1]);
    });
  }

  it('knows whether the disk took the text that waits (trial 9.7)', async () => {
    const disk = storageFolder(folder());
    let isReadOnly = true;
    const store = await openStore(1, {
      disk: {
        ...disk,
        write: (...all) => (isReadOnly ? Promise.reject(new Error('EROFS')) : disk.write(...all)),
      },
    });
    assert.equal(store.isSaved, true);
    store.update({ text: 'typed after a reload' });
    await assert.rejects(store.flush(), /EROFS/);
    assert.equal(store.isSaved, false);
    isReadOnly = false;
    await store.flush();
    assert.equal(store.isSaved, true);
  });

  describe('with several windows on one workspace', () => {
    it('keeps both texts of a draft that two windows have edited', async () => {
      const draft = push('begun', 1);
      for (const [pid, text] of [
        [1, 'begun here'],
        [2, 'begun there'],
      ] as const) {
        const window = await openStore(pid);
        window.open(edited(draft, { text }));
        await window.flush();
      }
      end(1);
      end(2);
      const last = await openStore(3);
      const found = [last.current, ...last.kept];
      assert.deepEqual(found.map(({ text }) => text).sort(), ['begun here', 'begun there']);
      assert.equal(new Set(found.map(({ id }) => id)).size, 2, 'two drafts from now on');
      assert.ok(found.some(({ id }) => id === draft.id));
    });

    it('leaves the draft of a window that lives to that one alone (trial 9.8)', async () => {
      const first = await openStore(1);
      first.open(push('one', 1));
      await first.flush();
      const second = await openStore(2);
      assert.deepEqual([second.current.text, second.kept], ['', []]);
      second.update({ text: 'two', recipients: [{ id: 2 }] });
      await second.flush();
      first.update({ text: 'one more' });
      await first.flush();
      // Each is reloaded: it goes on with its own, and has no copy of the other's.
      end(1);
      const third = await openStore(3);
      await third.flush();
      end(2);
      const fourth = await openStore(4);
      await fourth.flush();
      assert.deepEqual([third.current.text, third.kept], ['one more', []]);
      assert.deepEqual([fourth.current.text, fourth.kept], ['two', []]);
      end(3);
      end(4);
      const last = await openStore(5);
      await last.flush();
      assert.deepEqual([last.current.text, last.kept[0]?.text], ['two', 'one more']);
      assert.equal((await readdir(folder())).length, 1);
    });

    it('gives what a window left to one of two that start together', async () => {
      const before = await openStore(1);
      before.open(push('one', 1));
      await before.flush();
      end(1);
      const both = await Promise.all([openStore(2), openStore(3)]);
      assert.deepEqual(both.map(({ current }) => current.text).sort(), ['', 'one']);
    });

    it('takes the last words of the window that it replaced, once that has ended', async () => {
      const before = await openStore(1);
      before.open(push('half a sen', 1));
      await before.flush();
      const after = await openStore(2);
      assert.equal(after.current.text, '');
      before.update({ text: 'half a sentence' });
      await before.flush();
      const changed = new Promise((resolve) => after.onDidChange(resolve));
      end(1);
      await changed;
      assert.equal(after.current.text, 'half a sentence');
      await after.flush();
      assert.equal((await readdir(folder())).length, 1);
    });

    it('shows what a disk that takes no change holds', async () => {
      const before = await openStore(1);
      before.open(push('one', 1));
      await before.flush();
      end(1);
      const disk = storageFolder(folder());
      const refuse = () => Promise.reject(new Error('EROFS'));
      const after = await openStore(2, { disk: { ...disk, rename: refuse, write: refuse } });
      assert.equal(after.current.text, 'one');
      await assert.rejects(after.flush(), /EROFS/);
      assert.equal(after.isSaved, false);
    });
  });

  it('names files of a workspace without telling its path', () => {
    assert.equal(workspaceKey(undefined), 'no-folder');
    assert.match(workspaceKey('file:///home/anna/secret-project'), /^[0-9a-f]{32}$/u);
    assert.notEqual(workspaceKey('file:///a'), workspaceKey('file:///b'));
  });

  it('gives room to a text that is read as usual', async () => {
    const store = await openStore();
    store.update({ text: 'code {}', mode: 'literal' });
    store.makeRoom();
    assert.deepEqual([store.current.mode, store.kept[0]?.mode], ['personal', 'literal']);
  });
});
