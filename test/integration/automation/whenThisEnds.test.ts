import assert from 'node:assert/strict';
import type { QuickPickItem } from 'vscode';
import type { RunningThing } from '../../../src/automation/sources/endedThing';
import { pushWhenThisEnds } from '../../../src/automation/sources/whenThisEnds';

describe('Send Push to Me When This Ends', () => {
  let running: RunningThing[];
  let awaited: Set<object>;
  let isOn: boolean;
  let asksForSetUp: number;
  let said: string[];
  let mentioned: string[];
  let offered: readonly QuickPickItem[];
  /** Which lines are chosen; undefined for Escape. Things may end before it is called. */
  let choose: (items: readonly QuickPickItem[]) => number[] | undefined;

  beforeEach(() => {
    running = [
      thing('build', { origin: 'task', folder: 'shop', startedAt: 880_000 }),
      thing('sleep', { origin: 'terminal' }),
      thing('Launch $(x)', { origin: 'debug' }),
    ];
    [awaited, isOn, asksForSetUp, said, mentioned, offered] = [new Set(), true, 0, [], [], []];
    choose = () => [0];
  });

  const thing = (name: string, more: Partial<RunningThing>): RunningThing => ({
    ...{ execution: { name }, name, origin: 'task', folder: undefined, startedAt: undefined },
    ...more,
  });
  const run = () =>
    pushWhenThisEnds({
      sources: {
        refresh: () => undefined,
        running: () => Promise.resolve([...running]),
        isAwaited: ({ execution }) => awaited.has(execution),
        awaitEnd: ({ execution }) => void awaited.add(execution),
        forget: ({ execution }) => void awaited.delete(execution),
      },
      isOn: () => Promise.resolve(isOn),
      setUp: () => {
        asksForSetUp += 1;
        return Promise.resolve();
      },
      pick: (items) => {
        offered = items;
        return Promise.resolve(choose(items)?.flatMap((index) => items[index] ?? []));
      },
      messages: { inform: (message) => said.push(message) },
      mention: (message) => mentioned.push(message),
      clock: { now: () => 1_000_000 },
    });
  const names = () => [...awaited].map((execution) => (execution as { name: string }).name);

  it('offers what runs, and waits for what is chosen', async () => {
    choose = () => [0, 2];
    await run();
    assert.deepEqual(
      offered.map(({ label, description, picked }) => [label, description, picked]),
      [
        ['$(tools) build', 'shop · running for 2 min', false],
        ['$(terminal) sleep', '', false],
        ['$(debug-alt) Launch \\$(x)', '', false],
      ],
    );
    assert.deepEqual(names(), ['build', 'Launch $(x)']);
    assert.deepEqual(mentioned, ['You will get a push when this ends: build, Launch $(x)']);
    assert.deepEqual(said, []);
  });

  it('has the only thing chosen already, and takes back what is not chosen any more', async () => {
    running = running.slice(0, 1);
    await run();
    assert.equal(offered[0]?.picked, true);
    choose = () => [];
    await run();
    assert.deepEqual(names(), []);
    assert.equal(mentioned.length, 1);
  });

  it('shows what is awaited, and changes nothing on Escape', async () => {
    await run();
    choose = () => undefined;
    await run();
    assert.deepEqual(
      offered.map(({ picked }) => picked),
      [true, false, false],
    );
    assert.deepEqual(names(), ['build']);
  });

  it('says so when it has ended meanwhile', async () => {
    choose = () => {
      running = running.slice(1);
      return [0, 1];
    };
    await run();
    assert.deepEqual(names(), ['sleep']);
    assert.deepEqual(mentioned, ['You will get a push when this ends: sleep']);
    assert.deepEqual(said, ['This has already ended, so there will be no push: build']);
  });

  it('says so when nothing runs', async () => {
    running = [];
    await run();
    assert.deepEqual([offered, said.length], [[], 1]);
  });

  it('asks for the standing yes first, and does nothing without it', async () => {
    isOn = false;
    await run();
    assert.deepEqual([asksForSetUp, offered, names()], [1, [], []]);
  });
});
