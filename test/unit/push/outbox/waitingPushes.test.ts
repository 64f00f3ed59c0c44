import assert from 'node:assert/strict';
import { Bitrix24Error } from '../../../../src/bitrix24/errors';
import { Emitter } from '../../../../src/common/emitter';
import { silentLog } from '../../../../src/common/log';
import { emptyDraft } from '../../../../src/push/draft';
import type { Draft } from '../../../../src/push/draft';
import type { Outcome } from '../../../../src/push/outcome';
import type { Claim } from '../../../../src/push/outbox/outbox';
import { parseRecord } from '../../../../src/push/outbox/pushRecord';
import type { EventLine, PushRecord } from '../../../../src/push/outbox/pushRecord';
import { eventText, newRecord } from '../../../../src/push/outbox/pushRecord';
import { outcomeOfRecord, restOfRecord } from '../../../../src/push/outbox/recordOutcome';
import { sendWaiting } from '../../../../src/push/outbox/sendWaiting';
import { WaitingPushes } from '../../../../src/push/outbox/waitingPushes';
import { ManualClock } from '../../../support/manualClock';

const draft: Draft = {
  ...emptyDraft,
  accountId: 'acme:1',
  recipients: [1, 2, 3, 4].map((id) => ({ id, name: `Person ${id}` })),
  text: 'Hi',
};

