import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import { silentLog } from '../../../src/common/log';
import { emptyDraft } from '../../../src/push/draft';
import type { Draft } from '../../../src/push/draft';
import { DraftStore } from '../../../src/push/draftStore';
import { storageFolder } from '../../../src/common/storageFolder';
import { LeftOvers } from '../../../src/push/leftOvers';
import type { Outbox } from '../../../src/push/outbox/outbox';
import type { Outcome } from '../../../src/push/outcome';
import { openOutbox } from '../../support/outboxes';

const host = 'acme.example';
const push = (text: string, ...ids: number[]): Draft => ({
  ...emptyDraft,
  accountId: 'acme:1',
  recipients: ids.map((id) => ({ id })),
  text,
});
const none = { refused: [], unknown: [], notSent: [] };

describe('what earlier windows left', () => {
  let folder: string;
  let living: Set<number>;
  let drafts: DraftStore;
  let told: [string, string][];
  let said: { outcome: Outcome; id: string | undefined }[];
  let hear: () => void;
  const open: { dispose(): void }[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'left-'));
    [living, told, said, hear] = [new Set(), [], [], () => undefined];
  });
  afterEach(async () => {
    open.splice(0).forEach((one) => one.dispose());
    await drafts.flush();
    drafts.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  function window(pid: number): Outbox {
    const { outbox } = openOutbox(folder, { pid, isAlive: (other) => living.has(other) });
    living.add(pid);
    open.push(outbox);
    return outbox;
  }

  function leftOvers(outbox: Outbox): LeftOvers {
    drafts = new DraftStore({
      disk: storageFolder(folder),
      key: 'w',
      clock: { now: () => 1 },
      log: silentLog,
      pid: 2,
      isAlive: () => false,
    });
    const left = new LeftOvers({
      ...{ outbox, drafts, log: silentLog, againMs: 1 },
      waiting: { told: () => undefined },
      sender: {
        tell: (outcome: Outcome, { text }, { id }) => {
          const { kind } = outcome;
          told.push([kind, text]);
          said.push({ outcome, id });
          hear();
          return Promise.resolve();
        },
      },
    });
    open.push(left);
    return left;
  }

  it('is told once that window has ended, and not while it is still sending', async () => {
    const parcel = await window(1).prepare({ draft: push('hi', 3), host });
    await parcel.sending([3]);
    const left = leftOvers(window(2));
    await left.tell();
    assert.deepEqual(told, []);
    // A reload: the old window takes a moment to end, and nobody starts anew after that.
    const heard = new Promise<void>((resolve) => (hear = resolve));
    living.delete(1);
    await heard;
    await left.tell();
    assert.deepEqual(told, [['unknown', 'hi']]);
  });

  it('is no draft any more where everybody has it', async () => {
    const parcel = await window(1).prepare({ draft: push('hi', 3), host });
    await parcel.sending([3]);
    await parcel.answered(none);
    living.delete(1);
    const outbox = window(2);
    const left = leftOvers(outbox);
    drafts.update(push('hi', 3));
    await left.tell();
    assert.deepEqual([told, drafts.current.text, await outbox.waiting()], [[], '', []]);
  });

  it('is told as refused where the portal said so, with a way on that is not in the outbox', async () => {
    const parcel = await window(1).prepare({ draft: push('hi', 3), host });
    await parcel.sending([3]);
    await parcel.answered({ ...none, refused: [{ id: 3, code: 'EMPTY_APP_NAME' }] });
    living.delete(1);
    await leftOvers(window(2)).tell();
    const [one] = said;
    assert.ok(one?.outcome.kind === 'refused');
    const { kind, phase, code } = one.outcome.error;
    assert.deepEqual(
      [one.id, kind, phase, code],
      [undefined, 'server', 'answered', 'EMPTY_APP_NAME'],
    );
  });

  it('asks again however old the whole is, while a part of it waits', async () => {
    const parcel = await window(1).prepare({ draft: push('hi', 1, 2), host });
    await parcel.sending([1]);
    await parcel.answered(none);
    await parcel.sending([2]);
    await parcel.answered({ ...none, unknown: [2] });
    await parcel.end(new Bitrix24Error({ kind: 'reset', phase: 'noAnswer', code: 'RESET' }));
    const later = openOutbox(folder, {
      pid: 2,
      clock: { now: () => Date.now() + 60 * 60 * 1000 },
    }).outbox;
    open.push(later);
    await leftOvers(later).tell();
    assert.equal((await later.twins(push('hi', 1, 2))).length, 1);
    await later.settle(parcel.id, 'sent');
    await later.recover();
    assert.deepEqual(await later.twins(push('hi', 1, 2)), []);
  });

  it('is taken from files of a version without an outbox, once', async () => {
    const people = { people: [{ id: 1 }], departments: [{ id: 7, reach: 'tree' }] };
    const common = { at: 1, host, state: 'sending' };
    const pending = [
      { ...common, id: 'a', draft: push('whole', 3, 4) },
      {
        ...{ ...common, at: 2, id: 'b', draft: push('some', 1, 2, 3), asked: people },
        progress: { accepted: [1], wire: [2] },
      },
    ];
    const state = { version: 1, pid: 1, at: 1, current: emptyDraft, kept: [], pending };
    await storageFolder(folder).write('w.json', JSON.stringify(state));
    const outbox = window(2);
    await leftOvers(outbox).tell();
    assert.deepEqual(told, [
      ['unknown', 'whole'],
      ['partly', 'some'],
    ]);
    assert.deepEqual(
      (await outbox.waiting()).map(({ fates: { accepted, unknown, notSent } }) => [
        accepted,
        unknown,
        notSent,
      ]),
      [
        [[], [3, 4], []],
        [[1], [2], [3]],
      ],
    );
    // The rest stands where drafts are written.
    assert.deepEqual(drafts.current.recipients, [{ id: 3 }]);
    await drafts.flush();
    drafts.dispose();
    told = [];
    await leftOvers(outbox).tell();
    assert.deepEqual([told, (await outbox.waiting()).length], [[], 2]);
  });
});
