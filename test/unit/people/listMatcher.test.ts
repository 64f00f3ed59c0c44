import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Account } from '../../../src/accounts/account';
import type { PortalClient } from '../../../src/bitrix24/portalClient';
import { silentLog } from '../../../src/common/log';
import { Departments } from '../../../src/people/departments/departments';
import { DepartmentTree } from '../../../src/people/departments/departmentTree';
import { Directories } from '../../../src/people/directory/directories';
import { storageFolder } from '../../../src/common/storageFolder';
import type { SavedGroup } from '../../../src/people/groups';
import { ListMatcher } from '../../../src/people/listMatcher';
import type { ListMatch } from '../../../src/people/listMatcher';
import { PeopleSearch } from '../../../src/people/peopleSearch';
import { startSandbox, type Sandbox } from '../../../src/sandbox/index';
import { sandboxClient } from '../../support/sandboxClient';
import { FakeClock } from '../bitrix24/support';
import { noDirectories } from '../../support/noDirectories';

describe('whom a list means, on a sandbox', function () {
  this.timeout(20_000);
  const account = { id: 'a', userId: 1, userName: 'Анна Петрова', host: 'acme.example' } as Account;
  let folder: string;
  let sandbox: Sandbox;
  let directories: Directories;
  let departments: Departments;
  let matcher: ListMatcher;
  let groups: SavedGroup[];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'list-'));
    const clock = new FakeClock();
    sandbox = await startSandbox({ people: 300, now: () => clock.now() });
    const client: PortalClient = await sandboxClient(sandbox, clock);
    const accounts = {
      client: () => Promise.resolve(client),
      get: () => Promise.resolve(account),
      current: () => Promise.resolve(account),
    };
    const common = { accounts, clock, log: silentLog };
    directories = new Directories({ ...common, folder: storageFolder(folder) });
    departments = new Departments({ ...common, directories });
    groups = [];
    matcher = new ListMatcher({
      accounts,
      people: new PeopleSearch({ ...noDirectories, accounts, directories, log: silentLog }),
      directories,
      departments,
      groups: { list: () => groups },
      meWords: () => ['me', 'Я'],
    });
  });
  afterEach(async () => {
    departments.dispose();
    directories.dispose();
    await sandbox.close();
    await rm(folder, { recursive: true });
  });

  const match = (text: string) => matcher.match('a', text, new AbortController().signal);
  const ids = ({ people }: ListMatch) => people.map(({ id }) => id);
  const left = ({ unmatched }: ListMatch) => unmatched.map(({ text, why }) => `${text}: ${why}`);
  const methods = () => sandbox.snapshot().requests.map(({ method }) => method);

  for (const isRead of [true, false]) {
    describe(isRead ? 'with its directory' : 'before its directory is read', () => {
      beforeEach(async () => {
        if (isRead) {
          await directories.read('a');
        }
      });

      it('finds ids, names, addresses and departments, and tells the rest', async () => {
        const name = (await departments.of('a')).path(7).join(' / ');
        const found = await match(
          `3, #5; user2@acme.example | Сидоров Иван\n• Maria Kowalska <nobody@acme.example>\nя, ` +
            `${name}, Нетакого Вовсе, 999999, 4, user4@acme.example, USER6@acme.example, Смирнова Ольга`,
        );
        assert.deepEqual(ids(found).slice(0, 4), [3, 5, 2, 1]);
        assert.deepEqual(
          found.departments.map(({ id, reach }) => [id, reach]),
          [[7, 'tree']],
        );
        assert.ok(ids(found).includes(6));
        assert.deepEqual(left(found).slice(0, 5), [
          'Maria Kowalska <nobody@acme.example>: unknown',
          'Нетакого Вовсе: unknown',
          '999999: unknown',
          '4: inactive',
          'user4@acme.example: inactive',
        ]);
        assert.equal(found.missingScope, undefined);
      });

      it('asks in few requests', async () => {
        await departments.of('a');
        const before = methods().length;
        const addresses = Array.from({ length: 120 }, (_, at) => `user${at}@acme.example`);
        const names = Array.from({ length: 20 }, (_, at) => `Нетакого${at} Вовсе`);
        await match([...addresses, ...names].join('\n'));
        assert.deepEqual(
          methods()
            .slice(before)
            .filter((method) => method === 'batch').length,
          1,
        );
      });
    });
  }

  it('takes groups by name, with all that is in them', async () => {
    groups = [
      {
        name: 'Release team',
        people: [3, 9],
        departments: [{ id: 5, reach: 'direct' }],
        from: 'user',
      },
    ];
    const found = await match('release Team, 3');
    assert.deepEqual(ids(found).sort(), [3, 9]);
    assert.deepEqual(found.departments, [{ id: 5, reach: 'direct' }]);
  });

  it('tells namesakes from each other only by more than the name', async () => {
    await directories.read('a');
    const names = sandbox
      .users(Array.from({ length: 300 }, (_, at) => at + 1))
      .filter(({ id, active }) => active && directories.peek('a')?.person(id));
    const surname = [...new Set(names.map(({ lastName }) => lastName))].find(
      (one) => names.filter(({ lastName }) => lastName === one).length > 1,
    );
    assert.ok(surname);
    const found = await match(`${surname}, 3`);
    const [entry] = found.unmatched;
    assert.equal(entry?.why, 'ambiguous');
    assert.ok(entry.candidates?.every(({ name }) => name?.includes(surname)));
    assert.deepEqual(ids(found), [3]);
  });

  it('names the departments of one name, for the user to choose', async () => {
    const tree = new DepartmentTree([
      { id: 1, name: 'Север' },
      { id: 2, name: 'Юг' },
      { id: 3, name: 'Продажи', parent: 1 },
      { id: 4, name: 'Продажи', parent: 2 },
    ]);
    departments.of = () => Promise.resolve(tree);
    const found = await match('продажи, 3; Юг Продажи');
    assert.deepEqual(found.unmatched, [
      {
        text: 'продажи',
        why: 'ambiguous',
        departments: [3, 4].map((id) => ({ id, name: 'Продажи', reach: 'tree' })),
      },
    ]);
    assert.deepEqual(found.departments, [{ id: 4, name: 'Продажи', reach: 'tree' }]);
  });

  it('takes names apart that a single line has run together', async () => {
    await directories.read('a');
    const found = await match('Дмитрий Ёлкин Kowalska Wilson Emma, x');
    assert.deepEqual(ids(found), [7, 3, 8]);
  });

  for (const [scopes, missingScope, expected] of [
    [['pull', 'user_brief'], 'user_basic', ['user2@acme.example: noScope']],
    [['pull'], 'user_basic', ['user2@acme.example: noScope', 'Иван Сидоров: noScope']],
    [['pull', 'user_basic'], undefined, []],
  ] as const) {
    it(`says what it cannot look for with ${scopes.join(', ')}`, async () => {
      sandbox.patchState({ scopes: [...scopes] });
      const found = await match('user2@acme.example, 3, Иван Сидоров');
      assert.deepEqual(left(found), expected);
      assert.equal(found.missingScope, missingScope);
      assert.ok(ids(found).includes(3));
    });
  }

  it('says that names need a permission where there are no addresses', async () => {
    sandbox.patchState({ scopes: ['pull'] });
    assert.equal((await match('Иван Сидоров, 3')).missingScope, 'user');
  });

  it('stops when nobody wants to know any more', async () => {
    const abort = new AbortController();
    abort.abort();
    await assert.rejects(matcher.match('a', 'Иван Сидоров, a@acme.example', abort.signal));
    assert.ok(!methods().includes('batch'));
  });
});
