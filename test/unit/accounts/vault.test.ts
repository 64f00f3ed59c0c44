import assert from 'node:assert/strict';
import { Bitrix24Error } from '../../../src/bitrix24/errors';
import type { Log } from '../../../src/common/log';
import { accountOf, Vault } from '../../../src/accounts/vault';
import type { VaultChange } from '../../../src/accounts/vault';
import { ManualClock } from '../../support/manualClock';
import { MemorySecrets } from '../../support/memorySecrets';
import { secretOf, storedAccount } from '../../support/storedAccounts';
import { until } from '../../support/until';

const anna = storedAccount();
const [annaKey, annaValue] = secretOf(anna);
const annaId = `${'a'.repeat(32)}:1`;

function setUp(values: Record<string, string> = {}) {
  const secrets = new MemorySecrets(values);
  const clock = new ManualClock();
  const logged: string[] = [];
  const note = (message: string) => void logged.push(message);
  const log: Log = { debug: note, info: note, warn: note, error: note };
  let told = 0;
  const vault = new Vault({ secrets, clock, log, onDamaged: () => void (told += 1) });
  const changes: { added: string[]; removed: string[]; changed: string[] }[] = [];
  vault.onDidChange(({ added, removed, changed }: VaultChange) =>
    changes.push({
      added: added.map(({ userName }) => userName),
      removed: removed.map(({ userName }) => userName),
      changed: changed.map(({ after }) => after.userName),
    }),
  );
  return { secrets, clock, vault, logged, changes, told: () => told };
}

const keyring = (error: unknown) =>
  error instanceof Bitrix24Error && error.code === 'KEYRING' && error.phase === 'notSent';

