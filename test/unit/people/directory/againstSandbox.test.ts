import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { silentLog } from '../../../support/silentLog';
import { Directories } from '../../../../src/people/directory/directories';
import { storageFolder } from '../../../../src/common/storageFolder';
import type { PeopleDirectory } from '../../../../src/people/directory/peopleDirectory';
import { startSandbox, type Sandbox } from '../../../../src/sandbox/index';
import { sandboxClient } from '../../../support/sandboxClient';
import { FakeClock } from '../../bitrix24/support';

describe('the directory of a sandbox of 6,000 people', function () {
  this.timeout(20_000);
  const count = 6_000;
  let folder: string;
  let sandbox: Sandbox;
  let clock: FakeClock;
  let directories: Directories;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'directory-'));
    clock = new FakeClock();
    // One clock for both, so that the bucket leaks as the client waits.
    sandbox = await startSandbox({ people: count, now: () => clock.now() });
    const client = await sandboxClient(sandbox, clock);
    directories = new Directories({
      accounts: { client: () => Promise.resolve(client) },
      folder: storageFolder(folder),
      clock,
      log: silentLog,
    });
  });
  afterEach(async () => {
    directories.dispose();
    await sandbox.close();
    await rm(folder, { recursive: true });
  });

  const read = async (): Promise<PeopleDirectory> => {
    const outcome = await directories.read('a');
    assert.ok(outcome.kind === 'read', outcome.kind);
    return outcome.directory;
  };
  const users = () => sandbox.users(Array.from({ length: count }, (_, at) => at + 1));
  /** Person 1 sees all of these, and people from outside with whom they share a group. */
  const colleagues = () =>
    users().filter(({ active, departments }) => active && departments.length > 0);

  it('has everybody who is active, with all that a list needs', async () => {
    const directory = await read();
    const known = users().filter(({ id }) => directory.person(id));
    assert.equal(directory.count, known.length);
    assert.ok(known.length > colleagues().length && known.length < count);
    assert.ok(
      known.every(
        ({ active, extranet, departments }) => active && (extranet || departments.length > 0),
      ),
    );
    for (const user of [...known, ...colleagues()]) {
      const { name, position, photo, departments, id, firstName, lastName, secondName } = user;
      assert.deepEqual(directory.person(id), {
        id,
        firstName,
        lastName,
        secondName: secondName || undefined,
        name,
        position: position || undefined,
        photo: photo || undefined,
        active: true,
        departments,
        type: user.extranet ? 'extranet' : 'employee',
      });
    }
  });

  it('takes 2,500 people a request and never fills a real bucket', async () => {
    sandbox.patchState({ bucket: { size: 50, drain: 2, level: 48 } });
    await read();
    const requests = sandbox
      .snapshot()
      .requests.filter(({ method }) => !method.startsWith('oauth'));
    assert.deepEqual(
      requests.map(({ method, status }) => [method, status]),
      [
        ['batch', 200],
        ['batch', 200],
        ['batch', 200],
        ['batch', 200],
      ],
    );
  });

  for (const scope of ['user', 'user_basic', 'user_brief']) {
    it(`can be read with the scope ${scope} alone`, async () => {
      sandbox.patchState({ scopes: ['pull', scope] });
      const directory = await read();
      assert.equal(directory.person(2)?.name, 'Иван Сидоров');
      assert.equal(directory.person(2)?.position, 'Ведущий разработчик');
    });
  }

  it('cannot be read without a user scope', async () => {
    sandbox.patchState({ scopes: ['pull', 'im', 'department'] });
    assert.deepEqual(await directories.read('a'), { kind: 'missingScope', missingScope: 'user' });
  });

  it('misses nobody when people are dismissed in the midst of reading', async () => {
    const dismissed = [51, 100, 151, 2_600];
    directories.onDidProgress((accountId) => {
      if (directories.reading(accountId)?.read === 50) {
        sandbox.patchState({ users: dismissed.map((id) => ({ id, active: false })) });
      }
    });
    const outcome = await directories.read('a');
    assert.ok(outcome.kind === 'read');
    for (const { id } of colleagues()) {
      assert.ok(outcome.directory.person(id), `person ${id}`);
    }
    assert.equal(outcome.directory.person(2_600), undefined);
  });

  it('goes on after a broken connection', async () => {
    sandbox.addFaults({ method: 'batch', action: 'cut', when: 'before', call: 2 });
    await assert.rejects(directories.read('a'));
    const directory = await read();
    assert.ok(colleagues().every(({ id }) => directory.person(id)));
    const requests = sandbox.snapshot().requests.filter(({ method }) => method === 'batch');
    // The first page is not read twice.
    assert.equal(requests.length, 5);
  });

  it('finds the same people that the portal finds, and more', async () => {
    const directory = await read();
    const ids = (query: string) => directory.search(query).people.map(({ id }) => id);
    for (const query of ['анна петрова', 'anna petrova', 'fyyf gtnhjdf', 'петр анна генеральный']) {
      assert.equal(ids(query)[0], 1, query);
    }
  });
});
