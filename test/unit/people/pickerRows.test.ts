import assert from 'node:assert/strict';
import { isSureLine, recipientRows, stillMeant } from '../../../src/people/pickerRows';
import type { RowsInput } from '../../../src/people/pickerRows';
import { DepartmentTree } from '../../../src/people/departments/departmentTree';
import type { Recipient } from '../../../src/people/recipient';
import { matchByName } from '../../support/noDirectories';

const anna = { id: 1, name: 'Anna' };
const ivan = { id: 3, name: 'Иван Сидоров', position: 'CTO' };
const maria = { id: 5, name: 'Maria' };
const nothing: RowsInput = {
  query: '',
  chosen: { people: [], departments: [] },
  me: anna,
  last: [],
  recent: [],
  hits: [],
  matchOf: () => ({ match: 'other' }),
  groups: [],
  tree: undefined,
  isBrowsing: false,
};
const chosen = (...people: Recipient[]) => ({ people, departments: [] });
const lines = (input: Partial<RowsInput>) =>
  recipientRows({
    ...nothing,
    ...{ ...input, matchOf: (hit) => matchByName('', input.query ?? '', hit) },
  }).map(
    ({ kind, people, trouble }) =>
      `${kind} ${people.map(({ id }) => id).join('+')}${trouble ? ` ${trouble}` : ''}`,
  );

