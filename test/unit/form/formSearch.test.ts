import assert from 'node:assert/strict';
import { silentLog } from '../../support/silentLog';
import { FormDepartments } from '../../../src/form/formDepartments';
import { FormPeople } from '../../../src/form/formPeople';
import { FormSearch } from '../../../src/form/formSearch';
import { DepartmentTree } from '../../../src/people/departments/departmentTree';
import type { SavedGroup } from '../../../src/people/groups';
import type { PeopleFound } from '../../../src/people/peopleSearch';
import { anAccount } from '../../support/builders';
import { matchByName } from '../../support/noDirectories';

describe('what the form finds', () => {
  const anna = anAccount();
  let found: PeopleFound;
  let tree: DepartmentTree | undefined;
  let groups: SavedGroup[];
  let again: number;
  let pause: { ms: number; end: () => void }[];
  let read: (tree: DepartmentTree) => void;

  beforeEach(() => {
    found = { hits: [] };
    tree = new DepartmentTree([
      { id: 1, name: 'Holding' },
      { id: 2, name: 'Acme', parent: 1 },
    ]);
    groups = [];
    again = 0;
    pause = [];
  });

  const open = () => {
    const departments = new FormDepartments({
      departments: {
        peek: () => tree,
        of: () =>
          tree
            ? Promise.resolve(tree)
            : new Promise((resolve) => {
                read = (later) => resolve((tree = later));
              }),
        count: () => undefined,
      },
      directories: { peek: () => undefined, onDidChange: () => ({ dispose: () => undefined }) },
      clock: { now: () => 1_000, sleep: () => Promise.resolve() },
      log: silentLog,
    });
    const people = {
      search: () => Promise.resolve(found),
      matchOf: matchByName,
      resolveIds: () => Promise.resolve({ hits: [], unknown: [], inactive: [] }),
    };
    return new FormSearch(
      {
        people,
        recents: { list: () => [], last: () => [] },
        groups: { list: () => groups },
        lists: { match: () => Promise.reject(new Error('a list')) },
        meWords: () => ['me'],
        whyFound: ({ match, by }) => by ?? (match === 'folded' ? 'alike' : undefined),
        portalPauses: (host, until) => `${host} pauses until ${until}`,
        clock: {
          now: () => 1_000,
          sleep: (ms) => new Promise((resolve) => pause.push({ ms, end: resolve })),
        },
      },
      {
        people: new FormPeople({ people, log: silentLog }),
        departments,
        problems: { scopeHint: () => undefined },
      },
      () => (again += 1),
    );
  };
  const search = async (query: string) => {
    const reply = await open().search(anna, query);
    assert.ok(reply.kind === 'people');
    const lists = { person: reply.people, group: reply.groups, department: reply.departments };
    const rows = reply.ranking?.map(({ kind, index, isSure, why }) => [
      lists[kind][index]?.name,
      isSure,
      ...(why === undefined ? [] : [why]),
    ]);
    return { ...reply, rows };
  };

  it('has a department with exactly this name first, and says why others are there (trial 1.7)', async () => {
    found = {
      hits: [
        { id: 3, name: 'Charles Thompson', position: 'Driver' },
        { id: 4, name: 'Акме Иванов' },
        { id: 5, name: 'Acmena Lee' },
      ],
    };
    groups = [{ name: 'My Acme', people: [3], departments: [], from: 'user' }];
    assert.deepEqual((await search('acme')).rows, [
      ['Acme', true],
      ['My Acme', true],
      ['Acmena Lee', true],
      ['Charles Thompson', false],
      ['Акме Иванов', false, 'alike'],
    ]);
  });

  it('is sure of nobody who was found by another spelling only (trial 1.7)', async () => {
    found = { hits: [{ id: 4, name: 'Иван Петров' }] };
    assert.deepEqual((await search('ivan')).rows, [['Иван Петров', false, 'alike']]);
    assert.deepEqual((await search('Иван')).rows, [['Иван Петров', true]]);
  });

  it('is sure of oneself by a word, and ranks nothing where nothing was typed', async () => {
    found = { hits: [{ id: 4, name: 'Melissa' }] };
    assert.deepEqual((await search('me')).rows, [
      [anna.userName, true],
      ['Melissa', true],
    ]);
    assert.equal((await search(' ')).ranking, undefined);
  });

  it('is what this machine knows while the portal pauses, and is asked for again later (trial 9.4)', async () => {
    tree = undefined;
    found = { hits: [], pausedUntil: 9_000 };
    groups = [{ name: 'Release', people: [3], departments: [], from: 'user' }];
    const reply = await search('release');
    assert.deepEqual(reply.rows, [['Release', true]]);
    assert.equal(reply.note, `${anna.host} pauses until 9000`);
    assert.deepEqual(
      pause.map(({ ms }) => ms),
      [8_000],
    );
    assert.equal(again, 0);
    pause[0]?.end();
    await new Promise(setImmediate);
    assert.equal(again, 1);
  });

  it('does not wait for departments that were never read, and is asked for again then', async () => {
    tree = undefined;
    found = { hits: [{ id: 4, name: 'Sally' }] };
    assert.deepEqual((await search('sal')).rows, [['Sally', true]]);
    read(new DepartmentTree([{ id: 7, name: 'Sales' }]));
    await new Promise(setImmediate);
    assert.equal(again, 1);
    assert.deepEqual((await search('sal')).rows, [
      ['Sally', true],
      ['Sales', true],
    ]);
  });
});