describe('vault', () => {
  it('reads nothing until asked', () => {
    const { secrets } = setUp({ [annaKey]: annaValue });
    assert.deepEqual(secrets.calls, []);
  });

  it('lists what is stored, and nothing else', async () => {
    const { vault, secrets } = setUp({ [annaKey]: annaValue, other: 'x', 'account.v2:new': '{}' });
    assert.deepEqual(await vault.list(), [JSON.parse(annaValue)]);
    await vault.list();
    assert.deepEqual(secrets.calls, ['keys', `get ${annaKey}`]);
  });

  it('stores one secret per account and tells it once', async () => {
    const { vault, secrets, changes } = setUp();
    await vault.change(annaId, () => anna);
    const boris = storedAccount({ userId: 2, userName: 'Boris' });
    await vault.change(`${'a'.repeat(32)}:2`, () => boris);
    await vault.change(annaId, (stored) => stored && { ...stored, userName: 'Anna P.' });
    assert.deepEqual(
      { keys: [...secrets.values.keys()], changes },
      {
        keys: [annaKey, `account.v1:${'a'.repeat(32)}:2`],
        changes: [
          { added: ['Anna Petrova'], removed: [], changed: [] },
          { added: ['Boris'], removed: [], changed: [] },
          { added: [], removed: [], changed: ['Anna P.'] },
        ],
      },
    );
  });

  it('keeps what the schema knows through a round trip', async () => {
    const { vault, secrets } = setUp();
    await vault.change(annaId, () => anna);
    const again = new Vault({ secrets, clock: new ManualClock(), log: console });
    assert.deepEqual(accountOf((await again.list())[0]!), accountOf(anna));
    assert.deepEqual(JSON.parse(secrets.values.get(annaKey)!), JSON.parse(annaValue));
  });

  it("follows another window's changes", async () => {
    const { vault, secrets, changes } = setUp({ [annaKey]: annaValue });
    await vault.list();
    const borisId = `${'a'.repeat(32)}:2`;
    // Rereading waits behind what the change event has started.
    await secrets.store(annaKey, JSON.stringify({ ...anna, userName: 'Renamed' }));
    await vault.reread(annaId);
    await secrets.store(...secretOf(storedAccount({ userId: 2, userName: 'Boris' })));
    await vault.reread(borisId);
    await secrets.delete(annaKey);
    await vault.reread(annaId);
    assert.deepEqual(
      { names: (await vault.list()).map(({ userName }) => userName), changes },
      {
        names: ['Boris'],
        changes: [
          { added: [], removed: [], changed: ['Renamed'] },
          { added: ['Boris'], removed: [], changed: [] },
          { added: [], removed: ['Renamed'], changed: [] },
        ],
      },
    );
  });

  it('forgets an account, what was set aside of it, and tells who it was', async () => {
    const { vault, secrets, changes } = setUp({
      [annaKey]: annaValue,
      [`damaged.v1:${annaId}`]: '{',
      other: 'x',
    });
    await vault.list();
    await vault.remove(annaId);
    assert.deepEqual(
      { left: Object.fromEntries(secrets.values), list: await vault.list(), changes },
      {
        left: { other: 'x' },
        list: [],
        changes: [{ added: [], removed: ['Anna Petrova'], changed: [] }],
      },
    );
  });

  it('forgets everything of ours', async () => {
    const { vault, secrets } = setUp({
      [annaKey]: annaValue,
      'damaged.v1:gone:7': '{',
      other: 'x',
    });
    await vault.removeAll();
    assert.deepEqual(Object.fromEntries(secrets.values), { other: 'x' });
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
      const { vault, secrets, logged, told } = setUp({ [annaKey]: value, [boris[0]]: boris[1] });
      const names = (await vault.list()).map(({ userName }) => userName);
      assert.deepEqual(
        { names, stored: Object.fromEntries(secrets.values), logged },
        {
          names: ['Boris'],
          stored: { [boris[0]]: boris[1], [`damaged.v1:${annaId}`]: value },
          logged: ['A stored account cannot be read. It was set aside; sign in again.'],
        },
      );
      await vault.list();
      assert.equal(told(), 1);
    });
  }

  it('leaves a damaged value where it is when it cannot be copied', async () => {
    const { vault, secrets } = setUp({ [annaKey]: '{' });
    secrets.broken.store = 'fails';
    await assert.rejects(vault.list(), keyring);
    assert.deepEqual(Object.fromEntries(secrets.values), { [annaKey]: '{' });
  });

  for (const method of ['keys', 'get'] as const) {
    it(`says KEYRING when ${method} fails, and recovers`, async () => {
      const { vault, secrets } = setUp({ [annaKey]: annaValue });
      secrets.broken[method] = 'fails';
      await assert.rejects(vault.list(), keyring);
      secrets.broken = {};
      assert.equal((await vault.list()).length, 1);
    });

    it(`says KEYRING when ${method} does not answer within 10 s`, async () => {
      const { vault, secrets, clock } = setUp({ [annaKey]: annaValue });
      secrets.broken[method] = 'hangs';
      const listing = assert.rejects(vault.list(), keyring);
      await until(
        () => secrets.calls.some((call) => call.startsWith(method)) && clock.sleeping > 0,
      );
      clock.advance(10_000);
      await listing;
      secrets.broken = {};
      assert.equal((await vault.list()).length, 1);
    });
  }

  it('leaves no timer behind', async () => {
    const { vault, clock } = setUp({ [annaKey]: annaValue });
    await vault.list();
    await vault.change(annaId, (stored) => stored && { ...stored, userName: 'x' });
    assert.equal(clock.sleeping, 0);
  });

  it('tells nothing when storing fails', async () => {
    const { vault, secrets, changes } = setUp({ [annaKey]: annaValue });
    await vault.list();
    secrets.broken.store = 'fails';
    await assert.rejects(
      vault.change(annaId, (stored) => stored && { ...stored, userName: 'x' }),
      keyring,
    );
    assert.deepEqual(
      { name: (await vault.get(annaId))?.userName, changes },
      { name: 'Anna Petrova', changes: [] },
    );
  });

  it('loses no change of two at the same moment', async () => {
    const { vault } = setUp({ [annaKey]: annaValue });
    await Promise.all([
      vault.change(annaId, (stored) => stored && { ...stored, senderName: 'CI' }),
      vault.change(annaId, (stored) => stored && { ...stored, integrationId: 7 }),
    ]);
    const stored = await vault.get(annaId);
    assert.deepEqual([stored?.senderName, stored?.integrationId], ['CI', 7]);
  });

  it('shows no secret in the part that may be shown', () => {
    assert.ok(!JSON.stringify(accountOf(anna)).includes('canary'));
  });
});
