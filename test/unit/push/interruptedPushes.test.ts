import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { silentLog } from '../../support/silentLog';
import { newDraft } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import { hasAnyPush } from '../../../src/push/hasAnyPush';
import { InterruptedPushes } from '../../../src/push/interruptedPushes';
import { summaryOf } from '../../../src/push/push';
import type { Push } from '../../../src/push/push';
import type { PushStore } from '../../../src/push/pushStore';
import type { RecordWriter } from '../../../src/push/recordWriter';
import { openStore } from '../../support/pushStores';
import { temporaryFolder } from '../../support/temporaryFolder';

const draftOf = (text: string, ...ids: number[]): Draft =>
  newDraft({ accountId: 'acme:1', recipients: ids.map((id) => ({ id })), text });
const none = { refused: [], unknown: [], notSent: [] };

describe('pushes that earlier windows did not live to tell', () => {
  const root = temporaryFolder();
  let living: Set<number>;
  let told: Push[];
  let notOffered: string[];
  let hear: () => void;
  let recoveries: number;
  const opened: { dispose(): void }[] = [];

  beforeEach(() => {
    [living, told, notOffered, recoveries, hear] = [new Set(), [], [], 0, () => undefined];
  });
  afterEach(() => opened.splice(0).forEach((one) => one.dispose()));

  function window(pid: number): PushStore {
    const { store } = openStore(root(), {
      process: String(pid),
      fateOf: (other) => (living.has(Number(other)) ? 'lives' : 'ended'),
    });
    living.add(pid);
    opened.push(store);
    return store;
  }

  const create = (store: PushStore, draft: Draft): Promise<RecordWriter> =>
    store.create({
      ...{ draft, host: 'acme.example', origin: 'palette' },
      ...{ people: draft.recipients, replaces: [] },
    });

  function interrupted(store: PushStore, recover = () => store.recover()): InterruptedPushes {
    const pushes = new InterruptedPushes({
      ...{ store, log: silentLog, againMs: 1 },
      service: {
        recover: () => {
          recoveries += 1;
          return recover();
        },
      },
      waiting: { told: (found) => notOffered.push(...found.map(({ id }) => id)) },
      sender: {
        tell: (result, draft, { origin }) => {
          assert.ok(result.kind === 'push');
          assert.deepEqual([draft.text, origin], [result.push.draft.text, 'palette']);
          told.push(result.push);
          hear();
          return Promise.resolve();
        },
      },
    });
    opened.push(pushes);
    return pushes;
  }
  const states = () => told.map((push) => [summaryOf(push).state, push.draft.text]);

  it('are told once their window has ended, and not while it is still sending', async () => {
    const record = await create(window(1), draftOf('hi', 3));
    await record.sending([3], 0);
    const pushes = interrupted(window(2));
    await pushes.tell();
    assert.deepEqual(told, []);
    // A reload: the old window takes a moment to end, and nobody starts anew after that.
    const heard = new Promise<void>((resolve) => (hear = resolve));
    living.delete(1);
    await heard;
    await pushes.tell();
    assert.deepEqual(states(), [['unknown', 'hi']]);
    assert.deepEqual(notOffered, [record.id], 'told once, in one way');
  });

  it('are not told where everybody has them', async () => {
    const record = await create(window(1), draftOf('hi', 3));
    await record.sending([3], 0);
    await record.answered(none, 0);
    living.delete(1);
    const store = window(2);
    await interrupted(store).tell();
    assert.deepEqual([told, await store.open()], [[], []]);
  });

  it('are told as refused where the portal said so, and do not wait', async () => {
    const record = await create(window(1), draftOf('hi', 3));
    await record.sending([3], 0);
    await record.answered({ ...none, refused: [{ id: 3, code: 'EMPTY_APP_NAME' }] }, 0);
    living.delete(1);
    const store = window(2);
    await interrupted(store).tell();
    assert.deepEqual(states(), [['refused', 'hi']]);
    const { kind, phase, code } = told[0]!.error!;
    assert.deepEqual([kind, phase, code], ['server', 'answered', 'EMPTY_APP_NAME']);
    assert.deepEqual(await store.open(), []);
  });

  it('are looked for once when two ask at the same moment', async () => {
    await create(window(1), draftOf('hi', 3));
    living.delete(1);
    const pushes = interrupted(window(2));
    await Promise.all([pushes.tell(), pushes.tell()]);
    assert.deepEqual([recoveries, states()], [1, [['notSent', 'hi']]]);
  });

  it('are looked for again after a look that failed', async () => {
    await create(window(1), draftOf('hi', 3));
    living.delete(1);
    const store = window(2);
    let isBroken = true;
    const pushes = interrupted(store, () =>
      isBroken ? Promise.reject(new Error('EIO')) : store.recover(),
    );
    await pushes.tell();
    assert.deepEqual(told, []);
    isBroken = false;
    await pushes.tell();
    assert.equal(told.length, 1);
  });

  it('are not looked for any more by a window that closes', async () => {
    await create(window(1), draftOf('hi', 3));
    const store = window(2);
    const othersAreSending = store.othersAreSending.bind(store);
    const pushes = interrupted(store);
    store.othersAreSending = async () => {
      pushes.dispose();
      return await othersAreSending();
    };
    await pushes.tell();
    living.delete(1);
    // This timer rings after the one that would look again.
    await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(recoveries, 1);
  });
});

describe('a window that starts looks for pushes of earlier windows', () => {
  const root = temporaryFolder();

  it('finds nothing where nothing was ever sent', async () => {
    assert.equal(await hasAnyPush(path.join(root(), 'pushes')), false);
  });

  it('finds nothing when all are over', async () => {
    assert.equal(await hasAnyPush(root()), false);
  });

  it('finds whatever is there', async () => {
    await writeFile(path.join(root(), 'of-another-window.push'), '');
    assert.equal(await hasAnyPush(root()), true);
  });

  it('says when it cannot look', async () => {
    const file = path.join(root(), 'file');
    await writeFile(file, '');
    await assert.rejects(hasAnyPush(file), { code: 'ENOTDIR' });
  });
});
