import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { dependentTasks } from '../../../../src/automation/sources/dependsOn';
import type { ShownTask } from '../../../../src/automation/sources/dependsOn';
import type { EndedThing } from '../../../../src/automation/sources/endedThing';
import { TaskGroups } from '../../../../src/automation/sources/taskGroups';
import { ManualClock } from '../../../support/manualClock';

const file = [
  { label: 'lint', type: 'shell', command: 'lint' },
  { label: 'test', type: 'shell', command: 'test' },
  { label: 'watch', type: 'shell', command: 'watch', isBackground: true },
  { label: 'check', dependsOn: ['lint', 'test'] },
  { label: 'pack', type: 'shell', command: 'pack', dependsOn: 'lint' },
  { label: 'all', dependsOn: ['check', 'pack'], dependsOrder: 'sequence' },
  { label: 'serve', dependsOn: ['watch', 'test'] },
];

describe('tasks that wait for others', () => {
  let clock: ManualClock;
  let told: string[];
  let ends: EndedThing[];
  let groups: TaskGroups;
  let awaited: Set<object>;

  beforeEach(() => {
    clock = new ManualClock(0);
    [told, ends, awaited] = [[], [], new Set()];
    groups = new TaskGroups({
      clock,
      dependents: () => dependentTasks(file, 'file:///shop'),
      isAwaited: (execution) => awaited.has(execution),
      ended: (thing) => {
        ends.push(thing);
        told.push(`${thing.name} ${thing.code} ${thing.endedAt - (thing.startedAt ?? 0)}`);
      },
    });
  });

  afterEach(() => groups.dispose());

  const task = (name: string, options: Partial<ShownTask> = {}): ShownTask => ({
    ...{ execution: { name }, name, source: 'Workspace', scope: 'file:///shop', folder: 'shop' },
    ...{ definition: { type: 'shell' }, isBackground: name === 'watch', ...options },
  });
  const start = (name: string, options?: Partial<ShownTask>) => {
    const one = task(name, options);
    groups.started(one);
    return one;
  };
  const pass = async (ms: number) => {
    clock.advance(ms);
    await setImmediate();
  };

  it('tells a task that nobody waits for at once', () => {
    const one = start('other');
    clock.advance(70_000);
    groups.ended(one, 3);
    groups.ended(one, undefined);
    assert.deepEqual(told, ['other 3 70000']);
    assert.deepEqual([ends[0]?.folder, ends[0]?.source], ['shop', 'Workspace']);
  });

  it('tells a compound task once, by its parts', async () => {
    const [lint, test] = [start('lint'), start('test')];
    await pass(10_000);
    groups.ended(lint, 3);
    await pass(20_000);
    groups.ended(test, 0);
    await pass(4_999);
    groups.ended(task('check'), undefined);
    await pass(100_000);
    assert.deepEqual(told, ['check 3 34999']);
    assert.equal(clock.sleeping, 0);
  });

  it('tells of parts that all ended with 0 by 0, and of one that was stopped without a code', async () => {
    for (const [code, verdict] of [
      [0, 0],
      [undefined, undefined],
      [130, 130],
    ] as const) {
      told.length = 0;
      const [lint, test] = [start('lint'), start('test')];
      groups.ended(lint, 0);
      groups.ended(test, code);
      groups.ended(task('check'), undefined);
      await pass(100_000);
      assert.deepEqual(told, [`check ${verdict} 0`]);
    }
  });

  it('tells a part by itself when the compound task was not what ran', async () => {
    const lint = start('lint');
    await pass(60_000);
    groups.ended(lint, 0);
    await pass(4_999);
    assert.deepEqual(told, []);
    await pass(1);
    assert.deepEqual(told, ['lint 0 60000']);
    assert.equal(clock.sleeping, 0);
  });

  it('tells a compound task whose own end never comes once all of its parts have ended', async () => {
    const [lint, test] = [start('lint'), start('test')];
    groups.ended(lint, 3);
    await pass(30_000);
    groups.ended(test, 0);
    await pass(4_999);
    assert.deepEqual(told, []);
    await pass(1);
    assert.deepEqual(told, ['check 3 30000']);
    // It came late after all.
    groups.ended(task('check'), undefined);
    await pass(100_000);
    assert.deepEqual([told.length, clock.sleeping], [1, 0]);
  });

  it('waits for the others that started with it, and then tells both', async () => {
    const [watch, test] = [start('watch'), start('test')];
    groups.ended(test, 0);
    await pass(59_999);
    assert.deepEqual(told, []);
    await pass(1);
    assert.deepEqual(told, ['test 0 0']);
    groups.ended(watch, 0);
    await pass(5_000);
    assert.deepEqual(told, ['test 0 0', 'watch 0 60000']);
  });

  it('does not wait for what started at another time', async () => {
    start('test');
    await pass(5_001);
    const lint = start('lint');
    groups.ended(lint, 0);
    await pass(5_000);
    assert.deepEqual(told, ['lint 0 0']);
  });

  it('tells a failure after a minute though others run on, and then not again', async () => {
    const [lint, test] = [start('lint'), start('test')];
    groups.ended(lint, 3);
    await pass(59_999);
    assert.deepEqual(told, []);
    await pass(1);
    assert.deepEqual(told, ['lint 3 0']);
    groups.ended(test, 0);
    groups.ended(task('check'), undefined);
    await pass(100_000);
    assert.deepEqual(told, ['lint 3 0']);
  });

  it('tells a task with a command of its own, and what it waited for with it', async () => {
    const lint = start('lint');
    await pass(10_000);
    groups.ended(lint, 0);
    await pass(2_000);
    const pack = start('pack');
    await pass(30_000);
    groups.ended(pack, 1);
    await pass(100_000);
    assert.deepEqual(told, ['pack 1 42000']);
  });

  it('tells a task that did not start because another failed, once', async () => {
    const lint = start('lint');
    await pass(10_000);
    groups.ended(lint, 3);
    groups.ended(task('pack'), undefined);
    await pass(100_000);
    assert.deepEqual(told, ['pack 3 10000']);
  });

  it('tells the outermost of compound tasks only', async () => {
    const [lint, test] = [start('lint'), start('test')];
    groups.ended(lint, 0);
    groups.ended(test, 0);
    await pass(1_000);
    const pack = start('pack');
    await pass(60_000);
    groups.ended(pack, 2);
    groups.ended(task('all'), undefined);
    await pass(100_000);
    assert.deepEqual(told, ['all 2 61000']);
  });

  it('tells the outermost when a part of its part failed', async () => {
    const [lint, test] = [start('lint'), start('test')];
    groups.ended(test, 0);
    groups.ended(lint, 7);
    groups.ended(task('pack'), undefined);
    groups.ended(task('all'), undefined);
    await pass(100_000);
    assert.deepEqual(told, ['all 7 0']);
  });

  it('tells a compound task with one that watches when VS Code says that it is over', async () => {
    const watch = start('watch');
    const test = start('test');
    groups.ended(test, 0);
    await pass(50_000);
    groups.ended(task('serve'), undefined);
    await pass(100_000);
    assert.deepEqual(told, ['serve 0 50000']);
    groups.ended(watch, 1);
    await pass(100_000);
    assert.deepEqual(told, ['serve 0 50000', 'watch 1 150000']);
  });

  it('waits a minute for one that watches, and no longer', async () => {
    start('watch');
    await pass(3_600_000);
    const test = start('test');
    groups.ended(test, 0);
    await pass(59_999);
    assert.deepEqual(told, []);
    await pass(1);
    assert.deepEqual(told, ['test 0 0']);
  });

  it('says nothing of a compound task none of whose parts it saw', () => {
    groups.ended(task('check'), undefined);
    assert.deepEqual(told, []);
  });

  it('tells a part that is awaited at once', async () => {
    const lint = start('lint');
    awaited.add(lint.execution);
    groups.ended(lint, 0);
    assert.deepEqual(told, ['lint 0 0']);
    await pass(1_000);
  });

  it('keeps tasks of other folders apart', () => {
    const lint = start('lint', { scope: 'file:///other' });
    groups.ended(lint, 0);
    assert.deepEqual(told, ['lint 0 0']);
  });

  it('knows when what runs has started', () => {
    clock.advance(5);
    const one = start('other');
    clock.advance(5);
    groups.started(one);
    assert.equal(groups.startOf(one.execution), 5);
    groups.ended(one, 0);
    assert.equal(groups.startOf(one.execution), undefined);
  });
});
