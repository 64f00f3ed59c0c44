import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Bitrix24Error } from '../../../../src/bitrix24/errors';
import type { Bitrix24ErrorFields } from '../../../../src/bitrix24/errors';
import { silentLog } from '../../../../src/common/log';
import { emptyDraft } from '../../../../src/push/draft';
import type { Draft } from '../../../../src/push/draft';
import { Outbox } from '../../../../src/push/outbox/outbox';
import type { OutboxDeps } from '../../../../src/push/outbox/outbox';
import { PushHistory } from '../../../../src/push/outbox/pushHistory';
import type { HistoryKeep } from '../../../../src/push/outbox/pushHistory';
import { storageFolder } from '../../../../src/common/storageFolder';
import type { StorageFolder } from '../../../../src/common/storageFolder';
import { ManualClock } from '../../../support/manualClock';

const push = (text: string, ...ids: number[]): Draft => ({
  ...emptyDraft,
  accountId: 'acme:1',
  recipients: ids.map((id) => ({ id, name: `Person ${id}`, photo: 'https://acme.example/p.png' })),
  text,
});
const host = 'acme.example';
const error = (fields: Pick<Bitrix24ErrorFields, 'kind' | 'phase' | 'code'>) =>
  new Bitrix24Error(fields);
const offline = error({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' });
const lost = error({ kind: 'timeout', phase: 'noAnswer', code: 'TIMEOUT' });
const none = { refused: [], unknown: [], notSent: [] };

describe('the outbox', () => {
  let root: string;
  let folder: string;
  let keep: HistoryKeep;
  let living: Set<number>;
  let damaged: string[];
  let history: PushHistory;
  const open: Outbox[] = [];

  beforeEach(async () => {
    root = await mkdtemp(path.join(tmpdir(), 'outbox-'));
    folder = path.join(root, 'outbox');
    keep = 'all';
    living = new Set();
    damaged = [];
    history = new PushHistory({
      folder: storageFolder(path.join(root, 'history')),
      keep: () => keep,
      clock: { now: Date.now },
      log: silentLog,
    });
  });

  afterEach(async () => {
    for (const outbox of open.splice(0)) {
      outbox.dispose();
    }
    await rm(root, { recursive: true, force: true });
  });

  /** A window of its own: another process, as far as the outbox can tell. */
  function window(pid: number, more: Partial<OutboxDeps> = {}): Outbox {
    const outbox = new Outbox({
      folder: storageFolder(folder),
      history,
      clock: { now: Date.now },
      log: silentLog,
      onDamaged: (name) => damaged.push(name),
      pid,
      isAlive: (other) => living.has(other),
      ...more,
    });
    open.push(outbox);
    living.add(pid);
    return outbox;
  }

  const end = (pid: number) => living.delete(pid);
  const states = async (outbox: Outbox) => (await outbox.waiting()).map(({ state }) => state);
  const past = async () => (await history.list()).map(({ state }) => state);

  it('goes from prepared over sending to accepted, and from the outbox to the history', async () => {
    const outbox = window(1);
    const parcel = await outbox.prepare({ draft: push('Hi', 3, 5), host });
    assert.deepEqual(await states(outbox), ['prepared']);
    await parcel.sending([3, 5]);
    assert.deepEqual(await states(outbox), ['sending']);
    await parcel.answered(none);
    const record = await parcel.end();
    assert.equal(record?.state, 'accepted');
    assert.deepEqual(await states(outbox), []);
    const [kept] = await history.list();
    assert.deepEqual(kept?.fates, { accepted: [3, 5], refused: [], unknown: [], notSent: [] });
    assert.equal(kept.draft.text, 'Hi');
    assert.deepEqual(kept.people, [
      { id: 3, name: 'Person 3' },
      { id: 5, name: 'Person 5' },
    ]);
    assert.equal(kept.host, host);
  });

  it('can be read by nobody else', async () => {
    await window(1).prepare({ draft: push('Hi', 3), host });
    const [name] = await readdir(folder);
    assert.equal((await stat(path.join(folder, name!))).mode & 0o077, 0);
  });

  it('tells person by person what became of several requests', async () => {
    const outbox = window(1);
    const parcel = await outbox.prepare({ draft: push('Hi', 1, 2, 3, 4, 5), host });
    await parcel.sending([1, 2]);
    await parcel.answered({ ...none, refused: [{ id: 2, code: 'NO' }] });
    await parcel.sending([3, 4]);
    await parcel.answered({ ...none, unknown: [4] });
    const record = await parcel.end(lost);
    assert.equal(record?.state, 'partly');
    assert.deepEqual(record.fates, {
      accepted: [1, 3],
      refused: [{ id: 2, code: 'NO' }],
      unknown: [4],
      notSent: [5],
    });
    assert.deepEqual(await states(outbox), ['partly']);
  });

  it('adds little per request, however many people there are', async () => {
    const people = Array.from({ length: 5_000 }, (_, index) => index + 1);
    const outbox = window(1);
    const parcel = await outbox.prepare({ draft: push('Hi', ...people), host });
    const size = async () => (await stat(path.join(folder, (await readdir(folder))[0]!))).size;
    const head = await size();
    await parcel.sending(people.slice(0, 50));
    await parcel.answered(none);
    assert.ok((await size()) - head < 500);
    parcel.dispose();
  });

  it('makes of what a dead window had prepared a push that was not sent', async () => {
    await window(1).prepare({ draft: push('Hi', 3), host });
    end(1);
    const next = window(2);
    const [left, ...more] = await next.recover();
    assert.equal(left?.state, 'notSent');
    assert.equal(left.error?.code, 'INTERRUPTED');
    assert.equal(left.draft.text, 'Hi');
    assert.deepEqual(more, []);
    assert.deepEqual(await next.recover(), [], 'told once');
    assert.deepEqual(await states(next), ['notSent']);
  });

  it('makes of what a dead window was sending a push of unknown fate, and knows who was not reached', async () => {
    const parcel = await window(1).prepare({ draft: push('Hi', 1, 2, 3), host });
    await parcel.sending([1]);
    await parcel.answered(none);
    await parcel.sending([2]);
    end(1);
    const [left] = await window(2).recover();
    assert.equal(left?.error?.phase, 'noAnswer');
    assert.deepEqual(left.fates, { accepted: [1], refused: [], unknown: [2], notSent: [3] });
  });

  it('knows which of two requests a dead window had no answer to', async () => {
    const parcel = await window(1).prepare({ draft: push('Hi', 1, 2, 3), host });
    await Promise.all([parcel.sending([1], 1), parcel.sending([2], 2)]);
    await parcel.answered(none, 2);
    end(1);
    const [left] = await window(2).recover();
    assert.deepEqual(left?.fates, { accepted: [2], refused: [], unknown: [1], notSent: [3] });
  });

  it('finishes what a dead window had sent to everybody', async () => {
    const parcel = await window(1).prepare({ draft: push('Hi', 1), host });
    await parcel.sending([1]);
    await parcel.answered(none);
    end(1);
    assert.deepEqual(await window(2).recover(), []);
    assert.deepEqual(await past(), ['accepted']);
  });

  it('leaves a living window alone, unless it has been silent through minutes of looking', async () => {
    const parcel = await window(1).prepare({ draft: push('Hi', 1, 2), host });
    await parcel.sending([1]);
    const clock = new ManualClock();
    const other = window(2, { clock });
    const file = path.join(folder, (await readdir(folder))[0]!);
    await utimes(file, 1, 1);
    const looks = async (ms: number, many: number) => {
      const taken: string[] = [];
      for (let look = 0; look < many; look += 1) {
        clock.advance(ms);
        taken.push(...(await other.recover()).map(({ id }) => id));
      }
      return taken;
    };
    assert.deepEqual(await looks(15_000, 1), []);
    assert.deepEqual(
      await looks(8 * 60 * 60 * 1000, 1),
      [],
      'a laptop slept, and so did its owner',
    );
    assert.deepEqual(await looks(15_000, 6), []);
    await utimes(file, 2, 2);
    assert.deepEqual(await looks(15_000, 8), [], 'it lives');
    assert.deepEqual(await looks(15_000, 1), [parcel.id]);
    await assert.rejects(parcel.sending([2]), { code: 'TAKEN_OVER', phase: 'notSent' });
    assert.equal(await parcel.end(), undefined);
    assert.deepEqual(await states(other), ['partly']);
  });

  it('takes over what a process of the same number left before', async () => {
    await window(1).prepare({ draft: push('Hi', 1), host });
    assert.equal((await window(1).recover()).length, 1);
  });

  it('gives what waits to one window only', async () => {
    await window(1).prepare({ draft: push('Hi', 1), host });
    end(1);
    const [a, b] = [window(2), window(3)];
    const told = await Promise.all([a.recover(), b.recover()]);
    assert.equal(told.flat().length, 1);
    const { id } = told.flat()[0]!;
    const [first, second] = await Promise.all([a.take(id), b.take(id)]);
    assert.ok((first === undefined) !== (second === undefined));
    await (first ?? second)?.release();
    const decided = await Promise.all([a.settle(id, 'again'), b.settle(id, 'dropped')]);
    assert.deepEqual(decided.sort(), [false, true]);
    assert.deepEqual(await states(a), []);
    assert.deepEqual(await past(), ['notSent']);
  });

  it('shows that a claim is held while its user is asked', async () => {
    await (await window(1).prepare({ draft: push('Hi', 1), host })).end(offline);
    const touched: string[] = [];
    let beat = (): void => {};
    const disk = storageFolder(folder);
    const touch = (name: string) => {
      touched.push(name);
      beat();
      return disk.touch(name);
    };
    const outbox = window(2, { folder: { ...disk, touch }, heartbeatMs: 1 });
    const claim = await outbox.take((await outbox.waiting())[0]!.id);
    assert.ok(claim);
    const [held] = await readdir(folder);
    touched.splice(0);
    await new Promise<void>((resolve) => (beat = resolve));
    assert.equal(touched[0], held);
    await claim.release();
  });

  it('takes a line for not written when another window took the file meanwhile, and makes none anew', async () => {
    const disk = storageFolder(folder);
    const parcel = await window(1).prepare({ draft: push('Hi', 1), host });
    const name = (await readdir(folder))[0]!;
    const to = `${name}.other`;
    const before = (await stat(path.join(folder, name))).size;
    const writing = disk.append(name, `${'x'.repeat(32_000_000)}\n`);
    while ((await stat(path.join(folder, name))).size === before);
    await disk.rename(name, to);
    assert.equal(await writing, false);
    await writeFile(path.join(folder, to), 'torn');
    await assert.rejects(parcel.sending([1]), { code: 'TAKEN_OVER' });
    assert.deepEqual(await readdir(folder), [to]);
  });

  it('lets a claim go with the window that held it', async () => {
    const parcel = await window(1).prepare({ draft: push('Hi', 1), host });
    await parcel.end(offline);
    const { id } = (await open[0]!.waiting())[0]!;
    assert.ok(await open[0]!.take(id));
    end(1);
    const next = window(2);
    assert.equal((await next.recover()).length, 1);
    assert.ok(await next.take(id));
  });

  it('lets wait what the network kept from leaving, and files what the portal refused', async () => {
    const outbox = window(1);
    const waits = await outbox.prepare({ draft: push('A', 1), host });
    await waits.sending([1]);
    await waits.answered({ ...none, notSent: [1] });
    await waits.end(offline);
    assert.equal(await outbox.hasUnsent(), true);
    const refused = await outbox.prepare({ draft: push('B', 1), host });
    await refused.sending([1]);
    await refused.answered({ ...none, refused: [{ id: 1, code: 'ACCESS_DENIED' }] });
    await refused.end(error({ kind: 'server', phase: 'answered', code: 'ACCESS_DENIED' }));
    assert.deepEqual(await states(outbox), ['notSent']);
    assert.deepEqual(await past(), ['refused']);
    await outbox.replaced(push('A', 1));
    assert.equal(await outbox.hasUnsent(), false);
    assert.equal((await history.list())[1]?.decision, 'again');
  });

  it('lets wait for a decision those who may have it, once the rest is elsewhere', async () => {
    const outbox = window(1);
    const parcel = await outbox.prepare({ draft: push('A', 1, 2, 3), host });
    await parcel.sending([1]);
    await parcel.answered(none);
    await parcel.sending([2]);
    await parcel.answered({ ...none, unknown: [2] });
    await parcel.end(lost);
    assert.equal((await outbox.unknownLike(push('A', 2)))?.id, parcel.id, 'known by who waits');
    assert.equal((await outbox.twins(push('A', 1, 2, 3))).length, 1, 'and still as a whole');
    await outbox.restKept(parcel.id);
    const [left] = await outbox.waiting();
    assert.equal(left?.restGone, true);
    await outbox.settle(parcel.id, 'sent');
    assert.deepEqual(await states(outbox), []);
    assert.equal((await history.list())[0]?.decision, 'sent');
  });

  it('takes the rest for gone once those who were refused and those not sent have it', async () => {
    const outbox = window(1);
    const parcel = await outbox.prepare({ draft: push('A', 1, 2, 3), host });
    await parcel.sending([1, 2]);
    await parcel.answered({ ...none, refused: [{ id: 2, code: 'NO' }] });
    await parcel.sending([3]);
    await parcel.answered({ ...none, notSent: [3] });
    await parcel.end(offline);
    await outbox.replaced(push('A', 3));
    assert.equal(await outbox.hasUnsent(), true);
    await outbox.replaced(push('A', 2, 3));
    assert.equal(await outbox.hasUnsent(), false);
  });

  it('takes the rest that waits for gone once an equal draft was accepted', async () => {
    const outbox = window(1);
    const parcel = await outbox.prepare({ draft: push('A', 1, 2), host });
    await parcel.sending([1]);
    await parcel.answered(none);
    await parcel.sending([2]);
    await parcel.answered({ ...none, notSent: [2] });
    await parcel.end(offline);
    assert.equal(await outbox.hasUnsent(), true);
    await outbox.replaced(push('A', 2));
    assert.equal(await outbox.hasUnsent(), false);
  });

  it('keeps nothing of a push that the user stopped before it left', async () => {
    const outbox = window(1);
    const parcel = await outbox.prepare({ draft: push('A', 1), host });
    await parcel.drop();
    assert.deepEqual(await readdir(folder), []);
    assert.deepEqual(await past(), []);
  });

  describe('the same push again', () => {
    const same = push('Hi', 5, 3);

    it('is seen by every window: while it is sent, after it, and when nobody knows', async () => {
      const [a, b] = [window(1), window(2)];
      const parcel = await a.prepare({ draft: push('Hi', 3, 5), host });
      assert.deepEqual(
        (await b.twins({ ...same, accountId: 'acme:7' })).map(({ state }) => state),
        ['sending'],
        'another account of the same portal',
      );
      assert.deepEqual(await a.twins(same, [parcel.id]), []);
      await parcel.sending([3, 5]);
      await parcel.answered(none);
      await parcel.end();
      assert.deepEqual(
        (await b.twins(same)).map(({ state }) => state),
        ['sent'],
      );
      const unknown = await b.prepare({ draft: same, host });
      await unknown.sending([3, 5]);
      await unknown.answered({ ...none, unknown: [3, 5] });
      await unknown.end(lost);
      assert.deepEqual((await a.twins(same)).map(({ state }) => state).sort(), ['sent', 'unknown']);
      assert.equal((await a.unknownLike(same))?.id, unknown.id);
    });

    it('is another push for other people, another text or another portal', async () => {
      const outbox = window(1);
      await outbox.prepare({ draft: push('Hi', 3, 5), host });
      for (const other of [
        push('Hi', 3),
        push('Hi!', 3, 5),
        { ...same, accountId: 'other.portal:1' },
      ]) {
        assert.deepEqual(await outbox.twins(other), []);
      }
    });

    it('is forgotten after five minutes, and at once when it was not sent', async () => {
      let now = Date.now();
      const outbox = window(1, { clock: { now: () => now } });
      const parcel = await outbox.prepare({ draft: same, host });
      await parcel.sending([3, 5]);
      await parcel.answered(none);
      await parcel.end();
      now += 5 * 60 * 1000 + 1_000;
      assert.deepEqual(await outbox.twins(same), []);
      await outbox.recover();
      assert.deepEqual(await readdir(folder), []);
      await (await outbox.prepare({ draft: same, host })).end(offline);
      assert.deepEqual(await outbox.twins(same), []);
    });

    it('of two windows at the same moment is seen by at least one', async () => {
      const [a, b] = [window(1), window(2)];
      const both = await Promise.all(
        [a, b].map(async (outbox) => {
          const { id } = await outbox.prepare({ draft: same, host });
          return (await outbox.twins(same, [id])).length;
        }),
      );
      assert.ok(both.some((seen) => seen === 1));
    });
  });

  describe('on a disk that fails', () => {
    let full: boolean;
    /** Writes half of a line, as a full disk does. */
    const failing = (): StorageFolder => {
      const disk = storageFolder(folder);
      const noSpace = () => Promise.reject(new Error('ENOSPC'));
      return {
        ...disk,
        write: (name, content) => (full ? noSpace() : disk.write(name, content)),
        append: async (name, text, options) => {
          if (full) {
            await disk.append(name, text.slice(0, text.length / 2), options);
            return noSpace();
          }
          return await disk.append(name, text, options);
        },
      };
    };

    it('does not send what it cannot note', async () => {
      full = true;
      const outbox = window(1, { folder: failing() });
      await assert.rejects(outbox.prepare({ draft: push('Hi', 1), host }), {
        code: 'STORAGE_FAILED',
        phase: 'notSent',
      });
      full = false;
      const parcel = await outbox.prepare({ draft: push('Hi', 1, 2), host });
      await parcel.sending([1]);
      full = true;
      await parcel.answered(none);
      await assert.rejects(parcel.sending([2]), { code: 'STORAGE_FAILED' });
      full = false;
      const record = await parcel.end(offline);
      // The answer could not be noted, so nobody can know it from the disk.
      assert.deepEqual(record?.fates, { accepted: [], refused: [], unknown: [1], notSent: [2] });
    });

    it('takes a line that was cut off for one that was never said', async () => {
      const parcel = await window(1).prepare({ draft: push('Hi', 1, 2), host });
      await parcel.sending([1]);
      await parcel.answered(none);
      const file = path.join(folder, (await readdir(folder))[0]!);
      await writeFile(file, `${await readFile(file, 'utf8')}{"t":"sending","at":1,"wi`);
      end(1);
      const next = window(2);
      const [left] = await next.recover();
      assert.deepEqual(left?.fates, { accepted: [1], refused: [], unknown: [], notSent: [2] });
      assert.deepEqual(damaged, []);
    });

    for (const [what, content] of [
      ['nothing', ''],
      ['no JSON', 'hello\n'],
      ['another version', '{"version":2}\n'],
      ['a line that means nothing', undefined],
    ] as const) {
      it(`sets a file with ${what} aside and says so`, async () => {
        await window(1).prepare({ draft: push('Hi', 1), host });
        const name = (await readdir(folder))[0]!;
        const file = path.join(folder, name);
        const bad = content ?? `${await readFile(file, 'utf8')}{"t":"what"}\n{"t":"end","at":1}\n`;
        await writeFile(file, bad);
        end(1);
        const next = window(2);
        assert.deepEqual(await next.recover(), []);
        assert.equal(damaged.length, 1);
        assert.equal(await readFile(path.join(folder, damaged[0]!), 'utf8'), bad);
        assert.deepEqual(await next.waiting(), []);
      });
    }
  });

  describe('the history', () => {
    async function send(text: string, at?: number): Promise<void> {
      const clock = { now: () => at ?? Date.now() };
      const parcel = await window(1, { clock }).prepare({ draft: push(text, 3, 5), host });
      await parcel.sending([3, 5]);
      await parcel.answered({ ...none, refused: [{ id: 5, code: 'NO' }] });
      await parcel.end(error({ kind: 'server', phase: 'answered', code: 'NO' }));
    }
    const everything = async () => {
      const all = await readdir(root, { recursive: true, withFileTypes: true });
      const files = all.filter((entry) => entry.isFile());
      return (
        await Promise.all(files.map((one) => readFile(path.join(one.parentPath, one.name), 'utf8')))
      ).join();
    };

    it('keeps outcomes without text and names when that is wanted', async () => {
      keep = 'outcomes';
      await send('Hi');
      const [record] = await history.list();
      assert.equal(record?.state, 'partly');
      assert.equal(record.bare, true);
      assert.deepEqual(record.counts, { accepted: 1, refused: 1, unknown: 0, notSent: 0 });
      assert.doesNotMatch(await everything(), /Hi|Person/);
    });

    it('keeps nothing when that is wanted, and still sees the same push again', async () => {
      keep = 'none';
      await send('Hi');
      assert.deepEqual(await history.list(), []);
      assert.doesNotMatch(await everything(), /Hi|Person/);
      assert.equal((await open[0]!.twins(push('Hi', 3, 5))).length, 1);
    });

    it('becomes outcomes, or nothing, when that is wanted from now on', async () => {
      await send('Hi');
      await send('Ho');
      const at = (name: string) => path.join(root, 'history', name);
      await writeFile(at('x.push'), 'Hi, damaged');
      keep = 'outcomes';
      await history.tidy();
      assert.doesNotMatch(await everything(), /H[io]|Person/);
      assert.deepEqual(
        (await history.list()).map(({ bare, counts }) => [bare, counts.accepted, counts.refused]),
        [
          [true, 1, 1],
          [true, 1, 1],
        ],
      );
      keep = 'none';
      await history.tidy();
      assert.deepEqual(await readdir(path.join(root, 'history')), []);
    });

    it('is cleared with what was damaged and what was cut off, not with what is being written', async () => {
      await send('Hi');
      const at = (name: string) => path.join(root, 'history', name);
      for (const name of ['a.push.1.damaged', 'old.tmp', 'new.tmp']) {
        await writeFile(at(name), 'Hi');
      }
      await utimes(at('old.tmp'), 1, 1);
      await history.tidy();
      assert.equal((await readdir(path.join(root, 'history'))).length, 3);
      await history.clear();
      assert.deepEqual(await readdir(path.join(root, 'history')), ['new.tmp']);
    });

    it('has the newest first, can forget one and all, and has an end', async () => {
      let now = Date.now();
      for (const text of ['A', 'B', 'C']) {
        await send(text, (now += 1));
      }
      const texts = async () => (await history.list()).map(({ draft }) => draft.text);
      assert.deepEqual(await texts(), ['C', 'B', 'A']);
      await history.remove((await history.list())[1]!.id);
      assert.deepEqual(await texts(), ['C', 'A']);
      const short = new PushHistory({
        folder: storageFolder(path.join(root, 'history')),
        keep: () => 'none',
        clock: { now: Date.now },
        log: silentLog,
        atMost: 1,
      });
      await short.file('x', '');
      assert.deepEqual(await texts(), ['C']);
      await history.clear();
      assert.deepEqual(await texts(), []);
    });

    it('forgets after a month', async () => {
      await send('A');
      const later = new PushHistory({
        folder: storageFolder(path.join(root, 'history')),
        keep: () => 'all',
        clock: { now: () => Date.now() + 31 * 24 * 60 * 60 * 1000 },
        log: silentLog,
      });
      await writeFile(path.join(root, 'history', 'a.push.1.damaged'), 'Hi');
      await later.tidy();
      assert.deepEqual(await readdir(path.join(root, 'history')), []);
    });

    it('sets a damaged file aside', async () => {
      await send('A');
      const [name] = await readdir(path.join(root, 'history'));
      await writeFile(path.join(root, 'history', name!), 'x');
      const said: string[] = [];
      const next = new PushHistory({
        folder: storageFolder(path.join(root, 'history')),
        keep: () => 'all',
        clock: { now: Date.now },
        log: silentLog,
        onDamaged: (to) => said.push(to),
      });
      assert.deepEqual(await next.list(), []);
      assert.deepEqual(await readdir(path.join(root, 'history')), said);
    });
  });
});
