import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { SharedTokenState } from '../../../src/accounts/sharedTokenState';
import { accountId } from '../../../src/accounts/storedAccount';
import type { StoredAccount } from '../../../src/accounts/storedAccount';
import { silentLog } from '../../support/silentLog';
import { storedAccount } from '../../support/storedAccounts';
import { temporaryFolder } from '../../support/temporaryFolder';

const { tokens, shared } = storedAccount();

/** Anna's account with the tokens of this generation of a sign-in. */
const anna = (generation: number, signIn = 'a'): StoredAccount =>
  storedAccount({
    tokens: { ...tokens, accessToken: `canary-${signIn}-${generation}` },
    shared: { ...shared, signIn, generation },
  });

describe('what windows share of an account', () => {
  const folder = temporaryFolder();
  const opened: SharedTokenState[] = [];
  let state: SharedTokenState;
  afterEach(() => opened.splice(0).forEach((one) => one.dispose()));

  function open(): SharedTokenState {
    const one = new SharedTokenState(folder(), silentLog);
    opened.push(one);
    return one;
  }
  beforeEach(() => (state = open()));

  const file = async () =>
    path.join(
      folder(),
      (await readdir(folder())).find((name) => name.endsWith('.json'))!,
    );
  const content = async () =>
    JSON.parse(await readFile(await file(), 'utf8')) as Record<string, unknown>;
  const change = async (patch: object) =>
    await writeFile(await file(), JSON.stringify({ ...(await content()), ...patch }));

  it('is nothing at first, and whoever has tokens is ahead', async () => {
    assert.deepEqual(await state.view(anna(1)), { kind: 'ahead' });
    assert.equal(await state.refusalOf(anna(1)), undefined);
    await state.noteRefusal(anna(1), { code: 'invalid_grant' });
    const names = await readdir(folder());
    assert.ok(!names.some((name) => name.endsWith('.json')), 'a refusal alone is not kept');
  });

  it('are the newest tokens of a sign-in, whoever publishes in which order', async () => {
    assert.equal(await state.publish(anna(1)), true);
    assert.deepEqual(await state.view(anna(1)), { kind: 'current' });
    assert.deepEqual(await state.view(anna(2)), { kind: 'ahead' });
    assert.equal(await state.publish(anna(3)), true);
    assert.equal(await state.publish(anna(2)), true);
    assert.deepEqual(await open().view(anna(1)), { kind: 'behind', account: anna(3) });
  });

  it('belongs to one sign-in, and a new one takes its place with its first tokens', async () => {
    await state.publish(anna(1, 'a'));
    assert.equal(await state.publish(anna(5, 'b')), true);
    assert.deepEqual(await state.view(anna(5, 'b')), { kind: 'current' });
    assert.deepEqual(await state.view(anna(0, 'a')), { kind: 'behind', account: anna(1, 'a') });
    assert.equal(await state.publish(anna(1, 'c')), true);
    assert.deepEqual(await state.view(anna(0, 'c')), { kind: 'behind', account: anna(1, 'c') });
    assert.deepEqual(await state.view(anna(0, 'a')), { kind: 'current' });
  });

  it('is only the name of a sign-in once that was signed out', async () => {
    await state.end(anna(1));
    assert.deepEqual(await state.view(anna(1)), { kind: 'ended', replaced: false });
    await state.end(anna(1));
    assert.deepEqual(await content(), { version: 1, signIn: 'a', generation: 1, ended: ['a'] });
    assert.equal(await state.publish(anna(2)), false);
    assert.deepEqual(await state.view(anna(2)), { kind: 'ended', replaced: false });
    assert.equal(await state.publish(anna(1, 'b')), true);
    assert.deepEqual(await state.view(anna(2)), { kind: 'ended', replaced: true });
    assert.deepEqual(await state.view(anna(0, 'b')), { kind: 'behind', account: anna(1, 'b') });
    await state.end(anna(1, 'b'));
    assert.deepEqual(await content(), {
      version: 1,
      signIn: 'b',
      generation: 1,
      ended: ['a', 'b'],
    });
  });

  it('keeps a newer sign-in when an older one is signed out', async () => {
    await state.publish(anna(1, 'new'));
    assert.deepEqual((await content())['ended'], []);
    await state.end(anna(7, 'old'));
    assert.deepEqual(await state.view(anna(0, 'new')), {
      ...{ kind: 'behind', account: anna(1, 'new') },
    });
    assert.deepEqual(await state.view(anna(7, 'old')), { kind: 'ended', replaced: true });
  });

  it('remembers the last fifty sign-ins that were signed out', async () => {
    await state.publish(anna(1));
    await change({ ended: Array.from({ length: 50 }, (_, index) => `old ${index}`) });
    await state.end(anna(1));
    const { ended } = (await content()) as { ended: string[] };
    assert.deepEqual([ended.length, ended[0], ended.at(-1)], [50, 'old 1', 'a']);
  });

  it('tells a refusal of these very tokens, until there are newer ones', async () => {
    await state.publish(anna(2));
    const refusal = { code: 'invalid_grant', httpStatus: 400 };
    for (const other of [anna(1), anna(3), anna(2, 'b')]) {
      await state.noteRefusal(other, { code: 'of others' });
    }
    assert.equal(await state.refusalOf(anna(2)), undefined);
    await state.noteRefusal(anna(2), refusal);
    assert.deepEqual(await open().refusalOf(anna(2)), refusal);
    for (const other of [anna(1), anna(3), anna(2, 'b')]) {
      assert.equal(await state.refusalOf(other), undefined);
    }
    await state.publish(anna(2));
    assert.deepEqual(await state.refusalOf(anna(2)), refusal, 'they are no newer');
    await state.publish(anna(3));
    assert.deepEqual(
      [await state.refusalOf(anna(2)), await state.refusalOf(anna(3))],
      [...[undefined, undefined]],
    );
  });

  for (const [what, patch] of [
    ['says a newer number than it was sealed for', { generation: 9 }],
    ['cannot be unsealed', { generation: 9, sealed: Buffer.alloc(200, 7).toString('base64') }],
    ['has nothing sealed', { generation: 9, sealed: undefined }],
  ] as const) {
    it(`is not believed and is published anew where it ${what}`, async () => {
      await state.publish(anna(2));
      await change(patch);
      assert.deepEqual(await state.view(anna(2)), { kind: 'current' });
      assert.equal(await state.publish(anna(2)), true);
      assert.deepEqual(await state.view(anna(1)), { kind: 'behind', account: anna(2) });
    });
  }

  for (const patch of [
    { version: 2 },
    { generation: -1 },
    { generation: 0.5 },
    { signIn: 'x'.repeat(20_001) },
    { refused: { code: 5 } },
    { refused: {} },
    { ended: 'a' },
  ]) {
    it(`is nothing where it is not understood: ${JSON.stringify(patch).slice(0, 40)}`, async () => {
      await state.publish(anna(2));
      await change(patch);
      assert.deepEqual(await state.view(anna(2)), { kind: 'ahead' });
    });
  }

  it('lets one at a time renew an account, in a file beside it, and others renew theirs', async () => {
    const { signal } = new AbortController();
    const boris = storedAccount({ userId: 2 });
    const order: string[] = [];
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const first = state.alone(
      accountId(anna(1)),
      async () => {
        order.push('first');
        await held;
        order.push('done');
      },
      signal,
    );
    while (order.length === 0) {
      await setImmediate();
    }
    const second = open().alone(
      ...([accountId(anna(1)), () => Promise.resolve(order.push('second')), signal] as const),
    );
    await state.alone(accountId(boris), () => Promise.resolve(order.push('other')), signal);
    assert.ok((await readdir(folder())).every((name) => /^[0-9a-f]{32}\.renew\b/u.test(name)));
    letGo();
    await Promise.all([first, second]);
    assert.deepEqual(order, ['first', 'other', 'done', 'second']);
  });

  it('is watched until its window is closed', async () => {
    const [one, other] = [open(), open()];
    const heard = { one: 0, other: 0 };
    one.onDidChange(() => (heard.one += 1));
    other.onDidChange(() => (heard.other += 1));
    const hears = async (which: keyof typeof heard) => {
      const before = heard[which];
      for (let number = 1; heard[which] === before; number += 1) {
        await state.publish(anna(number));
        await setImmediate();
      }
    };
    one.watch();
    other.watch();
    await hears('one');
    await hears('other');
    one.dispose();
    const before = heard.one;
    await hears('other');
    assert.equal(heard.one, before);
  });
});
