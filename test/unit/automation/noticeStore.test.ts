import assert from 'node:assert/strict';
import path from 'node:path';
import { NoticeStore } from '../../../src/automation/noticeStore';
import type { NoticeStoreDeps } from '../../../src/automation/noticeStore';
import { storageFolder } from '../../../src/common/storageFolder';
import type { HistoryKeep } from '../../../src/push/pushHistory';
import { ManualClock } from '../../support/manualClock';
import { aNotice } from '../../support/notices';
import { silentLog } from '../../support/silentLog';
import { temporaryFolder } from '../../support/temporaryFolder';

const day = 24 * 60 * 60 * 1000;

describe('the notices on disk', () => {
  const folder = temporaryFolder();
  let clock: ManualClock;
  let keep: HistoryKeep;

  beforeEach(() => {
    clock = new ManualClock(Date.now());
    keep = 'all';
  });

  const notices = () => storageFolder(path.join(folder(), 'notices'));
  const past = () => storageFolder(path.join(folder(), 'past'));
  const open = (process: string, more: Partial<NoticeStoreDeps> = {}) =>
    new NoticeStore({
      ...{ folder: notices(), past: past(), keep: () => keep, clock, log: silentLog, process },
      fateOf: () => 'ended',
      ...more,
    });

  it('are read back as they were, with why and until when they are held', async () => {
    const store = open('1');
    const whole = {
      ...aNotice({ exitCode: 3, folder: 'shop', words: 'w\nw', thread: 't', askedBy: 'Claude' }),
      ...{ isAskedFor: true, key: 'k' },
    };
    const taken = await store.add(whole, 'notAway');
    await store.hold([{ id: taken.id, why: 'paused', until: 123_456 }]);
    const read = await open('2').list();
    assert.deepEqual(read, [
      {
        notice: { ...whole, id: taken.id, at: clock.now() },
        state: 'held',
        why: 'paused',
        until: 123_456,
      },
    ]);
  });

  it('take 1,000 at once, and lose none', async () => {
    const store = open('1');
    const numbers = Array.from({ length: 1_000 }, (_, index) => index);
    await Promise.all(
      numbers.map((number) => store.add(aNotice({ name: String(number) }), 'gathering')),
    );
    const { left } = await open('2').recover();
    assert.deepEqual(
      left.map(({ notice }) => Number(notice.name)).sort((a, b) => a - b),
      numbers,
    );
  });

  it('cost names only once they are over and old', async () => {
    const store = open('1');
    const taken = await store.add(aNotice(), 'notAway');
    await store.end([taken], 'answered');
    const [name = ''] = await past().list();
    for (let index = 0; index < 10_000; index += 1) {
      await past().write(name.replace(/^.{19}/, String(index).padStart(19, '0')), '', {
        durable: false,
      });
    }
    let read = 0;
    const counting = { ...past(), read: (file: string) => ((read += 1), past().read(file)) };
    const other = open('2', { past: counting });
    const more = await other.add(aNotice(), 'notAway');
    await other.end([more], 'answered');
    assert.equal(read, 0);
    assert.equal((await past().list()).length, 1_000);
  }).timeout(60_000);

  it('that are over are kept as the history is', async () => {
    for (const [setting, expected] of [
      ['all', { name: 'build', words: 'w' }],
      ['outcomes', { name: '', words: undefined }],
      ['none', undefined],
    ] as const) {
      keep = setting;
      const store = open('1');
      const taken = await store.add(aNotice({ words: 'w', folder: 'f' }), 'notAway');
      await store.end([taken], 'discarded');
      const kept = (await store.list()).find(({ notice }) => notice.id === taken.id);
      assert.deepEqual(kept && { name: kept.notice.name, words: kept.notice.words }, expected);
      assert.ok(setting === 'all' || !JSON.stringify(kept ?? {}).includes('"f"'));
    }
    assert.deepEqual(await notices().list(), []);
  });

  it('that are over are reduced to a stricter setting, and to 30 days', async () => {
    const store = open('1');
    const old = await store.add(aNotice({ name: 'old' }), 'notAway');
    await store.end([old], 'cameBack');
    clock.advance(31 * day);
    const fresh = await store.add(aNotice({ name: 'fresh' }), 'notAway');
    await store.end([fresh], 'cameBack');
    keep = 'outcomes';
    await store.tidy();
    assert.deepEqual(
      (await store.list()).map(({ notice }) => [notice.id, notice.name]),
      [[fresh.id, '']],
    );
    keep = 'none';
    await store.tidy();
    assert.deepEqual(await past().list(), []);
  });

  it('that are over can be forgotten, one or all', async () => {
    const store = open('1');
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      const taken = await store.add(aNotice({ name }), 'notAway');
      await store.end([taken], 'discarded');
      ids.push(taken.id);
      clock.advance(1);
    }
    await store.forget(ids[1]);
    assert.deepEqual(
      (await store.list()).map(({ notice }) => notice.name),
      ['c', 'a'],
    );
    await store.forget();
    assert.deepEqual(await store.list(), []);
  });

  it('are not joined by a window whose notices another one has taken', async () => {
    const stopped = open('1');
    const taken = await stopped.add(aNotice(), 'notAway');
    assert.equal((await open('2').recover()).left.length, 1);
    assert.deepEqual(await stopped.join([taken.id], 'd'), []);
    assert.deepEqual(await stopped.hold([{ id: taken.id, why: 'cap', until: 1 }]), []);
  });

  it('tell the next window into which draft they went', async () => {
    const store = open('1');
    const taken = await store.add(aNotice(), 'notAway');
    const draftId = crypto.randomUUID();
    assert.deepEqual(await store.join([taken.id], draftId), [taken.id]);
    const next = open('2');
    assert.deepEqual(await next.recover(), {
      left: [{ notice: taken, draftId }],
      isUndecided: false,
    });
    await next.remove([taken.id]);
    assert.deepEqual(await notices().list(), []);
  });

  it('set aside what cannot be understood, and go on with the others', async () => {
    const store = open('1');
    await store.add(aNotice({ name: 'a' }), 'notAway');
    const [name = ''] = await notices().list();
    const bad = name.replace(/^.{19}/, 'a'.repeat(19));
    await notices().write(bad, '{"version":2}');
    await notices().write('something else', 'x');
    const { left } = await open('2').recover();
    assert.deepEqual(
      left.map(({ notice }) => notice.name),
      ['a'],
    );
    assert.equal((await notices().list()).filter((file) => file.endsWith('.damaged')).length, 1);
  });

  it('of a process elsewhere stay while its window shows that it lives', async () => {
    let uptime = 0;
    const far = open('far');
    await far.add(aNotice(), 'notAway');
    const here = open('here', { fateOf: () => 'elsewhere', uptime: () => uptime });
    for (let look = 0; look < 10; look += 1) {
      await far.beat();
      const alive = (await notices().list()).find((name) => name.endsWith('.alive')) ?? '';
      await notices().touch(alive, 1_000 * look);
      uptime += 60_000;
      assert.deepEqual(await here.recover(), { left: [], isUndecided: true });
    }
    let silentLooks = 0;
    while ((await here.recover()).left.length === 0) {
      silentLooks += 1;
      uptime += 60_000;
      assert.ok(silentLooks < 10);
    }
    assert.equal(silentLooks, 5);
    assert.deepEqual(await here.recover(), { left: [], isUndecided: false });
  });
});
