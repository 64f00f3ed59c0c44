import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Account } from '../../../src/accounts/account';
import type { PortalClient } from '../../../src/bitrix24/portalClient';
import { silentLog } from '../../support/silentLog';
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

  /** Certain is what is spelled as on the portal; the directory also knows what is not. */
  const withDirectory = [
    ['Kuznetsov Sergey, 3', [3], 'Kuznetsov Sergey: spelling 9'],
    ['дмитрий елкин, User2@Acme.example', [7, 2]],
    ['Kowalsk\u0430', [], 'Kowalsk\u0430: spelling 3'],
    ['ID;Name\n5;Emma Wilson', [], 'Emma Wilson #5: mismatch 5 8'],
    ['Сидоров И., 3', [3], 'Сидоров И.: spelling 2'],
  ] as const;

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
          'Maria Kowalska <nobody@acme.example>: address',
          'Нетакого Вовсе: unknown',
          '999999: unknownId',
          '4: inactive',
          'user4@acme.example: inactive',
        ]);
        assert.equal(found.missingScope, undefined);
      });

      /** `people`: the ids chosen. The rest is left: `text: why ids of candidates`. */
      for (const [text, people, ...rest] of [
        // 1.1: the tail of a token is never the token.
        ["x'user2@acme.example", [], "x'user2@acme.example: unknown"],
        // 1.2: one person, by the address.
        ['Сидоров, Иван <user2@acme.example>', [2]],
        ['Сидоров, Иван <user2@acme.example>; Carter, John <user5@acme.example>', [2, 5]],
        ['"Сидоров, Иван";user2@acme.example', [2]],
        ['Сидоров, Иван', [2]],
        ['Emma Wilson, John <user5@acme.example>', [8, 5]],
        [
          'Сидоров, Иван <nobody@acme.example>',
          [],
          'Сидоров, Иван <nobody@acme.example>: address 2',
        ],
        // 1.3: numbers beside names.
        ['№\tName\n5\tИван Сидоров\n6\tEmma Wilson', [2, 8]],
        ['1;Иван Сидоров\n2;Emma Wilson', [2, 8]],
        ['ID;Name\n5;John Carter\n8;Emma Wilson', [5, 8]],
        ['7, Emma Wilson\n9, John Carter', [8, 5], '7: number 7', '9: number 9'],
        ['Emma Wilson\tJohn Carter', [], 'Emma Wilson: ambiguous 8 5'],
        ['8 900 123 45 67, 3', [3], '8 900 123 45 67: unknown'],
        ['PR #12', [], 'PR #12: mismatch 12'],
        ['Ольга #12', [12]],
        // 1.4: the portal of a link.
        [
          'https://other.bitrix24.com/company/personal/user/3/',
          [],
          'https://other.bitrix24.com/company/personal/user/3/: portal',
        ],
        ['https://acme.example/company/personal/user/3/', [3]],
        // 2.1 to 2.5
        ['[3, 5]', [3, 5]],
        ['id 5', [5]],
        ['3\u200b, \u200e5', [3, 5]],
        ['Иван Сидоров и Emma Wilson', [2, 8]],
        ['Иван Сидоров and Нетакого Вовсе', [2], 'Нетакого Вовсе: unknown'],
        [
          'Кузнецов Сергей <unknown@acme.example>',
          [],
          'Кузнецов Сергей <unknown@acme.example>: address 9',
        ],
        ['\ud83d Нетакого, 3', [3], '\ud83d Нетакого: unknown'],
        ...(isRead ? withDirectory : []),
      ] as const) {
        it(`means of ${JSON.stringify(text)} only ${people.join(', ') || 'nobody'} (trials 1.1 to 2.5)`, async () => {
          const found = await match(text);
          assert.deepEqual(ids(found), people);
          assert.deepEqual(
            found.unmatched.map(({ text: entry, why, candidates = [] }) =>
              [`${entry}: ${why}`, ...candidates.map(({ id }) => id)].join(' '),
            ),
            rest,
          );
        });
      }

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
    const group = { people: [3, 9], departments: [{ id: 5, reach: 'direct' as const }] };
    groups = [{ ...group, name: 'Release team', from: 'user' }];
    const found = await match('release Team, 3');
    assert.deepEqual(ids(found).sort(), [3, 9]);
    assert.deepEqual(found.departments, [{ id: 5, reach: 'direct' }]);
  });

  it('marks whom a group of the workspace brought', async () => {
    groups = [{ name: 'Ops', people: [3], departments: [], from: 'workspace' }];
    const { people } = await match('ops, 5');
    assert.deepEqual(
      people.map(({ id, workspaceGroup }) => [id, workspaceGroup]),
      [
        [3, 'Ops'],
        [5, undefined],
      ],
    );
  });

  it('does not take half of what a name says for a department', async () => {
    departments.of = () =>
      Promise.resolve(
        new DepartmentTree([
          { id: 1, name: 'Research' },
          { id: 2, name: 'Sales and Support' },
        ]),
      );
    const found = await match('Research and Development\nSales and Support');
    assert.deepEqual(
      found.departments.map(({ id }) => id),
      [2],
    );
    const [entry] = found.unmatched;
    assert.deepEqual([entry?.why, entry?.departments?.map(({ id }) => id)], ['ambiguous', [1]]);
    assert.deepEqual((await match('Анна Ли\tResearch\nЯн Ли\tResearch')).departments, []);
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
