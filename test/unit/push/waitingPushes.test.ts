import assert from 'node:assert/strict';
import { accountOf } from '../../../src/accounts/storedAccount';
import { Emitter } from '../../../src/common/emitter';
import { silentLog } from '../../support/silentLog';
import { newDraft } from '../../../src/push/draft';
import type { Push } from '../../../src/push/push';
import { eventText, headText, parsePush } from '../../../src/push/pushFile';
import type { EventLine } from '../../../src/push/pushFile';
import { WaitingPushes, createIsReachable } from '../../../src/push/waitingPushes';
import { ManualClock } from '../../support/manualClock';
import { storedAccount } from '../../support/storedAccounts';

const draft = newDraft({
  accountId: 'acme:1',
  recipients: [1, 2, 3, 4].map((id) => ({ id, name: `Person ${id}` })),
  text: 'Hi',
});

function pushOf(id: string, host: string, ...events: EventLine[]): Push {
  const head = headText({ id, at: 1, host, origin: 'form', draft });
  return parsePush(head + events.map(eventText).join(''))!;
}
const offline: EventLine = {
  ...{ t: 'end', at: 2 },
  error: { kind: 'dns', phase: 'notSent', code: 'ENOTFOUND' },
};

describe('pushes that wait for the network', () => {
  let open: Push[];
  let reachable: Set<string>;
  let asked: string[];
  let offered: [string, string[]][];
  let clock: ManualClock;
  let pushes: WaitingPushes;
  let changed: Emitter<undefined>;

  function start(againMs?: number, isFocused = () => true): WaitingPushes {
    return new WaitingPushes({
      store: {
        hasUnsent: () => Promise.resolve(open.length > 0),
        open: () => Promise.resolve(open),
        onDidChange: changed.event,
      },
      isReachable: (host) => {
        asked.push(host);
        return Promise.resolve(reachable.has(host));
      },
      offer: (found, host) => offered.push([host, found.map(({ id }) => id)]),
      isFocused,
      elapsed: () => clock.now(),
      log: silentLog,
      ...(againMs !== undefined && { againMs }),
    });
  }

  beforeEach(() => {
    open = [pushOf('a', 'acme.example', offline), pushOf('b', 'other.example', offline)];
    reachable = new Set();
    asked = [];
    offered = [];
    clock = new ManualClock();
    changed = new Emitter();
    pushes = start();
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
    open = [];
    await pushes.focused();
    open = [pushOf('a', 'acme.example', offline)];
    reachable.add('acme.example');
    await pushes.focused();
    assert.deepEqual(offered, []);
    changed.fire(undefined);
    await pushes.focused();
    assert.deepEqual(offered, [['acme.example', ['a']]]);
  });

  it('are looked at again while their window is in front, until they have been offered', async () => {
    pushes.dispose();
    pushes = start(1);
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
      pushes = start(1, () => {
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
    pushes.told(open);
    open.push(pushOf('c', 'acme.example', { t: 'sending', at: 1, request: 0, wire: [1] }));
    await pushes.answered('acme.example');
    open = [];
    await pushes.focused();
    assert.deepEqual([offered, asked], [[], []]);
  });

  it('are not offered once their rest is in a draft', async () => {
    open = [pushOf('a', 'acme.example', offline, { t: 'restMoved', at: 3 })];
    await pushes.answered('acme.example');
    assert.deepEqual(offered, []);
  });
});

describe('whether a portal can be reached', () => {
  const account = accountOf(storedAccount());

  function setUp(answers: boolean) {
    const asked: string[] = [];
    const isReachable = createIsReachable({
      accounts: { list: () => Promise.resolve([account]) },
      transport: {
        send: ({ method, url }) => {
          asked.push(`${method} ${url.href}`);
          return answers
            ? Promise.resolve({ status: 401, headers: new Map(), body: '' })
            : Promise.reject(new Error('ENOTFOUND'));
        },
      },
    });
    return { isReachable, asked };
  }

  it('is true for any answer to a request without a token', async () => {
    const { isReachable, asked } = setUp(true);
    assert.equal(await isReachable(account.host), true);
    assert.deepEqual(asked, [`GET ${account.portal}/rest/`]);
  });

  it('is false without an answer', async () => {
    assert.equal(await setUp(false).isReachable(account.host), false);
  });

  it('is not asked of a portal that nobody is signed in to', async () => {
    const { isReachable, asked } = setUp(true);
    assert.deepEqual([await isReachable('other.example'), asked], [false, []]);
  });
});
