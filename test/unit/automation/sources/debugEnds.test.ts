import assert from 'node:assert/strict';
import type { DebugAdapterTracker, DebugAdapterTrackerFactory, DebugSession } from 'vscode';
import { DebugEnds } from '../../../../src/automation/sources/debugEnds';
import type { EndedThing } from '../../../../src/automation/sources/endedThing';
import { Emitter } from '../../../../src/common/emitter';
import { ManualClock } from '../../../support/manualClock';

describe('debug sessions that end', () => {
  let clock: ManualClock;
  let started: Emitter<DebugSession>;
  let terminated: Emitter<DebugSession>;
  let factory: DebugAdapterTrackerFactory;
  let told: EndedThing[];

  beforeEach(() => {
    clock = new ManualClock(1_000);
    [started, terminated, told] = [new Emitter(), new Emitter(), []];
  });

  const listen = () => {
    const ends = new DebugEnds({
      clock,
      ended: (thing) => told.push(thing),
      debug: {
        onDidStartDebugSession: started.event,
        onDidTerminateDebugSession: terminated.event,
        registerDebugAdapterTrackerFactory: (type, given) => {
          assert.equal(type, '*');
          factory = given;
          return { dispose: () => undefined };
        },
      },
    });
    ends.listen();
    return ends;
  };
  const session = (name: string, parentSession?: DebugSession) =>
    ({ name, parentSession, workspaceFolder: { name: 'shop' } }) as DebugSession;
  const trackerOf = (one: DebugSession) =>
    factory.createDebugAdapterTracker(one) as DebugAdapterTracker;

  it('are told with their duration, the root only', () => {
    const ends = listen();
    const root = session('Launch');
    const child = session('Launch: child', root);
    started.fire(root);
    started.fire(child);
    assert.deepEqual(
      ends.running().map(({ name, startedAt }) => [name, startedAt]),
      [['Launch', 1_000]],
    );
    clock.advance(500);
    terminated.fire(child);
    terminated.fire(root);
    assert.deepEqual(told, [
      {
        ...{ execution: root, origin: 'debug', name: 'Launch', folder: 'shop' },
        ...{ startedAt: 1_000, endedAt: 1_500, code: undefined },
      },
    ]);
    assert.deepEqual(ends.running(), []);
  });

  it('have the exit code that an adapter tells, of the root or of a part', () => {
    listen();
    const root = session('Launch');
    const child = session('Launch: child', root);
    started.fire(root);
    const exited = (exitCode: unknown) => ({ type: 'event', event: 'exited', body: { exitCode } });
    trackerOf(child).onDidSendMessage?.(exited(3));
    for (const other of [exited('4'), exited(1.5), { type: 'event', event: 'output' }, null, 'x']) {
      trackerOf(child).onDidSendMessage?.(other);
    }
    terminated.fire(root);
    terminated.fire(root);
    assert.deepEqual(
      told.map(({ code }) => code),
      [3, undefined],
    );
  });

  it('are told without a duration where nobody saw the start', () => {
    listen();
    terminated.fire(session('Attach'));
    assert.deepEqual(
      told.map(({ name, startedAt }) => [name, startedAt]),
      [['Attach', undefined]],
    );
  });
});
