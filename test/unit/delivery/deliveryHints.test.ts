import assert from 'node:assert/strict';
import type { Account } from '../../../src/accounts/account';
import { addPush } from '../../../src/bitrix24/push';
import type { PortalClient } from '../../../src/bitrix24/portalClient';
import { DeliveryHints } from '../../../src/delivery/deliveryHints';
import type { DeliveryCheck } from '../../../src/delivery/deliveryRules';
import { startSandbox } from '../../../src/sandbox/index';
import type { Sandbox } from '../../../src/sandbox/index';
import { ManualClock } from '../../support/manualClock';
import { sandboxClient } from '../../support/sandboxClient';
import { hintWord } from '../../support/hintWord';

const people = 5_000;

describe('who may not get a push, on the sandbox', function () {
  // 5,000 people on a slow machine.
  this.timeout(30_000);

  let sandbox: Sandbox;
  let client: PortalClient;
  let clock: ManualClock;
  let logged: string[];
  let administrator: boolean | undefined;
  let delivery: DeliveryHints;

  before(async () => {
    sandbox = await startSandbox({ people, seed: 3 });
  });
  beforeEach(async () => {
    await sandbox.reset();
    sandbox.patchState({ scopes: ['pull', 'user', 'im'], bucket: { size: 50, drain: 2 } });
    clock = new ManualClock(Date.now());
    client = await sandboxClient(sandbox, clock);
    logged = [];
    administrator = undefined;
    const note = (line: string) => void logged.push(line);
    delivery = new DeliveryHints({
      accounts: {
        client: () => Promise.resolve(client),
        get: () => Promise.resolve({ administrator } as Account),
      },
      clock,
      log: { debug: note, info: note, warn: note, error: note },
    });
  });
  after(() => sandbox.close());

  const batches = () =>
    sandbox.snapshot().requests.filter(({ method }) => method === 'batch').length;
  const words = (hints: Map<number, DeliveryCheck[]>) =>
    Object.fromEntries(Array.from(hints, ([id, list]) => [id, list.map(hintWord)]));
  const twelve = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 99_999];

  it('is told of the twelve in one request', async () => {
    assert.deepEqual(words(await delivery.hints('a', twelve)), {
      1: [],
      2: [],
      3: ['desktopOpen'],
      4: ['dismissed'],
      5: [],
      6: ['onlineInBrowser'],
      7: ['neverMobile'],
      8: ['extranet'],
      9: [],
      10: ['onlineInBrowser'],
      11: [],
      12: [],
      99_999: ['unknownId'],
    });
    assert.equal(batches(), 1);
    assert.deepEqual(delivery.missingScopes('a'), []);
  });

  it('is less without the chat’s scope, which is named', async () => {
    sandbox.patchState({ scopes: ['pull', 'user_brief'] });
    const hints = words(await delivery.hints('a', twelve));
    assert.deepEqual(
      [3, 4, 6, 7, 8, 9, 99_999].map((id) => hints[id]),
      [['online'], ['dismissed'], ['online'], [], ['extranet'], [], ['unknownId']],
    );
    assert.deepEqual(delivery.missingScopes('a'), ['im']);
  });

  it('does not call an id unknown for certain to somebody from whom people may be hidden', async () => {
    for (administrator of [true, false]) {
      const hints = await delivery.hints(`admin ${administrator}`, [99_999]);
      assert.deepEqual(hints.get(99_999), [
        { rule: 'exists', result: administrator ? 'certain' : 'maybe' },
      ]);
    }
  });

  it('comes from the chat alone where people may not be read', async () => {
    sandbox.patchState({ scopes: ['pull', 'im'] });
    const hints = await delivery.hints('a', twelve);
    assert.deepEqual(
      [3, 4, 7, 99_999].map((id) => hints.get(id)),
      [
        [{ rule: 'desktop', result: 'maybe', presence: 'desktop' }],
        [{ rule: 'active', result: 'certain' }],
        [{ rule: 'mobile', result: 'maybe' }],
        [{ rule: 'exists', result: 'maybe' }],
      ],
    );
    assert.deepEqual(delivery.missingScopes('a'), ['user']);
  });

  it('is nothing, and no error, without either scope', async () => {
    sandbox.patchState({ scopes: ['pull'] });
    assert.equal((await delivery.hints('a', twelve)).size, 0);
    assert.deepEqual(delivery.missingScopes('a'), ['user', 'im']);
    assert.deepEqual(logged, []);
  });

  it('takes three requests for 5,000 people, and says of each what becomes of a push', async () => {
    const ids = Array.from({ length: people }, (_, at) => at + 1);
    const hints = await delivery.hints('a', ids);
    assert.equal(batches(), 3);
    assert.equal(hints.size, people);

    await addPush(client, { userIds: ids, text: 'hi', avatar: '' });
    const push = sandbox.snapshot().pushes.at(-1);
    assert.ok(push);
    assert.ok(
      push.dropped.length > 500 && push.deferred.length > 100 && push.delivered.length > 500,
    );
    const has = (id: number, ...codes: string[]) =>
      hints.get(id)?.some((hint) => codes.includes(hintWord(hint)));
    let unforeseen = 0;
    for (const { id, reason } of push.dropped) {
      if (reason === 'dismissed') {
        assert.ok(has(id, 'dismissed'), `${id} was dismissed`);
      } else if (reason === 'desktopOpen') {
        assert.ok(has(id, 'desktopOpen'), `${id} has the desktop app open`);
      } else if (reason === 'noDevice' && !has(id, 'neverMobile', 'mobileLongAgo')) {
        unforeseen++;
      }
    }
    // A phone may be gone without the portal telling.
    assert.ok(unforeseen < people / 20, `${unforeseen} without a phone`);
    for (const id of push.deferred) {
      assert.ok(has(id, 'onlineInBrowser'), `${id} gets it later`);
    }
    for (const id of push.delivered) {
      assert.ok(!has(id, 'dismissed', 'neverMobile', 'mobileLongAgo', 'unknownId'), `${id} got it`);
    }
  });

  it('is asked once in three minutes', async () => {
    await delivery.hints('a', [3, 6]);
    await delivery.hints('a', [6, 3]);
    assert.equal(batches(), 1);
    assert.deepEqual(delivery.peek('a', 3)?.map(hintWord), ['desktopOpen']);
    assert.equal(delivery.peek('b', 3), undefined);
    clock.advance(3 * 60_000);
    assert.equal(delivery.peek('a', 3), undefined);
    await delivery.hints('a', [3]);
    assert.equal(batches(), 2);
  });

  it('is forgotten with the account, also while an answer is on its way', async () => {
    await delivery.hints('a', [3]);
    await delivery.forget('a');
    assert.equal(delivery.peek('a', 3), undefined);
    const asking = delivery.hints('a', [6]);
    // The question is on the wire.
    await new Promise(setImmediate);
    await delivery.forget('a');
    await asking;
    assert.equal(delivery.peek('a', 6), undefined);
  });

  it('is no reason to fail, and the portal is left alone for a while after trouble', async () => {
    sandbox.patchState({ overloaded: true });
    assert.equal((await delivery.hints('a', [3])).size, 0);
    assert.equal(logged.length, 1);
    assert.ok(!/\d{4}/.test(logged[0]!), 'a line without data');
    const before = batches();
    sandbox.patchState({ overloaded: false });
    assert.equal((await delivery.hints('a', [3])).size, 0);
    assert.equal(batches(), before);
    clock.advance(20_000);
    assert.equal((await delivery.hints('a', [3])).size, 1);
  });

  it('can be cancelled, without a line in the log', async () => {
    const abort = new AbortController();
    const asking = delivery.hints('a', [3], abort.signal);
    abort.abort();
    assert.equal((await asking).size, 0);
    assert.deepEqual(logged, []);
    assert.equal((await delivery.hints('a', [3])).size, 1);
  });
});
