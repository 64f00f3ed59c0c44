import assert from 'node:assert/strict';
import { mkdir, readFile, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { mock } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import * as v from 'valibot';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import type { Bitrix24ErrorFields } from '../../../src/bitrix24/errors';
import { thisProcess } from '../../../src/common/processIdentity';
import { storageFolder } from '../../../src/common/storageFolder';
import type { StorageFolder } from '../../../src/common/storageFolder';
import { copyOf, edited, newDraft } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import { actionsOf, peopleWith, summaryOf } from '../../../src/push/push';
import type { Push, PushState } from '../../../src/push/push';
import { newPushId } from '../../../src/push/pushFileName';
import type { PushHistory } from '../../../src/push/pushHistory';
import { PushStore } from '../../../src/push/pushStore';
import type { NewPush, PushStoreDeps, SameMessage } from '../../../src/push/pushStore';
import type { Answers, RecordWriter } from '../../../src/push/recordWriter';
import { ManualClock } from '../../support/manualClock';
import { openPushHistory, openStore } from '../../support/pushStores';
import { silentLog } from '../../support/silentLog';
import { temporaryFolder } from '../../support/temporaryFolder';

const draftOf = (text: string, ...ids: number[]): Draft =>
  newDraft({
    accountId: 'acme:1',
    recipients: ids.map((id) => ({
      ...{ id, name: `Person ${id}`, photo: 'https://acme.example/p.png' },
    })),
    text,
  });
const host = 'acme.example';
const error = (fields: Pick<Bitrix24ErrorFields, 'kind' | 'phase' | 'code'>) =>
  new Bitrix24Error(fields);
const offline = error({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' });
const lost = error({ kind: 'timeout', phase: 'noAnswer', code: 'TIMEOUT' });
const denied = error({ kind: 'server', phase: 'answered', code: 'ACCESS_DENIED' });
const none: Answers = { refused: [], unknown: [], notSent: [] };
const nobody = new Set<string>();

/** Ids of people by what became of the push for them. */
function idsOf(push: Push | undefined): Record<string, number[]> | undefined {
  const groups: Record<string, number[]> = {};
  for (const { id, status } of push?.people ?? []) {
    groups[status] = [...(groups[status] ?? []), id];
  }
  return push && groups;
}
const states = (found: readonly SameMessage[]) => found.map(({ state }) => state);

describe('the store of pushes', () => {
  const root = temporaryFolder();
  let folder: string;
  let living: Set<string>;
  let damaged: string[];
  let history: PushHistory;
  const opened: PushStore[] = [];

  beforeEach(() => {
    folder = path.join(root(), 'pushes');
    living = new Set();
    damaged = [];
    history = openPushHistory(root());
  });

  afterEach(() => {
    opened.splice(0).forEach((store) => store.dispose());
    history.dispose();
  });

  /** A window of its own: another process, as far as the store can tell. */
  function window(pid: number, more: Partial<Omit<PushStoreDeps, 'history'>> = {}): PushStore {
    const { store } = openStore(root(), {
      history,
      onDamaged: (name) => damaged.push(name),
      process: String(pid),
      fateOf: (other) => (living.has(other) ? 'lives' : 'ended'),
      ...more,
    });
    opened.push(store);
    living.add(String(pid));
    return store;
  }

  const end = (pid: number) => living.delete(String(pid));
  const files = () => readdir(folder);
  const fileOf = async (id: string) => (await files()).find((name) => name.startsWith(id))!;
  const openStates = async (store: PushStore): Promise<PushState[]> =>
    (await store.open()).map((push) => summaryOf(push).state);
  const past = async () => (await history.list()).map((push) => summaryOf(push).state);
  const ids = (pushes: readonly Push[]) => pushes.map(({ id }) => id);

  /** Records a push to the people of its draft, unless told otherwise. */
  const create = (store: PushStore, draft: Draft, more: Partial<NewPush> = {}) =>
    store.create({
      ...{ draft, host, origin: 'form', people: draft.recipients, replaces: [] },
      ...more,
    });

  /** Sends it to everybody in one request. */
  async function sent(
    record: RecordWriter,
    to: readonly number[],
    answers: Partial<Answers> = {},
    why?: Bitrix24Error,
  ): Promise<Push> {
    await record.sending(to, 0);
    await record.answered({ ...none, ...answers }, 0);
    return await record.end(why);
  }

  /** A push that waits for the network. */
  async function unsent(store: PushStore, draft: Draft, more?: Partial<NewPush>): Promise<Push> {
    return await (await create(store, draft, more)).end(offline);
  }

  it('goes from pending over sending to accepted, and from the store to the history', async () => {
    const store = window(1);
    const draft = draftOf('Hi', 3, 5);
    const record = await create(store, draft, { origin: 'palette' });
    assert.deepEqual(await openStates(store), ['pending']);
    await record.sending([3, 5], 0);
    assert.deepEqual(await openStates(store), ['sending']);
    assert.equal(record.counts.sending, 2);
    await record.answered(none, 0);
    assert.equal(summaryOf(await record.end()).state, 'accepted');
    assert.deepEqual(await openStates(store), []);
    const [kept] = await history.list();
    assert.deepEqual(kept?.people, [
      { id: 3, name: 'Person 3', status: 'accepted' },
      { id: 5, name: 'Person 5', status: 'accepted' },
    ]);
    assert.deepEqual([kept.draft.text, kept.host, kept.origin], ['Hi', host, 'palette']);
    assert.deepEqual([kept.draft.id, kept.draft.version], [draft.id, draft.version]);
  });

  it('can be read by nobody else', async () => {
    await create(window(1), draftOf('Hi', 3));
    const [name] = await files();
    assert.equal((await stat(path.join(folder, name!))).mode & 0o077, 0);
  });

  it('tells person by person what became of several requests', async () => {
    const store = window(1);
    const record = await create(store, draftOf('Hi', 1, 2, 3, 4, 5));
    await record.sending([1, 2], 0);
    await record.answered({ ...none, refused: [{ id: 2, code: 'NO' }] }, 0);
    await record.sending([3, 4], 1);
    await record.answered({ ...none, unknown: [4] }, 1);
    const push = await record.end(lost);
    assert.equal(summaryOf(push).state, 'partly');
    assert.deepEqual(idsOf(push), { accepted: [1, 3], refused: [2], unknown: [4], notSent: [5] });
    assert.equal(peopleWith(push, 'refused')[0]?.code, 'NO');
    assert.deepEqual(await openStates(store), ['partly']);
    assert.deepEqual(idsOf((await store.open())[0]), idsOf(push), 'the disk tells the same');
  });

  it('tells each change of its window, until that is closed', async () => {
    const store = window(1);
    let changes = 0;
    store.onDidChange(() => (changes += 1));
    const changesAt = async <T>(work: Promise<T>): Promise<T> => {
      const before = changes;
      const result = await work;
      assert.ok(changes > before);
      return result;
    };
    const record = await changesAt(create(store, draftOf('Hi', 1)));
    const { id } = await changesAt(record.end(offline));
    const claim = await store.claim(id);
    await changesAt(claim!.decide('discarded'));
    store.dispose();
    const before = changes;
    await create(store, draftOf('Hi', 1));
    assert.equal(changes, before);
  });

  it('gives each push that is not over once, however many there are, and only what is asked for', async () => {
    const store = window(1);
    assert.equal(await store.hasUnsent(), false);
    const doubt = await sent(await create(store, draftOf('A', 1)), [1], { unknown: [1] }, lost);
    assert.equal(await store.hasUnsent(), false);
    const waiting: string[] = [];
    for (let number = 0; number < 40; number += 1) {
      waiting.push((await unsent(store, draftOf(`B${number}`, 1))).id);
    }
    assert.deepEqual(ids(await store.open()).toSorted(), [doubt.id, ...waiting].toSorted());
    assert.deepEqual(ids(await store.open('unsent')).toSorted(), waiting.toSorted());
    assert.equal((await store.get(doubt.id))?.draft.text, 'A');
    assert.equal(await store.get(newPushId(1)), undefined);
  });

  it('goes by the names of processes and the time since boot that the machine gives', async () => {
    const [, start, ...rest] = thisProcess().split('-');
    const dead = window(1, { process: ['999999999', start, ...rest].join('-') });
    const { id } = await create(dead, draftOf('Hi', 1));
    const store = new PushStore({
      ...{ folder: storageFolder(folder), clock: { now: Date.now }, log: silentLog, history },
      ...{ onDamaged: () => undefined, onUnreadable: () => undefined },
    });
    opened.push(store);
    assert.deepEqual(ids(await store.recover()), [id]);
    const before = os.uptime() * 1000;
    const { id: other } = await sent(await create(store, draftOf('Ho', 1)), [1]);
    const mark: unknown = JSON.parse(
      await readFile(path.join(folder, await fileOf(other)), 'utf8'),
    );
    const { uptime } = v.parse(v.object({ uptime: v.number() }), mark);
    assert.ok(uptime >= before && uptime <= os.uptime() * 1000);
  });

  it('removes what interrupted writes left an hour ago, and nothing newer', async () => {
    const store = window(1);
    await mkdir(folder, { recursive: true });
    const minutesAgo = async (name: string, minutes: number) => {
      await writeFile(path.join(folder, name), '');
      const at = Date.now() / 1000 - minutes * 60;
      await utimes(path.join(folder, name), at, at);
    };
    await minutesAgo('old.tmp', 61);
    await minutesAgo('new.tmp', 59);
    await store.recover();
    assert.deepEqual(await files(), ['new.tmp']);
  });

  describe('that its own window holds', () => {
    it('is left alone by that window too while it is sent', async () => {
      const store = window(1);
      const record = await create(store, draftOf('Hi', 1));
      assert.deepEqual(await store.recover(), []);
      assert.equal(await store.claim(record.id), undefined);
      await store.moveRest(newPushId(1));
      await sent(record, [1]);
      assert.deepEqual(await past(), ['accepted']);
    });

    it('is given once to those who ask at the same moment', async () => {
      const disk = storageFolder(folder);
      let isSlow = false;
      let goOn = (): void => undefined;
      const slow = new Promise<void>((resolve) => (goOn = resolve));
      const reads: string[] = [];
      const read = async (name: string) => {
        reads.push(name);
        await (isSlow ? slow : undefined);
        return await disk.read(name);
      };
      const store = window(1, { folder: { ...disk, read } });
      const { id } = await unsent(store, draftOf('Hi', 1));
      reads.splice(0);
      isSlow = true;
      const claims = [store.claim(id), store.claim(id)];
      while (reads.length === 0) {
        await setImmediate();
      }
      // Who asks while the first one is still reading gets nothing either.
      claims.push(store.claim(id), store.claim(id));
      const recovered = store.recover();
      for (let turn = 0; turn < 50; turn += 1) {
        await setImmediate();
      }
      goOn();
      const [claim, ...more] = (await Promise.all(claims)).filter((one) => one !== undefined);
      assert.deepEqual([more, await recovered, await claim?.isOurs()], [[], [], true]);
    });

    it('shows that it lives as long as it is held, and not after its window was closed', async () => {
      mock.timers.enable({ apis: ['setInterval'] });
      try {
        const disk = storageFolder(folder);
        const touched = new Set<string>();
        const touch = async (name: string) => {
          touched.add(name.slice(0, 19));
          await disk.touch(name);
        };
        const store = window(1, { folder: { ...disk, touch } });
        const beats = () => {
          touched.clear();
          mock.timers.tick(10_000);
          return [...touched].toSorted();
        };
        const { id } = await unsent(store, draftOf('A', 1));
        const { id: other } = await unsent(store, draftOf('B', 1));
        assert.deepEqual(beats(), []);
        const claim = await store.claim(id);
        await store.claim(other);
        const { id: sending } = await create(store, draftOf('C', 1));
        assert.deepEqual(beats(), [id, other, sending].toSorted());
        await claim?.release();
        assert.deepEqual(beats(), [other, sending].toSorted());
        store.dispose();
        assert.deepEqual(beats(), []);
      } finally {
        mock.timers.reset();
      }
    });
  });

  it('adds little per request, however many people there are', async () => {
    const people = Array.from({ length: 5_000 }, (_, index) => index + 1);
    const record = await create(window(1), draftOf('Hi', ...people));
    const size = async () => (await stat(path.join(folder, (await files())[0]!))).size;
    const head = await size();
    await record.sending(people.slice(0, 50), 0);
    await record.answered(none, 0);
    assert.ok((await size()) - head < 500);
    record.dispose();
  });

  it('notes what is about to leave so that it survives a power cut', async () => {
    const disk = storageFolder(folder);
    const asked: unknown[] = [];
    const store = window(1, {
      folder: {
        ...disk,
        append: async (name, lines, options) => {
          asked.push(options?.durable);
          return await disk.append(name, lines, options);
        },
        write: async (name, text, options) => {
          asked.push(options?.durable ?? true);
          await disk.write(name, text, options);
        },
      },
    });
    const record = await create(store, draftOf('Hi', 1));
    await record.sending([1], 0);
    assert.deepEqual(asked, [true, true]);
  });

  describe('after its window has ended', () => {
    it('makes of what was recorded a push that was not sent', async () => {
      await create(window(1), draftOf('Hi', 3));
      end(1);
      const next = window(2);
      const [left, ...more] = await next.recover();
      assert.equal(left && summaryOf(left).state, 'notSent');
      assert.equal(left?.error?.code, 'INTERRUPTED');
      assert.equal(left.draft.text, 'Hi');
      assert.deepEqual(more, []);
      assert.deepEqual(await next.recover(), [], 'told once');
      assert.deepEqual(await openStates(next), ['notSent']);
    });

    it('takes people on the wire for unknown, and knows who was not reached', async () => {
      const record = await create(window(1), draftOf('Hi', 1, 2, 3));
      await record.sending([1], 0);
      await record.answered(none, 0);
      await record.sending([2], 1);
      end(1);
      const [left] = await window(2).recover();
      assert.equal(left?.error?.phase, 'noAnswer');
      assert.deepEqual(idsOf(left), { accepted: [1], unknown: [2], notSent: [3] });
    });

    it('knows which of two requests had no answer', async () => {
      const record = await create(window(1), draftOf('Hi', 1, 2, 3));
      await Promise.all([record.sending([1], 1), record.sending([2], 2)]);
      await record.answered(none, 2);
      end(1);
      const [left] = await window(2).recover();
      assert.deepEqual(idsOf(left), { accepted: [2], unknown: [1], notSent: [3] });
    });

    it('finishes and tells what had been sent to everybody', async () => {
      const record = await create(window(1), draftOf('Hi', 1));
      await record.sending([1], 0);
      await record.answered(none, 0);
      end(1);
      const [left] = await window(2).recover();
      assert.deepEqual([left?.id, left?.error], [record.id, undefined]);
      assert.deepEqual(await past(), ['accepted']);
    });

    it('takes over what a process of the same number left before', async () => {
      await create(window(1), draftOf('Hi', 1));
      assert.equal((await window(1).recover()).length, 1);
    });

    it('files a push that its user had decided, and tells nothing of it', async () => {
      const push = await unsent(window(1), draftOf('Hi', 1));
      await opened[0]!.claim(push.id);
      const file = path.join(folder, await fileOf(push.id));
      const decision = { t: 'decision', at: 3, as: 'sent' };
      await writeFile(file, `${await readFile(file, 'utf8')}${JSON.stringify(decision)}\n`);
      end(1);
      const next = window(2);
      assert.deepEqual(await next.recover(), []);
      assert.deepEqual(await next.open(), []);
      assert.equal((await history.list())[0]?.decision, 'sent');
    });

    it('leaves a living window alone, unless it was silent through minutes of looking', async () => {
      const record = await create(window(1), draftOf('Hi', 1, 2));
      await record.sending([1], 0);
      const clock = new ManualClock();
      const other = window(2, { clock });
      const file = path.join(folder, (await files())[0]!);
      await utimes(file, 1, 1);
      const looks = async (ms: number, many: number) => {
        const taken: string[] = [];
        for (let look = 0; look < many; look += 1) {
          clock.advance(ms);
          taken.push(...ids(await other.recover()));
        }
        return taken;
      };
      assert.deepEqual(await looks(15_000, 1), []);
      assert.deepEqual(await looks(8 * 60 * 60 * 1000, 1), [], 'a laptop slept, its owner too');
      assert.deepEqual(await looks(15_000, 6), []);
      await utimes(file, 2, 2);
      assert.deepEqual(await looks(15_000, 8), [], 'it lives');
      assert.deepEqual(await looks(15_000, 1), [record.id]);
      await assert.rejects(record.sending([2], 1), { code: 'TAKEN_OVER', phase: 'notSent' });
      await record.end(lost);
      assert.deepEqual(await openStates(other), ['partly']);
      assert.deepEqual(await past(), [], 'the window that lost it changes nothing of it');
    });

    it('is left to another machine while that shows that it lives (trial 5.5)', async () => {
      const clock = new ManualClock();
      const record = await create(window(1), draftOf('Hi', 1));
      const file = path.join(folder, await fileOf(record.id));
      const other = window(2, { clock, fateOf: () => 'elsewhere' });
      for (let look = 0; look < 20; look += 1) {
        clock.advance(15_000);
        await utimes(file, 10 + look, 10 + look);
        assert.deepEqual(await other.recover(), []);
      }
      for (let look = 0; look < 7; look += 1) {
        clock.advance(15_000);
        assert.deepEqual(await other.recover(), []);
      }
      clock.advance(15_000);
      assert.deepEqual(ids(await other.recover()), [record.id], 'after minutes of silence');
    });

    it('does not go on with a push whose claim was taken while it was stopped (trial 5.3)', async () => {
      const [a, b] = [window(1), window(2)];
      const { id } = await unsent(a, draftOf('Hi', 1));
      const claim = await a.claim(id);
      const record = await create(a, claim!.push.draft, { replaces: [id], claim });
      assert.equal(await claim!.isOurs(), true);
      await record.sending([1], 0);
      await record.answered({ ...none, notSent: [1] }, 0);
      end(1);
      const taken = await b.recover();
      assert.equal(taken.length, 1);
      assert.equal(await claim!.isOurs(), false);
      await assert.rejects(record.sending([1], 0), { code: 'TAKEN_OVER', phase: 'notSent' });
      await claim!.decide('discarded');
      await record.end(offline);
      assert.deepEqual(ids(await b.open()), ids(taken), 'the window that lost it changes nothing');
    });

    it('knows whether another window sends', async () => {
      const [a, b] = [window(1), window(2)];
      const record = await create(a, draftOf('Hi', 1));
      assert.deepEqual([await a.othersAreSending(), await b.othersAreSending()], [false, true]);
      await unsent(b, draftOf('Ho', 1));
      assert.equal(await b.othersAreSending(), true);
      await record.end(offline);
      assert.equal(await b.othersAreSending(), false);
    });
  });

  describe('a push that waits', () => {
    it('is given to one window only', async () => {
      await create(window(1), draftOf('Hi', 1));
      end(1);
      const [a, b] = [window(2), window(3)];
      const told = (await Promise.all([a.recover(), b.recover()])).flat();
      assert.equal(told.length, 1);
      const claims = await Promise.all([a.claim(told[0]!.id), b.claim(told[0]!.id)]);
      const [claim, ...more] = claims.filter((one) => one !== undefined);
      assert.deepEqual(more, []);
      assert.equal(await b.claim(told[0]!.id), undefined);
      await claim?.release();
      const again = await b.claim(told[0]!.id);
      await again?.decide('discarded');
      assert.deepEqual(await openStates(a), []);
      assert.deepEqual(await past(), ['notSent']);
      assert.equal((await history.list())[0]?.decision, 'discarded');
    });

    it('shows that it is held while its user is asked', async () => {
      await unsent(window(1), draftOf('Hi', 1));
      const touched: string[] = [];
      let beat = (): void => {};
      const disk = storageFolder(folder);
      const touch = (name: string) => {
        touched.push(name);
        beat();
        return disk.touch(name);
      };
      const store = window(2, { folder: { ...disk, touch }, heartbeatMs: 1 });
      const claim = await store.claim((await store.open())[0]!.id);
      assert.ok(claim);
      const [held] = await files();
      touched.splice(0);
      await new Promise<void>((resolve) => (beat = resolve));
      assert.equal(touched[0], held);
      await claim.release();
    });

    it('is let go with the window that held it', async () => {
      const { id } = await unsent(window(1), draftOf('Hi', 1));
      assert.ok(await opened[0]!.claim(id));
      end(1);
      const next = window(2);
      assert.equal((await next.recover()).length, 1);
      assert.ok(await next.claim(id));
    });

    it('waits for the network, where one that the portal refused is over', async () => {
      const store = window(1);
      const waits = await create(store, draftOf('A', 1));
      await sent(waits, [1], { notSent: [1] }, offline);
      assert.equal(await store.hasUnsent(), true);
      const refused = [{ id: 1, code: 'ACCESS_DENIED' }];
      await sent(await create(store, draftOf('B', 1)), [1], { refused }, denied);
      assert.deepEqual(await openStates(store), ['notSent']);
      assert.deepEqual(await past(), ['refused']);
    });

    it('waits for the network whole when nobody could be asked who is in its departments', async () => {
      const store = window(1);
      const draft = edited(draftOf('Hi'), { departments: [{ id: 7, reach: 'tree' }] });
      await unsent(store, draft, { people: undefined });
      const [push] = await store.open();
      assert.deepEqual([push?.isResolved, push?.draft.departments.length], [false, 1]);
      assert.equal(await store.hasUnsent(), true);
      assert.deepEqual(states(await store.sameMessages(draft, undefined, nobody)), ['unsent']);
    });

    it('waits for a decision about people who may have it, once the rest is elsewhere', async () => {
      const store = window(1);
      const record = await create(store, draftOf('A', 1, 2, 3));
      await record.sending([1], 0);
      await record.answered(none, 0);
      await record.sending([2], 1);
      await record.answered({ ...none, unknown: [2] }, 1);
      await record.end(lost);
      const same = async (...people: number[]) => {
        const draft = draftOf('A', ...people);
        return states(await store.sameMessages(draft, draft.recipients, nobody));
      };
      assert.deepEqual(await same(2), ['unknown'], 'known by who is in doubt');
      assert.deepEqual(await same(1, 2, 3), ['sent'], 'and still as a whole');
      await store.moveRest(record.id);
      assert.equal((await store.open())[0]?.isRestMoved, true);
      await (await store.claim(record.id))?.decide('sent');
      assert.deepEqual(await openStates(store), []);
      assert.equal((await history.list())[0]?.decision, 'sent');
    });

    it('is over once its rest is in a draft and nobody is in doubt', async () => {
      const store = window(1);
      const { id } = await unsent(store, draftOf('A', 1));
      await store.moveRest(id);
      assert.deepEqual(await store.open(), []);
      assert.equal((await history.list())[0]?.isRestMoved, true);
    });

    it('is found by its draft, whatever has been edited in it, and by no other draft', async () => {
      const store = window(1);
      const draft = draftOf('A', 1);
      const { id } = await unsent(store, edited(draft, { text: 'B' }));
      await unsent(store, copyOf(draft));
      assert.deepEqual(await store.unsentOf(draft.id), [id]);
      const other = await create(store, draft);
      assert.deepEqual(await store.unsentOf(draft.id), [id], 'not what is being sent');
      await sent(other, [1], { unknown: [1] }, lost);
      assert.deepEqual(await store.unsentOf(draft.id), [id], 'nor what may have been accepted');
    });

    it('is not taken for that of another draft whose id begins alike', async () => {
      const store = window(1);
      const draft = draftOf('A', 1);
      await unsent(store, draft);
      assert.deepEqual(await store.unsentOf(`${draft.id.slice(0, 8)}${crypto.randomUUID()}`), []);
    });

    it('keeps nothing of a push that the user stopped before it left', async () => {
      const store = window(1);
      const record = await create(store, draftOf('A', 1));
      await record.drop();
      assert.deepEqual(await files(), []);
      assert.deepEqual(await past(), []);
    });
  });

  describe('a push that takes the place of others', () => {
    const decisions = async () => (await history.list()).flatMap(({ decision }) => decision ?? []);

    it('ends them when it was accepted', async () => {
      const store = window(1);
      const [a, b] = [await unsent(store, draftOf('A', 1)), await unsent(store, draftOf('B', 2))];
      const record = await create(store, draftOf('C', 1, 2), { replaces: [a.id, b.id] });
      assert.equal(await store.hasUnsent(), true, 'not before it has ended');
      await sent(record, [1, 2]);
      assert.deepEqual(await store.open(), []);
      assert.deepEqual(await decisions(), ['replaced', 'replaced']);
    });

    it('ends them when it waits for the network itself', async () => {
      const store = window(1);
      const draft = draftOf('A', 1);
      const old = await unsent(store, draft);
      const next = await unsent(store, draft, { replaces: [old.id] });
      assert.deepEqual(ids(await store.open()), [next.id]);
    });

    it('leaves them when it was refused', async () => {
      const store = window(1);
      const old = await unsent(store, draftOf('A', 1));
      const record = await create(store, draftOf('A', 1), { replaces: [old.id] });
      await sent(record, [1], { refused: [{ id: 1, code: 'ACCESS_DENIED' }] }, denied);
      assert.deepEqual(ids(await store.open()), [old.id]);
      assert.deepEqual(await decisions(), []);
    });

    it('leaves them when something else than the network stopped it', async () => {
      const store = window(1);
      const old = await unsent(store, draftOf('A', 1));
      const record = await create(store, draftOf('A', 1), { replaces: [old.id] });
      await record.end(error({ kind: 'invalid', phase: 'notSent', code: 'KEYRING' }));
      assert.deepEqual(ids(await store.open()), [old.id]);
    });

    it('ends one in doubt only when it reached the portal', async () => {
      const store = window(1);
      const draft = draftOf('A', 1);
      const old = await sent(await create(store, draft), [1], { unknown: [1] }, lost);
      const waits = await unsent(store, draft, { replaces: [old.id] });
      assert.deepEqual(ids(await store.open()), [old.id, waits.id]);
      await sent(await create(store, draft, { replaces: [old.id, waits.id] }), [1]);
      assert.deepEqual(await store.open(), []);
      assert.deepEqual(await decisions(), ['replaced', 'replaced']);
    });

    it('leaves one in doubt about people to whom it does not go', async () => {
      const store = window(1);
      const unknown = [1, 2];
      const old = await sent(await create(store, draftOf('A', 1, 2)), [1, 2], { unknown }, lost);
      await sent(await create(store, draftOf('A', 1), { replaces: [old.id] }), [1]);
      assert.deepEqual(ids(await store.open()), [old.id]);
    });

    it('takes only the rest from one in doubt when it goes to the rest', async () => {
      const store = window(1);
      const record = await create(store, draftOf('A', 1, 2, 3));
      await record.sending([1], 0);
      await record.answered({ ...none, unknown: [1] }, 0);
      await record.end(lost);
      await sent(await create(store, draftOf('A', 3), { replaces: [record.id] }), [3]);
      assert.equal((await store.open())[0]?.isRestMoved, false, 'a part of the rest is not all');
      await sent(await create(store, draftOf('A', 2, 3), { replaces: [record.id] }), [2, 3]);
      const [left] = await store.open();
      assert.deepEqual([left?.id, left?.isRestMoved], [record.id, true]);
      assert.equal(left?.decision, undefined);
    });

    it('ends one that its own window has claimed, and the claim changes nothing then', async () => {
      const store = window(1);
      const old = await unsent(store, draftOf('A', 1));
      const claim = await store.claim(old.id);
      await sent(await create(store, draftOf('A', 1), { replaces: [old.id] }), [1]);
      await claim?.release();
      assert.deepEqual(await store.open(), []);
    });

    it('ends one that another window has claimed meanwhile', async () => {
      const [a, b] = [window(1), window(2)];
      const old = await unsent(a, draftOf('A', 1));
      const record = await create(a, draftOf('A', 1), { replaces: [old.id] });
      const claim = await b.claim(old.id);
      await sent(record, [1]);
      assert.equal(await claim?.isOurs(), true, 'it is not taken from that window');
      await claim?.release();
      assert.deepEqual(await b.open(), []);
      assert.deepEqual(await decisions(), ['replaced']);
    });

    it('ends those in doubt that another window has claimed, beside what it remembers of them', async () => {
      const [a, b] = [window(1), window(2)];
      // The names of their files sort one way or the other.
      for (const text of ['A', 'B', 'C', 'D', 'E', 'F']) {
        const old = await create(a, draftOf(text, 1, 2));
        await sent(old, [1, 2], { unknown: [2] }, lost);
        const claim = await b.claim(old.id);
        await sent(await create(a, draftOf(text, 2), { replaces: [old.id] }), [2]);
        await claim?.release();
      }
      assert.deepEqual([await b.open(), damaged], [[], []]);
      assert.deepEqual(await decisions(), Array(6).fill('replaced'));
    });

    /** The window dies when the portal has accepted the new push, before anything more is written. */
    async function killed(order: 'older' | 'newer', isClaimed: boolean) {
      const now = Date.now();
      const times = { older: now - 1_000, newer: now + 1_000 };
      const store = window(1, { clock: { now: () => times[order] } });
      const old = await unsent(store, draftOf('A', 1));
      const sender = window(1, { clock: { now: () => now } });
      if (isClaimed) {
        await sender.claim(old.id);
      }
      const record = await create(sender, draftOf('A', 1), { replaces: [old.id] });
      await record.sending([1], 0);
      await record.answered(none, 0);
      end(1);
      return { old, record };
    }

    for (const order of ['older', 'newer'] as const) {
      for (const isClaimed of [true, false]) {
        const whose = isClaimed ? 'claimed' : 'waiting';
        it(`ends an ${order} one that was ${whose} when it is recovered`, async () => {
          const { record } = await killed(order, isClaimed);
          const next = window(2);
          assert.deepEqual(ids(await next.recover()), [record.id], 'the other is not told');
          assert.deepEqual(await next.open(), []);
          assert.deepEqual((await past()).sort(), ['accepted', 'notSent']);
          assert.deepEqual(await decisions(), ['replaced']);
        });
      }
    }

    it('waits instead of them when its window ended before it left', async () => {
      const old = await unsent(window(1), draftOf('A', 1));
      const record = await create(opened[0]!, draftOf('A', 1), { replaces: [old.id] });
      end(1);
      const next = window(2);
      assert.deepEqual(ids(await next.recover()), [record.id]);
      assert.deepEqual(ids(await next.open()), [record.id]);
    });
  });

  describe('the same message again', () => {
    const same = draftOf('Hi', 5, 3);
    const find = (store: PushStore, draft = same, except: ReadonlySet<string> = nobody) =>
      store.sameMessages(draft, draft.recipients, except);

    it('is seen by every window: while it is sent, after it, and when nobody knows', async () => {
      const [a, b] = [window(1), window(2)];
      const record = await create(a, draftOf('Hi', 3, 5));
      assert.deepEqual(
        states(await find(b, { ...same, accountId: 'acme:7' })),
        ['sending'],
        'another account of the same portal',
      );
      assert.deepEqual(await find(a, same, new Set([record.id])), []);
      await sent(record, [3, 5]);
      assert.deepEqual(states(await find(b)), ['sent']);
      await sent(await create(b, same), [3, 5], { unknown: [3, 5] }, lost);
      assert.deepEqual(states(await find(a)), ['sent', 'unknown']);
    });

    it('is another push for other people, another text or another portal', async () => {
      const store = window(1);
      await create(store, draftOf('Hi', 3, 5));
      for (const other of [
        draftOf('Hi', 3),
        draftOf('Hi!', 3, 5),
        { ...same, accountId: 'other.portal:1' },
      ]) {
        assert.deepEqual(await find(store, other), []);
      }
    });

    it('is forgotten after five minutes, and is no duplicate when it was not sent', async () => {
      let now = Date.now();
      const store = window(1, { clock: { now: () => now } });
      await sent(await create(store, same), [3, 5]);
      assert.deepEqual(states(await find(store)), ['sent']);
      now += 5 * 60 * 1000 + 1_000;
      assert.deepEqual(await find(store), []);
      await store.recover();
      assert.deepEqual(await files(), []);
      const { id } = await unsent(store, same);
      assert.deepEqual(states(await find(store)), ['unsent']);
      await (await store.claim(id))?.decide('discarded');
      assert.deepEqual(await find(store), []);
    });

    it('is not forgotten while a part of it waits', async () => {
      let now = Date.now();
      const store = window(1, { clock: { now: () => now } });
      const { id } = await sent(await create(store, same), [3, 5], { unknown: [5] }, lost);
      now += 60 * 60 * 1000;
      await store.recover();
      assert.deepEqual(states(await find(store)), ['sent']);
      await (await store.claim(id))?.decide('sent');
      now += 60 * 60 * 1000;
      await store.recover();
      assert.deepEqual(await find(store), []);
    });

    it('of two windows at the same moment is seen by at least one', async () => {
      const [a, b] = [window(1), window(2)];
      const both = await Promise.all(
        [a, b].map(async (store) => {
          const { id } = await create(store, same);
          return (await find(store, same, new Set([id]))).length;
        }),
      );
      assert.ok(both.some((seen) => seen === 1));
    });

    it('is found by names only, also where departments were written', async () => {
      const disk = storageFolder(folder);
      const reads: string[] = [];
      const read = (name: string) => {
        reads.push(name);
        return disk.read(name);
      };
      const store = window(1, { folder: { ...disk, read } });
      const written = edited(draftOf('Hi'), { departments: [{ id: 7, reach: 'tree' }] });
      const people = [{ id: 3 }, { id: 5 }];
      const record = await create(store, written, { people });
      for (const expected of ['sending', 'unknown'] as const) {
        reads.splice(0);
        assert.deepEqual(states(await store.sameMessages(written, undefined, nobody)), [expected]);
        assert.deepEqual(states(await store.sameMessages(written, people, nobody)), [expected]);
        assert.deepEqual(states(await find(store)), [expected], 'the same people one by one');
        assert.deepEqual(reads, []);
        if (expected === 'sending') {
          await sent(record, [3, 5], { unknown: [3, 5] }, lost);
        }
      }
    });

    it('went to departments whoever is in them now', async () => {
      const store = window(1);
      const written = edited(draftOf('Hi'), { departments: [{ id: 7, reach: 'tree' }] });
      await sent(await create(store, written, { people: [{ id: 3 }] }), [3]);
      const now = [{ id: 3 }, { id: 4 }];
      assert.deepEqual(states(await store.sameMessages(written, now, nobody)), ['sent']);
      const direct = edited(written, { departments: [{ id: 7, reach: 'direct' }] });
      assert.deepEqual(await store.sameMessages(direct, now, nobody), []);
    });
  });

  describe('when the clock is set', () => {
    const minutes = 60_000;
    for (const jump of [10 * minutes, -10 * minutes]) {
      it(`knows what went out a moment ago, also in another window: ${jump} ms (trial 5.13)`, async () => {
        let [now, uptime] = [Date.now(), 5_000];
        const time = { clock: { now: () => now }, uptime: () => uptime };
        const [a, b] = [window(1, time), window(2, time)];
        const draft = draftOf('Hi', 1);
        await sent(await create(a, draft), [1]);
        now += jump;
        uptime += 1_000;
        await sent(await create(a, draftOf('other', 2)), [2]);
        await b.recover();
        for (const store of [a, b]) {
          assert.deepEqual(states(await store.sameMessages(draft, undefined, nobody)), ['sent']);
        }
        uptime += 5 * minutes;
        assert.deepEqual(await b.sameMessages(draft, undefined, nobody), [], 'five minutes passed');
      });
    }

    it('goes by the clock where the machine was started anew (trial 5.13)', async () => {
      let now = Date.now();
      const draft = draftOf('Hi', 1);
      const before = window(1, { clock: { now: () => now }, process: '1-1-aa-ff' });
      await sent(await create(before, draft), [1]);
      const next = window(2, { clock: { now: () => now }, uptime: () => 1, process: '1-1-bb-ff' });
      assert.deepEqual(states(await next.sameMessages(draft, undefined, nobody)), ['sent']);
      now += 6 * minutes;
      assert.deepEqual(await next.sameMessages(draft, undefined, nobody), []);
    });
  });

  it('does not take longer the more records there are (trial 5.14)', async function () {
    this.timeout(60_000);
    const store = window(1);
    const draft = edited(draftOf('Hi', 1), { departments: [{ id: 7, reach: 'tree' }] });
    const calls: string[] = [];
    const disk = storageFolder(folder);
    const counting: StorageFolder = {
      ...disk,
      read: (name) => (calls.push('read'), disk.read(name)),
      touchedAt: (name) => (calls.push('stat'), disk.touchedAt(name)),
      remove: (name) => (calls.push('remove'), disk.remove(name)),
    };
    const { id } = await unsent(store, draftOf('Other', 2));
    const [one = ''] = await files();
    const text = await readFile(path.join(folder, one), 'utf8');
    for (const kind of ['unsent', 'unknown', 'sent', '2-00000002']) {
      for (let number = 0; number < 2_500; number += 1) {
        const other = newPushId(Date.now() - 1_000_000 - number);
        const name = one.replace(id, other).replace('.unsent.', `.${kind}.`);
        await writeFile(path.join(folder, name), text.replace(id, other));
      }
    }
    const busy = window(3, { folder: counting });
    const record = await create(busy, draft, { people: [{ id: 1 }, { id: 3 }] });
    await busy.sameMessages(draft, [{ id: 1 }, { id: 3 }], nobody);
    await busy.unsentOf(draft.id);
    await record.sending([1, 3], 0);
    await record.answered(none, 0);
    assert.equal(summaryOf(await record.end()).state, 'accepted');
    // Some old ones are swept on the way.
    assert.ok(calls.length < 350, `${calls.length} files were looked at`);
  });

  describe('on a disk that fails', () => {
    let isFull: boolean;
    beforeEach(() => (isFull = false));

    /** Writes half of a line, as a full disk does. */
    const failing = (): StorageFolder => {
      const disk = storageFolder(folder);
      const noSpace = () => Promise.reject(new Error('ENOSPC'));
      return {
        ...disk,
        write: (name, content) => (isFull ? noSpace() : disk.write(name, content)),
        append: async (name, text, options) => {
          if (isFull) {
            await disk.append(name, text.slice(0, text.length / 2), options);
            return noSpace();
          }
          return await disk.append(name, text, options);
        },
      };
    };

    it('does not send what it cannot record', async () => {
      isFull = true;
      const store = window(1, { folder: failing() });
      await assert.rejects(create(store, draftOf('Hi', 1)), {
        ...{ code: 'STORAGE_FAILED', phase: 'notSent', host },
      });
      isFull = false;
      const record = await create(store, draftOf('Hi', 1, 2));
      await record.sending([1], 0);
      isFull = true;
      await record.answered(none, 0);
      await assert.rejects(record.sending([2], 1), { code: 'STORAGE_FAILED' });
      isFull = false;
      const push = await record.end(offline);
      assert.deepEqual(idsOf(push), { accepted: [1], notSent: [2] }, 'this window has heard it');
      // The answer went to the disk with the end.
      assert.deepEqual(idsOf((await store.open())[0]), { accepted: [1], notSent: [2] });
    });

    it('puts nobody in doubt who has it, though the disk takes nothing any more (trial 5.15)', async () => {
      const draft = draftOf('Hi', 1);
      const record = await create(window(1, { folder: failing() }), draft);
      await record.sending([1], 0);
      isFull = true;
      await record.answered(none, 0);
      assert.equal(summaryOf(await record.end()).state, 'accepted');
      end(1);
      isFull = false;
      const next = window(2);
      assert.deepEqual(await next.recover(), []);
      assert.deepEqual(await next.open(), []);
      assert.deepEqual(states(await next.sameMessages(draft, undefined, nobody)), ['sent']);
    });

    it('has people in doubt in doubt, when it takes nothing any more (trial 5.15)', async () => {
      const record = await create(window(1, { folder: failing() }), draftOf('Hi', 1, 2));
      await record.sending([1], 0);
      isFull = true;
      await record.answered({ ...none, unknown: [1] }, 0);
      await record.end(lost);
      end(1);
      isFull = false;
      assert.deepEqual(idsOf((await window(2).recover())[0]), { unknown: [1], notSent: [2] });
    });

    it('can be decided about in the window that could not put it away (trial 5.7)', async () => {
      const disk = storageFolder(folder);
      let isBusy = true;
      const rename = (name: string, to: string) =>
        isBusy && to.includes('.unknown.')
          ? Promise.reject(Object.assign(new Error('EPERM'), { code: 'EPERM' }))
          : disk.rename(name, to);
      const store = window(1, { folder: { ...disk, rename } });
      let changes = 0;
      store.onDidChange(() => (changes += 1));
      const { id } = await sent(await create(store, draftOf('Hi', 1)), [1], { unknown: [1] }, lost);
      assert.match((await files())[0]!, /\.1-[0-9a-f]{8}\.push$/, 'held as before');
      assert.equal(changes, 2, 'it was recorded and has ended');
      isBusy = false;
      const claim = await store.claim(id);
      assert.deepEqual(actionsOf(claim!.push), ['sendAnyway', 'markAsSent', 'discard']);
      await claim!.decide('sent');
      assert.deepEqual([await store.open(), await past()], [[], ['unknown']]);
      await sent(await create(store, draftOf('Ho', 1)), [1]);
      assert.deepEqual(await store.recover(), [], 'nobody is told twice');
    });

    it('is put away when its window looks back (trial 5.7)', async () => {
      const disk = storageFolder(folder);
      let failures = 1;
      const rename = (name: string, to: string) =>
        to.includes('.unknown.') && failures-- > 0
          ? Promise.reject(Object.assign(new Error('EBUSY'), { code: 'EBUSY' }))
          : disk.rename(name, to);
      const store = window(1, { folder: { ...disk, rename } });
      await sent(await create(store, draftOf('Hi', 1)), [1], { unknown: [1] }, lost);
      assert.deepEqual(await store.recover(), [], 'its user has been told');
      assert.match((await files()).join(' '), /\.unknown\.push/);
    });

    it('does not take a push for over whose end it could not record', async () => {
      const store = window(1, { folder: failing() });
      const draft = draftOf('Hi', 1);
      const record = await create(store, draft);
      await record.sending([1], 0);
      isFull = true;
      await record.answered({ ...none, unknown: [1] }, 0);
      await record.end(lost);
      assert.deepEqual(await past(), []);
      isFull = false;
      assert.deepEqual(states(await store.sameMessages(draft, undefined, nobody)), ['sending']);
      end(1);
      const [left] = await window(2).recover();
      assert.deepEqual(idsOf(left), { unknown: [1] });
    });

    it('ends a push whose end line was not written once the disk takes it', async () => {
      const disk = storageFolder(folder);
      let fails = 1;
      const append: StorageFolder['append'] = (name, lines, options) =>
        lines.includes('"end"') && fails-- > 0
          ? Promise.reject(new Error('EIO'))
          : disk.append(name, lines, options);
      const store = window(1, { folder: { ...disk, append } });
      await sent(await create(store, draftOf('Hi', 1)), [1], { unknown: [1] }, lost);
      assert.deepEqual(await openStates(store), ['unknown']);
      assert.deepEqual(await past(), []);
    });

    it('takes a line that was cut off for one that was never said', async () => {
      const record = await create(window(1), draftOf('Hi', 1, 2));
      await record.sending([1], 0);
      await record.answered(none, 0);
      const file = path.join(folder, (await files())[0]!);
      await writeFile(file, `${await readFile(file, 'utf8')}{"t":"sending","at":1,"wi`);
      end(1);
      const [left] = await window(2).recover();
      assert.deepEqual(idsOf(left), { accepted: [1], notSent: [2] });
      assert.deepEqual(damaged, []);
    });

    it('takes a line for not written when another window took the file meanwhile, and makes none anew', async () => {
      const disk = storageFolder(folder);
      const record = await create(window(1), draftOf('Hi', 1));
      const name = (await files())[0]!;
      const to = `${name}.other`;
      const before = (await stat(path.join(folder, name))).size;
      const writing = disk.append(name, `${'x'.repeat(32_000_000)}\n`);
      while ((await stat(path.join(folder, name))).size === before) {
        // The line is on its way.
      }
      await disk.rename(name, to);
      assert.equal(await writing, false);
      await writeFile(path.join(folder, to), 'torn');
      await assert.rejects(record.sending([1], 0), { code: 'TAKEN_OVER' });
      assert.deepEqual(await files(), [to]);
    });

    it('shows all other pushes when it does not give one file, and tells it (trial 5.6)', async () => {
      const disk = storageFolder(folder);
      const bad = await unsent(window(1), draftOf('A', 1));
      const good = await unsent(opened[0]!, draftOf('B', 1));
      const read = (name: string) =>
        name.startsWith(bad.id) ? Promise.reject(new Error('EIO')) : disk.read(name);
      const told: string[] = [];
      const onUnreadable = (name: string) => told.push(name);
      const other = window(2, { folder: { ...disk, read }, onUnreadable });
      assert.deepEqual(ids(await other.open()), [good.id]);
      assert.deepEqual(ids(await other.open()), [good.id]);
      assert.deepEqual(told, [await fileOf(bad.id)], 'once');
    });

    it('gives nothing where the file of a push is damaged', async () => {
      const { id } = await unsent(window(1), draftOf('Hi', 1));
      await writeFile(path.join(folder, await fileOf(id)), 'hello\n');
      assert.equal(await window(2).claim(id), undefined);
      assert.equal(damaged.length, 1);
    });

    it('can be closed while it takes a push', async () => {
      const { id } = await unsent(window(1), draftOf('Hi', 1));
      const disk = storageFolder(folder);
      const rename = (name: string, to: string) => {
        store.dispose();
        return disk.rename(name, to);
      };
      const store = window(2, { folder: { ...disk, rename } });
      assert.equal((await store.claim(id))?.push.id, id);
    });

    for (const step of ['rename', 'touch', 'read'] as const) {
      it(`gives a push at the next try when it could not at the first: ${step}`, async () => {
        const { id } = await unsent(window(1), draftOf('Hi', 1));
        const disk = storageFolder(folder);
        let failures = 1;
        const at = <T>(here: typeof step, work: () => Promise<T>): Promise<T> =>
          here === step && failures-- > 0 ? Promise.reject(new Error('EIO')) : work();
        const store = window(2, {
          folder: {
            ...disk,
            rename: (name, to) => at('rename', () => disk.rename(name, to)),
            touch: (name) => at('touch', () => disk.touch(name)),
            read: (name) => at('read', () => disk.read(name)),
          },
        });
        await assert.rejects(store.claim(id), /EIO/u);
        assert.equal((await store.claim(id))?.push.id, id);
      });
    }

    it('takes over all other pushes when one cannot be', async () => {
      const bad = await create(window(1), draftOf('A', 1));
      const good = await create(opened[0]!, draftOf('B', 1));
      end(1);
      const disk = storageFolder(folder);
      const rename = (name: string, to: string) =>
        name.startsWith(bad.id) ? Promise.reject(new Error('EIO')) : disk.rename(name, to);
      assert.deepEqual(ids(await window(2, { folder: { ...disk, rename } }).recover()), [good.id]);
    });

    it('gives one that a new push was to replace, though it could not be read then', async () => {
      const disk = storageFolder(folder);
      let badId = '';
      const read = (name: string) =>
        name.startsWith(badId) ? Promise.reject(new Error('EIO')) : disk.read(name);
      badId = '-';
      const store = window(1, { folder: { ...disk, read } });
      const { id } = await unsent(store, draftOf('A', 1));
      const record = await create(store, draftOf('A', 1), { replaces: [id] });
      badId = id;
      await sent(record, [1]);
      badId = '-';
      assert.equal((await store.claim(id))?.push.id, id);
    });

    it('does not call a file unreadable that another window has just put away', async () => {
      const { id } = await unsent(window(1), draftOf('A', 1));
      const disk = storageFolder(folder);
      const told: string[] = [];
      const other = window(2, {
        folder: { ...disk, read: () => Promise.resolve(undefined) },
        onUnreadable: (name) => told.push(name),
      });
      assert.deepEqual([await other.open(), await other.get(id), told], [[], undefined, []]);
    });

    it('sends on beside a folder in the place of a file (trial 5.6)', async () => {
      const store = window(1);
      const draft = draftOf('Hi', 1);
      const { id } = await unsent(store, draft);
      const name = await fileOf(id);
      await rm(path.join(folder, name));
      await mkdir(path.join(folder, name));
      const good = await unsent(store, draftOf('B', 1));
      const told: string[] = [];
      const other = window(2, { onUnreadable: (bad) => told.push(bad) });
      assert.deepEqual(await other.recover(), []);
      assert.deepEqual(ids(await other.open()), [good.id]);
      assert.deepEqual(await other.unsentOf(draft.id), []);
      const again = await create(other, draftOf('C', 1), { replaces: [id, good.id] });
      assert.equal(summaryOf(await sent(again, [1])).state, 'accepted');
      assert.deepEqual(ids(await other.open()), [], 'the good one is replaced');
      assert.deepEqual(told, [name]);
    });

    for (const [what, change] of [
      ['nothing', () => ''],
      ['no JSON', () => 'hello\n'],
      ['another version', () => '{"version":2}\n'],
      ['a line that means nothing', (text) => `${text}{"t":"what"}\n{"t":"end","at":1}\n`],
      ['the id of another file', (text) => text.replace(/"id":"[^"]+"/u, '"id":"../../x"')],
    ] as [string, (text: string) => string][]) {
      it(`sets a file with ${what} aside and says so, once nobody holds it (trials 5.8, 5.9)`, async () => {
        await create(window(1), draftOf('Hi', 1));
        const file = path.join(folder, (await files())[0]!);
        const bad = change(await readFile(file, 'utf8'));
        await writeFile(file, bad);
        assert.deepEqual(await window(2).open(), []);
        assert.equal(damaged.length, 0, 'not while its window holds it');
        end(1);
        const next = window(3);
        assert.deepEqual(await next.recover(), []);
        assert.equal(damaged.length, 1);
        assert.equal(await readFile(path.join(folder, damaged[0]!), 'utf8'), bad);
        assert.deepEqual([await next.open(), await past()], [[], []]);
      });
    }
  });
});
