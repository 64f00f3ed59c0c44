import assert from 'node:assert/strict';
import {
  GroupsSettingFault,
  markWorkspaceGroups,
  parseGroups,
  SavedGroups,
  workspaceGroupsOf,
} from '../../../src/people/groups';
import { audienceOf } from '../../../src/people/recipient';
import type { GroupTarget } from '../../../src/people/groups';

const host = 'acme.bitrix24.ru';

describe('the setting of groups', () => {
  it('names people and departments by portal', () => {
    const setting = {
      'other.bitrix24.ru': { Elsewhere: { people: [1] } },
      'Acme.bitrix24.ru': {
        ' Release team ': {
          people: [3, 5, 3],
          departments: [7, { id: 9, subdepartments: false }, { id: 11 }],
        },
        Nobody: {},
      },
    };
    assert.deepEqual(
      parseGroups(setting, host, 'workspace', () => undefined),
      [
        {
          name: 'Release team',
          people: [3, 5],
          departments: [
            { id: 7, reach: 'tree' },
            { id: 9, reach: 'direct' },
            { id: 11, reach: 'tree' },
          ],
          from: 'workspace',
        },
        { name: 'Nobody', people: [], departments: [], from: 'workspace' },
      ],
    );
  });

  for (const [what, setting, names, faults] of [
    ['nothing', undefined, [], 0],
    ['null', null, [], 0],
    ['a list', [1], [], 1],
    ['a text', 'x', [], 1],
    ['a list under the portal', { [host]: [] }, [], 1],
    ['groups that are none', { [host]: { a: 7, b: [3], c: { people: [1] } } }, ['c'], 2],
    [
      'ids that are none',
      { [host]: { a: { people: ['3'] }, b: { people: [0] }, c: { departments: [{}] }, d: {} } },
      ['d'],
      3,
    ],
    ['a group without a name', { [host]: { ' ': { people: [1] } } }, [], 1],
  ] as const) {
    it(`may hold ${what}: the rest counts`, () => {
      const told: string[] = [];
      const groups = parseGroups(setting, host, 'user', (fault) => told.push(fault));
      assert.deepEqual(
        groups.map(({ name }) => name),
        names,
      );
      assert.equal(told.length, faults);
    });
  }
});

describe('saved groups', () => {
  let settings: Record<GroupTarget, unknown>;
  let isTrusted: boolean;

  beforeEach(() => {
    settings = { user: undefined, workspace: undefined };
    isTrusted = true;
  });

  const groups = () =>
    new SavedGroups({
      setting: {
        read: (from) => settings[from],
        write: (to, value) => {
          settings[to] = value;
          return Promise.resolve();
        },
      },
      isTrusted: () => isTrusted,
      report: () => undefined,
    });
  const audience = {
    people: [{ id: 3, name: 'Ivan' }],
    departments: [
      { id: 7, reach: 'tree' },
      { id: 9, reach: 'direct' },
    ],
  } as const;

  it('come from the user and the workspace, whose groups count where names are the same', () => {
    settings.user = { [host]: { Release: { people: [1] }, Alpha: { people: [2] } } };
    settings.workspace = { [host]: { release: { people: [3] } } };
    assert.deepEqual(
      groups()
        .list(host)
        .map(({ name, people, from }) => [name, people, from]),
      [
        ['Alpha', [2], 'user'],
        ['release', [3], 'workspace'],
      ],
    );
  });

  it('come from the user alone where the workspace is not trusted', () => {
    settings.user = { [host]: { Release: { people: [1] } } };
    settings.workspace = { [host]: { Release: { people: [3] }, Evil: { people: [4] } } };
    isTrusted = false;
    assert.deepEqual(
      groups()
        .list(host)
        .map(({ name, people }) => [name, people]),
      [['Release', [1]]],
    );
  });

  it('are written beside whatever else is in the setting', async () => {
    const before = {
      other: 7,
      [host]: { Bad: [1], 'release Team': { people: ['x'], note: 'ours', departments: [1] } },
    };
    settings.workspace = structuredClone(before);
    assert.equal(groups().has(host, 'Release team', 'workspace'), true);
    assert.equal(groups().has(host, 'Release', 'workspace'), false);
    await groups().save(host, ' Release team', audience, 'workspace');
    assert.deepEqual(settings.workspace, {
      other: 7,
      [host]: {
        Bad: [1],
        'release Team': {
          note: 'ours',
          people: [3],
          departments: [7, { id: 9, subdepartments: false }],
        },
      },
    });
    assert.equal(groups().has(host, 'RELEASE TEAM', 'workspace'), true);
    assert.equal(groups().has(host, 'Release team', 'user'), false);
  });

  it('are read as they were written', async () => {
    await groups().save(host, '__proto__', audience, 'user');
    await groups().save(host, 'People', { ...audience, departments: [] }, 'user');
    assert.deepEqual(
      groups()
        .list(host)
        .map(({ name, people, departments }) => ({ name, people, departments })),
      [
        { name: '__proto__', people: [3], departments: audience.departments },
        { name: 'People', people: [3], departments: [] },
      ],
    );
  });

  for (const bad of [[1], 'text', { [host]: [1] }, { [host]: 'text' }, { [host]: { a: [1] } }]) {
    it(`are not written over ${JSON.stringify(bad)}`, async () => {
      settings.user = structuredClone(bad);
      await assert.rejects(groups().save(host, 'A', audience, 'user'), GroupsSettingFault);
      assert.deepEqual(settings.user, bad);
    });
  }
});

describe('a group of the workspace (issue 12, section 5)', () => {
  const ops = {
    name: 'Ops',
    people: [3, 9],
    departments: [{ id: 7, reach: 'tree' as const }],
    from: 'workspace' as const,
  };
  const people = [{ id: 3 }, { id: 5 }, { id: 9 }];
  const departments = [{ id: 7, reach: 'tree' as const }];

  it('marks its people and departments once it is chosen as a whole, and they keep the mark', () => {
    const marked = markWorkspaceGroups({ people, departments }, [ops]);
    assert.deepEqual(marked, {
      people: [{ id: 3, workspaceGroup: 'Ops' }, { id: 5 }, { id: 9, workspaceGroup: 'Ops' }],
      departments: [{ id: 7, reach: 'tree', workspaceGroup: 'Ops' }],
    });
    assert.deepEqual(workspaceGroupsOf(marked), ['Ops']);
    const less = { ...marked, people: marked.people.slice(1) };
    assert.deepEqual(workspaceGroupsOf(markWorkspaceGroups(less, [ops])), ['Ops']);
  });

  it('marks nobody while it is chosen in part, or is the user’s own', () => {
    const part = { people: people.slice(1), departments };
    assert.equal(markWorkspaceGroups(part, [ops]).people, part.people);
    const own = markWorkspaceGroups({ people, departments }, [{ ...ops, from: 'user' }]);
    assert.equal(own.people, people);
    assert.equal(own.departments, departments);
    assert.deepEqual(workspaceGroupsOf(own), []);
  });

  it('is remembered where the same person is chosen twice', () => {
    const mark = { workspaceGroup: 'Ops' };
    for (const parts of [
      [{ id: 3, ...mark }, { id: 3 }],
      [{ id: 3 }, { id: 3, ...mark }],
    ]) {
      assert.deepEqual(workspaceGroupsOf(audienceOf([{ people: parts }])), ['Ops']);
    }
  });
});
