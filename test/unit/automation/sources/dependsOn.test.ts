import assert from 'node:assert/strict';
import { anyScope, dependentTasks } from '../../../../src/automation/sources/dependsOn';

const task = (name: string, source = 'Workspace', definition: Record<string, unknown> = {}) => ({
  ...{ execution: {}, name, source, scope: 'file:///shop', folder: 'shop', isBackground: false },
  definition,
});

describe('what tasks.json says of tasks that wait for others', () => {
  const included = (list: unknown, one: ReturnType<typeof task>, scope = 'file:///shop') =>
    dependentTasks(list, scope)
      .filter(({ includes }) => includes(one))
      .map(({ label }) => label);

  it('finds parts by label, by source and name, and by definition', () => {
    const list = [
      { label: 'one', dependsOn: 'lint' },
      { label: 'two', dependsOn: ['npm: lint', 'other'] },
      { label: 'three', dependsOn: [{ type: 'npm', script: 'lint' }] },
      { label: 'four', dependsOn: { type: 'npm', script: 'test' } },
      { label: 'five', dependsOn: ['Lint'] },
    ];
    assert.deepEqual(included(list, task('lint', 'npm', { type: 'npm', script: 'lint' })), [
      'one',
      'two',
      'three',
    ]);
  });

  it('finds parts of parts, and is not led in a circle', () => {
    const list = [
      { label: 'a', dependsOn: ['b'] },
      { label: 'b', dependsOn: ['c', 'a'] },
      { label: 'c', dependsOn: ['lint'] },
    ];
    assert.deepEqual(included(list, task('lint')), ['a', 'b', 'c']);
    assert.deepEqual(included(list, task('a')), ['b']);
  });

  it('keeps to its folder, but for the files of the user and of the workspace', () => {
    const list = [{ label: 'all', dependsOn: 'lint' }];
    assert.deepEqual(included(list, task('lint'), 'file:///other'), []);
    assert.deepEqual(included(list, task('lint'), anyScope), ['all']);
  });

  it('takes no harm from anything else', () => {
    const bad = [null, 3, {}, { label: 1, dependsOn: 'lint' }, { label: 'x', dependsOn: [5] }, 'y'];
    for (const list of [undefined, null, 'x', {}, bad]) {
      assert.deepEqual(dependentTasks(list, 'file:///shop'), []);
    }
    assert.deepEqual(included([...bad, { label: 'ok', dependsOn: 'lint' }], task('lint')), ['ok']);
  });
});
