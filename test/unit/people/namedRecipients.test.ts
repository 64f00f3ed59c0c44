import assert from 'node:assert/strict';
import type { Department } from '../../../src/bitrix24/departments';
import { storageFolder } from '../../../src/common/storageFolder';
import { Departments } from '../../../src/people/departments/departments';
import { Directories } from '../../../src/people/directory/directories';
import { ListMatcher } from '../../../src/people/listMatcher';
import { findNamedRecipients, knownMeaning } from '../../../src/people/namedRecipients';
import { PeopleSearch } from '../../../src/people/peopleSearch';
import { startSandbox } from '../../../src/sandbox/index';
import type { Sandbox } from '../../../src/sandbox/index';
import { anAccount } from '../../support/builders';
import { noDirectories } from '../../support/noDirectories';
import { sandboxClient } from '../../support/sandboxClient';
import { silentLog } from '../../support/silentLog';
import { temporaryFolder } from '../../support/temporaryFolder';
import { FakeClock } from '../bitrix24/support';

const anna = anAccount();

async function requestsOf({ info }: Sandbox): Promise<number> {
  const list: unknown = await (await fetch(`${info.control}/requests`)).json();
  return (list as unknown[]).length;
}

describe('whom entries of a file or a program mean, on a sandbox', function () {
  this.timeout(20_000);
  const folder = temporaryFolder();
  let sandbox: Sandbox;
  let find: (...to: string[]) => ReturnType<typeof findNamedRecipients>;
  let know: (entry: string) => ReturnType<typeof knownMeaning>;
  let read: () => Promise<void>;
  let twoDepartments: () => Promise<Department[]>;
  let end: () => void;

  beforeEach(async () => {
    const clock = new FakeClock();
    sandbox = await startSandbox({ people: 300, now: () => clock.now() });
    const client = await sandboxClient(sandbox, clock);
    const accounts = {
      client: () => Promise.resolve(client),
      get: () => Promise.resolve(anna),
      current: () => Promise.resolve(anna),
    };
    const common = { accounts, clock, log: silentLog };
    const directories = new Directories({ ...common, folder: storageFolder(folder()) });
    const departments = new Departments({ ...common, directories });
    const people = new PeopleSearch({ ...noDirectories, accounts, directories, log: silentLog });
    const group = { name: 'Release team', people: [5], departments: [], from: 'user' } as const;
    const groups = { list: () => [{ ...group, people: [...group.people], departments: [] }] };
    const meWords = () => ['me'];
    const lists = new ListMatcher({
      ...{ accounts, people, directories, departments },
      groups,
      meWords,
    });
    const { signal } = new AbortController();
    const deps = { lists, groups, departments, people };
    find = (...to) => findNamedRecipients(anna, to, deps, signal);
    know = (entry) => knownMeaning(anna, entry, deps, signal);
    read = async () => {
      await directories.read(anna.id);
      await departments.of(anna.id);
    };
    twoDepartments = async () => {
      const all = (await departments.of(anna.id)).inTreeOrder().map(({ department }) => department);
      return all.filter((one) => all.every((two) => two === one || two.name !== one.name));
    };
    end = () => {
      departments.dispose();
      directories.dispose();
    };
  });
  afterEach(async () => {
    end();
    await sandbox.close();
  });

  it('takes what is certain', async () => {
    const { audience, doubtful } = await find('me', '3', 'group:Release team', 'Emma Wilson', '#3');
    assert.deepEqual(doubtful, []);
    assert.deepEqual(
      audience.people.map(({ id }) => id),
      [3, 1, 5, 8],
    );
    assert.ok(
      audience.people.every(({ name }) => name),
      'each has a name for the question',
    );
  });

  it('reads entries that would look like a table side by side, and doubts all that is not certain', async () => {
    const { audience, doubtful } = await find(
      'Name',
      'Emma Wilson',
      '999999',
      'Kuznetsov',
      '…',
      'x@y.example',
    );
    assert.deepEqual(
      audience.people.map(({ id }) => id),
      [8],
    );
    assert.deepEqual(
      doubtful.map(({ text }) => text),
      ['999999', 'Name', 'Kuznetsov', '…', 'x@y.example'],
    );
  });

  it('takes a department by its name, its number, or both, with or without those below it', async () => {
    const [{ id, name }, other] = (await twoDepartments()) as [Department, Department];
    for (const [entry, reach] of [
      [`department:${name}`, 'tree'],
      [`department: #${id}`, 'tree'],
      [`Department:${name.toUpperCase()} #${id} (direct)`, 'direct'],
    ] as const) {
      const { audience, doubtful } = await find(entry);
      assert.deepEqual(doubtful, [], entry);
      assert.deepEqual(audience.departments, [{ id, name, reach }], entry);
    }
    const { audience, doubtful } = await find(
      ...[`department:${name} #${other.id}`, 'department:Nowhere', 'group:Nobody'],
    );
    assert.deepEqual([audience.people, audience.departments], [[], []]);
    assert.deepEqual(
      doubtful.map(({ why }) => why),
      ['unknownDepartment', 'unknownDepartment', 'unknownGroup'],
    );
  });

  it('says without a request what is known, and what the portal has to be asked', async () => {
    const before = await know('Emma Wilson');
    assert.deepEqual([before.unchecked, before.doubtful], [true, []]);
    await read();
    const [{ id, name }] = (await twoDepartments()) as [Department];
    const asked = await requestsOf(sandbox);
    for (const [entry, people, departments, doubtful, unchecked] of [
      ['me', [1], [], [], false],
      ['#3', [3], [], [], false],
      ['Emma Wilson', [8], [], [], false],
      ['group:Release team', [5], [], [], false],
      [`department:${name}`, [], [id], [], false],
      ['999999', [], [], ['unknownId'], false],
      ['Nobody At All', [], [], ['unknown'], false],
      ['department:Nowhere', [], [], ['unknownDepartment'], false],
      ['x@y.example', [], [], [], true],
    ] as const) {
      const meaning = await know(entry);
      assert.deepEqual(
        {
          people: meaning.audience.people.map((one) => one.id),
          departments: meaning.audience.departments.map((one) => one.id),
          doubtful: meaning.doubtful.map(({ why }) => why),
          unchecked: meaning.unchecked,
        },
        { people, departments, doubtful, unchecked },
        entry,
      );
    }
    assert.equal(await requestsOf(sandbox), asked);
  });
});
