import assert from 'node:assert/strict';
import type { RecordedPush, StatePatch } from '../../../src/sandbox/controlApi';
import { startSandbox, type Sandbox } from '../../../src/sandbox/index';
import { Client } from './client';

describe('sandbox: what becomes of a push', () => {
  let sandbox: Sandbox;
  let client: Client;

  before(async () => {
    sandbox = await startSandbox();
  });
  beforeEach(async () => {
    await sandbox.reset();
    client = await Client.signedIn(sandbox);
  });
  after(() => sandbox.close());

  async function push(userIds: number[], text = 'hi', avatar = ''): Promise<RecordedPush> {
    await client.json('pull.application.push.add', {
      USER_ID: userIds,
      TEXT: text,
      AVATAR: avatar,
    });
    const last = sandbox.snapshot().pushes.at(-1);
    assert.ok(last !== undefined);
    return last;
  }

  it('happens to each of the twelve in their own way', async () => {
    const { delivered, deferred, dropped } = await push([
      ...Array.from({ length: 12 }, (_, i) => i + 1),
      99,
    ]);
    assert.deepEqual(delivered, [1, 2, 5, 8, 10, 11, 12]);
    assert.deepEqual(deferred, [6]);
    assert.deepEqual(dropped, [
      { id: 3, reason: 'desktopOpen' },
      { id: 4, reason: 'dismissed' },
      { id: 7, reason: 'noDevice' },
      { id: 9, reason: 'pushOff' },
      { id: 99, reason: 'unknown' },
    ]);
  });

  it('follows presence and the smart filter', async () => {
    const cases: [StatePatch['users'], 'delivered' | 'deferred' | 'dropped'][] = [
      [[{ id: 1, presence: 'offline', smartFilter: true }], 'delivered'],
      [[{ id: 1, presence: 'mobile', smartFilter: true }], 'delivered'],
      [[{ id: 1, presence: 'browser', smartFilter: true }], 'deferred'],
      [[{ id: 1, presence: 'browser', smartFilter: false }], 'delivered'],
      [[{ id: 1, presence: 'desktop', smartFilter: true }], 'dropped'],
      [[{ id: 1, presence: 'desktop', smartFilter: false }], 'delivered'],
      [[{ id: 1, presence: 'desktopIdle', smartFilter: true }], 'delivered'],
      [[{ id: 1, presence: 'browser', lastMobileDays: 299 / 86_400 }], 'delivered'],
      [[{ id: 1, presence: 'browser', lastMobileDays: 301 / 86_400 }], 'deferred'],
      [[{ id: 1, presence: 'desktop', lastMobileDays: 299 / 86_400 }], 'delivered'],
      [[{ id: 1, presence: 'desktop', lastMobileDays: 301 / 86_400 }], 'dropped'],
    ];
    for (const [users, where] of cases) {
      sandbox.patchState(users === undefined ? {} : { users });
      const recorded = await push([1]);
      assert.equal(recorded[where].length, 1, JSON.stringify(users));
    }
  });

  it('shows a deferred push after 15 seconds', async () => {
    await push([6]);
    sandbox.patchState({ clockOffset: 14 });
    assert.deepEqual(sandbox.snapshot().pushes[0]?.deferred, [6]);
    sandbox.patchState({ clockOffset: 16 });
    const [recorded] = sandbox.snapshot().pushes;
    assert.deepEqual([recorded?.delivered, recorded?.deferred], [[6], []]);
  });

  it('ends at the portal when its push option is off', async () => {
    sandbox.patchState({ pushEnabled: false });
    assert.deepEqual((await push([1])).dropped, [{ id: 1, reason: 'pushDisabled' }]);
  });

  it('carries the application, the sender and the request', async () => {
    sandbox.patchState({ appName: 'Deploys' });
    const recorded = await push([1], 'hi', 'https://example.com/a.png');
    const { appName, clientId, senderId, avatar, request } = recorded;
    assert.deepEqual(
      { appName, clientId, senderId, avatar },
      {
        appName: 'Deploys',
        clientId: sandbox.info.clientId,
        senderId: 1,
        avatar: 'https://example.com/a.png',
      },
    );
    const logged = sandbox.snapshot().requests.find(({ id }) => id === request);
    assert.equal(logged?.method, 'pull.application.push.add');
    assert.equal(logged.note, '1 shown');
  });

  describe('the limit of 4,096 bytes', () => {
    const name = 'x'.repeat(17);
    beforeEach(() => {
      sandbox.patchState({ appName: name });
    });
    /** Bytes that a text may have on each platform with that name. */
    const ROOM = { ios: 3808, android: 3476 };

    it('is not reached', async () => {
      const { shown } = await push([1], 'a'.repeat(ROOM.android));
      assert.deepEqual([shown.ios.cut, shown.android.cut], [false, false]);
    });

    it('cuts by characters on Android', async () => {
      const { shown } = await push([1], 'a'.repeat(ROOM.android + 1));
      assert.deepEqual([shown.ios.cut, shown.android.cut], [false, true]);
      assert.equal(shown.android.text, 'a'.repeat(ROOM.android));
      const cyrillic = (await push([1], 'я'.repeat(3000))).shown.android;
      assert.equal(cyrillic.text, 'я'.repeat(ROOM.android / 2));
      const emoji = (await push([1], '😀'.repeat(3000))).shown.android;
      assert.equal(emoji.text, '😀'.repeat(ROOM.android / 4));
    });

    it('cuts by bytes on iOS, one more than needed, and flattens lines', async () => {
      const text = `one\ntwo ${'a'.repeat(ROOM.ios)}`;
      const { shown } = await push([1], text);
      assert.equal(shown.ios.cut, true);
      assert.equal(shown.ios.text.startsWith('one two aaa'), true);
      // The line break costs two bytes, and the cut takes one more.
      assert.equal(shown.ios.text.length, ROOM.ios - 2);
    });

    it('loses the push on iOS when the cut goes through a character', async () => {
      const even = await push([1, 2], 'я'.repeat(2000));
      assert.deepEqual(even.shown.ios, {
        text: 'я'.repeat(ROOM.ios / 2 - 1),
        cut: true,
        lost: true,
      });
      assert.deepEqual(even.dropped, [{ id: 1, reason: 'tooLong' }]);
      assert.deepEqual(even.delivered, [2]);
      const odd = await push([1], `a${'я'.repeat(2000)}`);
      assert.equal(odd.shown.ios.lost, false);
      assert.deepEqual(odd.delivered, [1]);
    });

    it('counts what JSON makes of a text', async () => {
      const marks = (await push([1], '"'.repeat(600))).shown;
      assert.deepEqual([marks.ios.cut, marks.android.cut], [false, true]);
      const more = (await push([1], '"'.repeat(640))).shown;
      assert.equal(more.ios.cut, true);
    });

    it('counts the name and the avatar too', async () => {
      const { shown } = await push([1], 'a'.repeat(ROOM.android), 'https://example.com/');
      assert.equal(shown.android.cut, true);
      sandbox.patchState({ appName: 'n'.repeat(1000) });
      const long = await push([1], 'a'.repeat(3500));
      assert.equal(long.shown.ios.cut, true);
    });
  });
});
