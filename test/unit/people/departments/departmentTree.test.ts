import assert from 'node:assert/strict';
import type { Department } from '../../../../src/bitrix24/departments';
import { DepartmentTree } from '../../../../src/people/departments/departmentTree';

/** "1 Acme", or "2 Sales <1" for one below the first. */
function departments(...lines: string[]): Department[] {
  return lines.map((line) => {
    const [, id, name = '', parent] = /^(\d+) (.*?)(?: <(\d+))?$/.exec(line) ?? [];
    return { id: Number(id), name, parent: parent === undefined ? undefined : Number(parent) };
  });
}

describe('the tree of departments', () => {
  const tree = new DepartmentTree(
    departments(
      '1 Acme',
      '7 Отдел продаж <1',
      '3 Moscow <1',
      '4 Sales <3',
      '5 Ёлочный завод <1',
      '6 Retail Sales <4',
    ),
  );
  const idsOf = (list: readonly Department[]) => list.map(({ id }) => id);

  it('knows what is where', () => {
    assert.equal(tree.size, 6);
    assert.deepEqual(idsOf(tree.roots()), [1]);
    assert.deepEqual(idsOf(tree.children(3)), [4]);
    assert.deepEqual(tree.path(6), ['Acme', 'Moscow', 'Sales', 'Retail Sales']);
    assert.deepEqual(tree.subtree(3), [3, 4, 6]);
    assert.deepEqual([tree.get(99), tree.path(99), tree.subtree(99)], [undefined, [], []]);
    assert.deepEqual(
      tree.inTreeOrder().map(({ department, depth }) => [department.id, depth]),
      tree.roots().flatMap((root) => depthFirst(root, 0)),
    );
  });

  function depthFirst({ id }: Department, depth: number): [number, number][] {
    return [[id, depth], ...tree.children(id).flatMap((child) => depthFirst(child, depth + 1))];
  }

  for (const [query, ...found] of [
    ['sales', 4, 6],
    ['moscow sales', 4, 6],
    ['продаж', 7],
    ['prodazh', 7],
    ['jnltk', 7],
    ['елоч', 5],
    ['ёлоч', 5],
    ['elochniy', 5],
    ['tail', 6],
    ['sales nowhere'],
    ['  '],
  ] as const) {
    it(`finds by "${query}"`, () => {
      assert.deepEqual(idsOf(tree.search(query, 20)), found);
    });
  }

  it('gives at most so many', () => {
    assert.deepEqual(idsOf(tree.search('sales', 1)), [4]);
  });

  it('leaves nobody out where a portal writes loops, itself as a parent, or parents that are not there', () => {
    const odd = new DepartmentTree(
      departments('1 A <2', '2 B <3', '3 C <2', '4 D <4', '5 E <99', '6 F <6', '6 F <5'),
    );
    const all = odd.inTreeOrder().map(({ department }) => department.id);
    assert.deepEqual(
      all.sort((a, b) => a - b),
      [1, 2, 3, 4, 5, 6],
    );
    const reached = odd.roots().flatMap(({ id }) => odd.subtree(id));
    assert.deepEqual(
      reached.sort((a, b) => a - b),
      [1, 2, 3, 4, 5, 6],
    );
    assert.ok(odd.search('a', 20)[0]);
  });

  it('takes a chain as deep as it likes', () => {
    const depth = 20_000;
    const chain = new DepartmentTree(
      Array.from({ length: depth }, (_, at) => ({
        id: at + 1,
        name: `D${at}`,
        parent: at === 0 ? undefined : at,
      })),
    );
    assert.equal(chain.subtree(1).length, depth);
    assert.equal(chain.path(depth).length, depth);
    assert.equal(chain.inTreeOrder().at(-1)?.depth, depth - 1);
  });
});
