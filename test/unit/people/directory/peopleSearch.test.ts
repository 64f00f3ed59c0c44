import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { Account } from '../../../../src/accounts/account';
import { departments } from '../../../../src/bitrix24/departments';
import { Bitrix24Error } from '../../../../src/bitrix24/errors';
import type { PortalClient } from '../../../../src/bitrix24/portalClient';
import { silentLog } from '../../../support/silentLog';
import { createPersonFacts } from '../../../../src/push/personFacts';
import { Departments } from '../../../../src/people/departments/departments';
import { Directories } from '../../../../src/people/directory/directories';
import { storageFolder } from '../../../../src/common/storageFolder';
import { PeopleSearch } from '../../../../src/people/peopleSearch';
import { RecentRecipients } from '../../../../src/people/recentRecipients';
import { startSandbox, type Sandbox } from '../../../../src/sandbox/index';
import { sandboxClient } from '../../../support/sandboxClient';
import { FakeClock } from '../../bitrix24/support';

describe('the search for people with a directory', function () {
  this.timeout(20_000);
  const account = { id: 'a', userId: 1, userName: 'Anna', host: 'acme.example' } as Account;
  const { signal } = new AbortController();
  let folder: string;
  let sandbox: Sandbox;
  let clock: FakeClock;
  let client: PortalClient;
  let directories: Directories;
  let names: Departments;
  let recents: RecentRecipients;
  let people: PeopleSearch;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'people-'));
    clock = new FakeClock();
    sandbox = await startSandbox({ people: 1_000, now: () => clock.now() });
    client = await sandboxClient(sandbox, clock);
    const accounts = {
      current: () => Promise.resolve(account),
      get: () => Promise.resolve(account),
      client: () => Promise.resolve(client),
    };
    directories = new Directories({
      accounts,
      folder: storageFolder(folder),
      clock,
      log: silentLog,
    });
    names = new Departments({ accounts, directories, clock, log: silentLog });
    const kept = new Map<string, unknown>();
    recents = new RecentRecipients({
      memento: {
        get: (key: string) => kept.get(key) as never,
        update: (key, value) => Promise.resolve(void kept.set(key, value)),
      },
      clock,
    });
    people = new PeopleSearch({ accounts, directories, recents, log: silentLog });
  });
  afterEach(async () => {
    names.dispose();
    directories.dispose();
    await sandbox.close();
    await rm(folder, { recursive: true });
  });

  const calls = () => sandbox.snapshot().requests.map(({ method }) => method);
  /** About people: departments are read beside them. */
  const asked = () => calls().filter((method) => method.startsWith('user.')).length;
  const read = async () => {
    const outcome = await directories.read('a');
    assert.ok(outcome.kind === 'read', outcome.kind);
  };
  /** Prepares as a picker does, and waits for the directory. */
  const prepared = async () => {
    const arrived = new Promise<void>((resolve) => {
      const listening = directories.onDidChange(() => {
        listening.dispose();
        resolve();
      });
    });
    people.prepare('a');
    await arrived;
  };

  it('asks the portal until the directory is there, and nobody afterwards', async () => {
    assert.equal(people.local('a', 'Сидоров'), undefined);
    await people.search('a', 'Сидоров', signal);
    assert.ok(calls().includes('user.search'));
    await prepared();
    const already = asked();
    const after = await people.search('a', 'Сидоров', signal);
    assert.deepEqual(after.hits, people.local('a', 'Сидоров'));
    assert.ok(after.hits.length > 0);
    assert.equal(asked(), already);
  });

  for (const [what, query, isMeant] of [
    ['the wrong keyboard layout', 'bdfy', (name: string) => name.startsWith('Иван')],
    ['Latin letters for a Cyrillic name', 'ivan', (name: string) => /^(Иван|Ivan)/u.test(name)],
    ['a beginning', 'Ива', (name: string) => name.includes('Ива')],
  ] as const) {
    it(`finds by ${what} without asking the portal`, async () => {
      await read();
      const already = asked();
      const { hits } = await people.search('a', query, signal);
      assert.ok(isMeant(hits[0]?.name ?? ''), hits[0]?.name);
      assert.equal(asked(), already);
    });
  }

  it('finds by position, and takes ё for е', async () => {
    await read();
    const all = sandbox.users(Array.from({ length: 1_000 }, (_, at) => at + 1));
    const known = all.filter(({ id }) => directories.peek('a')?.person(id));
    const someone = known.find(({ position }) => position.length > 5);
    assert.ok(someone?.position);
    const byPosition = people.local('a', someone.position) ?? [];
    assert.ok(byPosition.length > 0);
    assert.ok(byPosition.every(({ position }) => position !== undefined));
    const withYo = known.find(({ firstName }) => /[её]/iu.test(firstName));
    assert.ok(withYo, 'a name with ё or е');
    const typed = [withYo.name.replace(/ё/gu, 'е'), withYo.name.replace(/е/gu, 'ё')];
    const [plain, dotted] = typed.map((query) => people.local('a', query)?.map(({ id }) => id));
    assert.ok(plain?.includes(withYo.id));
    assert.deepEqual(dotted, plain);
  });

  it('puts those first who were used often and lately', async () => {
    await read();
    const usual = people.local('a', 'Иван') ?? [];
    const last = usual.at(-1);
    assert.ok(last && last.id !== usual[0]?.id);
    await recents.record('a', [{ id: last.id }]);
    assert.equal(people.local('a', 'Иван')?.[0]?.id, last.id);
  });

  it('asks the portal for whom the directory does not know: somebody new', async () => {
    sandbox.patchState({ users: [{ id: 7, active: false }] });
    await read();
    assert.equal(directories.peek('a')?.person(7), undefined);
    sandbox.patchState({ users: [{ id: 7, active: true }] });
    const [seven] = sandbox.users([7]);
    const already = people.local('a', seven?.name ?? '');
    assert.deepEqual(already, []);
    const { hits } = await people.search('a', seven?.name ?? '', signal);
    assert.deepEqual(
      hits.map(({ id }) => id),
      [7],
    );
    assert.equal(calls().at(-1), 'user.search');
  });

  it('names known ids without network, and asks for the others only', async () => {
    await read();
    const known = people.local('a', 'Иван')?.[0];
    assert.ok(known);
    const already = asked();
    assert.deepEqual(await people.resolveIds('a', [known.id], signal), {
      hits: [known],
      unknown: [],
      inactive: [],
    });
    assert.equal(asked(), already);
    const { hits, unknown } = await people.resolveIds('a', [known.id, 99_999], signal);
    assert.deepEqual([hits, unknown], [[known], [99_999]]);
    assert.equal(asked(), already + 1);
  });

  it('says which scope is missing, and reads everybody once it is there', async () => {
    sandbox.patchState({ scopes: ['pull'] });
    const outcome = await directories.read('a');
    assert.equal(outcome.kind, 'missingScope');
    assert.deepEqual(await people.search('a', 'Иван', signal), { hits: [], missingScope: 'user' });
    sandbox.patchState({ scopes: ['pull', 'user'], forgetTokens: true });
    const arrived = new Promise((resolve) => directories.onDidChange(resolve));
    await people.search('a', 'Иван', signal);
    await arrived;
    assert.ok(people.local('a', 'Иван')?.length);
  });

  it('leaves nothing on the disk of an account that is removed', async () => {
    await read();
    assert.equal((await readdir(folder)).length, 1);
    await directories.forget('a');
    assert.deepEqual(await readdir(folder), []);
    assert.equal(people.local('a', 'Иван'), undefined);
  });

  it('reads departments once for each directory; people are found by them and greeted with them', async () => {
    await read();
    const [all, other] = await Promise.all([names.of('a'), names.of('a')]);
    assert.equal(all, other);
    const tree = await departments(client);
    assert.deepEqual(
      tree.map(({ id }) => all.get(id)),
      tree,
    );
    assert.ok(tree.length > 20, `${tree.length} departments`);
    const lists = calls().filter((method) => method === 'department.get').length;
    await names.of('a');
    assert.equal(calls().filter((method) => method === 'department.get').length, lists);

    const member = tree
      .flatMap(({ id }) => directories.peek('a')?.idsIn([id]) ?? [])
      .find((id) => (directories.peek('a')?.person(id)?.departments.length ?? 0) === 1);
    assert.ok(member);
    const resolve = createPersonFacts({
      accounts: { client: () => Promise.resolve(client) },
      log: silentLog,
      known: (accountId, id) => directories.peek(accountId)?.person(id),
      departments: (accountId) => names.of(accountId),
    });
    const already = calls().length;
    const [person] = await resolve(account, [{ id: member }], ['department'], {});
    const [department] = directories.peek('a')?.person(member)?.departments ?? [];
    assert.equal(person?.department, all.get(department ?? 0)?.name);
    assert.equal(calls().length, already);
  });

  it('does without departments where the scope is not there, and tells other trouble', async () => {
    sandbox.patchState({ scopes: ['pull', 'user'] });
    assert.equal((await names.of('a')).size, 0);
    await read();
    assert.equal((await names.of('a')).size, 0);
    client = {
      call: () => Promise.reject(new Bitrix24Error({ kind: 'dns', phase: 'notSent', code: 'X' })),
    } as unknown as PortalClient;
    await directories.forget('a');
    await assert.rejects(names.of('a'), { code: 'X' });
  });
});
