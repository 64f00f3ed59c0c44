import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import { silentLog } from '../../support/silentLog';
import type { Log } from '../../../src/common/log';
import { accountOf } from '../../../src/accounts/storedAccount';
import type { StoredAccount } from '../../../src/accounts/storedAccount';
import { ManualClock } from '../../support/manualClock';
import { MemorySecrets } from '../../support/memorySecrets';
import { secretOf, storedAccount } from '../../support/storedAccounts';
import { temporaryFolder } from '../../support/temporaryFolder';
import { tokenStore } from '../../support/tokenStores';
import { until } from '../../support/until';

const anna = storedAccount();
const [annaKey, annaValue] = secretOf(anna);
const annaId = `${'a'.repeat(32)}:1`;

const keyring = (error: unknown) =>
  error instanceof Bitrix24Error && error.code === 'KEYRING' && error.phase === 'notSent';

describe('the token store', () => {
  const opened: { dispose(): void }[] = [];
  afterEach(() => opened.splice(0).forEach((store) => store.dispose()));
  const folder = temporaryFolder();

  function setUp(values: Record<string, string> = {}) {
    const secrets = new MemorySecrets(values);
    const clock = new ManualClock();
    const logged: string[] = [];
    const note = (message: string) => void logged.push(message);
    const log: Log = { debug: () => undefined, info: note, warn: note, error: note };
    let told = 0;
    const store = tokenStore(folder(), { secrets, clock, log, onDamaged: () => void (told += 1) });
    opened.push(store);
    const changes: [before: string | undefined, after: string | undefined][] = [];
    store.onDidChange(({ before, after }) => changes.push([before?.userName, after?.userName]));
    return { secrets, clock, store, logged, changes, told: () => told };
  }

  it('reads nothing until asked', async () => {
    const { secrets } = setUp({ [annaKey]: annaValue });
    await secrets.store(annaKey, annaValue);
    assert.deepEqual(secrets.calls, [`store ${annaKey}`]);
  });

  it('hears what the storage tells of accounts, and of nothing else, until it is closed', async () => {
    const { store, secrets, changes } = setUp({ [annaKey]: annaValue });
    await store.list();
    secrets.calls.splice(0);
    await secrets.store('another extension', 'x');
    await secrets.store(annaKey, JSON.stringify({ ...anna, userName: 'Renamed' }));
    await until(() => changes.length > 0);
    assert.deepEqual(changes, [['Anna Petrova', 'Renamed']]);
    const reads = secrets.calls.filter((call) => !call.startsWith('store'));
    assert.deepEqual(reads, [`get ${annaKey}`]);
    store.dispose();
    await store.change(annaId, (stored) => ({ ...stored!, userName: 'Closed' }));
    assert.equal(changes.length, 1);
  });

  it('lists what is stored, and nothing else', async () => {
    const { store, secrets } = setUp({ [annaKey]: annaValue, other: 'x', 'account.v2:new': '{}' });
    assert.deepEqual(await store.list(), [JSON.parse(annaValue)]);
    await store.list();
    assert.deepEqual(secrets.calls, ['keys', `get ${annaKey}`]);
  });

  it('stores one secret per account and tells it once', async () => {
    const { store, secrets, changes } = setUp();
    await store.change(annaId, () => anna);
    const boris = storedAccount({ userId: 2, userName: 'Boris' });
    await store.change(`${'a'.repeat(32)}:2`, () => boris);
    await store.change(annaId, (stored) => ({ ...stored!, userName: 'Anna P.' }));
    assert.deepEqual(
      { keys: [...secrets.values.keys()], changes },
      {
        keys: [annaKey, `account.v1:${'a'.repeat(32)}:2`],
        changes: [
          [undefined, 'Anna Petrova'],
          [undefined, 'Boris'],
          ['Anna Petrova', 'Anna P.'],
        ],
      },
    );
  });

  it('keeps what the schema knows through a round trip', async () => {
    const { store, secrets } = setUp();
    await store.change(annaId, () => anna);
    const again = tokenStore(folder(), { secrets });
    opened.push(again);
    const [read] = await again.list();
    const written = JSON.parse(secrets.values.get(annaKey)!) as StoredAccount;
    const { shared } = written;
    assert.deepEqual(written, { ...(JSON.parse(annaValue) as StoredAccount), shared });
    assert.deepEqual([read?.shared, shared.generation], [shared, 1]);
    assert.deepEqual(accountOf(read!), accountOf(anna));
  });

  it('numbers each new pair of tokens, and begins anew for another application', async () => {
    const { store } = setUp();
    const first = (await store.change(annaId, () => anna)).shared;
    const named = await store.change(annaId, (stored) => ({ ...stored!, senderName: 'CI' }));
    assert.deepEqual(named.shared, first);
    const renewed = { ...anna.tokens, accessToken: 'canary-access-2' };
    const second = await store.change(annaId, (stored) => ({ ...stored!, tokens: renewed }));
    assert.deepEqual(second.shared, { ...first, generation: 2 });
    const app = { clientId: 'local.other', clientSecret: 'canary-client-secret' };
    const other = await store.change(annaId, () => ({ ...anna, app }));
    assert.notEqual(other.shared.signIn, first.signIn);
    assert.notEqual(other.shared.sealKey, first.sealKey);
    assert.equal(other.shared.generation, 1);
  });

  it('does with SecretStorage alone when what windows share cannot be read or written', async () => {
    await writeFile(path.join(folder(), 'in the way'), '');
    const secrets = new MemorySecrets({ [annaKey]: annaValue });
    const warnings: string[] = [];
    const store = tokenStore(path.join(folder(), 'in the way'), {
      secrets,
      log: { ...silentLog, warn: (line) => void warnings.push(line) },
    });
    opened.push(store);
    assert.equal((await store.list()).length, 1);
    await store.change(annaId, (stored) => ({ ...stored!, senderName: 'CI' }));
    assert.equal((await store.get(annaId))?.senderName, 'CI');
    await store.noteRefusal(anna, { code: 'invalid_grant' });
    assert.equal(await store.refusalOf(anna), undefined);
    assert.ok(warnings.length > 0 && !warnings.join().includes('canary'));
  });

  it("follows another window's changes", async () => {
    const { store, secrets, changes } = setUp({ [annaKey]: annaValue });
    await store.list();
    const borisId = `${'a'.repeat(32)}:2`;
    // Rereading waits behind what the change event has started.
    await secrets.store(annaKey, JSON.stringify({ ...anna, userName: 'Renamed' }));
    await store.reread(annaId);
    await secrets.store(...secretOf(storedAccount({ userId: 2, userName: 'Boris' })));
    await store.reread(borisId);
    await secrets.delete(annaKey);
    await store.reread(annaId);
    assert.deepEqual(
      { names: (await store.list()).map(({ userName }) => userName), changes },
      {
        names: ['Boris'],
        changes: [
          ['Anna Petrova', 'Renamed'],
          [undefined, 'Boris'],
          ['Renamed', undefined],
        ],
      },
    );
  });

  it('forgets an account, what was set aside of it, and tells who it was', async () => {
    const { store, secrets, changes } = setUp({
      [annaKey]: annaValue,
      [`damaged.v1:${annaId}`]: '{',
      other: 'x',
    });
    await store.list();
    await store.remove(annaId);
    assert.equal(changes.length, 1, 'at once');
    assert.deepEqual(
      { left: Object.fromEntries(secrets.values), list: await store.list(), changes },
      {
        left: { other: 'x' },
        list: [],
        changes: [['Anna Petrova', undefined]],
      },
    );
  });

  it('forgets everything of ours', async () => {
    const { store, secrets } = setUp({
      [annaKey]: annaValue,
      'damaged.v1:gone:7': '{',
      other: 'x',
    });
    await store.removeAll();
    assert.deepEqual(Object.fromEntries(secrets.values), { other: 'x' });
    const deleted = secrets.calls.filter((call) => call.startsWith('delete')).toSorted();
    assert.deepEqual(deleted, [
      ...['account', 'damaged'].flatMap((kind) =>
        [annaId, 'gone:7'].map((id) => `delete ${kind}.v1:${id}`),
      ),
    ]);
  });

  const damaged: Record<string, string> = {
    'no JSON': '{"version":1,',
    'another version': JSON.stringify({ ...anna, version: 2 }),
    'a missing token': JSON.stringify({
      ...anna,
      tokens: { ...anna.tokens, refreshToken: undefined },
    }),
    "another account's": JSON.stringify({ ...anna, userId: 5 }),
    'a list': '[]',
    nothing: '',
  };
  for (const [name, value] of Object.entries(damaged)) {
    it(`sets a damaged value (${name}) aside, says so, and goes on with the others`, async () => {
      const boris = secretOf(storedAccount({ userId: 2, userName: 'Boris' }));
      const { store, secrets, logged, told } = setUp({ [annaKey]: value, [boris[0]]: boris[1] });
      const names = (await store.list()).map(({ userName }) => userName);
      assert.deepEqual(
        { names, stored: Object.fromEntries(secrets.values), logged },
        {
          names: ['Boris'],
          stored: { [boris[0]]: boris[1], [`damaged.v1:${annaId}`]: value },
          logged: ['A stored account cannot be read. It was set aside; sign in again.'],
        },
      );
      await store.list();
      assert.equal(told(), 1);
    });
  }

  describe('when the storage does not give what it lists', () => {
    const boris = secretOf(storedAccount({ userId: 2, userName: 'Boris' }));
    const many = Array<undefined>(100).fill(undefined);

    for (const [what, odd] of [
      ['nothing', undefined],
      ['half of a value', annaValue.slice(0, 40)],
      ['an empty value', ''],
      ["another account's value", boris[1]],
    ] as const) {
      it(`looks again after ${what} once, at the first need (trial 5.12)`, async () => {
        const { store, secrets, told } = setUp({ [annaKey]: annaValue });
        secrets.odd.set(annaKey, [odd]);
        assert.deepEqual((await store.list()).length, 1);
        assert.deepEqual([told(), secrets.values.get(annaKey)], [0, annaValue]);
      });

      it(`looks again after ${what} once, later (trial 5.12)`, async () => {
        const { store, secrets, changes, told } = setUp({ [annaKey]: annaValue });
        await store.list();
        secrets.odd.set(annaKey, [odd]);
        assert.equal((await store.reread(annaId))?.userName, 'Anna Petrova');
        assert.deepEqual([changes, told()], [[], 0]);
      });
    }

    it('says KEYRING, keeps the account, and has it again once it is given (trial 5.12)', async () => {
      const { store, secrets, changes } = setUp({ [annaKey]: annaValue });
      secrets.odd.set(annaKey, [...many]);
      await assert.rejects(store.list(), keyring);
      await assert.rejects(store.get(annaId), keyring);
      await assert.rejects(
        store.change(annaId, () => assert.fail('of an account that is not known')),
        keyring,
      );
      secrets.odd.clear();
      assert.equal((await store.list()).length, 1);
      secrets.odd.set(annaKey, [...many]);
      await assert.rejects(store.reread(annaId), keyring);
      assert.equal((await store.list()).length, 1);
      assert.deepEqual(changes, []);
      assert.equal(secrets.values.get(annaKey), annaValue);
    });

    it('shows the other accounts meanwhile (trial 5.12)', async () => {
      const { store, secrets, changes } = setUp({ [annaKey]: annaValue, [boris[0]]: boris[1] });
      secrets.odd.set(annaKey, [...many]);
      const names = async () => (await store.list()).map(({ userName }) => userName).sort();
      assert.deepEqual(await names(), ['Boris']);
      await assert.rejects(store.get(annaId), keyring);
      secrets.odd.clear();
      assert.deepEqual(await names(), ['Anna Petrova', 'Boris']);
      assert.deepEqual(changes, [[undefined, 'Anna Petrova']]);
      secrets.calls.splice(0);
      await names();
      assert.deepEqual(secrets.calls, [], 'it is known now');
    });

    it('says KEYRING when it gives none of them, and another one is damaged (trial 5.12)', async () => {
      const { store, secrets } = setUp({ [annaKey]: annaValue, [boris[0]]: '{' });
      secrets.odd.set(annaKey, [...many]);
      await assert.rejects(store.list(), keyring);
    });

    it('takes an account for signed out that is listed no more (trial 5.12)', async () => {
      const { store, secrets, changes } = setUp({ [annaKey]: annaValue });
      await store.list();
      secrets.values.delete(annaKey);
      assert.equal(await store.reread(annaId), undefined);
      assert.deepEqual(changes, [['Anna Petrova', undefined]]);
    });
  });

  it('leaves a damaged value where it is when it cannot be copied', async () => {
    const { store, secrets } = setUp({ [annaKey]: '{' });
    secrets.broken.store = 'fails';
    await assert.rejects(store.list(), keyring);
    assert.deepEqual(Object.fromEntries(secrets.values), { [annaKey]: '{' });
  });

  for (const method of ['keys', 'get'] as const) {
    it(`says KEYRING when ${method} fails, and recovers`, async () => {
      const { store, secrets } = setUp({ [annaKey]: annaValue });
      secrets.broken[method] = 'fails';
      await assert.rejects(store.list(), keyring);
      secrets.broken = {};
      assert.equal((await store.list()).length, 1);
    });

    it(`says KEYRING when ${method} does not answer within 10 s`, async () => {
      const { store, secrets, clock } = setUp({ [annaKey]: annaValue });
      secrets.broken[method] = 'hangs';
      const listing = assert.rejects(store.list(), keyring);
      await until(
        () => secrets.calls.some((call) => call.startsWith(method)) && clock.sleeping > 0,
      );
      clock.advance(10_000);
      await listing;
      secrets.broken = {};
      assert.equal((await store.list()).length, 1);
    });
  }

  it('leaves no timer behind', async () => {
    const { store, clock } = setUp({ [annaKey]: annaValue });
    await store.list();
    await store.change(annaId, (stored) => ({ ...stored!, userName: 'x' }));
    assert.equal(clock.sleeping, 0);
  });

  it('tells nothing when storing fails', async () => {
    const { store, secrets, changes } = setUp({ [annaKey]: annaValue });
    await store.list();
    secrets.broken.store = 'fails';
    await assert.rejects(
      store.change(annaId, (stored) => ({ ...stored!, userName: 'x' })),
      keyring,
    );
    assert.deepEqual(
      { name: (await store.get(annaId))?.userName, changes },
      { name: 'Anna Petrova', changes: [] },
    );
  });

  it('loses no change of two at the same moment', async () => {
    const { store } = setUp({ [annaKey]: annaValue });
    await Promise.all([
      store.change(annaId, (stored) => ({ ...stored!, senderName: 'CI' })),
      store.change(annaId, (stored) => ({ ...stored!, integrationId: 7 })),
    ]);
    const stored = await store.get(annaId);
    assert.deepEqual([stored?.senderName, stored?.integrationId], ['CI', 7]);
  });

  it('loses no change that begins after one and during another', async () => {
    const { store } = setUp({ [annaKey]: annaValue });
    const first = store.change(annaId, (stored) => ({ ...stored!, senderName: 'CI' }));
    const second = store.change(annaId, (stored) => ({ ...stored!, integrationId: 7 }));
    await first;
    await Promise.all([
      second,
      store.change(annaId, (stored) => ({ ...stored!, userName: 'Anna P.' })),
    ]);
    const { senderName, integrationId, userName } = (await store.get(annaId))!;
    assert.deepEqual([senderName, integrationId, userName], ['CI', 7, 'Anna P.']);
  });

  it('stores nothing of an account that is signed out in the very moment, and tells it', async () => {
    const { store, secrets, changes } = setUp();
    await store.change(annaId, () => anna);
    const changed = store.change(annaId, (stored) => {
      const name = readdirSync(folder()).find((file) => file.endsWith('.json'))!;
      const file = path.join(folder(), name);
      const state = JSON.parse(readFileSync(file, 'utf8')) as object;
      writeFileSync(file, JSON.stringify({ ...state, ended: [stored!.shared.signIn] }));
      return { ...stored!, userName: 'Too late' };
    });
    await assert.rejects(changed, { code: 'NO_SUCH_ACCOUNT', phase: 'notSent' });
    assert.deepEqual([...secrets.values], []);
    assert.deepEqual(changes.slice(1), [['Anna Petrova', undefined]]);
  });

  it('shows no secret in the part that may be shown', () => {
    assert.ok(!JSON.stringify(accountOf(anna)).includes('canary'));
  });
});