describe('the lines of the recipient picker', () => {
  for (const [what, input, expected] of [
    ['nobody known: me', { me: anna }, ['me 1']],
    [
      'the last push to several, as one line',
      { me: anna, last: [ivan, maria], recent: [ivan, maria, { id: 9 }] },
      ['last 3+5', 'me 1', 'recent 3', 'recent 5', 'recent 9'],
    ],
    [
      'the last push to one person',
      { me: anna, last: [ivan], recent: [ivan, maria] },
      ['recent 3', 'me 1', 'recent 5'],
    ],
    [
      'me among the recent ones, once',
      { me: anna, last: [anna], recent: [anna, ivan] },
      ['recent 1', 'recent 3'],
    ],
    [
      'the last group, of which one is chosen',
      { chosen: chosen(ivan), me: anna, last: [ivan, maria], recent: [ivan, maria] },
      ['chosen 3', 'recent 5', 'me 1'],
    ],
    ['a name', { query: 'ив', me: anna, recent: [maria], hits: [ivan] }, ['found 3']],
    [
      'a name while others are chosen',
      { query: 'ив', chosen: chosen(maria, ivan), hits: [ivan] },
      ['chosen 5', 'chosen 3'],
    ],
    ['an id', { query: '17', hits: [ivan] }, ['ids 17']],
    [
      'ids, some of them chosen',
      { query: '3, 17; 18', chosen: chosen(ivan) },
      ['chosen 3', 'ids 17+18'],
    ],
    ['ids that are all chosen', { query: '3', chosen: chosen(ivan) }, ['chosen 3']],
    [
      'an id of nobody',
      { query: '17', resolved: { hits: [], unknown: [17], inactive: [] } },
      ['ids 17 unknown'],
    ],
    [
      'an id of someone dismissed',
      { query: '17', resolved: { hits: [], unknown: [], inactive: [17] } },
      ['ids 17 inactive'],
    ],
  ] as const) {
    it(`show ${what}`, () => {
      assert.deepEqual(lines(structuredClone(input) as unknown as Partial<RowsInput>), expected);
    });
  }

  it('name an id as soon as the portal told who it is', () => {
    const [row] = recipientRows({
      ...nothing,
      query: '3',
      resolved: { hits: [ivan], unknown: [], inactive: [] },
    });
    assert.deepEqual(row?.people, [ivan]);
  });

  it('leave the order of those who come best first', () => {
    const hits = [ivan, { id: 8, name: 'Ivan' }];
    assert.deepEqual(lines({ query: 'cto', hits }), ['found 3', 'found 8']);
  });

  it('put exact names first, then beginnings, then the rest, of whatever kind (trial 1.7)', () => {
    const tree = new DepartmentTree([
      { id: 2, name: 'Acme' },
      { id: 4, name: 'Acme Sales', parent: 2 },
    ]);
    const hits = [
      { id: 8, name: 'Charles Thompson' },
      { id: 7, name: 'Acmena Lee' },
      { id: 6, name: 'Акме Иванов' },
    ];
    const groups = [{ name: 'My Acme', people: [9], departments: [], from: 'user' as const }];
    const rows = recipientRows({
      ...{ ...nothing, query: 'acme', hits, tree, groups },
      matchOf: (hit) => matchByName('', 'acme', hit),
    });
    assert.deepEqual(
      rows.map((row) => [
        row.group?.name ?? row.people[0]?.name ?? row.departments?.[0]?.name,
        row.match,
        isSureLine(row),
      ]),
      [
        ['Acme', 'exact', true],
        ['Acme', 'exact', true],
        ['My Acme', 'prefix', true],
        ['Acmena Lee', 'prefix', true],
        ['Acme Sales', 'prefix', true],
        ['Charles Thompson', 'other', false],
        ['Акме Иванов', 'folded', false],
      ],
    );
  });

  it('keep those found before that a longer query still means', () => {
    const hits = [ivan, maria];
    assert.deepEqual(stillMeant(hits, 'ив'), [ivan]);
    assert.deepEqual(stillMeant(hits, 'СИД иван'), [ivan]);
    assert.deepEqual(stillMeant(hits, 'cto'), [ivan]);
    assert.deepEqual(stillMeant(hits, 'иванов'), []);
  });

  it('put departments before people whose names are not meant, and after those who are', () => {
    const tree = new DepartmentTree([{ id: 2, name: 'Sales' }]);
    const input = { query: 'sal', hits: [{ id: 7, name: 'Sally' }], tree };
    assert.deepEqual(lines(input), ['found 7', 'department ']);
    assert.deepEqual(lines({ ...input, hits: [ivan] }), ['department ', 'found 3']);
    const sales = { people: [], departments: [{ id: 2, reach: 'tree' as const }] };
    assert.deepEqual(lines({ ...input, chosen: sales }), ['chosen ', 'found 7']);
  });

  it('hold many chosen people in one', () => {
    const many = Array.from({ length: 21 }, (_, at) => ({ id: at + 1 }));
    const rows = recipientRows({ ...nothing, chosen: chosen(...many) });
    assert.deepEqual(
      rows.map(({ kind, people }) => [kind, people.length]),
      [['chosen', 21]],
    );
    const fewer = recipientRows({ ...nothing, chosen: chosen(...many.slice(0, 20)) });
    assert.equal(fewer.length, 20);
  });

  it('show the tree with what is chosen ticked in its place', () => {
    const tree = new DepartmentTree([
      { id: 1, name: 'x' },
      { id: 2, name: 'x', parent: 1 },
    ]);
    const departments = [
      { id: 2, reach: 'tree' as const },
      { id: 1, reach: 'direct' as const },
    ];
    const rows = recipientRows({
      ...nothing,
      ...{ tree, isBrowsing: true, chosen: { people: [], departments } },
    });
    assert.deepEqual(
      rows.map(({ kind, isChosen = false, departments }) => [kind, isChosen, departments?.[0]?.id]),
      [
        ['chosen', true, 1],
        ['back', false, undefined],
        ['department', false, 1],
        ['department', true, 2],
      ],
    );
  });

  it('offer whom a list means and is not chosen yet, and show the rest of it', () => {
    const list = {
      people: [ivan, maria],
      departments: [],
      unmatched: [{ text: 'A', why: 'ambiguous' as const, candidates: [anna] }],
    };
    assert.deepEqual(lines({ query: '3, 5, A', list, chosen: chosen(ivan) }), [
      'chosen 3',
      'list 5',
      'unmatched ',
      'found 1',
    ]);
  });
});
