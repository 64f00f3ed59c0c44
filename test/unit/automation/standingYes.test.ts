import assert from 'node:assert/strict';
import type { Account } from '../../../src/accounts/account';
import { ReachState } from '../../../src/automation/reachState';
import type { ReachFile } from '../../../src/automation/reachState';
import { StandingYes } from '../../../src/automation/standingYes';
import { mayHaveStandingYes } from '../../../src/automation/standingYesHint';
import { anAccount } from '../../support/builders';
import { MemoryMemento } from '../../support/memoryMemento';
import { MemorySecrets } from '../../support/memorySecrets';
import { MemoryShared } from '../../support/memoryShared';
import { silentLog } from '../../support/silentLog';
import { VirtualClock } from '../../support/virtualClock';

describe('the standing yes', () => {
  let secrets: MemorySecrets;
  let globalState: MemoryMemento;
  let clock: VirtualClock;
  let shared: MemoryShared<ReachFile>;
  let accounts: Account[];

  beforeEach(() => {
    secrets = new MemorySecrets();
    globalState = new MemoryMemento();
    clock = new VirtualClock();
    shared = new MemoryShared();
    accounts = [anAccount()];
  });

  const open = (own = secrets) =>
    new StandingYes({
      ...{ secrets: own, globalState, clock, log: silentLog },
      accounts: { get: (id) => Promise.resolve(accounts.find((one) => one.id === id)) },
      state: new ReachState(shared, clock),
    });

  it('is not there before it is given, and is then good for one account', async () => {
    const yes = open();
    assert.equal(await yes.get(), undefined);
    assert.equal(mayHaveStandingYes(globalState), false);
    await yes.give(anAccount());
    assert.deepEqual(await yes.get(), { account: anAccount(), at: clock.now() });
    assert.deepEqual(await open().get(), { account: anAccount(), at: clock.now() });
    assert.equal(mayHaveStandingYes(globalState), true);
  });

  it('cannot be made from state or the file that windows share', async () => {
    await open().give(anAccount());
    secrets.values.clear();
    assert.equal(await open().get(), undefined);
  });

  it('is good for the person who gave it, not for another one of the same account', async () => {
    await open().give(anAccount());
    accounts = [anAccount({ userId: 2 })];
    assert.equal(await open().get(), undefined);
    accounts = [];
    assert.equal(await open().get(), undefined);
  });

  it('is taken back in all windows, where secrets are not live between them as well', async () => {
    const other = open(new MemorySecrets());
    await other.give(anAccount());
    let changes = 0;
    other.onDidChange(() => (changes += 1));
    const here = open();
    await here.give(anAccount());
    await here.takeBack();
    assert.deepEqual([await here.get(), await other.get()], [undefined, undefined]);
    assert.deepEqual([secrets.values.size, mayHaveStandingYes(globalState)], [0, false]);
    await here.give(anAccount());
    assert.ok(await here.get());
  });

  it('tells when it was given or taken back, by any window', async () => {
    const yes = open();
    let changes = 0;
    yes.onDidChange(() => (changes += 1));
    await open().give(anAccount());
    assert.equal(changes, 1);
    assert.ok(await yes.get());
    await open().takeBack();
    assert.equal(changes, 2);
    assert.equal(await yes.get(), undefined);
    yes.dispose();
    await open().give(anAccount());
    assert.equal(changes, 2);
  });

  it('goes with its account, and with no other', async () => {
    const yes = open();
    await yes.give(anAccount());
    await yes.forget('acme:2');
    assert.ok(await yes.get());
    await yes.forget('acme:1');
    assert.equal(await yes.get(), undefined);
    assert.equal(secrets.values.size, 0);
  });

  it('counts as none while the keyring fails or does not answer, and counts again later', async () => {
    await open().give(anAccount());
    const yes = open();
    secrets.broken = { get: 'fails' };
    assert.equal(await yes.get(), undefined);
    secrets.broken = { get: 'hangs' };
    assert.equal(await clock.run(yes.get()), undefined);
    secrets.broken = {};
    assert.ok(await yes.get());
  });

  it('counts as none where it cannot be understood', async () => {
    await open().give(anAccount());
    const [key = ''] = secrets.values.keys();
    for (const text of ['true', '{"accountId":"acme:1"}', 'x']) {
      secrets.values.set(key, text);
      assert.equal(await open().get(), undefined, text);
    }
  });
});
