import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { silentLog } from '../../support/silentLog';
import { Directories } from '../../../src/people/directory/directories';
import { storageFolder } from '../../../src/common/storageFolder';
import { forgetPeopleWithAccount } from '../../../src/people/forgetPeople';
import { startSandbox } from '../../../src/sandbox/index';
import { MemorySecrets } from '../../support/memorySecrets';
import { sandboxClient } from '../../support/sandboxClient';
import { secretOf, storedAccount } from '../../support/storedAccounts';
import { temporaryFolder } from '../../support/temporaryFolder';
import { FakeClock } from '../bitrix24/support';
import { tokenStore } from '../../support/tokenStores';

describe('the people of an account that is removed', () => {
  const shared = temporaryFolder();

  it('are gone from the disk, and those of another account stay', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'forget-'));
    const clock = new FakeClock();
    const sandbox = await startSandbox({ now: () => clock.now() });
    const client = await sandboxClient(sandbox, clock);
    const boris = storedAccount({ userId: 2 });
    const secrets = new MemorySecrets(Object.fromEntries([storedAccount(), boris].map(secretOf)));
    const store = tokenStore(shared(), { secrets });
    const directories = new Directories({
      accounts: { client: () => Promise.resolve(client) },
      folder: storageFolder(folder),
      clock,
      log: silentLog,
    });
    const listening = forgetPeopleWithAccount(store, [directories], silentLog);
    try {
      const ids = [1, 2].map((userId) => `${'a'.repeat(32)}:${userId}`);
      await store.list();
      for (const id of ids) {
        assert.equal((await directories.read(id)).kind, 'read');
      }
      assert.equal((await readdir(folder)).length, 2);
      const forgotten = new Promise((resolve) => directories.onDidChange(resolve));
      await store.remove(ids[0] ?? '');
      assert.equal(await forgotten, ids[0]);
      assert.equal((await readdir(folder)).length, 1);
      assert.deepEqual(
        ids.map((id) => directories.peek(id) !== undefined),
        [false, true],
      );
    } finally {
      listening.dispose();
      directories.dispose();
      store.dispose();
      await sandbox.close();
      await rm(folder, { recursive: true });
    }
  });
});