function record(id: string, host: string, ...events: EventLine[]): PushRecord {
  const content = newRecord({ id, at: 1, host, draft }) + events.map(eventText).join('');
  return parseRecord(content)!.record;
}
const offline: EventLine = {
  ...{ t: 'end', at: 2 },
  error: { kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' },
};
const mixed: EventLine[] = [
  { t: 'sending', at: 1, wire: [1, 2] },
  { t: 'answered', at: 1, refused: [[2, 'NO']] },
  { t: 'sending', at: 1, wire: [3] },
  { t: 'end', at: 2, error: { kind: 'timeout', phase: 'noAnswer', code: 'TIMEOUT' } },
];

describe('pushes that wait for the network', () => {
  let waiting: PushRecord[];
  let reachable: Set<string>;
  let asked: string[];
  let offered: [string, string[]][];
  let clock: ManualClock;
  let pushes: WaitingPushes;
  let changed: Emitter<undefined>;

  function open(againMs?: number, isFocused = () => true): WaitingPushes {
    return new WaitingPushes({
      outbox: {
        hasUnsent: () => Promise.resolve(waiting.length > 0),
        waiting: () => Promise.resolve(waiting),
        onDidChange: changed.event,
      },
      reaches: (host) => {
        asked.push(host);
        return Promise.resolve(reachable.has(host));
      },
      offer: (records, host) => offered.push([host, records.map(({ id }) => id)]),
      isFocused,
      clock,
      log: silentLog,
      ...(againMs !== undefined && { againMs }),
    });
  }

  beforeEach(() => {
    waiting = [record('a', 'acme.example', offline), record('b', 'other.example', offline)];
    reachable = new Set();
    asked = [];
    offered = [];
    clock = new ManualClock();
    changed = new Emitter();
    pushes = open();
  });
  afterEach(() => pushes.dispose());

  it('are offered once when their portal can be reached, looked at no more than once a minute', async () => {
    await pushes.focused();
    assert.deepEqual(offered, []);
    reachable.add('acme.example');
    await pushes.focused();
    assert.equal(asked.length, 2);
    clock.advance(60_000);
    await pushes.focused();
    assert.deepEqual(offered, [['acme.example', ['a']]]);
    clock.advance(60_000);
    await pushes.focused();
    assert.equal(offered.length, 1);
    assert.deepEqual(asked.slice(-1), ['other.example']);
  });

  it('are looked at by a window that comes to the front after a push of it was kept, however lately it looked', async () => {
    waiting = [];
    await pushes.focused();
    waiting = [record('a', 'acme.example', offline)];
    reachable.add('acme.example');
    await pushes.focused();
    assert.deepEqual(offered, []);
    changed.fire(undefined);
    await pushes.focused();
    assert.deepEqual(offered, [['acme.example', ['a']]]);
  });

  it('are looked at again while their window is in front, until they have been offered', async () => {
    pushes.dispose();
    pushes = open(1);
    changed.fire(undefined);
    while (asked.length < 5) {
      await new Promise((resolve) => setTimeout(resolve));
    }
    reachable = new Set(['acme.example', 'other.example']);
    while (offered.length < 2) {
      await new Promise((resolve) => setTimeout(resolve));
    }
    assert.deepEqual(offered, [
      ['acme.example', ['a']],
      ['other.example', ['b']],
    ]);
  });

  it('are left alone by a window that is not in front', async () => {
    pushes.dispose();
    const wondered = new Promise<void>((resolve) => {
      pushes = open(1, () => {
        resolve();
        return false;
      });
    });
    changed.fire(undefined);
    await wondered;
    await new Promise(setImmediate);
    assert.deepEqual(asked, []);
  });

  it('are offered when their portal has answered something, without asking it', async () => {
    await pushes.answered('other.example');
    assert.deepEqual(offered, [['other.example', ['b']]]);
    assert.deepEqual(asked, []);
  });

  it('cost nothing when nothing waits, and are not offered while they are sent or when they were told', async () => {
    const sending = record('c', 'acme.example', { t: 'sending', at: 1, wire: [1] });
    pushes.told(waiting);
    waiting.push(sending);
    await pushes.answered('acme.example');
    waiting = [];
    await pushes.focused();
    assert.deepEqual([offered, asked], [[], []]);
  });

  describe('sent by their user', () => {
    async function send(
      found: PushRecord | undefined,
      outcome: Outcome | Error,
      waits = false,
    ): Promise<{ did: string[]; result: Outcome | undefined }> {
      const did: string[] = [];
      const claim: Claim | undefined = found && {
        record: found,
        settle: (decision) => Promise.resolve(void did.push(decision)),
        release: () => Promise.resolve(void did.push('released')),
        releaseWithoutRest: () => Promise.resolve(void did.push('rest gone')),
      };
      const result = await sendWaiting(
        {
          outbox: {
            take: () => Promise.resolve(claim),
            waitsLike: () => Promise.resolve(waits),
          },
          drafts: { accepted: () => undefined },
          send: (sent, { sendAnyway, replaces }) => {
            did.push(`${sent.recipients.map(({ id }) => id).join()} ${sendAnyway} ${replaces}`);
            return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome);
          },
        },
        'a',
      );
      return { did, result };
    }
    const accepted: Outcome = { kind: 'accepted', count: 4, at: 1, host: 'acme.example' };

    it('make room for the one that takes their place', async () => {
      assert.deepEqual((await send(waiting[0], accepted)).did, ['1,2,3,4 false a', 'again']);
    });

    it('go to the rest first, never to those who have it', async () => {
      const partly = record('a', 'acme.example', ...mixed);
      assert.deepEqual((await send(partly, accepted)).did, ['2,4 false a', 'rest gone']);
      const doubt = { ...partly, restGone: true };
      assert.deepEqual((await send(doubt, accepted)).did, ['3 true a', 'again']);
    });

    it('make room for another one that waits now', async () => {
      const error = new Bitrix24Error({ kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' });
      const { did } = await send(waiting[0], { kind: 'notSent', error }, true);
      assert.equal(did.at(-1), 'again');
    });

    it('stay when nothing was sent after all', async () => {
      assert.deepEqual((await send(waiting[0], { kind: 'cancelled' })).did.at(-1), 'released');
      const error = new Bitrix24Error({ kind: 'invalid', phase: 'notSent', code: 'KEYRING' });
      const notSent: Outcome = { kind: 'notSent', error };
      assert.equal((await send(waiting[0], notSent)).did.at(-1), 'released');
      await assert.rejects(send(waiting[0], new Error('no')));
      assert.deepEqual(await send(undefined, accepted), { did: [], result: undefined });
    });
  });
});

describe('what a record tells', () => {
  it('is which of two requests at a time was answered, in whatever order', () => {
    const sending: EventLine[] = [
      { t: 'sending', at: 1, request: 1, wire: [1, 2] },
      { t: 'sending', at: 1, request: 2, wire: [3] },
    ];
    const first = record('a', 'acme.example', ...sending, {
      ...{ t: 'answered', at: 2, request: 1 },
      refused: [[2, 'NO']],
    });
    assert.deepEqual(first.fates, {
      ...{ accepted: [1], refused: [{ id: 2, code: 'NO' }] },
      ...{ unknown: [3], notSent: [4] },
    });
    const second = record('a', 'acme.example', ...sending, { t: 'answered', at: 2, request: 2 });
    assert.deepEqual(second.fates, { accepted: [3], refused: [], unknown: [1, 2], notSent: [4] });
    // Lines of versions that sent one request at a time name none.
    const neither = record('a', 'acme.example', ...sending, { t: 'answered', at: 2 });
    assert.deepEqual(neither.fates, {
      accepted: [],
      refused: [],
      unknown: [1, 2, 3],
      notSent: [4],
    });
  });

  it('is the outcome that was told after sending', () => {
    const outcome = outcomeOfRecord(record('a', 'acme.example', ...mixed));
    assert.ok(outcome?.kind === 'partly');
    const { accepted, refused, unknown, notSent, error } = outcome;
    assert.deepEqual([accepted, unknown, notSent], [[1], [3], [4]]);
    assert.deepEqual(refused, [{ id: 2, name: 'Person 2', code: 'NO' }]);
    assert.equal(error.code, 'TIMEOUT');
    assert.equal(outcomeOfRecord(record('a', 'acme.example')), undefined);
    assert.equal(outcomeOfRecord(record('a', 'acme.example', offline))?.kind, 'notSent');
    const left = record('a', 'acme.example', ...mixed);
    assert.deepEqual(
      restOfRecord(left)?.recipients.map(({ id }) => id),
      [2, 4],
    );
    assert.equal(restOfRecord({ ...left, restGone: true }), undefined);
    assert.equal(restOfRecord({ ...left, bare: true }), undefined);
  });
});
